//! Handing the caller to a human, and taking a message when nobody is there.

use std::collections::VecDeque;
use std::time::Duration;

use super::mouth::Purpose;
use super::timer::Timer;
use super::{Call, Destination, Medium, Output, Progress, Reason, State, Way};

/// News of a hand-over may come this much later than the ringing may last.
const TRANSFER_MARGIN: Duration = Duration::from_secs(3);
/// Once the human has answered, our leg ends within this.
const LEAVE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct HandOver {
    reason: Reason,
    left: VecDeque<Destination>,
    ringing: Option<Destination>,
}

impl Call {
    /// Announces the hand-over to the department's humans, then to everybody's; `first` is said before, and whether
    /// nothing may interrupt it.
    pub(super) fn hand_over(&mut self, reason: Reason, department: Option<&str>, first: Option<(String, bool)>) {
        let (own, shared): (Vec<_>, Vec<_>) = self
            .line
            .settings
            .destinations
            .iter()
            .filter(|d| d.department.is_none() || d.department.as_deref() == department)
            .filter(|d| self.closed.is_none() || d.always)
            .cloned()
            .partition(|d| d.department.is_some());
        let left: VecDeque<Destination> = own.into_iter().chain(shared).collect();
        self.timers.cancel(Timer::Silence);
        self.cancel_hearing_for_handover();
        self.handed_over = Some((reason, None));
        let mut texts = Vec::from_iter(first);
        if self.line.settings.medium == Medium::Writing && reason != Reason::Shutdown {
            self.open_message(reason, texts);
            return;
        }
        if left.is_empty() {
            match self.closed.clone() {
                Some(closed) if reason != Reason::Shutdown => self.out_of_hours(closed, texts),
                _ => self.no_human(reason, texts),
            }
            return;
        }
        texts.push((self.prompt(announcement(reason), &[]), false));
        self.state = State::HandingOver(HandOver { reason, left, ringing: None });
        self.speak(Purpose::Announcement, texts);
    }

    /// A hand-over that nothing the caller said has led to, recorded as a turn of its own.
    pub(super) fn hand_over_now(&mut self, reason: Reason, now: Duration) {
        self.stop_speaking();
        self.open_record(String::new(), super::Decision::Escalate, reason, now);
        let department = self.current.as_ref().map(|topic| topic.department.clone());
        self.hand_over(reason, department.as_deref(), None);
    }

    fn cancel_hearing_for_handover(&mut self) {
        let clock = self.ear.take_clock();
        self.cancel_hearing();
        self.ear.restore_clock(clock);
    }

    /// The offices are closed: the line says so, and offers a message at once.
    fn out_of_hours(&mut self, closed: String, mut texts: Vec<(String, bool)>) {
        self.handed_over = Some((Reason::OutOfHours, None));
        texts.push((closed, false));
        self.offer_message(texts);
    }

    fn no_human(&mut self, reason: Reason, mut texts: Vec<(String, bool)>) {
        if reason == Reason::Shutdown {
            self.stop();
            return;
        }
        texts.push((self.prompt("handover.none", &[]), false));
        self.offer_message(texts);
    }

    fn offer_message(&mut self, mut texts: Vec<(String, bool)>) {
        if self.line.settings.accept_messages {
            texts.push((self.prompt("message.offer", &[]), false));
            self.state = State::MessageOffered;
            self.silences = 0;
            self.speak(Purpose::Reply, texts);
        } else {
            texts.push((self.prompt("message.none", &[]), false));
            self.state = State::Ending;
            self.speak(Purpose::Farewell, texts);
        }
    }

    /// The announcement has been said: ring the next human.
    pub(super) fn ring_next(&mut self, now: Duration) {
        let State::HandingOver(handover) = &mut self.state else { return };
        let reason = handover.reason;
        match handover.left.pop_front() {
            Some(destination) => {
                handover.ringing = Some(destination.clone());
                self.timers.set(Timer::TransferLimit, now + self.line.settings.ring_timeout + TRANSFER_MARGIN);
                self.out(Output::Transfer { destination, reason });
            }
            None => {
                let text = self.prompt("handover.failed", &[]);
                if reason == Reason::Shutdown {
                    self.stop();
                } else {
                    self.offer_message(vec![(text, false)]);
                }
            }
        }
    }

    pub(super) fn on_progress(&mut self, progress: Progress, now: Duration) {
        let State::HandingOver(handover) = &mut self.state else { return };
        match progress {
            Progress::Trying => {}
            Progress::Accepted => {
                self.timers.cancel(Timer::TransferLimit);
                self.timers.set(Timer::Leave, now + LEAVE);
                let destination = handover.ringing.take().map(|d| d.name);
                self.handed_over = Some((handover.reason, destination));
                self.way = Some(Way::Refer);
            }
            Progress::Bridged => {
                // A telephone that answers after it was given up: whoever rang it lets it go.
                let Some(destination) = handover.ringing.take() else { return };
                self.handed_over = Some((handover.reason, Some(destination.name)));
                self.way = Some(Way::Bridge);
                self.state = State::WithHuman;
                self.timers.cancel_all();
                self.timers.set(Timer::Bridge, now + self.line.settings.bridge_max);
                self.out(Output::StopSpeaking);
            }
            Progress::Failed(_) => {
                if handover.ringing.take().is_none() {
                    return;
                }
                self.timers.cancel(Timer::TransferLimit);
                if handover.left.is_empty() {
                    self.ring_next(now);
                } else {
                    let text = self.prompt("handover.next", &[]);
                    self.speak(Purpose::Announcement, vec![(text, false)]);
                }
            }
        }
    }

    pub(super) fn on_human_gone(&mut self) {
        if self.is_with_human() {
            self.hang_up();
        }
    }

    /// The last words before the service stops.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.farewell(&["shutdown"]);
    }

    pub(super) fn on_shutdown(&mut self, now: Duration) {
        match self.state {
            State::Talking(_) => {
                self.stop_speaking();
                let department = self.current.as_ref().map(|topic| topic.department.clone());
                self.hand_over(Reason::Shutdown, department.as_deref(), None);
            }
            State::Ringing | State::MessageOffered | State::TakingMessage(_) => {
                self.record_message(now);
                self.stop_speaking();
                self.stop();
            }
            // Two people who speak with each other are let finish, for as long as the stop may wait.
            State::WithHuman => {}
            State::HandingOver(_) | State::Ending | State::Over => {}
        }
    }
}

pub(super) fn announcement(reason: Reason) -> &'static str {
    match reason {
        Reason::Requested => "handover.requested",
        Reason::Private => "handover.private",
        Reason::Elsewhere => "handover.elsewhere",
        Reason::Distress => "handover.distress",
        Reason::EngineFault => "handover.fault",
        Reason::RepeatedFailure | Reason::NotHeard => "handover.repeated",
        Reason::Silence => "handover.silence",
        Reason::TooLong => "handover.too_long",
        Reason::Shutdown => "handover.shutdown",
        _ => "handover.low_confidence",
    }
}
