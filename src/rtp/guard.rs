//! Who may speak on our port: symmetric RTP (RFC 4961) without opening the door to injection.

use std::net::SocketAddr;
use std::time::Duration;

use super::Packet;

#[derive(Debug, Clone)]
pub struct Settings {
    /// A source that has been heard keeps the line until it has been silent for this long. Longer than
    /// any gap of a living stream, shorter than the patience of a caller whose NAT moved: 1 s.
    pub silence: Duration,
    /// Packets in a row that an unannounced source must send before it is believed. A forger who does
    /// not see our traffic must guess nothing for this, so it only keeps out stray packets: 3 (60 ms).
    pub probation: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { silence: Duration::from_secs(1), probation: 3 }
    }
}

/// What to do with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarded {
    /// From the known source.
    Accept,
    /// From a new source, which is now the known one: send our media there.
    Moved(SocketAddr),
    /// From a stranger: drop it and count it.
    Refuse,
}

/// Learns where the caller's media really come from, then refuses strangers.
///
/// The address in the SDP is often wrong behind a NAT, so the first source that sends a run of valid
/// packets is believed, and our media go back to it. From then on nobody else is heard while that
/// source is alive: an attacker who sprays our port cannot speak over a call, nor turn our media
/// towards himself (the RTP Bleed attack). Two things move the latch: the source falls silent, or the
/// announced address itself speaks, for signalling is worth more than arrival. Once the announced
/// address is the known one, only its silence moves it. What is left open: whoever sends before the
/// caller does, from the moment the port is known; SRTP closes that.
#[derive(Debug, Clone)]
pub struct SourceGuard {
    settings: Settings,
    announced: SocketAddr,
    known: Option<Known>,
    candidate: Option<Candidate>,
}

#[derive(Debug, Clone)]
struct Known {
    source: SocketAddr,
    heard: Duration,
}

#[derive(Debug, Clone)]
struct Candidate {
    source: SocketAddr,
    ssrc: u32,
    sequence: u16,
    run: u32,
}

impl SourceGuard {
    /// `announced`: the address in the caller's SDP.
    pub fn new(settings: Settings, announced: SocketAddr) -> Self {
        Self { settings, announced, known: None, candidate: None }
    }

    /// The caller announced an address by a new offer or answer. Another one than before starts the learning again.
    pub fn announce(&mut self, announced: SocketAddr) {
        if announced != self.announced {
            *self = Self::new(self.settings.clone(), announced);
        }
    }

    /// Where to send our media.
    pub fn destination(&self) -> SocketAddr {
        self.known.as_ref().map_or(self.announced, |known| known.source)
    }

    /// Judges a packet that parsed and whose payload type was agreed.
    pub fn accept(&mut self, source: SocketAddr, packet: &Packet, arrival: Duration) -> Guarded {
        if let Some(known) = &mut self.known {
            if known.source == source {
                known.heard = arrival;
                return Guarded::Accept;
            }
            let alive = arrival.saturating_sub(known.heard) < self.settings.silence;
            if alive && (known.source == self.announced || source != self.announced) {
                return Guarded::Refuse;
            }
        }
        if source != self.announced && self.count(source, packet) < self.settings.probation {
            return Guarded::Refuse;
        }
        self.candidate = None;
        self.known = Some(Known { source, heard: arrival });
        Guarded::Moved(source)
    }

    fn count(&mut self, source: SocketAddr, packet: &Packet) -> u32 {
        let run = match &self.candidate {
            Some(c) if c.source == source && c.ssrc == packet.ssrc && packet.sequence == c.sequence.wrapping_add(1) => {
                c.run.saturating_add(1)
            }
            _ => 1,
        };
        self.candidate = Some(Candidate { source, ssrc: packet.ssrc, sequence: packet.sequence, run });
        run
    }
}
