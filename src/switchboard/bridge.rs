//! A caller and a human in conversation through us: two legs, their frames passed from one to the other.
//!
//! Each leg has its own 20 ms clock; between them stands a [`Crossing`] each way, so that neither a late tick nor two
//! clocks that drift leave what is heard later and later.

use tracing::info;

use crate::audio::{Crossing, Frame, Ringback, level};
use crate::leg::{Event, Leg, PLAYOUT_FRAMES};

/// When a human is rung by the line itself, which then stays between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bridging {
    /// When the caller's side cannot be asked (a browser), or refuses (REFER answered 405, 501, 603…).
    #[default]
    IfRefused,
    Always,
    Never,
}

/// How a human is to be rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// The caller's side is asked to.
    Refer,
    /// By us.
    Dial,
    /// Nobody can.
    Nobody,
}

impl Bridging {
    /// `refers`: the caller's side can be asked. `dials`: we have a telephone to ring with.
    pub fn at_first(self, refers: bool, dials: bool) -> Passing {
        match self {
            Self::Always if dials => Passing::Dial,
            _ if refers => Passing::Refer,
            Self::IfRefused if dials => Passing::Dial,
            _ => Passing::Nobody,
        }
    }

    /// What remains once REFER itself was answered with `status`. Without an answer (408) and in a call that the other
    /// side does not know any more (481), there is no caller left to pass on.
    pub fn after_refusal(self, status: u16, dials: bool) -> Passing {
        if self == Self::IfRefused && dials && !matches!(status, 408 | 481) { Passing::Dial } else { Passing::Nobody }
    }
}

/// Early sound above this is heard instead of our ringing tone, dBFS: some exchanges send silence while they ring
/// (RFC 3960 §3.2 has the tone go on until sound comes).
const AUDIBLE_DBFS: f32 = -50.0;

/// A human's leg, and what passes between it and the caller's.
pub(super) struct Bridge<H> {
    human: H,
    answered: bool,
    /// The exchange's own sound is heard: its tone, its announcement.
    early: bool,
    tone: Ringback,
    to_human: Crossing,
    to_caller: Crossing,
}

impl<H: Leg> Bridge<H> {
    pub fn new(human: H) -> Self {
        Self {
            human,
            answered: false,
            early: false,
            tone: Ringback::default(),
            to_human: Crossing::default(),
            to_caller: Crossing::default(),
        }
    }

    pub fn is_answered(&self) -> bool {
        self.answered
    }

    /// What the human's side tells; cancel-safe.
    pub async fn event(&mut self) -> Event {
        self.human.event().await
    }

    /// The human is there: what either says from now on is heard by the other.
    pub fn answer(&mut self, caller: &mut impl Leg) {
        self.answered = true;
        // The rest of the tone.
        caller.flush();
        self.to_caller.clear();
        info!("the caller speaks with a human through the line");
    }

    /// What the caller hears while the telephone rings; none once there is better to hear.
    pub fn ringing_tone(&mut self) -> Option<Frame> {
        (!self.answered && !self.early).then(|| self.tone.frame())
    }

    pub fn from_caller(&mut self, frame: &Frame) {
        cross(&mut self.to_human, frame, &mut self.human);
    }

    pub fn from_human(&mut self, frame: &Frame, caller: &mut impl Leg) {
        if !self.answered && !self.early {
            if level::rms_dbfs(frame) < AUDIBLE_DBFS {
                return;
            }
            self.early = true;
            caller.flush();
        }
        cross(&mut self.to_caller, frame, caller);
    }

    /// A key of the caller, for the exchange or the machine that answered.
    pub fn press(&mut self, key: char) {
        self.human.press(key);
    }

    /// One side was put on hold or is back: what waited is old.
    pub fn hold(&mut self, caller: &mut impl Leg) {
        self.to_human.clear();
        self.human.flush();
        self.to_caller.clear();
        caller.flush();
    }
}

impl<H> Drop for Bridge<H> {
    fn drop(&mut self) {
        if !self.answered {
            return;
        }
        for (way, crossing) in [("to_human", &self.to_human), ("to_caller", &self.to_caller)] {
            metrics::histogram!("standardiste_bridge_waited_seconds", "way" => way)
                .record(crossing.mean_ms() / 1_000.0);
        }
        info!(
            to_human_ms = self.to_human.mean_ms(),
            to_caller_ms = self.to_caller.mean_ms(),
            left_out = self.to_human.left_out() + self.to_caller.left_out(),
            "the conversation with the human is over"
        );
    }
}

/// Passes one frame on, and as many of those that wait as the other side has room for.
fn cross(crossing: &mut Crossing, frame: &Frame, to: &mut impl Leg) {
    crossing.push(frame, PLAYOUT_FRAMES.saturating_sub(to.room()));
    while to.room() > 0 {
        match crossing.pop() {
            Some(frame) => to.play(&frame),
            None => break,
        }
    }
}
