//! How long this caller's pauses are.

use std::time::Duration;

use super::Settings;

/// Weight of one more pause in the average: the last four or so count.
const GAIN: f64 = 0.25;
/// The turn ends after the mean pause times this, and [`MARGIN`] more: hesitations vary by about half.
const FACTOR: f64 = 1.5;
const MARGIN: Duration = Duration::from_millis(50);

/// The end of turn learned from the pauses inside this caller's turns.
#[derive(Debug, Clone)]
pub(super) struct Pauses {
    least: Duration,
    most: Duration,
    /// The shortest silence that counts as a pause; what a turn without any pause is worth.
    pause: Duration,
    /// Seconds.
    mean: f64,
    seen: bool,
}

impl Pauses {
    pub(super) fn new(settings: &Settings) -> Self {
        let first = settings.end_of_turn.saturating_sub(MARGIN).as_secs_f64() / FACTOR;
        Self {
            least: settings.end_of_turn_min,
            most: settings.end_of_turn_max.max(settings.end_of_turn_min),
            pause: settings.pause,
            mean: first,
            seen: false,
        }
    }

    /// The caller went on after this silence.
    pub(super) fn observe(&mut self, pause: Duration) {
        self.seen = true;
        self.learn(pause);
    }

    /// The turn ended. One without a pause says that this caller makes none.
    pub(super) fn ended(&mut self) {
        if !self.seen {
            self.learn(self.pause);
        }
        self.seen = false;
    }

    pub(super) fn end_of_turn(&self) -> Duration {
        (Duration::from_secs_f64(self.mean * FACTOR) + MARGIN).clamp(self.least, self.most)
    }

    fn learn(&mut self, pause: Duration) {
        self.mean += (pause.as_secs_f64() - self.mean) * GAIN;
    }
}
