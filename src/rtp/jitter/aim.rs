//! How deep the jitter buffer should be.

use std::time::Duration;

use super::Settings;

/// Gain of the jitter estimate (RFC 3550 §6.4.1).
const JITTER_GAIN: f64 = 1.0 / 16.0;
/// A difference of transit times beyond this is a clock that was set, not jitter.
const MAX_TRANSIT_STEP: f64 = 1.0;
/// The estimate is a mean deviation; three of them hold nearly all packets.
const DEVIATIONS: f64 = 3.0;
/// What a late packet adds to the depth, and what leaves it again every [`BOOST_LIFE`].
const BOOST: Duration = Duration::from_millis(20);
const BOOST_LIFE: Duration = Duration::from_secs(10);
/// The depth is judged by its minimum over this many packets: some two seconds.
const JUDGED: u32 = 100;
/// Depth beyond the target that is taken back while the caller is quiet, and while they speak.
const EXCESS_QUIET: Duration = Duration::from_millis(20);
const EXCESS_SPEAKING: Duration = Duration::from_millis(60);

/// The depth aimed at: the packet being played, the measured jitter, and what late packets have added.
#[derive(Debug)]
pub(super) struct Aim {
    min: Duration,
    max: Duration,
    clock_rate: f64,
    transit: Option<f64>,
    /// Seconds.
    jitter: f64,
    boost: Duration,
    boosted: Duration,
    /// Least depth since the last judgement, and the packets it was seen over.
    lowest: Duration,
    judged: u32,
}

impl Aim {
    pub(super) fn new(settings: &Settings, clock_rate: u32) -> Self {
        Self {
            min: settings.min,
            max: settings.max.max(settings.min),
            clock_rate: f64::from(clock_rate),
            transit: None,
            jitter: 0.0,
            // A stream that is not known yet is given the benefit of one frame.
            boost: BOOST,
            boosted: Duration::ZERO,
            lowest: Duration::MAX,
            judged: 0,
        }
    }

    /// `packet`: length of the packets played.
    pub(super) fn target(&self, packet: Duration) -> Duration {
        let wanted = packet + Duration::from_secs_f64(DEVIATIONS * self.jitter) + self.boost;
        wanted.clamp(self.min, self.max)
    }

    pub(super) fn jitter(&self) -> Duration {
        Duration::from_secs_f64(self.jitter)
    }

    /// Another stream begins.
    pub(super) fn restart(&mut self, arrival: Duration) {
        self.transit = None;
        self.boosted = arrival;
    }

    /// Lateness is forgotten bit by bit.
    pub(super) fn relax(&mut self, now: Duration) {
        if self.boost > Duration::ZERO && now.saturating_sub(self.boosted) >= BOOST_LIFE {
            self.boost = self.boost.saturating_sub(BOOST);
            self.boosted = now;
        }
    }

    /// One frame should go: even the least depth of late was more than is needed.
    pub(super) fn too_deep(&mut self, depth: Duration, target: Duration, quiet: bool) -> bool {
        self.lowest = self.lowest.min(depth);
        self.judged += 1;
        if self.judged < JUDGED {
            return false;
        }
        let excess = self.lowest.saturating_sub(target);
        let enough = if quiet { EXCESS_QUIET } else { EXCESS_SPEAKING };
        if excess >= enough {
            self.judge_again();
            return true;
        }
        if self.judged >= 2 * JUDGED {
            self.judge_again();
        }
        false
    }

    /// A packet came late.
    pub(super) fn deepen(&mut self, arrival: Duration) {
        self.boost = (self.boost + BOOST).min(self.max);
        self.boosted = arrival;
    }

    /// RFC 3550 §6.4.1, in seconds.
    pub(super) fn measure(&mut self, timestamp: u32, arrival: Duration) {
        let rate = self.clock_rate;
        let transit = arrival.as_secs_f64() - f64::from(timestamp) / rate;
        if let Some(before) = self.transit {
            let turn = f64::from(u32::MAX) / rate;
            let mut step = (transit - before).abs();
            step = step.min((step - turn).abs());
            if step < MAX_TRANSIT_STEP {
                self.jitter += (step - self.jitter) * JITTER_GAIN;
            }
        }
        self.transit = Some(transit);
    }

    pub(super) fn judge_again(&mut self) {
        self.judged = 0;
        self.lowest = Duration::MAX;
    }
}
