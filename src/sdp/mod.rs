//! Offer/answer (RFC 3264, RFC 8866): which codec, where to send, which direction.
//!
//! A [`Session`] is our side of one call's description. It answers an offer ([`Session::answer`]), or makes
//! one ([`Session::offer`]) and reads its answer ([`Session::accept`]); each gives what was [`Agreed`].
//! Only one audio stream is taken; every other media is refused with port 0.

mod read;
mod session;

pub use read::Error;
pub use session::{Session, Settings};

use std::net::SocketAddr;

/// The codecs that we can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    Pcma,
    Pcmu,
    G722,
    Opus,
}

impl Codec {
    /// The encoding name of `a=rtpmap` (RFC 3551, RFC 7587).
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// RTP clock, Hz. G.722 says 8000 though it samples at 16 kHz (RFC 3551 §4.5.2).
    pub fn clock_rate(self) -> u32 {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => 8_000,
            Self::Opus => 48_000,
        }
    }

    /// Our payload type when we make the offer: static for the first three (RFC 3551 table 4).
    fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
            Self::Opus => 111,
        }
    }

    fn channels(self) -> u8 {
        if self == Self::Opus { 2 } else { 1 }
    }
}

/// The direction of the stream, as seen from our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    SendRecv,
    /// We send and they do not.
    SendOnly,
    /// They send and we do not: we are on hold, perhaps with music.
    RecvOnly,
    /// Nobody sends: we are on hold.
    Inactive,
}

impl Direction {
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same stream seen from the other side (RFC 3264 §6.1).
    fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            same => same,
        }
    }

    fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    fn attribute(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
}

/// What both sides agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    pub codec: Codec,
    /// Payload type of the codec, both ways.
    pub payload_type: u8,
    /// Payload type of `telephone-event` (RFC 4733), both ways; none when the other side has none.
    pub telephone_event: Option<u8>,
    /// Where to send RTP. Its address is unspecified (`0.0.0.0`) when the other side holds the old way.
    pub remote: SocketAddr,
    /// Where to send RTCP (RFC 3605, RFC 5761).
    pub remote_rtcp: SocketAddr,
    /// RTP and RTCP share one port.
    pub rtcp_mux: bool,
    /// Seen from our side.
    pub direction: Direction,
    /// Milliseconds of sound in a packet that the other side prefers; informative, for we send 20.
    pub ptime: u32,
}

impl Agreed {
    /// The other side put us on hold: it does not want to hear us (RFC 3264 §8.4).
    pub fn held(&self) -> bool {
        !self.direction.sends() || self.remote.ip().is_unspecified()
    }
}
