//! A telephone's RTP without a telephone: a socket that counts, echoes, speaks, and presses keys.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use standardiste::audio::Codec;
use standardiste::rtp::{DtmfSender, Origin, Packet, Sequencer};
use tokio::net::UdpSocket;

use super::LOOPBACK;
use super::line::tone;

const TICK: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
struct Seen {
    packets: usize,
    payload_types: BTreeSet<u8>,
    from: Option<SocketAddr>,
}

pub struct Phone {
    pub socket: Arc<UdpSocket>,
    pub port: u16,
    seen: Arc<Mutex<Seen>>,
    sequencer: tokio::sync::Mutex<Sequencer>,
}

impl Phone {
    /// Counts what comes.
    pub async fn open() -> Self {
        Self::with(false).await
    }

    /// Sends back what comes.
    pub async fn echo() -> Self {
        Self::with(true).await
    }

    async fn with(echo: bool) -> Self {
        let socket = Arc::new(UdpSocket::bind((LOOPBACK, 0)).await.unwrap());
        let port = socket.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Seen>>::default();
        let (reader, noted) = (socket.clone(), seen.clone());
        tokio::spawn(async move {
            let mut buffer = [0; 2_048];
            while let Ok((length, from)) = reader.recv_from(&mut buffer).await {
                let datagram = bytes::Bytes::copy_from_slice(&buffer[..length]);
                if let Ok(packet) = Packet::parse(&datagram) {
                    let mut noted = noted.lock().unwrap();
                    noted.packets += 1;
                    noted.payload_types.insert(packet.payload_type);
                    noted.from = Some(from);
                }
                if echo {
                    let _ = reader.send_to(&datagram, from).await;
                }
            }
        });
        let origin = Origin { ssrc: 0x0BAD_CAFE, sequence: 100, timestamp: 1_000 };
        Self { socket, port, seen, sequencer: tokio::sync::Mutex::new(Sequencer::new(origin, 8, 160)) }
    }

    pub fn received(&self) -> usize {
        self.seen.lock().unwrap().packets
    }

    pub fn payload_types(&self) -> Vec<u8> {
        self.seen.lock().unwrap().payload_types.iter().copied().collect()
    }

    /// Where the line's media come from: where to send ours.
    pub fn line(&self) -> SocketAddr {
        self.seen.lock().unwrap().from.expect("no media from the line yet")
    }

    pub async fn wait_for_media(&self, limit: Duration) {
        let start = Instant::now();
        while self.received() == 0 {
            assert!(start.elapsed() < limit, "no media from the line in {limit:?}");
            tokio::time::sleep(TICK).await;
        }
    }

    /// Holds a key for 100 ms.
    pub async fn press(&self, key: char) {
        let mut sequencer = self.sequencer.lock().await;
        let mut sender = DtmfSender::new(key, 101, Duration::from_millis(100)).unwrap();
        while let Some(packet) = sender.tick(&mut sequencer) {
            self.send(&packet).await;
            tokio::time::sleep(TICK).await;
        }
        for _ in 0..4 {
            sequencer.silence();
            tokio::time::sleep(TICK).await;
        }
    }

    /// Speaks a tone in A-law for `frames` frames, each packet passed through `alter` first.
    pub async fn speak(&self, frames: usize, alter: impl Fn(usize, &mut Packet)) {
        let mut sequencer = self.sequencer.lock().await;
        let mut encoder = Codec::Pcma.encoder().unwrap();
        for i in 0..frames {
            let mut packet = sequencer.audio(encoder.encode(&tone()).unwrap());
            alter(i, &mut packet);
            self.send(&packet).await;
            tokio::time::sleep(TICK).await;
        }
    }

    pub async fn send(&self, packet: &Packet) {
        self.socket.send_to(&packet.to_bytes(), self.line()).await.unwrap();
    }
}
