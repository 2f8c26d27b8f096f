//! The adaptive jitter buffer.

mod aim;
mod numbering;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use super::Packet;
use aim::Aim;
use numbering::Numbering;

/// A loss longer than this is not made up: nobody can hear it as one.
const MAX_MADE_UP: Duration = Duration::from_millis(120);
/// With nothing to play for this long, the stream has paused and is buffered anew when it comes back.
const STARVED: Duration = Duration::from_millis(100);
/// Numbers remembered after they were played: a second of the usual packets.
const REMEMBERED: usize = 50;
/// Entries at most, sound or not.
const MAX_ENTRIES: usize = 256;

#[derive(Debug, Clone)]
pub struct Settings {
    /// The least depth. One frame: a wired network needs no more.
    pub min: Duration,
    /// The greatest depth. Beyond 120 ms the delay disturbs the conversation more than a loss does.
    pub max: Duration,
    /// Sound held at most after a burst before the oldest is thrown away. Twice the greatest depth: a
    /// stall of a quarter of a second loses nothing.
    pub overflow: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { min: Duration::from_millis(20), max: Duration::from_millis(120), overflow: Duration::from_millis(240) }
    }
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    Queued,
    /// It was there already.
    Duplicate,
    /// Its turn has passed.
    Late,
    /// It does not fit the stream; it is kept aside until the next one tells whether the stream changed.
    Held,
    /// The stream changed (new SSRC, or new numbering); the buffer starts again with it.
    Resynchronised,
}

/// What to play next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pop {
    Packet(Packet),
    /// Decode it for the decoder's memory and leave its sound out: the buffer was too deep.
    Skip(Packet),
    /// Make up `ticks` of sound. `next`: the payload after the loss, when it is at hand.
    Lost {
        ticks: u32,
        next: Option<Bytes>,
    },
    /// Nothing for this tick: the stream has not begun, is being buffered, or has paused.
    Empty,
}

/// Counters since the beginning, and the present state.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Statistics {
    pub received: u64,
    pub played: u64,
    pub lost: u64,
    pub late: u64,
    pub duplicates: u64,
    /// Thrown away after a burst.
    pub overflowed: u64,
    pub resynchronised: u64,
    /// Frames put in to get deeper, and left out to get shallower.
    pub inserted: u64,
    pub skipped: u64,
    /// Sound in the buffer.
    pub depth: Duration,
    /// Depth aimed at.
    pub target: Duration,
    /// RFC 3550 §6.4.1.
    pub jitter: Duration,
}

/// Puts packets in order and smooths their arrival; one stream at a time.
///
/// Push packets as they arrive; at each tick, pop until there is enough to play. The depth follows
/// the measured jitter and grows after late packets. It changes by whole frames, in silence when
/// possible: one is made up to get deeper, one is skipped to get shallower.
#[derive(Debug)]
pub struct JitterBuffer {
    settings: Settings,
    clock_rate: u32,
    numbering: Numbering,
    entries: BTreeMap<i64, Entry>,
    /// The last numbers played, to tell a duplicate from a late packet.
    gone: VecDeque<i64>,
    phase: Phase,
    aim: Aim,
    /// A frame is to be put in at the next good moment.
    insert: bool,
    statistics: Statistics,
}

#[derive(Debug)]
enum Entry {
    Sound {
        packet: Packet,
        ticks: u32,
    },
    /// A number taken by something else than sound.
    Other,
}

#[derive(Debug)]
enum Phase {
    /// Nothing before `floor` may be played any more.
    Waiting {
        since: Option<Duration>,
        floor: Option<i64>,
    },
    Playing(Playhead),
}

#[derive(Debug)]
struct Playhead {
    next: i64,
    timestamp: u32,
    /// Length of the last packet.
    ticks: u32,
    starved: Duration,
}

impl JitterBuffer {
    /// `clock_rate`: RTP ticks a second of the codec.
    pub fn new(settings: Settings, clock_rate: u32) -> Self {
        let clock_rate = clock_rate.max(1_000);
        Self {
            aim: Aim::new(&settings, clock_rate),
            settings,
            clock_rate,
            numbering: Numbering::default(),
            entries: BTreeMap::new(),
            gone: VecDeque::new(),
            phase: Phase::Waiting { since: None, floor: None },
            insert: false,
            statistics: Statistics::default(),
        }
    }

    /// Takes a packet of the agreed payload type; `ticks`: how much sound it holds.
    pub fn push(&mut self, packet: Packet, ticks: u32, arrival: Duration) -> Pushed {
        self.statistics.received += 1;
        let Some(sequence) = self.numbering.place(&packet) else {
            return self.hold(packet, ticks, arrival);
        };
        if !self.numbering.has_begun() {
            self.begin(&packet, arrival);
        }
        self.aim.measure(packet.timestamp, arrival);
        if self.entries.contains_key(&sequence) || self.gone.contains(&sequence) {
            self.statistics.duplicates += 1;
            return Pushed::Duplicate;
        }
        if self.floor().is_some_and(|floor| sequence < floor) {
            self.statistics.late += 1;
            self.insert = true;
            self.aim.deepen(arrival);
            return Pushed::Late;
        }
        self.note_starvation(sequence, packet.timestamp, arrival);
        self.enter(sequence, Entry::Sound { packet, ticks: ticks.max(1) }, arrival);
        Pushed::Queued
    }

    /// A packet of the same stream that holds no sound for us (telephone event, comfort noise): its
    /// number is not missing.
    pub fn skip(&mut self, packet: &Packet, arrival: Duration) {
        if self.numbering.has_begun()
            && let Some(sequence) = self.numbering.find(packet)
            && self.floor().is_none_or(|floor| sequence >= floor)
        {
            self.entries.entry(sequence).or_insert(Entry::Other);
            self.numbering.note(sequence);
            self.bound(arrival);
        }
    }

    /// What to play next. `quiet`: what was last played was near silence, a good moment to change the depth.
    pub fn pop(&mut self, now: Duration, quiet: bool) -> Pop {
        self.aim.relax(now);
        if !self.start(now) {
            return Pop::Empty;
        }
        let depth = self.depth();
        let target = self.target();
        let frame = self.clock_rate / 50;
        let Phase::Playing(head) = &mut self.phase else { return Pop::Empty };
        while let Some(Entry::Other) = self.entries.get(&head.next) {
            self.entries.remove(&head.next);
            head.next += 1;
        }
        let Some(first) = self.entries.first_entry() else {
            head.starved += Duration::from_millis(20);
            if head.starved > STARVED {
                self.phase = Phase::Waiting { since: None, floor: Some(head.next) };
                return Pop::Empty;
            }
            return Pop::Lost { ticks: frame, next: None };
        };
        if *first.key() > head.next {
            return self.cross_gap(depth, target);
        }
        if self.insert && quiet {
            self.insert = false;
            if depth < target {
                self.statistics.inserted += 1;
                return Pop::Lost { ticks: frame, next: None };
            }
        }
        let Entry::Sound { packet, ticks } = first.remove() else { return Pop::Empty };
        if self.gone.len() == REMEMBERED {
            self.gone.pop_front();
        }
        self.gone.push_back(head.next);
        head.next += 1;
        head.timestamp = packet.timestamp.wrapping_add(ticks);
        head.ticks = ticks;
        head.starved = Duration::ZERO;
        if self.aim.too_deep(depth, target, quiet) {
            self.statistics.skipped += 1;
            return Pop::Skip(packet);
        }
        self.statistics.played += 1;
        Pop::Packet(packet)
    }

    pub fn statistics(&self) -> Statistics {
        Statistics { depth: self.depth(), target: self.target(), jitter: self.aim.jitter(), ..self.statistics }
    }

    fn begin(&mut self, packet: &Packet, arrival: Duration) {
        self.numbering.begin(packet);
        self.gone.clear();
        self.aim.restart(arrival);
        self.phase = Phase::Waiting { since: None, floor: None };
    }

    fn hold(&mut self, packet: Packet, ticks: u32, arrival: Duration) -> Pushed {
        let Some((first, first_ticks)) = self.numbering.hold(&packet, ticks) else { return Pushed::Held };
        self.entries.clear();
        self.begin(&first, arrival);
        self.statistics.resynchronised += 1;
        let sequence = self.numbering.highest();
        let step = i64::from(packet.sequence.wrapping_sub(first.sequence));
        self.enter(sequence, Entry::Sound { packet: first, ticks: first_ticks.max(1) }, arrival);
        self.aim.measure(packet.timestamp, arrival);
        self.enter(sequence + step, Entry::Sound { packet, ticks: ticks.max(1) }, arrival);
        Pushed::Resynchronised
    }

    fn enter(&mut self, sequence: i64, entry: Entry, arrival: Duration) {
        self.numbering.note(sequence);
        self.entries.insert(sequence, entry);
        if let Phase::Waiting { since, .. } = &mut self.phase {
            since.get_or_insert(arrival);
        }
        self.bound(arrival);
    }

    /// After a burst the oldest sound goes, down to the depth aimed at.
    fn bound(&mut self, arrival: Duration) {
        if self.depth() <= self.settings.overflow && self.entries.len() <= MAX_ENTRIES {
            return;
        }
        let target = self.target();
        while self.depth() > target || self.entries.len() > MAX_ENTRIES {
            let Some((sequence, entry)) = self.entries.pop_first() else { break };
            if matches!(entry, Entry::Sound { .. }) {
                self.statistics.overflowed += 1;
            }
            match &mut self.phase {
                Phase::Waiting { floor, .. } => *floor = Some(sequence + 1),
                Phase::Playing(_) => {
                    self.phase = Phase::Waiting { since: Some(arrival), floor: Some(sequence + 1) };
                }
            }
        }
    }

    fn floor(&self) -> Option<i64> {
        match &self.phase {
            Phase::Waiting { floor, .. } => *floor,
            Phase::Playing(head) => Some(head.next),
        }
    }

    /// Playing goes on, or can begin.
    fn start(&mut self, now: Duration) -> bool {
        let Phase::Waiting { since, .. } = &self.phase else { return true };
        let Some(since) = *since else { return false };
        let target = self.target();
        if self.depth() < target && now.saturating_sub(since) < target {
            return false;
        }
        let first = self.entries.iter().find_map(|(sequence, entry)| match entry {
            Entry::Sound { packet, ticks } => Some((*sequence, packet.timestamp, *ticks)),
            Entry::Other => None,
        });
        let Some((next, timestamp, ticks)) = first else { return false };
        self.entries = self.entries.split_off(&next);
        self.phase = Phase::Playing(Playhead { next, timestamp, ticks, starved: Duration::ZERO });
        self.aim.judge_again();
        true
    }

    /// The next number is missing and a later one is there.
    fn cross_gap(&mut self, depth: Duration, target: Duration) -> Pop {
        let frame = self.clock_rate / 50;
        let rate = self.clock_rate;
        let Phase::Playing(head) = &mut self.phase else { return Pop::Empty };
        let later = self.entries.iter().find_map(|(sequence, entry)| match entry {
            Entry::Sound { packet, .. } => Some((*sequence, packet)),
            Entry::Other => None,
        });
        let Some((sequence, packet)) = later else {
            // Only numbers without sound follow: the loss, if there was sound in it, is over.
            self.entries.clear();
            head.next = self.numbering.highest() + 1;
            return Pop::Lost { ticks: frame, next: None };
        };
        if self.insert && depth < target {
            // The missing packet is perhaps only late: waiting for it also makes the buffer deeper.
            self.insert = false;
            self.statistics.inserted += 1;
            return Pop::Lost { ticks: frame, next: None };
        }
        let missing = sequence - head.next;
        let silent = packet.timestamp.wrapping_sub(head.timestamp) as i32;
        let lost = i64::from(head.ticks) * missing;
        if silent <= 0 || to_duration(lost as u64, rate) > MAX_MADE_UP {
            self.statistics.lost += missing as u64;
            head.next = sequence;
            head.timestamp = packet.timestamp;
            return Pop::Lost { ticks: frame.min(head.ticks), next: None };
        }
        let next = (missing == 1).then(|| packet.payload.clone());
        self.statistics.lost += 1;
        head.next += 1;
        head.timestamp = head.timestamp.wrapping_add(head.ticks);
        Pop::Lost { ticks: head.ticks, next }
    }

    /// The packet that was waited for has come: it was late, unless its sender had paused.
    fn note_starvation(&mut self, sequence: i64, timestamp: u32, arrival: Duration) {
        let Phase::Playing(head) = &mut self.phase else { return };
        if head.starved.is_zero() || sequence != head.next {
            return;
        }
        head.starved = Duration::ZERO;
        let paused = timestamp.wrapping_sub(head.timestamp) as i32 >= head.ticks as i32;
        if !paused {
            self.statistics.late += 1;
            self.statistics.inserted += 1;
            self.aim.deepen(arrival);
        }
    }

    fn depth(&self) -> Duration {
        let ticks = self.entries.values().map(|entry| match entry {
            Entry::Sound { ticks, .. } => u64::from(*ticks),
            Entry::Other => 0,
        });
        to_duration(ticks.sum(), self.clock_rate)
    }

    fn target(&self) -> Duration {
        self.aim.target(match &self.phase {
            Phase::Playing(head) => to_duration(u64::from(head.ticks), self.clock_rate),
            Phase::Waiting { .. } => self.settings.min,
        })
    }
}

fn to_duration(ticks: u64, rate: u32) -> Duration {
    Duration::from_micros(ticks.saturating_mul(1_000_000) / u64::from(rate))
}
