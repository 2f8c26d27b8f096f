//! Which stream is heard, and where in it a packet stands (RFC 3550 A.1).

use crate::rtp::Packet;

/// Sequence numbers may jump forward by this much within one stream (`MAX_DROPOUT`).
const MAX_DROPOUT: i64 = 3_000;
/// and backward by this much (`MAX_MISORDER`).
const MAX_MISORDER: i64 = 100;
/// Two packets of a new stream may have lost this many less one between them.
const NEXT: std::ops::RangeInclusive<u16> = 1..=3;

#[derive(Debug, Default)]
pub struct Numbering {
    ssrc: Option<u32>,
    /// Highest extended sequence number.
    highest: i64,
    /// What does not fit the stream, with its ticks, waiting for a second.
    held: Option<(Packet, u32)>,
}

impl Numbering {
    pub fn has_begun(&self) -> bool {
        self.ssrc.is_some()
    }

    /// Highest extended sequence number.
    pub fn highest(&self) -> i64 {
        self.highest
    }

    /// Another stream begins with this packet.
    pub fn begin(&mut self, packet: &Packet) {
        self.ssrc = Some(packet.ssrc);
        self.highest = i64::from(packet.sequence);
    }

    /// A number of the stream has come.
    pub fn note(&mut self, sequence: i64) {
        self.highest = self.highest.max(sequence);
    }

    /// The extended sequence number; none when the packet does not fit the stream. One that fits shows that what was
    /// held before it was a stray.
    pub fn place(&mut self, packet: &Packet) -> Option<i64> {
        let sequence = self.find(packet)?;
        self.held = None;
        Some(sequence)
    }

    /// The extended sequence number; none when the packet does not fit the stream.
    pub fn find(&self, packet: &Packet) -> Option<i64> {
        match self.ssrc {
            None => Some(i64::from(packet.sequence)),
            Some(ssrc) if ssrc != packet.ssrc => None,
            Some(_) => {
                let step = i64::from(packet.sequence.wrapping_sub(self.highest as u16) as i16);
                (-MAX_MISORDER..=MAX_DROPOUT).contains(&step).then_some(self.highest + step)
            }
        }
    }

    /// Keeps aside what does not fit. Two packets in a row that agree with each other and not with the stream are a new
    /// stream: the first of them is given back.
    pub fn hold(&mut self, packet: &Packet, ticks: u32) -> Option<(Packet, u32)> {
        let agrees =
            |first: &Packet| first.ssrc == packet.ssrc && NEXT.contains(&packet.sequence.wrapping_sub(first.sequence));
        match self.held.take() {
            Some((first, first_ticks)) if agrees(&first) => Some((first, first_ticks)),
            _ => {
                self.held = Some((packet.clone(), ticks));
                None
            }
        }
    }
}
