//! What the caller orders: by voice, by key, or by saying nothing.

use std::time::Duration;

use super::conversation::{MOST_FAILURES, named};
use super::{Awaiting, Call, Decision, Medium, Purpose, Reason, State};
use crate::dialogue::Heard;
use crate::dialogue::grammar::Command;

/// Silences before a human: patience, help, then a human.
const MOST_SILENCES: u32 = 2;

impl Call {
    /// Speaks slowly from now on; the sentence that says so.
    pub(super) fn slow_down(&mut self) -> &'static str {
        let slow = self.line.settings.slow_speed;
        let key = if self.speed > slow { "slower.ok" } else { "slower.slowest" };
        self.speed = self.speed.min(slow);
        key
    }

    pub(super) fn obey(&mut self, command: Command, heard: Heard, now: Duration) {
        let text = heard.text.clone();
        self.ear.heard = heard;
        match command {
            Command::Agent => self.escalate(text, Reason::Requested, None, now),
            Command::Distress(danger) => self.escalate(text, Reason::Distress, Some(danger.prompt()), now),
            Command::Repeat => {
                self.open_record(text, Decision::Command, Reason::Repeat, now);
                self.repeat(&[]);
            }
            Command::Slower => {
                self.open_record(text, Decision::Command, Reason::Slower, now);
                let key = self.slow_down();
                self.repeat(&[key]);
            }
            Command::Goodbye => {
                self.open_record(text, Decision::Command, Reason::Goodbye, now);
                self.ear.rest();
                self.farewell(&["goodbye"]);
            }
            Command::Yes => self.on_yes(text, now),
            Command::No => self.on_no(text, now),
            Command::Help => {
                self.open_record(text, Decision::Command, Reason::NextQuestion, now);
                self.reply("help.what");
            }
            Command::Another => {
                self.open_record(text, Decision::Command, Reason::NextQuestion, now);
                self.state = State::Talking(Awaiting::Question);
                self.reply("after_answer.listening");
            }
            Command::First => self.choose(0, text, now),
            Command::Second => self.choose(1, text, now),
            Command::Third => self.choose(2, text, now),
            Command::Greeting => {
                self.open_record(text, Decision::Command, Reason::NextQuestion, now);
                self.reply("greeting.question");
            }
            Command::Backchannel if self.line.settings.medium == Medium::Writing => {
                self.open_record(text, Decision::Command, Reason::NextQuestion, now);
                self.reply("after_answer.listening");
            }
            Command::Backchannel => {
                self.ear.forget();
                self.arm_silence(now);
            }
        }
    }

    pub(super) fn on_yes(&mut self, text: String, now: Duration) {
        match &self.state {
            State::Talking(Awaiting::Confirm(candidate)) => {
                let candidate = candidate.clone();
                self.answer(text, &candidate, Reason::Confirmed, now);
            }
            State::Talking(Awaiting::Choice { .. }) => self.ask_choice_again(text, now),
            State::Talking(Awaiting::Agent) => self.escalate(text, Reason::Requested, None, now),
            State::MessageOffered => {
                self.open_record(text, Decision::Command, Reason::Yes, now);
                self.begin_message();
            }
            _ => {
                self.open_record(text, Decision::Command, Reason::Yes, now);
                self.state = State::Talking(Awaiting::Question);
                self.reply("after_answer.listening");
            }
        }
    }

    pub(super) fn on_no(&mut self, text: String, now: Duration) {
        match &self.state {
            State::Talking(Awaiting::Confirm(_) | Awaiting::Choice { .. }) => {
                self.failures += 1;
                if self.failures >= MOST_FAILURES {
                    self.escalate(text, Reason::RepeatedFailure, None, now);
                    return;
                }
                self.open_record(text, Decision::Command, Reason::No, now);
                self.state = State::Talking(Awaiting::Question);
                self.reply("confirm.no");
            }
            State::Talking(Awaiting::Another) => {
                self.open_record(text, Decision::Command, Reason::No, now);
                self.ear.rest();
                self.farewell(&["closing.nothing_more"]);
            }
            State::Talking(Awaiting::Agent) => {
                self.open_record(text, Decision::Command, Reason::No, now);
                self.state = State::Talking(Awaiting::Another);
                self.reply("after_answer.again");
            }
            State::MessageOffered => {
                self.open_record(text, Decision::Command, Reason::No, now);
                self.ear.rest();
                self.no_message();
            }
            _ => {
                self.open_record(text, Decision::Command, Reason::No, now);
                self.reply("after_answer.listening");
            }
        }
    }

    pub(super) fn choose(&mut self, index: usize, text: String, now: Duration) {
        match &self.state {
            State::Talking(Awaiting::Choice { among, .. }) => match among.get(index).cloned() {
                Some(candidate) => self.answer(text, &candidate, Reason::Chosen, now),
                None => self.ask_choice_again(text, now),
            },
            _ => {
                let heard = std::mem::take(&mut self.ear.heard);
                self.not_heard(heard, now);
            }
        }
    }

    pub(super) fn ask_choice_again(&mut self, text: String, now: Duration) {
        let State::Talking(Awaiting::Choice { among, asked_again }) = &mut self.state else { return };
        if *asked_again {
            self.escalate(text, Reason::RepeatedFailure, None, now);
            return;
        }
        *asked_again = true;
        let labels: Vec<String> = among.iter().map(|c| c.topic.label.clone()).collect();
        self.open_record(text, Decision::Reprompt, Reason::NotHeard, now);
        self.ear.rest();
        let (key, variables) = named(&labels, "clarify.again", "clarify.again_three");
        self.say(key, &variables);
    }

    /// Says again what was said last, after the sentences of `keys`.
    pub(super) fn repeat(&mut self, keys: &[&str]) {
        self.ear.rest();
        let mut texts: Vec<(String, bool)> = keys.iter().map(|key| (self.prompt(key, &[]), false)).collect();
        match self.last_said.clone() {
            Some(words) => texts.push((words, false)),
            None => texts.push((self.prompt("repeat.nothing", &[]), false)),
        }
        if matches!(self.state, State::Talking(Awaiting::Another)) {
            texts.push((self.another(), false));
        }
        self.speak(Purpose::Reply, texts);
    }

    pub(super) fn on_silence(&mut self, now: Duration) {
        self.silences += 1;
        if self.line.settings.medium == Medium::Writing {
            self.on_idle();
            return;
        }
        match self.state {
            State::MessageOffered => self.farewell(&["message.none"]),
            State::TakingMessage(_) => self.on_message_pause(now),
            State::Talking(_) if self.silences > MOST_SILENCES => {
                self.hand_over_now(Reason::Silence, now);
            }
            State::Talking(_) => {
                self.say(if self.silences == 1 { "silence.first" } else { "silence.help" }, &[]);
            }
            _ => {}
        }
    }

    pub(super) fn on_digit(&mut self, digit: char, now: Duration) {
        let talking = matches!(self.state, State::Talking(_) | State::MessageOffered);
        if self.held {
            return;
        }
        if matches!(self.state, State::TakingMessage(_)) {
            self.on_message_key(digit, now);
            return;
        }
        if !talking {
            return;
        }
        let command = match (digit, &self.state) {
            ('0', State::Talking(_)) => Command::Agent,
            ('*', _) => Command::Repeat,
            ('1', State::MessageOffered) => Command::Yes,
            ('2', State::MessageOffered) => Command::No,
            ('1', State::Talking(Awaiting::Choice { .. })) => Command::First,
            ('2', State::Talking(Awaiting::Choice { .. })) => Command::Second,
            ('3', State::Talking(Awaiting::Choice { .. })) => Command::Third,
            _ => return,
        };
        self.stop_speaking();
        self.cancel_hearing();
        self.silences = 0;
        self.obey(command, Heard { text: format!("touche {digit}"), confidence: 1.0, ..Heard::default() }, now);
    }
}
