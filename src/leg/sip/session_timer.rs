//! Session timers (RFC 4028): what a caller asks of us, and what the one we call grants.

use std::time::Duration;

/// Who sends the refreshes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresher {
    /// The caller: the call is over when none comes in time.
    Peer,
    /// We, because the caller asked us to.
    Us,
}

/// A session that lives only as long as it is refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Seconds.
    pub interval: u32,
    pub refresher: Refresher,
}

/// What the request says about session timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Nothing that binds us.
    Nothing,
    Terms(Terms),
    /// Refused with 422 and our `Min-SE`.
    TooSmall,
}

/// `supported`: the caller understands `timer`. `session_expires`: the header's value. `min`: our least interval, seconds.
///
/// A caller without `timer` whose proxy inserted the header cannot refresh nor be told to (RFC 4028 §9, table 2):
/// we would be the refresher of a session that it does not guard, so none is set.
pub fn asked(supported: bool, session_expires: Option<&str>, min: u32) -> Asked {
    let Some(text) = session_expires else { return Asked::Nothing };
    let mut parts = text.split(';').map(str::trim);
    let Some(interval) = parts.next().and_then(|v| v.parse::<u32>().ok()) else { return Asked::Nothing };
    if interval < min {
        return if supported { Asked::TooSmall } else { Asked::Nothing };
    }
    if !supported {
        return Asked::Nothing;
    }
    let refresher = match parts.find_map(|p| p.strip_prefix("refresher=")) {
        Some(who) if who.trim().eq_ignore_ascii_case("uas") => Refresher::Us,
        _ => Refresher::Peer,
    };
    Asked::Terms(Terms { interval, refresher })
}

/// What the 2xx to our INVITE sets (RFC 4028 §7.2): we are the client of that transaction. `session_expires`: the header's
/// value. Without `refresher` the called side has left it to us, for we told that we can (`Supported: timer`).
pub fn granted(session_expires: Option<&str>) -> Option<Terms> {
    let mut parts = session_expires?.split(';').map(str::trim);
    let interval = parts.next()?.parse().ok().filter(|interval| *interval > 0)?;
    let refresher = match parts.find_map(|p| p.strip_prefix("refresher=")) {
        Some(who) if who.trim().eq_ignore_ascii_case("uas") => Refresher::Peer,
        _ => Refresher::Us,
    };
    Some(Terms { interval, refresher })
}

impl Terms {
    /// The `Session-Expires` value of our 2xx.
    pub fn header(&self) -> String {
        let who = match self.refresher {
            Refresher::Peer => "uac",
            Refresher::Us => "uas",
        };
        format!("{};refresher={who}", self.interval)
    }

    /// How long after a refresh something must be done: we refresh at half the interval, and without a refresh
    /// of theirs we say BYE a third of it, at most 32 s, before the end (RFC 4028 §10).
    pub fn deadline(&self) -> Duration {
        let interval = Duration::from_secs(u64::from(self.interval));
        match self.refresher {
            Refresher::Us => interval / 2,
            Refresher::Peer => interval - (interval / 3).min(Duration::from_secs(32)),
        }
    }
}
