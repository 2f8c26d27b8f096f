//! RTCP: how well we receive, and what the other side says of it (RFC 3550 §6).

use std::time::Duration;

use bytes::Bytes;
use rtc_rtcp::goodbye::Goodbye;
use rtc_rtcp::packet::Packet as RtcPacket;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::source_description::{SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem};
use rtc_shared::marshal::Unmarshal as _;

use super::Packet;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const GOODBYE: u8 = 203;
const JITTER_GAIN: f64 = 1.0 / 16.0;
/// Seconds between the NTP epoch (1900) and the Unix one.
const NTP_OFFSET: u64 = 2_208_988_800;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RtcpError {
    #[error("RTCP packet cut short")]
    Truncated,
    #[error("RTCP version {0}, expected 2")]
    Version(u8),
    #[error("malformed RTCP packet of type {0}")]
    Malformed(u8),
    #[error("the RTCP packet cannot be written")]
    Write,
}

/// One reception report block (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The stream it is about.
    pub ssrc: u32,
    /// Of the packets expected since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Since the beginning; negative when duplicates outnumber losses.
    pub total_lost: i32,
    pub highest_sequence: u32,
    /// RTP ticks.
    pub jitter: u32,
    /// Middle 32 bits of the NTP time in the last sender report; 0 when none came.
    pub last_sr: u32,
    /// Since it came, 1/65,536 s.
    pub delay: u32,
}

impl Block {
    /// Time to the other side and back, when the block answers a report of ours. `ntp`: now.
    pub fn round_trip(&self, ntp: u64) -> Option<Duration> {
        if self.last_sr == 0 {
            return None;
        }
        let units = middle(ntp).wrapping_sub(self.last_sr).wrapping_sub(self.delay);
        // A clock set back, or a forged block, gives half of the circle or more.
        (units < u32::MAX / 2).then(|| Duration::from_secs_f64(f64::from(units) / 65_536.0))
    }
}

/// What the other side says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feedback {
    Sender {
        ssrc: u32,
        /// 32.32 fixed-point seconds since 1900.
        ntp: u64,
        rtp: u32,
        packets: u32,
        octets: u32,
        blocks: Vec<Block>,
    },
    Receiver {
        ssrc: u32,
        blocks: Vec<Block>,
    },
    /// These streams have ended.
    Bye(Vec<u32>),
}

/// What we have sent, for a sender report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Now, as [`ntp_time`] gives it.
    pub ntp: u64,
    /// The RTP clock of our stream now.
    pub timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// The NTP form of a time since the Unix epoch.
pub fn ntp_time(unix: Duration) -> u64 {
    let fraction = (u64::from(unix.subsec_nanos()) << 32) / 1_000_000_000;
    (unix.as_secs().wrapping_add(NTP_OFFSET) << 32) | fraction
}

/// Statistics of one received stream (RFC 3550 A.1, A.3, A.8). A new SSRC starts them again.
#[derive(Debug, Clone)]
pub struct Reception {
    clock_rate: u32,
    stream: Option<Stream>,
}

#[derive(Debug, Clone)]
struct Stream {
    ssrc: u32,
    base: u64,
    highest: u64,
    received: u64,
    expected_before: u64,
    received_before: u64,
    transit: Option<i64>,
    jitter: f64,
    last_sr: Option<(u32, Duration)>,
}

impl Reception {
    pub fn new(clock_rate: u32) -> Self {
        Self { clock_rate: clock_rate.max(1), stream: None }
    }

    /// Takes every packet of the stream, late and duplicate ones too.
    pub fn received(&mut self, packet: &Packet, arrival: Duration) {
        let rate = u64::from(self.clock_rate);
        let sequence = u64::from(packet.sequence);
        if self.stream.as_ref().is_none_or(|stream| stream.ssrc != packet.ssrc) {
            self.stream = Some(Stream::new(packet.ssrc, sequence));
        }
        let Some(stream) = &mut self.stream else { return };
        let step = i64::from(packet.sequence.wrapping_sub(stream.highest as u16) as i16);
        stream.received += 1;
        stream.highest = stream.highest.max(stream.highest.saturating_add_signed(step));
        let clock = (arrival.as_micros() as u64).wrapping_mul(rate) / 1_000_000;
        let transit = i64::from((clock as u32).wrapping_sub(packet.timestamp));
        if let Some(before) = stream.transit {
            let step = f64::from((transit.wrapping_sub(before) as u32 as i32).unsigned_abs());
            if step < f64::from(self.clock_rate) {
                stream.jitter += (step - stream.jitter) * JITTER_GAIN;
            }
        }
        stream.transit = Some(transit);
    }

    /// A sender report of that stream came.
    pub fn sender_report(&mut self, ssrc: u32, ntp: u64, arrival: Duration) {
        if let Some(stream) = self.stream.as_mut().filter(|stream| stream.ssrc == ssrc) {
            stream.last_sr = Some((middle(ntp), arrival));
        }
    }

    /// The block to report; it starts a new interval of the fraction lost. None before the first packet.
    pub fn block(&mut self, now: Duration) -> Option<Block> {
        let stream = self.stream.as_mut()?;
        let expected = stream.highest - stream.base + 1;
        let expected_now = expected - stream.expected_before;
        let received_now = stream.received - stream.received_before;
        stream.expected_before = expected;
        stream.received_before = stream.received;
        let lost_now = expected_now.saturating_sub(received_now);
        let fraction_lost = (lost_now * 256).checked_div(expected_now).unwrap_or(0).min(255) as u8;
        let total = expected as i64 - stream.received as i64;
        let (last_sr, delay) = stream.last_sr.map_or((0, 0), |(ntp, arrival)| {
            let delay = now.saturating_sub(arrival).as_secs_f64() * 65_536.0;
            (ntp, delay as u32)
        });
        Some(Block {
            ssrc: stream.ssrc,
            fraction_lost,
            total_lost: total.clamp(-0x80_0000, 0x7F_FFFF) as i32,
            highest_sequence: (stream.highest - (stream.base & !0xFFFF)) as u32,
            jitter: stream.jitter as u32,
            last_sr,
            delay,
        })
    }
}

impl Stream {
    fn new(ssrc: u32, sequence: u64) -> Self {
        // One cycle of room below, so that a first packet out of order does not go negative.
        let base = sequence + 0x1_0000;
        Self {
            ssrc,
            base,
            highest: base,
            received: 0,
            expected_before: 0,
            received_before: 0,
            transit: None,
            jitter: 0.0,
            last_sr: None,
        }
    }
}

/// A compound packet: a sender report when we have sent, a receiver report otherwise, and our name (§6.1).
pub fn build_report(ssrc: u32, cname: &str, sent: Option<Sent>, block: Option<Block>) -> Result<Bytes, RtcpError> {
    let reports: Vec<_> = block.into_iter().map(ReceptionReport::from).collect();
    let first: Box<dyn RtcPacket> = match sent {
        Some(sent) => Box::new(SenderReport {
            ssrc,
            ntp_time: sent.ntp,
            rtp_time: sent.timestamp,
            packet_count: sent.packets,
            octet_count: sent.octets,
            reports,
            ..SenderReport::default()
        }),
        None => Box::new(ReceiverReport { ssrc, reports, ..ReceiverReport::default() }),
    };
    write(&[first, name(ssrc, cname)])
}

/// The last packet of our stream: a report, our name, and BYE (§6.6).
pub fn build_bye(ssrc: u32, cname: &str, block: Option<Block>) -> Result<Bytes, RtcpError> {
    let reports = block.into_iter().map(ReceptionReport::from).collect();
    let report: Box<dyn RtcPacket> = Box::new(ReceiverReport { ssrc, reports, ..ReceiverReport::default() });
    let bye = Box::new(Goodbye { sources: vec![ssrc], reason: Bytes::new() });
    write(&[report, name(ssrc, cname), bye])
}

/// Parses a compound packet. Types that we do not use are read over.
pub fn parse_rtcp(datagram: &Bytes) -> Result<Vec<Feedback>, RtcpError> {
    let mut rest = datagram.clone();
    let mut all = Vec::new();
    while !rest.is_empty() {
        if rest.len() < 4 {
            return Err(RtcpError::Truncated);
        }
        let version = rest[0] >> 6;
        if version != 2 {
            return Err(RtcpError::Version(version));
        }
        let length = 4 * (usize::from(u16::from_be_bytes([rest[2], rest[3]])) + 1);
        if length > rest.len() {
            return Err(RtcpError::Truncated);
        }
        let kind = rest[1];
        all.extend(parse_one(kind, rest.split_to(length))?);
    }
    if all.is_empty() && datagram.is_empty() { Err(RtcpError::Truncated) } else { Ok(all) }
}

fn parse_one(kind: u8, mut bytes: Bytes) -> Result<Option<Feedback>, RtcpError> {
    let malformed = |_| RtcpError::Malformed(kind);
    let blocks = |reports: Vec<ReceptionReport>| reports.into_iter().map(Block::from).collect();
    Ok(match kind {
        SENDER_REPORT => {
            let report = SenderReport::unmarshal(&mut bytes).map_err(malformed)?;
            Some(Feedback::Sender {
                ssrc: report.ssrc,
                ntp: report.ntp_time,
                rtp: report.rtp_time,
                packets: report.packet_count,
                octets: report.octet_count,
                blocks: blocks(report.reports),
            })
        }
        RECEIVER_REPORT => {
            let report = ReceiverReport::unmarshal(&mut bytes).map_err(malformed)?;
            Some(Feedback::Receiver { ssrc: report.ssrc, blocks: blocks(report.reports) })
        }
        GOODBYE => Some(Feedback::Bye(Goodbye::unmarshal(&mut bytes).map_err(malformed)?.sources)),
        _ => None,
    })
}

fn name(ssrc: u32, cname: &str) -> Box<dyn RtcPacket> {
    // An SDES item holds 255 bytes at most.
    let text = Bytes::copy_from_slice(&cname.as_bytes()[..cname.len().min(255)]);
    let items = vec![SourceDescriptionItem { sdes_type: SdesType::SdesCname, text }];
    Box::new(SourceDescription { chunks: vec![SourceDescriptionChunk { source: ssrc, items }] })
}

fn write(packets: &[Box<dyn RtcPacket>]) -> Result<Bytes, RtcpError> {
    rtc_rtcp::packet::marshal(packets).map(|bytes| bytes.freeze()).map_err(|_| RtcpError::Write)
}

fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

impl From<Block> for ReceptionReport {
    fn from(block: Block) -> Self {
        Self {
            ssrc: block.ssrc,
            fraction_lost: block.fraction_lost,
            // 24 bits, two's complement.
            total_lost: block.total_lost as u32 & 0xFF_FFFF,
            last_sequence_number: block.highest_sequence,
            jitter: block.jitter,
            last_sender_report: block.last_sr,
            delay: block.delay,
        }
    }
}

impl From<ReceptionReport> for Block {
    fn from(report: ReceptionReport) -> Self {
        Self {
            ssrc: report.ssrc,
            fraction_lost: report.fraction_lost,
            total_lost: (report.total_lost << 8) as i32 >> 8,
            highest_sequence: report.last_sequence_number,
            jitter: report.jitter,
            last_sr: report.last_sender_report,
            delay: report.delay,
        }
    }
}
