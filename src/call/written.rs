//! A conversation in writing: words without a voice, buttons, and a patience of minutes.

use std::time::Duration;

use super::handover::announcement;
use super::message::Step;
use super::timer::Timer;
use super::{Asked, Awaiting, Call, Medium, Purpose, Reason, State};
use crate::dialogue::grammar::Command;
use crate::dialogue::policy::{self, Verdict};
use crate::dialogue::{Candidate, Found, Heard};

/// Silences before a written conversation is closed: it is announced at the first.
const MOST_IDLE: u32 = 2;
/// Once the service is about to stop, a conversation without a word is closed after this: time to finish a sentence and
/// send it, and no more than half of the usual grace of a stop.
pub(super) const CLOSING: Duration = Duration::from_secs(30);

/// What a button does, beyond its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    Command(Command),
    /// The follow-up of this index of the entry under discussion.
    Facet(usize),
}

/// A button: what may be answered at this point, without being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposition {
    pub text: String,
    pub means: Means,
}

impl Call {
    /// The answers that the conversation awaits where it stands, for buttons; any other may be written instead.
    pub fn propositions(&self) -> Vec<Proposition> {
        let command =
            |key: &str, command: Command| Proposition { text: self.prompt(key, &[]), means: Means::Command(command) };
        match &self.state {
            State::Talking(Awaiting::Confirm(_)) => {
                vec![command("written.button.yes", Command::Yes), command("written.button.no", Command::No)]
            }
            State::Talking(Awaiting::Choice { among, .. }) => {
                const NUMBERED: [Command; 3] = [Command::First, Command::Second, Command::Third];
                let named = among.iter().zip(NUMBERED).map(|(candidate, number)| Proposition {
                    text: capital(&candidate.topic.label),
                    means: Means::Command(number),
                });
                named.chain([command("written.button.other", Command::No)]).collect()
            }
            State::Talking(Awaiting::Agent) => {
                vec![command("written.button.agent", Command::Yes), command("written.button.no", Command::No)]
            }
            State::Talking(Awaiting::Another) => {
                let mut propositions = self.follow_ups();
                propositions.push(command("written.button.agent", Command::Agent));
                propositions.push(command("written.button.done", Command::No));
                propositions
            }
            State::MessageOffered => {
                vec![command("written.button.message", Command::Yes), command("written.button.no_message", Command::No)]
            }
            State::TakingMessage(taking) => match taking.step {
                Step::SubjectCheck => vec![
                    command("written.button.subject", Command::Yes),
                    command("written.button.rewrite", Command::No),
                ],
                Step::Review => vec![
                    command("written.button.send", Command::Yes),
                    command("written.button.fix_subject", Command::First),
                    command("written.button.fix_name", Command::Second),
                    command("written.button.fix_contact", Command::Third),
                    command("written.button.no_message", Command::No),
                ],
                _ => vec![command("written.button.no_message", Command::Goodbye)],
            },
            _ => Vec::new(),
        }
    }

    /// The turn that what is said belongs to; 0 for the greeting.
    pub fn turn(&self) -> u32 {
        self.turns
    }

    /// Why the turn under way is answered as it is.
    pub fn reason(&self) -> Option<Reason> {
        self.record.as_ref().map(|record| record.reason)
    }

    /// The official page of the entry under discussion, with the entry's name.
    pub fn source(&self) -> Option<(&str, &str)> {
        let topic = self.current.as_ref().filter(|_| matches!(self.state, State::Talking(Awaiting::Another)))?;
        topic.source.as_deref().map(|address| (topic.label.as_str(), address))
    }

    /// The follow-ups of the entry under discussion that have not been answered and have a usual wording.
    fn follow_ups(&self) -> Vec<Proposition> {
        let Some(topic) = &self.current else { return Vec::new() };
        let worded = topic.facets.iter().enumerate().filter(|(index, _)| !self.answered.contains(index));
        let worded = worded.filter_map(|(index, facet)| {
            let text = self.prompt(&format!("written.facet.{}", facet.kind), &[]);
            (!text.is_empty()).then_some(Proposition { text, means: Means::Facet(index) })
        });
        worded.collect()
    }

    pub(super) fn on_written(&mut self, text: String, means: Option<Means>, now: Duration) {
        if matches!(self.state, State::Ringing | State::HandingOver(_) | State::Ending | State::Over) {
            return;
        }
        self.timers.cancel(Timer::Silence);
        self.ear.forget();
        self.next_turn += 1;
        let text = if text.contains(char::is_alphanumeric) { text } else { String::new() };
        let heard = Heard { text, confidence: 1.0, ..Heard::default() };
        let asked = self.asked();
        match means {
            Some(Means::Facet(index)) => self.follow_up(heard, index, now),
            Some(Means::Command(command)) => self.act(heard, Some(command), &asked, u32::MAX, now),
            None => {
                let command = self.line.command(&heard, &asked).map(|command| match command {
                    // « D'accord » after « vous demandez bien… ? ».
                    Command::Backchannel if matches!(asked, Asked::YesNo(_)) => Command::Yes,
                    command => command,
                });
                self.act(heard, command, &asked, u32::MAX, now);
            }
        }
    }

    /// A follow-up whose button was pressed.
    fn follow_up(&mut self, heard: Heard, index: usize, now: Duration) {
        let Some(topic) = self.current.clone().filter(|topic| topic.facets.len() > index) else { return };
        self.silences = 0;
        let text = heard.text.clone();
        self.question.clone_from(&text);
        self.ear.heard = heard;
        let candidate = Candidate { topic, facet: Some(index), probability: 1.0, score: 1.0 };
        self.answer(text, &candidate, Reason::FollowUp, now);
    }

    /// Whether words written instead of yes or no, when a message was offered, are a question that the base knows.
    pub(super) fn asks_instead(&self, found: &Found) -> bool {
        self.line.settings.medium == Medium::Writing
            && matches!(policy::decide(found, &self.line.settings.policy), Verdict::Answer(_) | Verdict::Confirm(_))
    }

    /// No human is rung in writing: why one is wanted, then a message for staff.
    pub(super) fn open_message(&mut self, reason: Reason, mut texts: Vec<(String, bool)>) {
        self.silences = 0;
        if reason == Reason::Distress {
            // Nobody reads along: only the number helps.
            texts.push((self.prompt(announcement(reason), &[]), false));
            self.state = State::Talking(Awaiting::Question);
            self.speak(Purpose::Reply, texts);
        } else if !self.line.settings.accept_messages {
            texts.push((self.prompt("written.no_messages", &[]), false));
            self.state = State::Talking(Awaiting::Question);
            self.failures = 0;
            self.speak(Purpose::Reply, texts);
        } else if reason == Reason::Requested {
            texts.push((self.prompt(announcement(reason), &[]), false));
            self.speak(Purpose::Reply, texts);
            self.begin_message();
        } else {
            texts.push((self.prompt(announcement(reason), &[]), false));
            texts.push((self.prompt("message.offer", &[]), false));
            self.state = State::MessageOffered;
            self.speak(Purpose::Reply, texts);
        }
    }

    /// The citizen wants to leave no message: by telephone that is the end, in writing it is not.
    pub(super) fn no_message(&mut self) {
        if self.line.settings.medium == Medium::Voice {
            self.farewell(&["message.none"]);
            return;
        }
        self.failures = 0;
        self.state = State::Talking(Awaiting::Question);
        self.say("message.none", &[]);
    }

    /// Nothing has been written for minutes.
    pub(super) fn on_idle(&mut self) {
        if self.closing {
            self.stop();
            return;
        }
        if self.silences >= MOST_IDLE {
            self.farewell(&["written.idle.closed"]);
            return;
        }
        let minutes = self.line.settings.silence.as_secs().div_ceil(60);
        let left = if minutes > 1 { format!("{minutes} minutes") } else { "une minute".to_owned() };
        self.say("written.idle.soon", &[("left", &left)]);
    }

    /// The service will stop: a page that was only opened is told at once, a conversation is let come to its end.
    pub(super) fn on_closing(&mut self) {
        let open = matches!(self.state, State::Talking(_) | State::MessageOffered | State::TakingMessage(_));
        if self.line.settings.medium == Medium::Voice || self.closing || !open {
            return;
        }
        self.closing = true;
        if self.next_turn == 0 {
            self.stop();
        } else {
            self.say("written.stopping", &[("left", &format!("{} secondes", CLOSING.as_secs()))]);
        }
    }

    /// What a message for staff begins with: the question asked last, and what it was about.
    pub(super) fn asked_before(&self) -> String {
        let question = self.question.trim();
        match &self.current {
            Some(topic) if !question.is_empty() => format!("{question} (à propos de : {})", topic.label),
            _ => question.to_owned(),
        }
    }
}

/// « un acte de naissance » → « Un acte de naissance ».
fn capital(label: &str) -> String {
    let mut rest = label.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
