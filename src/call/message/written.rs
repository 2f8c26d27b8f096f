//! A message in writing: the demand begins with what was asked, what is typed needs no reading back, and nothing is
//! kept before the citizen has seen the whole and sent it.

use std::time::Duration;

use super::{Call, Step, Taking};
use crate::call::{Awaiting, Decision, Reason, State};
use crate::dialogue::Heard;
use crate::dialogue::grammar::Command;

/// Without a way to answer, asked for this often, there is no message.
const MOST_ASKED: u32 = 3;
/// A longer name, in letters, is cut.
const LONGEST_NAME: usize = 100;

impl Call {
    /// Begins with what was asked so far, if anything was.
    pub(in crate::call) fn begin_written_message(&mut self) {
        let subject = self.asked_before();
        let step = if subject.is_empty() { Step::Subject } else { Step::SubjectCheck };
        self.state = State::TakingMessage(Box::new(Taking { step, subject, ..Taking::default() }));
        self.ask_part(&[]);
    }

    pub(super) fn on_message_written(&mut self, heard: Heard, command: Option<Command>, now: Duration) {
        let State::TakingMessage(taking) = &self.state else { return };
        let step = taking.step;
        let text = heard.text.trim().to_owned();
        self.ear.heard = heard;
        let (decision, reason) = match command {
            Some(Command::Repeat | Command::Slower) => (Decision::Command, Reason::Repeat),
            Some(Command::Goodbye) => (Decision::Command, Reason::Goodbye),
            _ if text.is_empty() => (Decision::Reprompt, Reason::NotHeard),
            _ => (Decision::Command, Reason::Message),
        };
        self.open_record(text.clone(), decision, reason, now);
        match command {
            Some(Command::Repeat | Command::Slower) => self.ask_part(&[]),
            Some(Command::Goodbye) => self.drop_message(),
            _ if text.is_empty() => self.ask_part(&[]),
            _ => self.take_written(step, text, command, now),
        }
    }

    fn take_written(&mut self, step: Step, text: String, command: Option<Command>, now: Duration) {
        let name = (!self.line.exact.name.is_refused(&text)).then(|| self.name_written(&text)).flatten();
        let contact = email(&text).or_else(|| self.line.exact.telephone(&text));
        let State::TakingMessage(taking) = &mut self.state else { return };
        match (step, command) {
            (Step::SubjectCheck, Some(Command::Yes)) => self.next_written(),
            (Step::SubjectCheck, Some(Command::No)) => {
                taking.subject.clear();
                self.next_written();
            }
            (Step::Subject, Some(Command::No)) => self.drop_message(),
            (Step::Subject | Step::SubjectCheck, _) => {
                taking.subject = text;
                self.next_written();
            }
            (Step::Name, _) => {
                // Typed by their own hand, and shown once more before it is sent.
                (taking.name_confirmed, taking.named) = (name.is_some(), true);
                taking.name = name.unwrap_or_default();
                self.next_written();
            }
            (Step::Number, _) => match contact {
                Some(contact) => {
                    (taking.number, taking.number_confirmed) = (contact, true);
                    self.next_written();
                }
                None => {
                    taking.misses += 1;
                    if taking.misses >= MOST_ASKED {
                        self.no_contact();
                    } else {
                        self.ask_part(&[]);
                    }
                }
            },
            (Step::Review, Some(Command::Yes)) => {
                taking.sent = true;
                self.finish_message(&[], now);
            }
            (Step::Review, Some(Command::No)) => self.drop_message(),
            (Step::Review, Some(command @ (Command::First | Command::Second | Command::Third))) => {
                match command {
                    Command::First => taking.subject.clear(),
                    Command::Second => taking.named = false,
                    _ => taking.number.clear(),
                }
                self.next_written();
            }
            _ => self.ask_part(&[]),
        }
    }

    /// The first part that is missing; the whole message when none is.
    fn next_written(&mut self) {
        let State::TakingMessage(taking) = &mut self.state else { return };
        taking.misses = 0;
        taking.step = if taking.subject.is_empty() {
            Step::Subject
        } else if !taking.named {
            Step::Name
        } else if taking.number.is_empty() {
            Step::Number
        } else {
            Step::Review
        };
        self.ask_part(&[]);
    }

    fn name_written(&self, text: &str) -> Option<String> {
        let name = self.line.exact.name(text)?;
        Some(name.text.chars().take(LONGEST_NAME).collect())
    }

    /// The citizen gives the message up; the conversation goes on.
    fn drop_message(&mut self) {
        self.ear.rest();
        self.no_message();
    }

    fn no_contact(&mut self) {
        self.ear.rest();
        self.state = State::Talking(Awaiting::Question);
        self.say("written.message.no_contact", &[]);
    }
}

/// The e-mail address in `text`: something, `@`, a domain with a point (RFC 5321 §2.3.5); no white space.
fn email(text: &str) -> Option<String> {
    let trimmed = |word: &str| word.trim_matches(|c: char| "<>()[],;:.!?«»\"'".contains(c)).to_owned();
    let is_address = |word: &String| {
        let Some((local, domain)) = word.rsplit_once('@') else { return false };
        let labels: Vec<&str> = domain.split('.').collect();
        let label = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        let ends = labels.last().is_some_and(|top| top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit()));
        let plain = !local.is_empty() && local.len() <= 64 && !local.contains('@');
        plain && labels.len() >= 2 && labels.iter().all(label) && ends && word.len() <= 254
    };
    text.split_whitespace().map(trimmed).find(is_address)
}
