//! One event a key press, when a caller's side tells it both in RTP and by a message.

use std::time::{Duration, Instant};

/// How a key press reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// RFC 4733 in the RTP stream.
    Rtp,
    /// SIP INFO, or a message of the browser's page.
    Message,
}

/// Within this time the same key by the other way is the same press. A message may be sent at the release of
/// a key held for a while, and be retransmitted once.
const SAME_PRESS: Duration = Duration::from_millis(1_000);

/// Lets through one event a press.
#[derive(Debug, Default)]
pub struct Presses {
    waiting: Vec<(char, Way, Instant)>,
}

impl Presses {
    /// Whether this is a new press; false when the other way has told of it already.
    pub fn press(&mut self, key: char, way: Way, now: Instant) -> bool {
        self.waiting.retain(|(_, _, at)| now.duration_since(*at) < SAME_PRESS);
        let told = self.waiting.iter().position(|(k, w, _)| *k == key && *w != way);
        if let Some(index) = told {
            self.waiting.remove(index);
            return false;
        }
        self.waiting.push((key, way, now));
        true
    }
}
