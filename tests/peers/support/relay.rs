//! A bad network between a browser and the line: a UDP relay that loses and delays datagrams.

use std::net::{SocketAddr, UdpSocket as Plain};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use super::LOOPBACK;

/// How bad, each way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// Of a thousand datagrams, those that are lost.
    pub lost_per_mille: u64,
    /// The greatest delay; each datagram has one of its own, so that they overtake each other.
    pub jitter: Duration,
}

/// The browser is told `port` instead of the line's; ended when dropped.
pub struct Relay {
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    weather: Weather,
    target: AtomicU16,
    cut: AtomicBool,
    dice: AtomicU64,
    passed: AtomicU64,
    lost: AtomicU64,
    browser: Mutex<Option<SocketAddr>>,
}

impl Relay {
    pub async fn start(weather: Weather) -> Self {
        let shared = Arc::new(Shared {
            weather,
            target: AtomicU16::new(0),
            cut: AtomicBool::new(false),
            dice: AtomicU64::new(0x9E37_79B9_7F4A_7C15),
            passed: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            browser: Mutex::new(None),
        });
        let near = Arc::new(bind());
        let far = Arc::new(bind());
        let port = near.local_addr().unwrap().port();
        let task = tokio::spawn(run(near, far, Arc::clone(&shared)));
        Self { port, shared, task }
    }

    /// Leads to the port of the line's first UDP candidate.
    pub fn aim(&self, answer: &str) {
        let candidate = answer.lines().find(|line| line.starts_with("a=candidate:")).expect("a candidate");
        let port = candidate.split_whitespace().nth(5).and_then(|port| port.parse().ok()).expect("a port");
        self.shared.target.store(port, Ordering::Relaxed);
    }

    /// Nothing passes any more, or again.
    pub fn cut(&self, cut: bool) {
        self.shared.cut.store(cut, Ordering::Relaxed);
    }

    /// Datagrams that passed, and that were lost.
    pub fn counts(&self) -> (u64, u64) {
        (self.shared.passed.load(Ordering::Relaxed), self.shared.lost.load(Ordering::Relaxed))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn bind() -> UdpSocket {
    let socket = Plain::bind((LOOPBACK, 0)).unwrap();
    socket.set_nonblocking(true).unwrap();
    UdpSocket::from_std(socket).unwrap()
}

async fn run(near: Arc<UdpSocket>, far: Arc<UdpSocket>, shared: Arc<Shared>) {
    let (mut from_browser, mut from_line) = ([0; 2_048], [0; 2_048]);
    loop {
        tokio::select! {
            Ok((length, source)) = near.recv_from(&mut from_browser) => {
                *shared.browser.lock().unwrap() = Some(source);
                let port = shared.target.load(Ordering::Relaxed);
                if port != 0 {
                    shared.pass(&far, &from_browser[..length], SocketAddr::new(LOOPBACK, port));
                }
            }
            Ok((length, _)) = far.recv_from(&mut from_line) => {
                let browser = *shared.browser.lock().unwrap();
                if let Some(browser) = browser {
                    shared.pass(&near, &from_line[..length], browser);
                }
            }
        }
    }
}

impl Shared {
    /// The same dice each time: xorshift.
    fn roll(&self, sides: u64) -> u64 {
        let mut state = self.dice.load(Ordering::Relaxed);
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.dice.store(state, Ordering::Relaxed);
        state % sides.max(1)
    }

    fn pass(&self, socket: &Arc<UdpSocket>, datagram: &[u8], to: SocketAddr) {
        if self.cut.load(Ordering::Relaxed) || self.roll(1_000) < self.weather.lost_per_mille {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.passed.fetch_add(1, Ordering::Relaxed);
        let delay = Duration::from_micros(self.roll(self.weather.jitter.as_micros() as u64 + 1));
        let (socket, datagram) = (Arc::clone(socket), datagram.to_vec());
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let _ = socket.send_to(&datagram, to).await;
        });
    }
}
