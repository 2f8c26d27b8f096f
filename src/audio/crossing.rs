//! Frames that cross from one clock to another.

use std::collections::VecDeque;

use super::{Frame, level};

/// Frames waiting at most, those already queued at the other side included: 60 ms.
pub const DEEPEST: usize = 3;
/// A frame that always waits is what keeps a late tick from being heard as a hole; a second one is delay for nothing.
const SPARE: usize = 1;
/// Pushes over which the depth is judged: one second.
const WINDOW: u32 = 50;
/// Left out unnoticed below this, dBFS.
const QUIET_DBFS: f32 = -45.0;

/// A short queue between two sides of a bridge, whose 20 ms clocks are not the same.
///
/// One that fills (its source ran fast, or a machine stood still and then gave all at once) would stay full, and what is
/// heard would stay late for the rest of the call. Beyond [`DEEPEST`] the oldest goes; and where more than one frame has
/// waited throughout a second, one is left out, a quiet one if there is one within the next second.
#[derive(Debug, Clone)]
pub struct Crossing {
    frames: VecDeque<Frame>,
    /// The least that waited since the window began.
    lowest: usize,
    pushes: u32,
    /// Pushes left to find a quiet frame.
    excess: Option<u32>,
    /// Sum over all pushes, for [`Crossing::mean_ms`].
    waited: u64,
    pushed: u64,
    left_out: u64,
}

impl Default for Crossing {
    fn default() -> Self {
        Self {
            frames: VecDeque::with_capacity(DEEPEST + 1),
            lowest: usize::MAX,
            pushes: 0,
            excess: None,
            waited: 0,
            pushed: 0,
            left_out: 0,
        }
    }
}

impl Crossing {
    /// Takes a frame of the source. `ahead`: frames queued at the other side already.
    pub fn push(&mut self, frame: &Frame, ahead: usize) {
        let waiting = self.frames.len() + ahead;
        self.waited += waiting as u64;
        self.pushed += 1;
        self.judge(waiting);
        if let Some(left) = self.excess {
            if left == 0 || level::rms_dbfs(frame) < QUIET_DBFS {
                self.excess = None;
                self.left_out += 1;
                return;
            }
            self.excess = Some(left - 1);
        }
        self.frames.push_back(*frame);
        while self.frames.len() + ahead > DEEPEST && self.frames.pop_front().is_some() {
            self.left_out += 1;
        }
    }

    fn judge(&mut self, waiting: usize) {
        self.lowest = self.lowest.min(waiting);
        self.pushes += 1;
        if self.pushes >= WINDOW {
            if self.lowest > SPARE && self.excess.is_none() {
                self.excess = Some(WINDOW);
            }
            self.lowest = usize::MAX;
            self.pushes = 0;
        }
    }

    /// The oldest frame.
    pub fn pop(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// Forgets what waits: one side was put on hold, and what was said before is old.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.lowest = usize::MAX;
        self.pushes = 0;
        self.excess = None;
    }

    /// What waited when a frame came, on average since the beginning, milliseconds.
    pub fn mean_ms(&self) -> f64 {
        if self.pushed == 0 { 0.0 } else { (self.waited * super::FRAME_MS) as f64 / self.pushed as f64 }
    }

    /// Frames that were left out.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}
