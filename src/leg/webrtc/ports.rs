//! The UDP ports of media, one a call.

use std::collections::HashSet;
use std::net::{IpAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

/// The configured range; without one, the system chooses.
#[derive(Debug, Clone)]
pub struct Ports(Option<Arc<Pool>>);

#[derive(Debug)]
struct Pool {
    range: RangeInclusive<u16>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: HashSet<u16>,
    /// The port to try first: one just freed rests, so that late packets of a call do not reach the next.
    next: usize,
}

/// A port of the range, given back when dropped; or 0, any free one.
#[derive(Debug)]
pub struct Port {
    pub number: u16,
    pool: Option<Arc<Pool>>,
}

impl Ports {
    pub fn new(range: Option<RangeInclusive<u16>>) -> Self {
        Self(range.map(|range| Arc::new(Pool { range, state: Mutex::default() })))
    }

    /// A port that is free on all of `addresses`; none when all are taken, by us or by another program.
    pub fn take(&self, addresses: &[IpAddr]) -> Option<Port> {
        let Some(pool) = &self.0 else { return Some(Port { number: 0, pool: None }) };
        for _ in 0..pool.range.len() {
            let number = pool.reserve()?;
            let port = Port { number, pool: Some(Arc::clone(pool)) };
            // The stack binds them again a moment later.
            if addresses.iter().all(|address| UdpSocket::bind((*address, number)).is_ok()) {
                return Some(port);
            }
        }
        None
    }
}

impl Pool {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reserve(&self) -> Option<u16> {
        let mut state = self.lock();
        for _ in 0..self.range.len() {
            let number = self.range.start().saturating_add(u16::try_from(state.next).unwrap_or_default());
            state.next = (state.next + 1) % self.range.len();
            if state.taken.insert(number) {
                return Some(number);
            }
        }
        None
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        if let Some(pool) = &self.pool {
            pool.lock().taken.remove(&self.number);
        }
    }
}
