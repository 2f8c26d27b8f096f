//! Every deadline of a call, in one table.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// The caller says nothing.
    Silence,
    /// An interruption brought no words.
    Resume,
    /// The answer is late: say that it is being looked for.
    Checking,
    /// The engines are later than may be excused.
    EngineLimit,
    /// The call has lasted as long as it may.
    MaxDuration,
    /// No news of a hand-over.
    TransferLimit,
    /// The caller has finished the message.
    MessageEnd,
    /// The caller is with a human; our leg should be gone by now.
    Leave,
    /// The caller and a human have spoken through us for as long as they may.
    Bridge,
}

const COUNT: usize = Timer::Bridge as usize + 1;

const ALL: [Timer; COUNT] = [
    Timer::Silence,
    Timer::Resume,
    Timer::Checking,
    Timer::EngineLimit,
    Timer::MaxDuration,
    Timer::TransferLimit,
    Timer::MessageEnd,
    Timer::Leave,
    Timer::Bridge,
];

/// Deadlines by timer, in time since the call began.
#[derive(Debug, Default)]
pub struct Timers([Option<Duration>; COUNT]);

impl Timers {
    pub fn set(&mut self, timer: Timer, at: Duration) {
        self.0[timer as usize] = Some(at);
    }

    pub fn cancel(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }

    pub fn cancel_all(&mut self) {
        self.0 = [None; COUNT];
    }

    pub fn next(&self) -> Option<Duration> {
        self.0.iter().flatten().min().copied()
    }

    /// Takes one deadline that has passed.
    pub fn expired(&mut self, now: Duration) -> Option<Timer> {
        let timer = ALL.into_iter().find(|timer| self.0[*timer as usize].is_some_and(|at| at <= now))?;
        self.cancel(timer);
        Some(timer)
    }
}
