//! From words to a decision, and from a decision to what is said.

use std::time::Duration;

use super::{Awaiting, Call, Decision, Output, Reason, Stages, State, TurnCandidate, TurnRecord};
use crate::dialogue::grammar::Command;
use crate::dialogue::policy::{self, Verdict};
use crate::dialogue::{Candidate, Found, Heard};

/// Not understood this often in a row: a human.
const MOST_FAILURES: u32 = 2;
/// Silences before a human: patience, help, then a human.
const MOST_SILENCES: u32 = 2;
/// A refusal followed by this many words asks something new (« non, je voudrais un acte de mariage »).
const NEW_QUESTION_WORDS: usize = 3;

impl Call {
    /// Acts on an utterance.
    pub(super) fn understand(&mut self, heard: Heard, voiced_ms: u32, now: Duration) {
        let expected = self.expected_commands();
        let command = self
            .line
            .grammar
            .by_words(&heard.text)
            .or_else(|| self.line.grammar.by_sound(&heard, &expected, &self.line.settings.sound));
        if matches!(self.state, State::TakingMessage(_)) && !matches!(command, Some(Command::Distress(_))) {
            self.add_to_message(&heard, now);
            return;
        }
        if self.mouth.is_replying() && !self.interrupts(&heard, command, &expected) {
            self.ear.forget();
            self.resume_speaking();
            return;
        }
        if heard.text.is_empty() && command.is_none() && !Self::was_speech(&heard, voiced_ms) {
            self.ear.forget();
            self.arm_silence(now);
            return;
        }
        self.stop_speaking();
        self.silences = 0;
        match command {
            Some(command) => self.obey(command, heard, now),
            None if heard.text.is_empty() => self.not_heard(heard, now),
            None => self.ask_base(heard),
        }
    }

    /// Whether words said over our own speech are worth stopping it.
    fn interrupts(&self, heard: &Heard, command: Option<Command>, expected: &[Command]) -> bool {
        match command {
            Some(Command::Backchannel | Command::Greeting) => false,
            Some(Command::Yes) => {
                expected.contains(&Command::Yes) && !matches!(self.state, State::Talking(Awaiting::Another))
            }
            Some(_) => true,
            None => !heard.text.is_empty() && heard.confidence >= self.line.settings.interrupting,
        }
    }

    fn obey(&mut self, command: Command, heard: Heard, now: Duration) {
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
                let slow = self.line.settings.slow_speed;
                let key = if self.speed > slow { "slower.ok" } else { "slower.slowest" };
                self.speed = self.speed.min(slow);
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
            Command::Backchannel => {
                self.ear.forget();
                self.arm_silence(now);
            }
        }
    }

    fn reply(&mut self, key: &str) {
        self.ear.rest();
        self.say(key, &[]);
    }

    fn on_yes(&mut self, text: String, now: Duration) {
        match &self.state {
            State::Talking(Awaiting::Confirm(candidate)) => {
                let candidate = candidate.clone();
                self.answer(text, &candidate, Reason::Confirmed, now);
            }
            State::Talking(Awaiting::Choice { .. }) => self.ask_choice_again(text, now),
            State::MessageOffered => {
                self.open_record(text, Decision::Command, Reason::Yes, now);
                self.state = State::TakingMessage(String::new());
                self.reply("message.ask");
            }
            _ => {
                self.open_record(text, Decision::Command, Reason::Yes, now);
                self.state = State::Talking(Awaiting::Question);
                self.reply("after_answer.listening");
            }
        }
    }

    fn on_no(&mut self, text: String, now: Duration) {
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
            State::MessageOffered => {
                self.open_record(text, Decision::Command, Reason::No, now);
                self.ear.rest();
                self.farewell(&["message.none"]);
            }
            _ => {
                self.open_record(text, Decision::Command, Reason::No, now);
                self.reply("after_answer.listening");
            }
        }
    }

    fn choose(&mut self, index: usize, text: String, now: Duration) {
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

    fn ask_choice_again(&mut self, text: String, now: Duration) {
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

    fn ask_base(&mut self, heard: Heard) {
        let Some(turn) = self.ear.current_turn().or(Some(self.next_turn)) else { return };
        let mut text = heard.text.clone();
        if matches!(self.state, State::Talking(Awaiting::Confirm(_) | Awaiting::Another | Awaiting::Choice { .. })) {
            if let Some(rest) = after_refusal(&text) {
                text = rest;
            }
        }
        let confidence = heard.confidence;
        self.ear.heard = heard;
        self.ear.finding(turn);
        let current = self.current.as_ref().map(|topic| topic.entry.clone());
        self.out(Output::Lookup { turn, text, confidence, current });
    }

    pub(super) fn on_found(&mut self, turn: super::TurnId, found: Found, now: Duration) {
        if !self.ear.is_finding(turn) {
            return;
        }
        if let Some(clock) = self.ear.clock() {
            clock.decided = now;
        }
        let text = self.ear.heard.text.clone();
        if matches!(self.state, State::MessageOffered) {
            // What is said instead of yes or no is taken for the message itself.
            self.state = State::TakingMessage(String::new());
            let heard = std::mem::take(&mut self.ear.heard);
            self.add_to_message(&heard, now);
            return;
        }
        if let Some((candidate, reason)) = self.settles_our_question(&found) {
            self.answer_found(text, &candidate, reason, &found, now);
            return;
        }
        match policy::decide(&found, &self.line.settings.policy) {
            Verdict::Answer(candidate) => {
                let follows = self.current.as_ref().is_some_and(|topic| topic.entry == candidate.topic.entry);
                let reason = if follows && candidate.facet.is_some() { Reason::FollowUp } else { Reason::Sure };
                self.answer_found(text, &candidate, reason, &found, now);
            }
            Verdict::Confirm(candidate) => {
                self.open_record(text, Decision::Confirm, Reason::HalfSure, now);
                self.describe(&candidate, &found);
                self.ear.rest();
                let label = candidate.topic.label.clone();
                self.state = State::Talking(Awaiting::Confirm(candidate));
                self.say_and_keep("confirm.ask", &[("label", &label)]);
            }
            Verdict::Clarify(among) => {
                self.open_record(text, Decision::Clarify, Reason::Ambiguous, now);
                self.describe_candidates(&found);
                self.ear.rest();
                let labels: Vec<String> = among.iter().map(|c| c.topic.label.clone()).collect();
                self.state = State::Talking(Awaiting::Choice { among, asked_again: false });
                let (key, variables) = named(&labels, "clarify.two", "clarify.three");
                self.say_and_keep(key, &variables);
            }
            Verdict::Private(topic) => {
                self.open_record(text, Decision::Escalate, Reason::Private, now);
                self.describe_candidates(&found);
                let department = topic.map(|topic| topic.department.clone());
                self.hand_over(Reason::Private, department.as_deref(), None);
            }
            Verdict::Unsure => self.unsure(text, &found, now),
        }
    }

    /// Whether what was found answers the line's own « Vous demandez bien… ? » or its choice.
    fn settles_our_question(&self, found: &Found) -> Option<(Candidate, Reason)> {
        if found.private {
            return None;
        }
        match &self.state {
            State::Talking(Awaiting::Confirm(asked)) => {
                let best = found.candidates.first()?;
                (best.topic.entry == asked.topic.entry).then(|| (asked.clone(), Reason::Confirmed))
            }
            State::Talking(Awaiting::Choice { among, .. }) => {
                let best = found.candidates.first()?;
                among.iter().find(|c| c.topic.entry == best.topic.entry).map(|c| (c.clone(), Reason::Chosen))
            }
            _ => None,
        }
    }

    fn unsure(&mut self, text: String, found: &Found, now: Duration) {
        let badly_heard = self.ear.heard.confidence < self.line.settings.well_heard;
        let choosing = matches!(self.state, State::Talking(Awaiting::Choice { .. }));
        let asked_yes_or_no = match &self.state {
            State::Talking(Awaiting::Confirm(candidate)) => Some(candidate.topic.label.clone()),
            _ => None,
        };
        if choosing {
            self.ask_choice_again(text, now);
            return;
        }
        self.failures += 1;
        if self.failures >= MOST_FAILURES {
            self.open_record(text, Decision::Escalate, Reason::RepeatedFailure, now);
            self.describe_candidates(found);
            self.hand_over_for(Reason::RepeatedFailure, None);
        } else if let Some(label) = asked_yes_or_no {
            self.open_record(text, Decision::Reprompt, Reason::NotHeard, now);
            self.ear.rest();
            self.say("confirm.again", &[("label", &label)]);
        } else if badly_heard {
            self.open_record(text, Decision::Reprompt, Reason::LowConfidence, now);
            self.describe_candidates(found);
            self.reply("not_understood.first");
        } else {
            self.open_record(text, Decision::Escalate, Reason::LowConfidence, now);
            self.describe_candidates(found);
            self.hand_over_for(Reason::LowConfidence, None);
        }
    }

    fn not_heard(&mut self, heard: Heard, now: Duration) {
        let text = heard.text.clone();
        self.ear.heard = heard;
        self.failures += 1;
        if self.failures > MOST_FAILURES {
            self.escalate(text, Reason::RepeatedFailure, None, now);
            return;
        }
        self.open_record(text, Decision::Reprompt, Reason::NotHeard, now);
        self.reply(if self.failures == 1 { "not_heard.first" } else { "not_heard.second" });
    }

    fn answer_found(&mut self, text: String, candidate: &Candidate, reason: Reason, found: &Found, now: Duration) {
        self.answer(text, candidate, reason, now);
        self.describe_candidates(found);
    }

    fn answer(&mut self, text: String, candidate: &Candidate, reason: Reason, now: Duration) {
        self.open_record(text, Decision::Answer, reason, now);
        self.describe(candidate, &Found::default());
        self.ear.rest();
        let topic = &candidate.topic;
        let words = match candidate.facet.and_then(|index| topic.facets.get(index)) {
            Some(facet) => facet.answer.clone(),
            None => topic.answer.clone(),
        };
        self.current = Some(std::sync::Arc::clone(topic));
        self.failures = 0;
        self.answers += 1;
        self.last_said = Some(words.clone());
        self.state = State::Talking(Awaiting::Another);
        let another = self.another();
        self.speak(super::Purpose::Reply, vec![(words, false), (another, false)]);
    }

    fn another(&self) -> String {
        if self.answers <= 1 {
            self.prompt("after_answer.another", &[])
        } else {
            self.prompt("after_answer.again", &[])
        }
    }

    fn say_and_keep(&mut self, key: &str, variables: &[(&str, &str)]) {
        self.last_said = Some(self.prompt(key, variables));
        self.say(key, variables);
    }

    /// Says again what was said last, after the sentences of `keys`.
    fn repeat(&mut self, keys: &[&str]) {
        self.ear.rest();
        let mut texts: Vec<(String, bool)> = keys.iter().map(|key| (self.prompt(key, &[]), false)).collect();
        match self.last_said.clone() {
            Some(words) => texts.push((words, false)),
            None => texts.push((self.prompt("repeat.nothing", &[]), false)),
        }
        if matches!(self.state, State::Talking(Awaiting::Another)) {
            texts.push((self.another(), false));
        }
        self.speak(super::Purpose::Reply, texts);
    }

    fn escalate(&mut self, text: String, reason: Reason, first: Option<&str>, now: Duration) {
        self.open_record(text, Decision::Escalate, reason, now);
        self.hand_over_for(reason, first);
    }

    fn hand_over_for(&mut self, reason: Reason, first: Option<&str>) {
        let department = self.current.as_ref().map(|topic| topic.department.clone());
        self.hand_over(reason, department.as_deref(), first);
    }

    /// An engine failed or is too late: the caller is not made to pay for it twice.
    pub(super) fn fault(&mut self, now: Duration) {
        if !matches!(self.state, State::Talking(_) | State::MessageOffered | State::TakingMessage(_)) {
            return;
        }
        self.stop_speaking();
        if matches!(self.state, State::Talking(_)) {
            self.escalate(String::new(), Reason::EngineFault, None, now);
        } else {
            self.farewell(&["message.none"]);
        }
    }

    pub(super) fn on_silence(&mut self, now: Duration) {
        self.silences += 1;
        match self.state {
            State::MessageOffered => self.farewell(&["message.none"]),
            State::TakingMessage(ref text) if !text.is_empty() => self.keep_message(now),
            State::TakingMessage(_) => self.farewell(&["message.none"]),
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
        if !talking || self.held {
            return;
        }
        let command = match (digit, &self.state) {
            ('0', State::Talking(_)) => Command::Agent,
            ('*', _) => Command::Repeat,
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

    fn add_to_message(&mut self, heard: &Heard, now: Duration) {
        self.ear.forget();
        let State::TakingMessage(text) = &mut self.state else { return };
        if !heard.text.is_empty() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&heard.text);
        }
        if !text.is_empty() {
            self.stop_speaking();
            self.timers.set(super::Timer::MessageEnd, now + self.line.settings.message_end);
        } else {
            self.arm_silence(now);
        }
    }

    /// Begins the record of a turn; what the reply says is added as it is spoken.
    pub(super) fn open_record(&mut self, heard: String, decision: Decision, reason: Reason, now: Duration) {
        self.close_record(false);
        self.turns += 1;
        let words = std::mem::take(&mut self.ear.heard);
        let heard_something = !heard.is_empty();
        let mut stages = Stages::default();
        if let Some(clock) = self.ear.clock() {
            let millis = |d: Duration| u32::try_from(d.as_millis()).unwrap_or(u32::MAX);
            stages.end_of_turn = Some(millis(clock.end_of_turn.saturating_sub(clock.end_of_speech)));
            stages.asr = heard_something.then_some(words.asr_ms);
            stages.asr_wait = Some(millis(clock.heard.saturating_sub(clock.end_of_turn)));
            stages.search = Some(millis(clock.decided.saturating_sub(clock.heard)));
        }
        self.record = Some(TurnRecord {
            turn: self.turns,
            at: self.timestamp(now),
            word_probabilities: words.words.iter().map(|w| (w.text.clone(), w.probability)).collect(),
            hearing_confidence: heard_something.then_some(words.confidence),
            heard,
            decision,
            entry: None,
            version: None,
            service_public: Vec::new(),
            probability: None,
            reason,
            candidates: Vec::new(),
            said: String::new(),
            interrupted: false,
            voice_to_voice_ms: None,
            stages,
        });
    }

    fn describe(&mut self, candidate: &Candidate, found: &Found) {
        if let Some(record) = &mut self.record {
            record.entry = Some(candidate.topic.entry.clone());
            record.version = Some(candidate.topic.version);
            record.service_public.clone_from(&candidate.topic.service_public);
            record.probability = Some(candidate.probability);
        }
        self.describe_candidates(found);
    }

    fn describe_candidates(&mut self, found: &Found) {
        if let Some(record) = &mut self.record {
            record.candidates = found
                .candidates
                .iter()
                .take(3)
                .map(|c| TurnCandidate {
                    entry: c.topic.entry.clone(),
                    service_public: c.topic.service_public.clone(),
                    probability: c.probability,
                })
                .collect();
        }
    }
}

/// The prompt that names two or three choices, and its variables.
fn named<'a>(labels: &'a [String], two: &'a str, three: &'a str) -> (&'a str, Vec<(&'a str, &'a str)>) {
    const NAMES: [&str; 3] = ["label", "label2", "label3"];
    let key = if labels.len() > 2 { three } else { two };
    (key, NAMES.into_iter().zip(labels.iter().map(String::as_str)).collect())
}

/// What follows « non » when it is a new question.
fn after_refusal(text: &str) -> Option<String> {
    let rest = text.trim().strip_prefix("Non").or_else(|| text.trim().strip_prefix("non"))?;
    let rest = rest.trim_start_matches([',', '.', ' ', '!', '…']);
    (rest.split_whitespace().count() >= NEW_QUESTION_WORDS).then(|| rest.to_owned())
}
