//! The pool of UDP port pairs for media.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::UdpSocket;

use super::settings::Error;

/// Even ports of the configured range, each with the odd one above it (RFC 3550 §11).
#[derive(Debug, Clone)]
pub struct Ports(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    first: u16,
    pairs: u16,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: HashSet<u16>,
    /// The pair to try first, so that a port just freed rests before it is used again:
    /// late packets of the call before must not reach the next.
    next: u16,
}

/// A bound pair; it goes back to the pool when dropped.
#[derive(Debug)]
pub struct Pair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    pub port: u16,
    pool: Arc<Pool>,
}

impl Ports {
    pub fn new(range: &RangeInclusive<u16>) -> Result<Self, Error> {
        let first = range.start().checked_add(range.start() % 2);
        let pairs = first.map_or(0, |first| (range.end().saturating_add(1).saturating_sub(first)) / 2);
        match first {
            Some(first) if first > 0 && pairs > 0 => Ok(Self(Arc::new(Pool { first, pairs, state: Mutex::default() }))),
            _ => Err(Error::Ports(format!("{}-{} holds no pair of ports", range.start(), range.end()))),
        }
    }

    /// Pairs in use.
    pub fn taken(&self) -> usize {
        self.0.lock().taken.len()
    }

    /// Binds a free pair on `ip`. `None` when all are taken, by us or by another program.
    pub async fn take(&self, ip: IpAddr) -> Option<Pair> {
        for _ in 0..self.0.pairs {
            let port = self.0.reserve()?;
            match bind(ip, port).await {
                Ok((rtp, rtcp)) => return Some(Pair { rtp, rtcp, port, pool: self.0.clone() }),
                Err(error) => {
                    tracing::debug!(port, %error, "media port not free, trying the next");
                    self.0.lock().taken.remove(&port);
                }
            }
        }
        None
    }
}

async fn bind(ip: IpAddr, port: u16) -> std::io::Result<(UdpSocket, UdpSocket)> {
    let rtp = UdpSocket::bind(SocketAddr::new(ip, port)).await?;
    let rtcp = UdpSocket::bind(SocketAddr::new(ip, port + 1)).await?;
    Ok((rtp, rtcp))
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reserve(&self) -> Option<u16> {
        let mut state = self.lock();
        for _ in 0..self.pairs {
            let port = self.first + 2 * state.next;
            state.next = (state.next + 1) % self.pairs;
            if state.taken.insert(port) {
                return Some(port);
            }
        }
        None
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        self.pool.lock().taken.remove(&self.port);
    }
}
