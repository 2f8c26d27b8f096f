//! From words to a decision, and from a decision to what is said.

use std::time::Duration;

use super::{Asked, Awaiting, Call, Decision, Output, Purpose, Reason, State};
use crate::dialogue::grammar::Command;
use crate::dialogue::policy::{self, Verdict};
use crate::dialogue::{Candidate, Found, Heard};

/// Not understood this often in a row: a human.
pub(super) const MOST_FAILURES: u32 = 2;
/// A refusal followed by this many words asks something new (« non, je voudrais un acte de mariage »).
const NEW_QUESTION_WORDS: usize = 3;

impl Call {
    /// Acts on an utterance.
    pub(super) fn understand(&mut self, heard: Heard, voiced_ms: u32, now: Duration) {
        let asked = self.asked();
        let command = self.line.command(&heard, &asked);
        self.act(heard, command, &asked, voiced_ms, now);
    }

    /// Acts on an utterance, knowing which command it is.
    pub(super) fn act(&mut self, heard: Heard, command: Option<Command>, asked: &Asked, voiced_ms: u32, now: Duration) {
        if self.mouth.is_replying() && !self.interrupts(&heard, command, asked) {
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
        if matches!(self.state, State::TakingMessage(_)) && !matches!(command, Some(Command::Distress(_))) {
            self.on_message_words(heard, command, now);
            return;
        }
        match command {
            Some(command) => self.obey(command, heard, now),
            None if heard.text.is_empty() => self.not_heard(heard, now),
            None => self.ask_base(heard),
        }
    }

    /// Whether words said over our own speech are worth stopping it.
    fn interrupts(&self, heard: &Heard, command: Option<Command>, asked: &Asked) -> bool {
        match command {
            Some(Command::Backchannel | Command::Greeting) => false,
            Some(Command::Yes) => *asked != Asked::Another && asked.commands().contains(&Command::Yes),
            Some(_) => true,
            None => !heard.text.is_empty() && heard.confidence >= self.line.settings.interrupting,
        }
    }

    pub(super) fn reply(&mut self, key: &str) {
        self.ear.rest();
        self.say(key, &[]);
    }

    fn ask_base(&mut self, heard: Heard) {
        let Some(turn) = self.ear.current_turn().or(Some(self.next_turn)) else { return };
        let mut text = heard.text.clone();
        if matches!(self.state, State::Talking(Awaiting::Confirm(_) | Awaiting::Another | Awaiting::Choice { .. }))
            && let Some(rest) = after_refusal(&text)
        {
            text = rest;
        }
        let (confidence, sound) = (heard.confidence, heard.alternatives.clone());
        self.ear.heard = heard;
        self.ear.finding(turn);
        self.question.clone_from(&text);
        let current = self.current.as_ref().map(|topic| topic.entry.clone());
        self.out(Output::Lookup { turn, text, confidence, sound, current });
    }

    pub(super) fn on_found(&mut self, turn: super::TurnId, found: Found, now: Duration) {
        if !self.ear.is_finding(turn) {
            return;
        }
        if let Some(clock) = self.ear.clock() {
            clock.decided = now;
        }
        let text = self.ear.heard.text.clone();
        if matches!(self.state, State::MessageOffered) && !self.asks_instead(&found) {
            // What is said instead of yes or no is taken for the message itself.
            let heard = std::mem::take(&mut self.ear.heard);
            self.begin_message_with(heard, now);
            return;
        }
        if let Some((candidate, reason)) = self.settles_our_question(&found) {
            self.answer_found(text, &candidate, reason, &found, now);
            return;
        }
        match policy::decide(&found, &self.line.settings.policy) {
            Verdict::Answer(candidate) if self.lacks_detail(&candidate, &found) => {
                self.open_record(text, Decision::Clarify, Reason::FollowUp, now);
                self.describe(&candidate, &found);
                self.ear.rest();
                self.state = State::Talking(Awaiting::Agent);
                let label = candidate.topic.label.clone();
                self.say_and_keep("no_facet", &[("label", &label)]);
            }
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
                let own = own_question(&among);
                self.state = State::Talking(Awaiting::Choice { among, asked_again: false });
                if let Some(question) = own {
                    self.say_and_keep("clarify.own", &[("question", &question)]);
                } else {
                    let (key, variables) = named(&labels, "clarify.two", "clarify.three");
                    self.say_and_keep(key, &variables);
                }
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

    /// Whether the caller asks for a detail that the entry under discussion does not hold.
    fn lacks_detail(&self, candidate: &Candidate, found: &Found) -> bool {
        let same = self.current.as_ref().is_some_and(|topic| topic.entry == candidate.topic.entry);
        same && found.facet.is_some() && candidate.facet.is_none()
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
        } else if found.facet_alone && self.current.is_none() {
            self.open_record(text, Decision::Clarify, Reason::LowConfidence, now);
            self.describe_candidates(found);
            self.state = State::Talking(Awaiting::Question);
            self.reply("no_current");
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

    pub(super) fn not_heard(&mut self, heard: Heard, now: Duration) {
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

    pub(super) fn answer(&mut self, text: String, candidate: &Candidate, reason: Reason, now: Duration) {
        self.open_record(text, Decision::Answer, reason, now);
        self.describe(candidate, &Found::default());
        self.ear.rest();
        let topic = &candidate.topic;
        let words = match candidate.facet.and_then(|index| topic.facets.get(index)) {
            Some(facet) => facet.answer.clone(),
            None => topic.answer.clone(),
        };
        if self.current.as_ref().is_none_or(|current| current.entry != topic.entry) {
            self.answered.clear();
        }
        self.answered.extend(candidate.facet);
        self.current = Some(std::sync::Arc::clone(topic));
        self.failures = 0;
        self.answers += 1;
        self.last_said = Some(words.clone());
        self.state = State::Talking(Awaiting::Another);
        let another = self.another();
        self.speak(Purpose::Reply, vec![(words, false), (another, false)]);
    }

    pub(super) fn another(&self) -> String {
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

    pub(super) fn escalate(&mut self, text: String, reason: Reason, first: Option<&str>, now: Duration) {
        self.open_record(text, Decision::Escalate, reason, now);
        self.hand_over_for(reason, first);
    }

    pub(super) fn hand_over_for(&mut self, reason: Reason, first: Option<&str>) {
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
            let kept = self.record_message(now);
            self.farewell(&[if kept { "message.thanks" } else { "message.none" }]);
        }
    }
}

/// The prompt that names two or three choices, and its variables.
pub(super) fn named<'a>(labels: &'a [String], two: &'a str, three: &'a str) -> (&'a str, Vec<(&'a str, &'a str)>) {
    const NAMES: [&str; 3] = ["label", "label2", "label3"];
    let key = if labels.len() > 2 { three } else { two };
    (key, NAMES.into_iter().zip(labels.iter().map(String::as_str)).collect())
}

/// The question that staff wrote to tell these two apart.
fn own_question(among: &[Candidate]) -> Option<String> {
    let [one, other] = among else { return None };
    let asks = |from: &Candidate, to: &Candidate| {
        from.topic.distinguish.iter().find(|d| d.entry == to.topic.entry).map(|d| d.question.clone())
    };
    asks(one, other).or_else(|| asks(other, one))
}

/// What follows « non » when it is a new question.
fn after_refusal(text: &str) -> Option<String> {
    let rest = text.trim().strip_prefix("Non").or_else(|| text.trim().strip_prefix("non"))?;
    let rest = rest.trim_start_matches([',', '.', ' ', '!', '…']);
    (rest.split_whitespace().count() >= NEW_QUESTION_WORDS).then(|| rest.to_owned())
}
