//! Taking a message for a call-back: what it is about, who calls, at which number.
//!
//! Each part is asked for, read back and confirmed; « non » asks again, and what is not understood twice is kept as it
//! was heard, and said to be. Keys are taken at any time: `1` and `2` for yes and no, a number ended by `#`, `*` to
//! hear the question again. Whoever hangs up half-way leaves what was said so far.

mod keys;
mod read_back;
mod written;

use std::time::Duration;

use super::exact::{caller_number, ending, in_pairs};
use super::mouth::Purpose;
use super::timer::Timer;
use super::{Call, Decision, Medium, Message, Reason, Record, State};
use crate::dialogue::Heard;
use crate::dialogue::grammar::Command;
use crate::french;
use crate::redaction::Kind;

/// Not understood, refused or silent this often, a part is left as it is.
const MOST_MISSES: u32 = 2;
/// A subject longer than this, in words, is not read back: nobody listens to the end.
const READ_BACK: usize = 20;
/// Fewer digits are no beginning of a number: « j'ai deux questions ».
const FEWEST_DIGITS: usize = 2;

/// What the line is waiting for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    #[default]
    Subject,
    SubjectCheck,
    Name,
    NameCheck,
    /// « Au numéro qui s'affiche ? »
    Shown,
    Number,
    NumberCheck,
    /// The whole message, before it is sent; in writing.
    Review,
}

impl Step {
    pub(super) fn is_check(self) -> bool {
        matches!(self, Self::SubjectCheck | Self::NameCheck | Self::Shown | Self::NumberCheck)
    }
}

/// A message as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Taking {
    pub(super) step: Step,
    subject: String,
    name: String,
    name_spelled: bool,
    name_confirmed: bool,
    number: String,
    number_confirmed: bool,
    /// Words of a part that may go on after a breath: a number, a spelled name.
    pending: String,
    keys: String,
    /// Of the part under way.
    misses: u32,
    /// The name was asked for; in writing.
    named: bool,
    /// The citizen pressed « Envoyer »: in writing nothing is kept before.
    sent: bool,
}

impl Call {
    pub(super) fn begin_message(&mut self) {
        if self.line.settings.medium == Medium::Writing {
            self.begin_written_message();
            return;
        }
        self.state = State::TakingMessage(Box::default());
        self.ask_part(&[]);
    }

    /// The offer was answered by the message itself.
    pub(super) fn begin_message_with(&mut self, heard: Heard, now: Duration) {
        if self.line.settings.medium == Medium::Writing {
            self.open_record(heard.text, Decision::Command, Reason::Message, now);
            self.begin_written_message();
            return;
        }
        self.state = State::TakingMessage(Box::default());
        self.on_message_words(heard, None, now);
    }

    pub(super) fn on_message_words(&mut self, heard: Heard, command: Option<Command>, now: Duration) {
        if self.line.settings.medium == Medium::Writing {
            self.on_message_written(heard, command, now);
            return;
        }
        let State::TakingMessage(taking) = &self.state else { return };
        let (step, begun) = (taking.step, !taking.subject.is_empty() || !taking.pending.is_empty());
        let text = heard.text.trim().to_owned();
        self.ear.heard = heard;
        let dictating = step == Step::Subject && begun;
        match command {
            Some(Command::Repeat) if !dictating => {
                self.open_record(text, Decision::Command, Reason::Repeat, now);
                self.ask_part(&[]);
                return;
            }
            Some(Command::Slower) if !dictating => {
                self.open_record(text, Decision::Command, Reason::Slower, now);
                let key = self.slow_down();
                self.ask_part(&[key]);
                return;
            }
            Some(Command::Goodbye) => {
                self.open_record(text, Decision::Command, Reason::Goodbye, now);
                self.end_message(now);
                return;
            }
            Some(Command::No) if step == Step::Subject && !begun => {
                self.open_record(text, Decision::Command, Reason::No, now);
                self.end_message(now);
                return;
            }
            _ => {}
        }
        let decision = if text.is_empty() { Decision::Reprompt } else { Decision::Command };
        let reason = if text.is_empty() { Reason::NotHeard } else { Reason::Message };
        self.open_record(text.clone(), decision, reason, now);
        match step {
            Step::Subject => self.dictate(&text, now),
            Step::Name => self.take_name(&text, now),
            Step::Number => self.take_number(&text, now),
            _ => {
                let reply = self.reply_to_check(step, &text, command);
                self.settle(step, reply, now);
            }
        }
    }

    /// The caller says what the message is about, in as many breaths as they like.
    fn dictate(&mut self, text: &str, now: Duration) {
        let State::TakingMessage(taking) = &mut self.state else { return };
        append(&mut taking.subject, " ", text);
        if taking.subject.is_empty() {
            self.miss(now);
        } else {
            self.await_more(now);
        }
    }

    fn take_name(&mut self, text: &str, now: Duration) {
        let exact = &self.line.exact;
        if exact.name.is_refused(text) {
            self.next_part(&[], now);
            return;
        }
        let State::TakingMessage(taking) = &mut self.state else { return };
        let together = joined(&taking.pending, text);
        match exact.name(&together) {
            // Letters are said with a breath between them: there may be more.
            Some(name) if name.spelled => {
                taking.pending = together;
                (taking.name, taking.name_spelled) = (name.text, true);
                self.await_more(now);
            }
            Some(name) => {
                (taking.name, taking.name_spelled) = (name.text, false);
                self.check(Step::NameCheck);
            }
            None => self.miss(now),
        }
    }

    fn take_number(&mut self, text: &str, now: Duration) {
        let exact = &self.line.exact;
        if exact.telephone.is_shown(text)
            && let Some(number) = caller_number(&self.start.from)
        {
            self.got_number(number);
            return;
        }
        if exact.telephone.is_refused(text) {
            self.next_part(&[], now);
            return;
        }
        let State::TakingMessage(taking) = &mut self.state else { return };
        let together = joined(&taking.pending, text);
        if let Some(number) = exact.telephone(&together).or_else(|| exact.telephone(text)) {
            self.got_number(number);
        } else if exact.digits(&together) >= FEWEST_DIGITS {
            // Said pair by pair: the rest is to come.
            taking.pending = together;
            self.await_more(now);
        } else {
            self.miss(now);
        }
    }

    fn got_number(&mut self, number: String) {
        let State::TakingMessage(taking) = &mut self.state else { return };
        taking.number = number;
        self.check(Step::NumberCheck);
    }

    /// Reads a part back.
    fn check(&mut self, step: Step) {
        let State::TakingMessage(taking) = &mut self.state else { return };
        taking.step = step;
        taking.pending.clear();
        taking.keys.clear();
        self.ask_part(&[]);
    }

    /// Counts what went wrong with the part under way; whether it has now gone wrong too often.
    fn missed(&mut self) -> bool {
        let State::TakingMessage(taking) = &mut self.state else { return false };
        taking.misses += 1;
        taking.misses >= MOST_MISSES
    }

    /// Nothing usable was said: the part is asked for once more, then left as it is.
    fn miss(&mut self, now: Duration) {
        if let State::TakingMessage(taking) = &mut self.state
            && taking.step == Step::Number
            && !taking.pending.is_empty()
        {
            // Not a whole number: better than none for whoever calls back.
            taking.number = std::mem::take(&mut taking.pending);
        }
        if !self.missed() {
            self.ask_part(&["message.again"]);
            return;
        }
        let State::TakingMessage(taking) = &mut self.state else { return };
        if taking.subject.is_empty() {
            self.end_message(now);
        } else {
            self.next_part(&["message.kept"], now);
        }
    }

    /// The part under way is done: the next one, after the sentences of `first`.
    fn next_part(&mut self, first: &[&str], now: Duration) {
        let own = caller_number(&self.start.from);
        let State::TakingMessage(taking) = &mut self.state else { return };
        taking.misses = 0;
        taking.pending.clear();
        taking.keys.clear();
        taking.step = match taking.step {
            Step::Subject if french::words(&taking.subject) <= READ_BACK => Step::SubjectCheck,
            Step::Subject | Step::SubjectCheck => Step::Name,
            Step::Name | Step::NameCheck if own.is_some() => Step::Shown,
            Step::Name | Step::NameCheck => Step::Number,
            Step::Shown | Step::Number | Step::NumberCheck | Step::Review => {
                self.finish_message(first, now);
                return;
            }
        };
        self.ask_part(first);
    }

    /// Says the sentences of `first`, then the question of the part under way.
    fn ask_part(&mut self, first: &[&str]) {
        let State::TakingMessage(taking) = &self.state else { return };
        let again = taking.misses > 0;
        let days = self.line.settings.messages_days.to_string();
        let own = caller_number(&self.start.from).unwrap_or_default();
        let (end, number) = (ending(&own), in_pairs(&taking.number));
        let letters = if taking.name_spelled { self.line.exact.letters(&taking.name) } else { String::new() };
        let subject = taking.subject.trim_end_matches(['.', '?', '!', ' ', '…']);
        let (key, variables): (&str, &[(&str, &str)]) = match taking.step {
            Step::Subject if again => ("message.subject_again", &[]),
            Step::Subject => ("message.ask", &[("messages_days", &days)]),
            Step::SubjectCheck => ("message.subject_check", &[("subject", subject)]),
            Step::Name if again => ("message.name_again", &[]),
            Step::Name => ("message.name", &[]),
            Step::NameCheck if taking.name_spelled => {
                ("message.name_spelled", &[("name", &taking.name), ("letters", &letters)])
            }
            Step::NameCheck => ("message.name_check", &[("name", &taking.name)]),
            Step::Shown => ("message.shown", &[("end", &end)]),
            Step::Number if again => ("message.number_again", &[]),
            Step::Number => ("message.number", &[]),
            Step::NumberCheck => ("message.number_check", &[("number", &number)]),
            Step::Review => {
                let name = if taking.name.is_empty() { "non donné" } else { &taking.name };
                (
                    "written.message.review",
                    &[("subject", subject), ("name", name), ("contact", &number), ("messages_days", &days)],
                )
            }
        };
        let question = self.prompt(key, variables);
        let kind = |name: &str| match name {
            "name" | "letters" => Some(Kind::Name),
            "number" | "contact" => Some(Kind::Telephone),
            _ => None,
        };
        if let Some(record) = &mut self.record {
            let read_back = variables.iter().filter(|(_, words)| !words.is_empty());
            record.personal.extend(read_back.filter_map(|(name, words)| Some((kind(name)?, (*words).to_owned()))));
        }
        let mut texts: Vec<(String, bool)> = first.iter().map(|key| (self.prompt(key, &[]), false)).collect();
        texts.push((question, false));
        self.silences = 0;
        self.timers.cancel(Timer::MessageEnd);
        self.ear.rest();
        self.speak(Purpose::Reply, texts);
    }

    /// The caller may go on after a breath.
    fn await_more(&mut self, now: Duration) {
        self.ear.forget();
        self.close_record(false);
        self.timers.cancel(Timer::Silence);
        self.timers.set(Timer::MessageEnd, now + self.line.settings.message_end);
    }

    /// The caller has fallen silent, after a part of the message or before it.
    pub(super) fn on_message_pause(&mut self, now: Duration) {
        if !self.ear.is_quiet() {
            self.timers.set(Timer::MessageEnd, now + self.line.settings.message_end);
            return;
        }
        let State::TakingMessage(taking) = &self.state else { return };
        match taking.step {
            Step::Subject if !taking.subject.is_empty() => self.next_part(&[], now),
            Step::Name if !taking.name.is_empty() => self.check(Step::NameCheck),
            Step::Number if !taking.keys.is_empty() => self.typed(now),
            _ => self.miss(now),
        }
    }

    /// What of the words just heard is a name or a number that the line has asked for.
    pub(super) fn personal_in_message(&self, heard: &str) -> Vec<(Kind, String)> {
        let State::TakingMessage(taking) = &self.state else { return Vec::new() };
        let kind = match taking.step {
            Step::Name | Step::NameCheck if self.line.exact.name(heard).is_some() => Kind::Name,
            Step::Shown | Step::Number | Step::NumberCheck if self.line.exact.digits(heard) > 1 => Kind::Telephone,
            _ => return Vec::new(),
        };
        vec![(kind, heard.to_owned())]
    }

    fn finish_message(&mut self, first: &[&str], now: Duration) {
        self.record_message(now);
        let keys: Vec<&str> = first.iter().copied().chain(["message.thanks", "goodbye"]).collect();
        self.ear.rest();
        self.farewell(&keys);
    }

    /// Ends with what there is, which may be nothing.
    fn end_message(&mut self, now: Duration) {
        let kept = self.record_message(now);
        self.ear.rest();
        self.farewell(if kept { &["message.thanks", "goodbye"] } else { &["message.none"] });
    }

    /// Writes down what was said of a message so far; whether anything was.
    pub(super) fn record_message(&mut self, now: Duration) -> bool {
        let writing = self.line.settings.medium == Medium::Writing;
        let State::TakingMessage(taking) = &mut self.state else { return false };
        if writing && !taking.sent {
            return false;
        }
        let taking = std::mem::take(taking.as_mut());
        let number = [taking.number, taking.pending, taking.keys].into_iter().find(|number| !number.is_empty());
        let said_number = number.filter(|_| taking.step != Step::Name);
        if taking.subject.is_empty() && taking.name.is_empty() && said_number.is_none() {
            return false;
        }
        let message = Message {
            call: self.start.id.clone(),
            at: self.timestamp(now),
            name: taking.name,
            name_confirmed: taking.name_confirmed,
            number_confirmed: taking.number_confirmed && said_number.is_some(),
            number: said_number.unwrap_or_else(|| self.start.from.clone()),
            text: taking.subject,
        };
        self.record_out(Record::Message(message));
        true
    }
}

fn append(to: &mut String, between: &str, text: &str) {
    if !text.is_empty() {
        if !to.is_empty() {
            to.push_str(between);
        }
        to.push_str(text);
    }
}

fn joined(before: &str, text: &str) -> String {
    let mut whole = before.to_owned();
    append(&mut whole, ", ", text);
    whole
}
