//! One RTP packet (RFC 3550 §5.1), parsed with strict bounds.

use bytes::Bytes;
use rtc_rtp::header::Header;
use rtc_shared::marshal::{Marshal as _, Unmarshal as _};

const FIXED_HEADER: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error("RTP packet cut short: {0} bytes")]
    Truncated(usize),
    #[error("RTP version {0}, expected 2")]
    Version(u8),
    /// RTCP on the same port (RFC 5761 §4).
    #[error("an RTCP packet, not RTP")]
    Rtcp,
    #[error("RTP padding of {padding} bytes in {available} bytes of payload")]
    Padding { padding: usize, available: usize },
    #[error("malformed RTP header extension")]
    Extension,
}

/// A packet without what we do not use: contributing sources, header extensions and padding are read over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Seven bits.
    pub payload_type: u8,
    /// In speech, the first packet after a silence (RFC 3551 §4.1).
    pub marker: bool,
    pub sequence: u16,
    /// RTP clock of the first sample.
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: Bytes,
}

impl Packet {
    /// Parses one datagram.
    pub fn parse(datagram: &Bytes) -> Result<Packet, ParseError> {
        let length = datagram.len();
        if length < FIXED_HEADER {
            return Err(ParseError::Truncated(length));
        }
        let version = datagram[0] >> 6;
        if version != 2 {
            return Err(ParseError::Version(version));
        }
        if is_rtcp(datagram) {
            return Err(ParseError::Rtcp);
        }
        let start = payload_start(datagram)?;
        let end = payload_end(datagram, start)?;
        // Extensions are not shown to the parser: it stops in the middle of a block that holds the
        // reserved identifier 15, and what is left would be heard as sound.
        let mut fixed = [0; FIXED_HEADER];
        fixed.copy_from_slice(&datagram[..FIXED_HEADER]);
        fixed[0] = 0x80;
        let header = Header::unmarshal(&mut &fixed[..]).map_err(|_| ParseError::Truncated(length))?;
        Ok(Packet {
            payload_type: header.payload_type,
            marker: header.marker,
            sequence: header.sequence_number,
            timestamp: header.timestamp,
            ssrc: header.ssrc,
            payload: datagram.slice(start..end),
        })
    }

    /// The datagram to send.
    pub fn to_bytes(&self) -> Bytes {
        let header = Header {
            version: 2,
            marker: self.marker,
            payload_type: self.payload_type & 0x7F,
            sequence_number: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
            ..Header::default()
        };
        let packet = rtc_rtp::packet::Packet { header, payload: self.payload.clone() };
        // The only failure is a buffer too small, and `marshal` sizes its own.
        packet.marshal().map(|bytes| bytes.freeze()).unwrap_or_default()
    }
}

/// The datagram is RTCP: types 192 to 223 stand where an RTP marker with payload type 64 to 95 would (RFC 5761 §4).
pub fn is_rtcp(datagram: &[u8]) -> bool {
    datagram.get(1).is_some_and(|kind| (192..=223).contains(kind))
}

fn payload_start(datagram: &[u8]) -> Result<usize, ParseError> {
    let truncated = ParseError::Truncated(datagram.len());
    let mut start = FIXED_HEADER + 4 * usize::from(datagram[0] & 0x0F);
    if datagram[0] & 0x10 != 0 {
        let words = datagram.get(start + 2..start + 4).ok_or(ParseError::Extension)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
        if start > datagram.len() {
            return Err(ParseError::Extension);
        }
    }
    if start > datagram.len() { Err(truncated) } else { Ok(start) }
}

fn payload_end(datagram: &[u8], start: usize) -> Result<usize, ParseError> {
    if datagram[0] & 0x20 == 0 {
        return Ok(datagram.len());
    }
    let available = datagram.len() - start;
    let padding = datagram.last().map_or(0, |&count| usize::from(count));
    if padding == 0 || padding > available {
        return Err(ParseError::Padding { padding, available });
    }
    Ok(datagram.len() - padding)
}
