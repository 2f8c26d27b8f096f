//! The media of one call: two UDP sockets, one 20 ms clock.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::ports::Pair;
use crate::audio::{CodecError, FRAME_MS};
use crate::leg::queue::Queue;
use crate::leg::stream::{Heard, Stream, Taken};
use crate::rtp::{
    Feedback, GuardSettings, Guarded, Packet, Reception, Sent, SourceGuard, build_bye, build_report, is_rtcp, ntp_time,
    parse_rtcp,
};
use crate::sdp::{self, Agreed};

const TICK: Duration = Duration::from_millis(FRAME_MS);
/// Ticks between two RTCP reports: 5 s (RFC 3550 §6.2, the minimum interval).
const REPORT_TICKS: u64 = 250;
/// A tick later than this is not made up for: the machine stood still, and a burst would only fill the
/// caller's jitter buffer.
const LATEST_TICK: Duration = Duration::from_millis(200);
/// Larger than any datagram of a network with Ethernet frames.
const DATAGRAM: usize = 2_048;
/// Datagrams read in one go, so that a flood cannot starve the clock.
const READ_AT_ONCE: usize = 32;

/// What the media tell the signalling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Digit(char),
    /// No RTP for the configured time.
    Silent,
}

enum Order {
    Change(Agreed),
    Patient(bool),
    Press(char),
}

/// A running media session. It ends when told by [`stop`](Media::stop), or dropped.
pub struct Media {
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<()>,
}

/// What a media session is made of.
pub struct Parts {
    pub pair: Pair,
    pub queue: Arc<Queue>,
    pub frames: mpsc::Sender<Heard>,
    pub events: mpsc::UnboundedSender<Event>,
    pub timeout: Duration,
}

impl Media {
    pub fn start(parts: Parts, agreed: Agreed) -> Result<Self, CodecError> {
        let (orders, receiver) = mpsc::unbounded_channel();
        let session = Session::new(parts, agreed)?;
        let span = tracing::Span::current();
        let task = tokio::spawn(tracing::Instrument::instrument(session.run(receiver), span));
        Ok(Self { orders, task })
    }

    /// A new agreement: other address, codec or direction.
    pub fn change(&self, agreed: Agreed) {
        let _ = self.orders.send(Order::Change(agreed));
    }

    /// Presses a key, after those pressed before it. Ignored without telephone events.
    pub fn press(&self, key: char) {
        let _ = self.orders.send(Order::Press(key));
    }

    /// While patient, silence on the wire does not end the call.
    pub fn patient(&self, patient: bool) {
        let _ = self.orders.send(Order::Patient(patient));
    }

    /// Says RTCP BYE and gives the ports back.
    pub async fn stop(self) {
        drop(self.orders);
        let _ = self.task.await;
    }
}

fn codec(codec: sdp::Codec) -> crate::audio::Codec {
    match codec {
        sdp::Codec::Pcma => crate::audio::Codec::Pcma,
        sdp::Codec::Pcmu => crate::audio::Codec::Pcmu,
        sdp::Codec::G722 => crate::audio::Codec::G722,
        sdp::Codec::Opus => crate::audio::Codec::Opus,
    }
}

struct Session {
    parts: Parts,
    agreed: Agreed,
    began: Instant,
    guard: SourceGuard,
    stream: Stream,
    reception: Reception,
    cname: String,
    /// When RTP was heard last, or silence was last excused.
    heard: Duration,
    patient: bool,
    told_silent: bool,
    ticks: u64,
}

impl Session {
    fn new(parts: Parts, agreed: Agreed) -> Result<Self, CodecError> {
        let codec = codec(agreed.codec);
        let events = agreed.telephone_event.into_iter().collect();
        let (queue, frames) = (Arc::clone(&parts.queue), parts.frames.clone());
        Ok(Self {
            parts,
            agreed,
            began: Instant::now(),
            guard: SourceGuard::new(GuardSettings::default(), agreed.remote),
            stream: Stream::new(codec, agreed.payload_type, events, queue, frames)?,
            reception: Reception::new(codec.clock_rate()),
            // A name that tells nothing of the machine (RFC 7022 §4.2).
            cname: format!("{:024x}", rand::random::<u128>() >> 32),
            heard: Duration::ZERO,
            patient: false,
            told_silent: false,
            ticks: 0,
        })
    }

    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut buffer = vec![0; DATAGRAM];
        // What came while the call rang is old by now.
        while self.parts.pair.rtp.try_recv_from(&mut buffer).is_ok() {}
        let mut clock = interval_at(Instant::now() + TICK, TICK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => self.order(order),
                    None => break,
                },
                due = clock.tick() => {
                    let late = due.elapsed();
                    if late > LATEST_TICK {
                        tracing::warn!(late_ms = late.as_millis(), "media clock stood still");
                        for _ in 0..late.as_millis() / TICK.as_millis() {
                            self.stream.pause();
                        }
                        clock.reset();
                    }
                    self.tick();
                }
                ready = self.parts.pair.rtp.readable() => {
                    if ready.is_ok() {
                        self.read_rtp(&mut buffer);
                    }
                }
                ready = self.parts.pair.rtcp.readable() => {
                    if ready.is_ok() {
                        self.read_rtcp(&mut buffer);
                    }
                }
            }
        }
        self.end();
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Patient(patient) => self.patient = patient,
            Order::Press(key) => self.stream.press(key),
            Order::Change(agreed) => {
                self.guard.announce(agreed.remote);
                self.agreed = agreed;
                let codec = codec(agreed.codec);
                let events = agreed.telephone_event.into_iter().collect();
                match self.stream.change(codec, agreed.payload_type, events) {
                    Ok(true) => self.reception = Reception::new(codec.clock_rate()),
                    Ok(false) => {}
                    Err(error) => tracing::error!(%error, "the codec cannot be changed"),
                }
            }
        }
    }

    fn tick(&mut self) {
        let now = self.now();
        self.ticks += 1;
        self.stream.hear(now);
        self.speak();
        if self.ticks.is_multiple_of(REPORT_TICKS) {
            self.report(now);
        }
        if self.agreed.held() || self.patient {
            self.heard = now;
        } else if now.saturating_sub(self.heard) > self.parts.timeout && !self.told_silent {
            self.told_silent = true;
            let _ = self.parts.events.send(Event::Silent);
        }
    }

    fn speak(&mut self) {
        if self.agreed.held() {
            self.stream.pause();
            return;
        }
        if let Some(packet) = self.stream.speak() {
            send(&self.parts.pair.rtp, &packet.to_bytes(), self.guard.destination());
        }
    }

    fn read_rtp(&mut self, buffer: &mut [u8]) {
        for _ in 0..READ_AT_ONCE {
            match self.parts.pair.rtp.try_recv_from(buffer) {
                Ok((length, source)) => {
                    let datagram = Bytes::copy_from_slice(&buffer[..length]);
                    if is_rtcp(&datagram) {
                        self.take_rtcp(&datagram, source);
                    } else {
                        self.take_rtp(&datagram, source);
                    }
                }
                Err(_) => break,
            }
        }
    }

    fn read_rtcp(&mut self, buffer: &mut [u8]) {
        for _ in 0..READ_AT_ONCE {
            match self.parts.pair.rtcp.try_recv_from(buffer) {
                Ok((length, source)) => self.take_rtcp(&Bytes::copy_from_slice(&buffer[..length]), source),
                Err(_) => break,
            }
        }
    }

    fn take_rtp(&mut self, datagram: &Bytes, source: SocketAddr) {
        let arrival = self.now();
        let Some(packet) = Packet::parse(datagram).ok().filter(|packet| self.stream.expects(packet.payload_type))
        else {
            self.stream.refused += 1;
            return;
        };
        match self.guard.accept(source, &packet, arrival) {
            Guarded::Accept => {}
            Guarded::Moved(to) if to != self.agreed.remote => {
                tracing::debug!("media come from another address than announced")
            }
            Guarded::Moved(_) => {}
            Guarded::Refuse => {
                self.stream.refused += 1;
                return;
            }
        }
        self.heard = arrival;
        self.reception.received(&packet, arrival);
        if let Taken::Key(key) = self.stream.take(packet, arrival) {
            let _ = self.parts.events.send(Event::Digit(key));
        }
    }

    fn take_rtcp(&mut self, datagram: &Bytes, source: SocketAddr) {
        // Reports only feed statistics; still, a stranger's are not ours to count.
        if source.ip() != self.guard.destination().ip() {
            return;
        }
        let arrival = self.now();
        for feedback in parse_rtcp(datagram).unwrap_or_default() {
            match feedback {
                Feedback::Sender { ssrc, ntp, blocks, .. } => {
                    self.reception.sender_report(ssrc, ntp, arrival);
                    self.note_blocks(&blocks);
                }
                Feedback::Receiver { blocks, .. } => self.note_blocks(&blocks),
                Feedback::Bye(_) => {}
            }
        }
    }

    fn note_blocks(&self, blocks: &[crate::rtp::Block]) {
        for block in blocks.iter().filter(|b| b.ssrc == self.stream.sequencer.ssrc()) {
            if let Some(time) = block.round_trip(wall_clock()) {
                metrics::histogram!("standardiste_rtp_round_trip_seconds").record(time.as_secs_f64());
            }
        }
    }

    fn report(&mut self, now: Duration) {
        let sent = (self.stream.sequencer.packets() > 0).then(|| Sent {
            ntp: wall_clock(),
            timestamp: self.stream.sequencer.timestamp(),
            packets: self.stream.sequencer.packets(),
            octets: self.stream.sequencer.octets(),
        });
        if let Ok(report) = build_report(self.stream.sequencer.ssrc(), &self.cname, sent, self.reception.block(now)) {
            self.send_rtcp(&report);
        }
    }

    fn send_rtcp(&self, bytes: &[u8]) {
        let rtp = self.guard.destination();
        if self.agreed.rtcp_mux {
            return send(&self.parts.pair.rtp, bytes, rtp);
        }
        // Behind a NAT the announced address is wrong for both; the next port is the best guess.
        let to = if rtp == self.agreed.remote {
            self.agreed.remote_rtcp
        } else {
            SocketAddr::new(rtp.ip(), rtp.port().saturating_add(1))
        };
        send(&self.parts.pair.rtcp, bytes, to);
    }

    fn end(&mut self) {
        let block = self.reception.block(self.now());
        if let Ok(bye) = build_bye(self.stream.sequencer.ssrc(), &self.cname, block) {
            self.send_rtcp(&bye);
        }
        self.stream.count();
    }
}

/// A full socket buffer loses the packet, as the network would.
fn send(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) {
    if to.ip().is_unspecified() || to.port() == 0 {
        return;
    }
    if let Err(error) = socket.try_send_to(bytes, to) {
        tracing::trace!(%error, "a media packet was not sent");
    }
}

fn wall_clock() -> u64 {
    ntp_time(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}
