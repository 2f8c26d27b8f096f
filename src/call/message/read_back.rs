//! What is replied when a part of a message was read back.

use std::time::Duration;

use super::{Call, Step};
use crate::call::State;
use crate::call::exact::caller_number;
use crate::dialogue::grammar::Command;

/// The caller's reply to « est-ce bien cela ? ».
pub(super) enum Reply {
    Yes,
    No,
    /// Something else instead.
    Instead(String),
    Unclear,
}

impl Call {
    pub(super) fn reply_to_check(&self, step: Step, text: &str, command: Option<Command>) -> Reply {
        let exact = &self.line.exact;
        match command {
            Some(Command::Yes) => return Reply::Yes,
            Some(Command::No) => return Reply::No,
            _ if text.is_empty() => return Reply::Unclear,
            _ => {}
        }
        let rest = refused(text);
        match step {
            Step::Shown if exact.telephone.is_shown(text) => Reply::Yes,
            Step::Shown | Step::NumberCheck => match exact.telephone(text) {
                Some(number) => Reply::Instead(number),
                None if rest.is_some() => Reply::No,
                None => Reply::Unclear,
            },
            Step::NameCheck => match (exact.name(rest.unwrap_or(text)), rest) {
                (Some(name), Some(_)) => Reply::Instead(name.text),
                (Some(name), None) if name.spelled => Reply::Instead(name.text),
                (None, Some(_)) => Reply::No,
                _ => Reply::Unclear,
            },
            _ => rest.map_or(Reply::Unclear, |rest| Reply::Instead(rest.to_owned())),
        }
    }

    pub(super) fn settle(&mut self, step: Step, reply: Reply, now: Duration) {
        let own = caller_number(&self.start.from);
        let State::TakingMessage(taking) = &mut self.state else { return };
        match (step, reply) {
            (Step::Shown, Reply::Yes) => {
                (taking.number, taking.number_confirmed) = (own.unwrap_or_default(), true);
                self.next_part(&[], now);
            }
            (Step::Shown, Reply::No) => {
                taking.step = Step::Number;
                self.ask_part(&[]);
            }
            (step, Reply::Yes) => {
                taking.name_confirmed |= step == Step::NameCheck;
                taking.number_confirmed |= step == Step::NumberCheck;
                self.next_part(&[], now);
            }
            (_, Reply::Unclear) => self.miss(now),
            (step, Reply::Instead(other)) => {
                match step {
                    Step::SubjectCheck => taking.subject = other,
                    Step::NameCheck => (taking.name, taking.name_spelled) = (other, true),
                    _ => taking.number = other,
                }
                if step == Step::Shown {
                    self.check(Step::NumberCheck);
                } else if self.missed() {
                    self.next_part(&["message.kept"], now);
                } else {
                    self.check(step);
                }
            }
            (step, Reply::No) => {
                if self.missed() {
                    self.next_part(&["message.kept"], now);
                    return;
                }
                let State::TakingMessage(taking) = &mut self.state else { return };
                taking.pending.clear();
                taking.step = match step {
                    Step::SubjectCheck => {
                        taking.subject.clear();
                        Step::Subject
                    }
                    Step::NameCheck => Step::Name,
                    _ => Step::Number,
                };
                self.ask_part(&[]);
            }
        }
    }
}

/// What follows « non »; empty when nothing does, `None` when the words do not begin with it.
fn refused(text: &str) -> Option<&str> {
    let first = text.get(..3)?;
    let rest = text.get(3..)?;
    (first.eq_ignore_ascii_case("non") && !rest.starts_with(char::is_alphanumeric))
        .then(|| rest.trim_start_matches(|c: char| !c.is_alphanumeric()))
}
