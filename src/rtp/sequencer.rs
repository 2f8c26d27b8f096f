//! The sender's side: numbers, clock and marker of our own stream.

use bytes::Bytes;

use super::Packet;

/// Where our stream starts: all three random, so that they cannot be guessed (RFC 3550 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
}

/// Numbers our packets. At each tick of the paced sender, call exactly one of [`audio`](Self::audio),
/// [`silence`](Self::silence), or [`DtmfSender::tick`](super::DtmfSender::tick).
#[derive(Debug, Clone)]
pub struct Sequencer {
    payload_type: u8,
    ticks: u32,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    talking: bool,
    packets: u32,
    octets: u32,
}

impl Sequencer {
    /// `ticks`: RTP clock of one 20 ms frame.
    pub fn new(origin: Origin, payload_type: u8, ticks: u32) -> Self {
        Self {
            payload_type,
            ticks,
            ssrc: origin.ssrc,
            sequence: origin.sequence,
            timestamp: origin.timestamp,
            talking: false,
            packets: 0,
            octets: 0,
        }
    }

    /// The packet of this tick's sound; marked when it is the first after a silence.
    pub fn audio(&mut self, payload: Bytes) -> Packet {
        let marker = !self.talking;
        self.talking = true;
        let packet = self.packet(self.payload_type, marker, self.timestamp, payload);
        self.timestamp = self.timestamp.wrapping_add(self.ticks);
        packet
    }

    /// Nothing is sent at this tick; the clock goes on.
    pub fn silence(&mut self) {
        self.talking = false;
        self.timestamp = self.timestamp.wrapping_add(self.ticks);
    }

    /// The codec changed by a new offer: same stream, other payload type and clock (RFC 3264 §8.3.2).
    pub fn change(&mut self, payload_type: u8, ticks: u32) {
        self.payload_type = payload_type;
        self.ticks = ticks;
        self.talking = false;
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// RTP clock of the next packet: what a sender report pairs with the wall clock.
    pub fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// RTP ticks of one frame.
    pub fn ticks(&self) -> u32 {
        self.ticks
    }

    pub fn packets(&self) -> u32 {
        self.packets
    }

    /// Payload octets sent, headers not counted (RFC 3550 §6.4.1).
    pub fn octets(&self) -> u32 {
        self.octets
    }

    /// A packet of an event: its own type and clock, our numbering (RFC 4733 §2.2).
    pub(super) fn event(&mut self, payload_type: u8, marker: bool, timestamp: u32, payload: Bytes) -> Packet {
        self.packet(payload_type, marker, timestamp, payload)
    }

    fn packet(&mut self, payload_type: u8, marker: bool, timestamp: u32, payload: Bytes) -> Packet {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        Packet { payload_type, marker, sequence, timestamp, ssrc: self.ssrc, payload }
    }
}
