//! The keys of a telephone while a message is taken.

use std::time::Duration;

use super::read_back::Reply;
use super::{Call, Step};
use crate::call::timer::Timer;
use crate::call::{Decision, Reason, State};

/// More keys are no telephone number (E.164 has fifteen digits, and `00` before).
const MOST_KEYS: usize = 17;

impl Call {
    pub(in crate::call) fn on_message_key(&mut self, key: char, now: Duration) {
        let State::TakingMessage(taking) = &self.state else { return };
        let (step, begun) = (taking.step, !taking.keys.is_empty());
        if self.mouth.is_protected() {
            return;
        }
        self.stop_speaking();
        self.cancel_hearing();
        self.timers.cancel(Timer::MessageEnd);
        self.timers.cancel(Timer::Silence);
        self.silences = 0;
        match key {
            '*' => {
                if let State::TakingMessage(taking) = &mut self.state {
                    taking.keys.clear();
                    taking.pending.clear();
                }
                self.ask_part(&[]);
            }
            '1' | '2' if step.is_check() && !begun => {
                let reason = if key == '1' { Reason::Yes } else { Reason::No };
                self.open_record(format!("touche {key}"), Decision::Command, reason, now);
                self.settle(step, if key == '1' { Reply::Yes } else { Reply::No }, now);
            }
            '#' if step == Step::Number && begun => self.typed(now),
            '#' => self.skip(step, now),
            '0'..='9' if matches!(step, Step::Shown | Step::Number | Step::NumberCheck) => self.type_digit(key, now),
            _ => self.arm_silence(now),
        }
    }

    /// `#` where no number is being typed: this part is said, or is left out.
    fn skip(&mut self, step: Step, now: Duration) {
        let State::TakingMessage(taking) = &self.state else { return };
        match step {
            Step::Subject if taking.subject.is_empty() => self.ask_part(&[]),
            Step::Subject | Step::SubjectCheck | Step::Number | Step::NumberCheck => self.next_part(&[], now),
            Step::Name if !taking.name.is_empty() => self.check(Step::NameCheck),
            Step::Name | Step::NameCheck => self.next_part(&[], now),
            Step::Review => self.ask_part(&[]),
            Step::Shown => {
                self.settle(step, Reply::No, now);
            }
        }
    }

    fn type_digit(&mut self, key: char, now: Duration) {
        let State::TakingMessage(taking) = &mut self.state else { return };
        if taking.step != Step::Number {
            taking.step = Step::Number;
            taking.number.clear();
        }
        taking.keys.push(key);
        let whole = taking.keys.len() == 10 && taking.keys.starts_with('0') && !taking.keys.starts_with("00");
        if whole || taking.keys.len() >= MOST_KEYS {
            self.typed(now);
        } else {
            // Whoever looks for each key takes their time.
            self.timers.set(Timer::MessageEnd, now + self.line.settings.silence);
        }
    }

    /// A number has been typed to its end.
    pub(super) fn typed(&mut self, now: Duration) {
        let State::TakingMessage(taking) = &mut self.state else { return };
        let keys = std::mem::take(&mut taking.keys);
        let number = self.line.exact.telephone(&keys);
        self.open_record(format!("touches {keys}"), Decision::Command, Reason::Message, now);
        match number {
            Some(number) => self.got_number(number),
            None => self.miss(now),
        }
    }
}
