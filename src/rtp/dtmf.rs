//! Keys by RFC 4733 telephone events: one event a key press, whatever is lost or repeated.

use std::time::Duration;

use bytes::Bytes;

use super::{Packet, Sequencer};

/// Event codes 0 to 15 (RFC 4733 §3.2).
const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];
/// The end of an event is sent three times (§2.5.1.4).
const END_PACKETS: u8 = 3;
/// A key whose end was lost is taken for released when nothing more comes for this long: several
/// times the 50 ms at most between two packets of an event (§2.5.1.2).
const RELEASE: Duration = Duration::from_millis(200);
/// −10 dBm0, the level of a real key (§2.3.4 counts it without its sign).
const VOLUME: u8 = 10;

/// The payload of one telephone-event packet (RFC 4733 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// 0 to 255; 0 to 15 are keys.
    pub code: u8,
    pub end: bool,
    /// 0 to 63, dBm0 without its sign.
    pub volume: u8,
    /// RTP ticks since the event began.
    pub duration: u16,
}

impl Event {
    /// None when shorter than four bytes. What follows them, another event of a pack, is not read.
    pub fn parse(payload: &[u8]) -> Option<Event> {
        let &[code, flags, high, low, ..] = payload else { return None };
        Some(Event { code, end: flags & 0x80 != 0, volume: flags & 0x3F, duration: u16::from_be_bytes([high, low]) })
    }

    pub fn to_bytes(self) -> Bytes {
        let [high, low] = self.duration.to_be_bytes();
        let flags = u8::from(self.end) << 7 | self.volume & 0x3F;
        Bytes::copy_from_slice(&[self.code, flags, high, low])
    }

    /// The key: `0` to `9`, `*`, `#`, `A` to `D`; none for other events.
    pub fn key(self) -> Option<char> {
        KEYS.get(usize::from(self.code)).copied()
    }
}

/// Turns the packets of telephone events into key presses.
///
/// A press is told at its first packet that arrives, whichever it is. All packets of a press carry the
/// time it began (§2.2.3), so repeats and ends are known by it and need not arrive.
#[derive(Debug, Clone, Default)]
pub struct DtmfReceiver {
    last: Option<Press>,
}

#[derive(Debug, Clone)]
struct Press {
    ssrc: u32,
    timestamp: u32,
    code: u8,
    duration: u16,
    ended: bool,
    heard: Duration,
}

impl DtmfReceiver {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a packet of the telephone-event payload type; gives the key when it is a new press.
    pub fn push(&mut self, packet: &Packet, arrival: Duration) -> Option<char> {
        let event = Event::parse(&packet.payload)?;
        let key = event.key()?;
        if let Some(last) = &mut self.last
            && last.ssrc == packet.ssrc
        {
            // Half of the circle is the past: a packet of an earlier press, late.
            let since = packet.timestamp.wrapping_sub(last.timestamp);
            if since > u32::MAX / 2 && arrival.saturating_sub(last.heard) < RELEASE {
                return None;
            }
            if since == 0 && last.code == event.code || last.goes_on(packet, event, arrival) {
                last.timestamp = packet.timestamp;
                last.duration = last.duration.max(event.duration);
                last.ended |= event.end;
                last.heard = arrival;
                return None;
            }
        }
        self.last = Some(Press {
            ssrc: packet.ssrc,
            timestamp: packet.timestamp,
            code: event.code,
            duration: event.duration,
            ended: event.end,
            heard: arrival,
        });
        Some(key)
    }

    /// The key that is held down now, if any.
    pub fn held(&self, now: Duration) -> Option<char> {
        let press = self.last.as_ref()?;
        let held = !press.ended && now.saturating_sub(press.heard) < RELEASE;
        held.then(|| KEYS.get(usize::from(press.code)).copied()).flatten()
    }
}

impl Press {
    /// The same press under another time: a long one goes on in a new segment (§2.5.1.3), and some
    /// senders move the time with every packet. Neither is marked, neither follows an end or a pause.
    fn goes_on(&self, packet: &Packet, event: Event, arrival: Duration) -> bool {
        self.code == event.code
            && !self.ended
            && !packet.marker
            && arrival.saturating_sub(self.heard) < RELEASE
            && (event.duration > self.duration || self.duration > u16::MAX - 2_000)
    }
}

/// Sends one key press, a packet a tick.
#[derive(Debug, Clone)]
pub struct DtmfSender {
    code: u8,
    payload_type: u8,
    /// Ticks of the press that are left, the end not counted.
    left: u32,
    ends: u8,
    start: Option<u32>,
    duration: u16,
}

impl DtmfSender {
    /// `length`: how long the key is held; none when `key` is not one.
    pub fn new(key: char, payload_type: u8, length: Duration) -> Option<Self> {
        let code = KEYS.iter().position(|&k| k == key.to_ascii_uppercase())?;
        Some(Self {
            code: code as u8,
            payload_type,
            left: (length.as_millis() / 20).max(1) as u32,
            ends: END_PACKETS,
            start: None,
            duration: 0,
        })
    }

    /// This tick's packet, instead of sound; none once the press is over.
    pub fn tick(&mut self, sequencer: &mut Sequencer) -> Option<Packet> {
        let end = self.left == 0;
        if end {
            self.ends = self.ends.checked_sub(1)?;
        } else {
            self.left -= 1;
            self.duration = self.duration.saturating_add(sequencer.ticks() as u16);
        }
        let first = self.start.is_none();
        let start = *self.start.get_or_insert(sequencer.timestamp());
        let event = Event { code: self.code, end, volume: VOLUME, duration: self.duration };
        let packet = sequencer.event(self.payload_type, first, start, event.to_bytes());
        sequencer.silence();
        Some(packet)
    }
}
