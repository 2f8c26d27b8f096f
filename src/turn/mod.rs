//! Who is speaking: voice activity, end of turn (endpointing) and interruption (barge-in).
//!
//! A [`Detector`] hears the caller's frames one by one and tells what changes. A turn goes
//!
//! ```text
//! SpeechStarted ─ BargeIn ─ Paused ─ Resumed ─ Paused ─ Ended
//! ```
//!
//! `BargeIn` comes once the caller has really spoken, not coughed. At `Paused` the words are perhaps
//! complete: transcription can start on [`Detector::utterance`], and is thrown away at `Resumed`. How
//! long a pause ends the turn is learned from the pauses this caller makes inside their sentences.
//! Time is counted in frames; there is no clock.

mod activity;
mod pauses;

use std::collections::VecDeque;
use std::time::Duration;

use activity::{Activity, Heard};
use pauses::Pauses;

/// Samples of one frame: 20 ms at 16 kHz.
const FRAME_SAMPLES: usize = 320;
const FRAME_MS: u64 = 20;
/// Frames looked back on to find the beginning of speech; the voiced ones need not be consecutive.
const ONSET_WINDOW: u64 = 5;
/// Frames before the first voiced one that may belong to its word: the network needs up to a syllable
/// to be sure, and consonants come first.
const WORD_ONSET: u64 = 20;
/// Quiet frames within a word: the closure of a plosive.
const CLOSURE: u64 = 3;
/// Voiced frames that end a pause: one alone is a click.
const RESUME_FRAMES: u64 = 2;
/// Part of an interruption that must be voice: consonants, and the syllable that the network needs to be sure, are not.
const VOICED_PART: f64 = 0.5;
/// Speech that comes back this soon after the end of a turn continues it: no reply had been heard
/// yet, and the pause was taken for an end too early.
const CUT_OFF: Duration = Duration::from_millis(1_000);
/// Sound kept beyond the longest turn, for a driver that does not end it at once.
const SPARE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub struct Settings {
    /// Voice that begins a turn. Shorter sounds are clicks and handset noise.
    pub start: Duration,
    /// Speech that interrupts: longer than a cough. It runs from where the sound of its first word stands out of the
    /// line's noise, and half of it must be voice.
    pub barge_in: Duration,
    /// Silence that may be the end: transcription starts here, so that it is ready when the turn ends.
    pub pause: Duration,
    /// Silence that ends the turn of a caller we do not know yet.
    pub end_of_turn: Duration,
    /// The least it may become for a fluent caller; below, breaths would end turns.
    pub end_of_turn_min: Duration,
    /// The most, for a hesitant one; above, everybody thinks that the line is dead.
    pub end_of_turn_max: Duration,
    /// A turn this long is told as [`Verdict::TooLong`]: music, a television, or somebody who talks to another person.
    pub too_long: Duration,
    /// Sound before the first voiced frame in the utterance: an unvoiced consonant precedes the voice, and Whisper wants some air.
    pub pre_roll: Duration,
    /// Sound after the last voiced frame in the utterance, for final consonants.
    pub post_roll: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            start: Duration::from_millis(60),
            barge_in: Duration::from_millis(240),
            pause: Duration::from_millis(200),
            end_of_turn: Duration::from_millis(500),
            end_of_turn_min: Duration::from_millis(350),
            end_of_turn_max: Duration::from_millis(1_200),
            too_long: Duration::from_secs(20),
            pre_roll: Duration::from_millis(300),
            post_roll: Duration::from_millis(200),
        }
    }
}

/// What changed with this frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    SpeechStarted,
    /// The caller means to speak: stop talking.
    BargeIn,
    Paused,
    /// The caller goes on after `Paused`.
    Resumed,
    /// The turn is over. `voiced_ms`: voice in it, pauses not counted. `silence_ms`: silence waited before this verdict.
    Ended {
        voiced_ms: u32,
        silence_ms: u32,
    },
    /// The caller has not stopped for the configured time; told once a turn, which goes on.
    TooLong,
}

/// Follows one caller through a call.
pub struct Detector {
    settings: Settings,
    activity: Activity,
    pauses: Pauses,
    /// Frames heard since the beginning.
    now: u64,
    /// The last frames, the newest last.
    recent: VecDeque<Heard>,
    turn: Option<Turn>,
    /// The bounds of the last turn that ended, until [`reset`](Self::reset) or the next one.
    ended: Option<Turn>,
    /// The last frames heard, those of the turn among them.
    sound: VecDeque<i16>,
}

#[derive(Debug, Clone)]
struct Turn {
    /// Where the first word begins.
    start: u64,
    /// The frame after the last voiced one.
    last_voice: u64,
    voiced: u64,
    /// First voiced frame since the last pause, and the voiced frames since.
    run_start: u64,
    run: u64,
    paused: bool,
    barged: bool,
    too_long: bool,
}

impl Detector {
    pub fn new(settings: Settings) -> Self {
        Self {
            pauses: Pauses::new(&settings),
            settings,
            activity: Activity::new(),
            now: 0,
            recent: VecDeque::new(),
            turn: None,
            ended: None,
            sound: VecDeque::new(),
        }
    }

    /// Hears 20 ms at 16 kHz; tells at most one change.
    pub fn push(&mut self, frame: &[i16]) -> Option<Verdict> {
        let heard = self.activity.hear(frame);
        self.now += 1;
        self.sound.extend(frame);
        self.recent.push_back(heard);
        if self.recent.len() as u64 > ONSET_WINDOW + WORD_ONSET {
            self.recent.pop_front();
        }
        let verdict = match self.turn.take() {
            None => self.listen(),
            Some(turn) => self.follow(turn, heard.voice),
        };
        self.forget();
        verdict
    }

    /// The sound of the turn, from before its first voice to after its last; 16 kHz. Empty when nobody has spoken
    /// since [`reset`](Self::reset).
    pub fn utterance(&self) -> Vec<i16> {
        let Some(turn) = self.turn.as_ref().or(self.ended.as_ref()) else { return Vec::new() };
        let kept_from = self.now - self.frames_kept();
        let from = turn.start.saturating_sub(frames(self.settings.pre_roll)).max(kept_from);
        let to = (turn.last_voice + frames(self.settings.post_roll)).min(self.now).max(from);
        let offset = (from - kept_from) as usize * FRAME_SAMPLES;
        let length = (to - from) as usize * FRAME_SAMPLES;
        self.sound.iter().skip(offset).take(length).copied().collect()
    }

    /// Frames since the last voice of the present or last turn: 0 when this frame has voice. It dates the end of speech.
    pub fn last_voice_frames_ago(&self) -> Option<u64> {
        let turn = self.turn.as_ref().or(self.ended.as_ref())?;
        Some(self.now - turn.last_voice)
    }

    /// A turn is under way.
    pub fn speaking(&self) -> bool {
        self.turn.is_some()
    }

    /// The silence that ends a turn of this caller now.
    pub fn end_of_turn(&self) -> Duration {
        self.pauses.end_of_turn()
    }

    /// Forgets the turn, and keeps what was learned of the caller and of the line.
    pub fn reset(&mut self) {
        self.turn = None;
        self.ended = None;
        self.recent.clear();
    }

    fn listen(&mut self) -> Option<Verdict> {
        let newest = || self.recent.iter().rev().take(ONSET_WINDOW as usize);
        let voiced = newest().filter(|heard| heard.voice).count() as u64;
        if voiced < frames(self.settings.start) || !newest().next().is_some_and(|heard| heard.voice) {
            return None;
        }
        let back = newest().rposition(|heard| heard.voice).unwrap_or(0) as u64 + 1;
        let run_start = self.now - back;
        let start = self.word_start(run_start);
        if let Some(before) = self.ended.take() {
            let gap = duration(start.saturating_sub(before.last_voice));
            if gap < CUT_OFF {
                self.pauses.observe(gap);
            }
        }
        self.turn = Some(Turn {
            start,
            last_voice: self.now,
            voiced,
            run_start,
            run: voiced,
            paused: false,
            barged: false,
            too_long: false,
        });
        Some(Verdict::SpeechStarted)
    }

    /// Walks back from the first voiced frame while the sound stands out.
    fn word_start(&self, run_start: u64) -> u64 {
        let mut start = run_start;
        let before = self.recent.iter().rev().skip((self.now - run_start) as usize).take(WORD_ONSET as usize);
        for (frame, heard) in (0..run_start).rev().zip(before) {
            if heard.loud {
                start = frame;
            } else if start - frame > CLOSURE {
                break;
            }
        }
        start
    }

    fn follow(&mut self, mut turn: Turn, voice: bool) -> Option<Verdict> {
        let verdict = if turn.paused { self.in_pause(&mut turn) } else { self.in_speech(&mut turn, voice) };
        if matches!(verdict, Some(Verdict::Ended { .. })) {
            self.recent.clear();
            self.ended = Some(turn);
            return verdict;
        }
        let told = verdict.or_else(|| {
            let too_long = !turn.too_long && duration(self.now - turn.start) >= self.settings.too_long;
            turn.too_long |= too_long;
            too_long.then_some(Verdict::TooLong)
        });
        self.turn = Some(turn);
        told
    }

    fn in_speech(&self, turn: &mut Turn, voice: bool) -> Option<Verdict> {
        if voice {
            turn.last_voice = self.now;
            turn.voiced += 1;
            turn.run += 1;
        } else if duration(self.now - turn.last_voice) >= self.settings.pause {
            turn.paused = true;
            turn.run = 0;
            return Some(Verdict::Paused);
        }
        let first_run = turn.run == turn.voiced;
        let began = if first_run { turn.start } else { turn.run_start };
        let lasts = duration(self.now - began) >= self.settings.barge_in;
        if !turn.barged && voice && lasts && duration(turn.run) >= self.settings.barge_in.mul_f64(VOICED_PART) {
            turn.barged = true;
            return Some(Verdict::BargeIn);
        }
        None
    }

    fn in_pause(&mut self, turn: &mut Turn) -> Option<Verdict> {
        let voiced =
            self.recent.iter().rev().take(RESUME_FRAMES as usize + 1).filter(|heard| heard.voice).count() as u64;
        if voiced >= RESUME_FRAMES {
            self.pauses.observe(duration(self.now - turn.last_voice - voiced));
            turn.paused = false;
            turn.last_voice = self.now;
            turn.voiced += voiced;
            turn.run_start = self.now - voiced;
            turn.run = voiced;
            return Some(Verdict::Resumed);
        }
        let silence = duration(self.now - turn.last_voice);
        if silence < self.pauses.end_of_turn() {
            return None;
        }
        self.pauses.ended();
        Some(Verdict::Ended { voiced_ms: (turn.voiced * FRAME_MS) as u32, silence_ms: silence.as_millis() as u32 })
    }

    /// Drops the sound that no utterance can need.
    fn forget(&mut self) {
        let before = frames(self.settings.pre_roll) + ONSET_WINDOW + WORD_ONSET;
        let longest = frames(self.settings.too_long + SPARE);
        let turn = self.turn.as_ref().or(self.ended.as_ref());
        let wanted = turn.map_or(before, |turn| (self.now - turn.start + before).min(longest));
        let excess = self.sound.len().saturating_sub(wanted as usize * FRAME_SAMPLES);
        self.sound.drain(..excess);
    }

    fn frames_kept(&self) -> u64 {
        (self.sound.len() / FRAME_SAMPLES) as u64
    }
}

fn frames(duration: Duration) -> u64 {
    (duration.as_millis() as u64).div_ceil(FRAME_MS)
}

fn duration(frames: u64) -> Duration {
    Duration::from_millis(frames * FRAME_MS)
}
