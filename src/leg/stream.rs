//! The sound of one call in RTP: packets to frames and frames to packets, without a socket.
//!
//! Whoever owns the clock gives the packets of the agreed payload types as they come ([`Stream::take`]), and at
//! each tick of 20 ms calls [`Stream::hear`] and one of [`Stream::speak`] and [`Stream::pause`].

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::keys::Keys;
use super::queue::Queue;
use crate::audio::{Codec, CodecError, Encoder, Frame, Playout, SILENCE};
use crate::rtp::{DtmfReceiver, JitterBuffer, JitterSettings, Origin, Packet, Pop, Sequencer};

/// Pieces taken from the jitter buffer for one tick at most; Opus packets can be of 2.5 ms.
const POPS_A_TICK: usize = 16;
/// Frames that wait for the driver: one that lags by a second loses sound.
pub const FRAMES_WAITING: usize = 50;

/// A frame for the driver, and whether it was made up.
pub type Heard = (Box<Frame>, bool);

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Sound, or an event that has been told already.
    Sound,
    /// A key was pressed.
    Key(char),
    /// Not what was agreed.
    Refused,
}

pub struct Stream {
    codec: Codec,
    payload_type: u8,
    /// Payload types of telephone events, one a clock rate.
    events: Vec<u8>,
    queue: Arc<Queue>,
    frames: mpsc::Sender<Heard>,
    jitter: JitterBuffer,
    playout: Playout,
    dtmf: DtmfReceiver,
    encoder: Encoder,
    keys: Keys,
    pub sequencer: Sequencer,
    concealed: u64,
    pub refused: u64,
}

impl Stream {
    pub fn new(
        codec: Codec,
        payload_type: u8,
        events: Vec<u8>,
        queue: Arc<Queue>,
        frames: mpsc::Sender<Heard>,
    ) -> Result<Self, CodecError> {
        let origin = Origin { ssrc: rand::random(), sequence: rand::random(), timestamp: rand::random() };
        Ok(Self {
            codec,
            payload_type,
            events,
            queue,
            frames,
            jitter: JitterBuffer::new(JitterSettings::default(), codec.clock_rate()),
            playout: Playout::new(codec)?,
            dtmf: DtmfReceiver::new(),
            encoder: codec.encoder()?,
            keys: Keys::default(),
            sequencer: Sequencer::new(origin, payload_type, codec.ticks_per_frame()),
            concealed: 0,
            refused: 0,
        })
    }

    /// A new agreement; whether the codec is another, and the sound under way lost.
    pub fn change(&mut self, codec: Codec, payload_type: u8, events: Vec<u8>) -> Result<bool, CodecError> {
        self.events = events;
        if (self.codec, self.payload_type) == (codec, payload_type) {
            return Ok(false);
        }
        self.playout = Playout::new(codec)?;
        self.encoder = codec.encoder()?;
        self.jitter = JitterBuffer::new(JitterSettings::default(), codec.clock_rate());
        self.sequencer.change(payload_type, codec.ticks_per_frame());
        (self.codec, self.payload_type) = (codec, payload_type);
        Ok(true)
    }

    /// Whether packets of this type are ours.
    pub fn expects(&self, payload_type: u8) -> bool {
        payload_type == self.payload_type || self.events.contains(&payload_type)
    }

    pub fn take(&mut self, packet: Packet, arrival: Duration) -> Taken {
        if self.events.contains(&packet.payload_type) {
            let key = self.dtmf.push(&packet, arrival);
            self.jitter.skip(&packet, arrival);
            return key.map_or(Taken::Sound, Taken::Key);
        }
        match self.codec.ticks(&packet.payload) {
            Some(ticks) if packet.payload_type == self.payload_type => {
                self.jitter.push(packet, ticks, arrival);
                Taken::Sound
            }
            _ => {
                self.refused += 1;
                Taken::Refused
            }
        }
    }

    /// Gives the driver this tick's frame.
    pub fn hear(&mut self, now: Duration) {
        for _ in 0..POPS_A_TICK {
            if !self.playout.wants() {
                break;
            }
            let played = match self.jitter.pop(now, self.playout.quiet()) {
                Pop::Packet(packet) => self.playout.play(&packet.payload),
                Pop::Skip(packet) => self.playout.skip(&packet.payload),
                Pop::Lost { ticks, next } => {
                    self.playout.conceal(ticks, next.as_deref());
                    Ok(())
                }
                Pop::Empty => break,
            };
            if let Err(error) = played {
                tracing::debug!(%error, "a payload could not be decoded");
            }
        }
        let played = self.playout.take();
        self.concealed += u64::from(played.concealed);
        // A driver that lags loses sound; it must not stop the clock.
        if self.frames.try_send((Box::new(played.frame), played.concealed)).is_err() {
            metrics::counter!("standardiste_leg_frames_dropped_total").increment(1);
        }
    }

    /// Presses a key, after those pressed before it. Ignored without telephone events.
    pub fn press(&mut self, key: char) {
        self.keys.press(key);
    }

    /// This tick's packet: a key, the next frame of the queue, or silence.
    pub fn speak(&mut self) -> Option<Packet> {
        // A key takes the sound's place (RFC 4733 §2.1): what was to be said meanwhile is not said later.
        if let Some(packet) = self.keys.tick(self.events.first().copied(), &mut self.sequencer) {
            self.queue.pop();
            return Some(packet);
        }
        let frame = self.queue.pop().unwrap_or(SILENCE);
        match self.encoder.encode(&frame) {
            Ok(payload) => Some(self.sequencer.audio(payload)),
            Err(error) => {
                self.sequencer.silence();
                tracing::debug!(%error, "a frame could not be encoded");
                None
            }
        }
    }

    /// Nothing is sent at this tick, and nothing is taken from the queue: the sentence waits for the caller.
    pub fn pause(&mut self) {
        self.sequencer.silence();
    }

    /// Counts what was received, at the end of the call.
    pub fn count(&self) {
        let statistics = self.jitter.statistics();
        metrics::counter!("standardiste_rtp_packets_received_total").increment(statistics.received);
        metrics::counter!("standardiste_rtp_packets_lost_total").increment(statistics.lost);
        metrics::counter!("standardiste_rtp_packets_late_total").increment(statistics.late);
        metrics::counter!("standardiste_rtp_packets_refused_total").increment(self.refused);
        metrics::counter!("standardiste_rtp_frames_concealed_total").increment(self.concealed);
        tracing::info!(
            received = statistics.received,
            lost = statistics.lost,
            late = statistics.late,
            refused = self.refused,
            concealed = self.concealed,
            jitter_ms = statistics.jitter.as_millis(),
            "media ended"
        );
    }
}
