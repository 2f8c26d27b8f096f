//! What the dialogue expects to hear where it stands: the hearing's prompt, the phrases scored on the sound, and the
//! commands that answer.

use super::message::Step;
use super::{Awaiting, Call, Line, State};
use crate::dialogue::grammar::{Command, SoundThresholds};
use crate::dialogue::{Expectation, Heard};

/// Commands that make sense at any time.
const ALWAYS: &[Command] = &[Command::Agent, Command::Repeat, Command::Slower, Command::Goodbye];
/// An utterance, with the half second of silence around it, that is too short for a question.
const ONE_WORD_MS: u32 = 1_000;
/// The most choices that are offered at once.
const MOST_CHOICES: usize = 3;

/// What the line has asked, as the hearing needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// An open question, « que puis-je faire pour vous ? ».
    Question,
    /// « Avez-vous une autre question ? »: yes, no, or the question itself.
    Another,
    /// Yes or no about this: « un acte de naissance »; empty when there is nothing to name.
    YesNo(String),
    /// Two or three choices by their names.
    Choice(Vec<String>),
    /// Words to be kept as they are said, a name or a number, with what primes the hearing of them: no phrase is
    /// scored, for everything that is said there sounds like a command to somebody.
    Words(String),
}

impl Asked {
    /// The commands that answer what was asked.
    pub fn commands(&self) -> Vec<Command> {
        match self {
            Self::Another | Self::YesNo(_) => vec![Command::Yes, Command::No],
            Self::Choice(labels) => {
                [Command::First, Command::Second, Command::Third].into_iter().take(labels.len()).collect()
            }
            Self::Question | Self::Words(_) => Vec::new(),
        }
    }

    /// What primes the recognizer. An open question has no prompt: it would cost 0.4 s of hearing, and be recited over
    /// noise.
    fn prompt(&self) -> String {
        match self {
            Self::YesNo(about) if about.is_empty() => "Oui. Non merci.".into(),
            Self::YesNo(about) => format!("Oui. Non. {about}."),
            Self::Choice(labels) => format!("Le premier. Le deuxième. {}.", labels.join(". ")),
            Self::Words(prompt) => prompt.clone(),
            Self::Question | Self::Another => String::new(),
        }
    }
}

impl Line {
    pub fn expectation(&self, asked: &Asked) -> Expectation {
        let phrases = match asked {
            Asked::Words(_) => Vec::new(),
            asked => self.grammar.phrases(&asked.commands(), ALWAYS),
        };
        Expectation { prompt: asked.prompt(), phrases, signs: self.grammar.signs() }
    }

    /// Every expectation of a call as far as its phrases go: what the hearing can prepare before the first one.
    pub fn expectations(&self) -> Vec<Expectation> {
        let choices = vec![String::new(); MOST_CHOICES];
        [Asked::Question, Asked::YesNo(String::new()), Asked::Choice(choices)]
            .iter()
            .map(|asked| self.expectation(asked))
            .collect()
    }

    /// The command that an utterance is: by its words, else by its sound, else by words all but right.
    pub fn command(&self, heard: &Heard, asked: &Asked) -> Option<Command> {
        self.command_within(heard, asked, &self.settings.sound)
    }

    /// The same with other thresholds; for measures.
    pub fn command_within(&self, heard: &Heard, asked: &Asked, thresholds: &SoundThresholds) -> Option<Command> {
        let awaited = match asked {
            // A new question is as likely as a yes or a no, unless there was no time for one.
            Asked::Another if heard.duration_ms > ONE_WORD_MS => Vec::new(),
            asked => asked.commands(),
        };
        let by_sound = || match self.grammar.by_ear(heard, &awaited, thresholds) {
            Some(judged) => judged,
            None => self.grammar.by_sound(heard, &awaited, thresholds),
        };
        let nearly = || self.grammar.nearly_by_words(&heard.text);
        // A polite word may be all that was understood: « non merci » heard « merci ».
        let loud = || heard.phrases.first().filter(|best| best.score >= thresholds.final_score);
        match self.grammar.by_words(&heard.text) {
            Some(Command::Backchannel) => loud().and_then(|_| by_sound()).or(Some(Command::Backchannel)),
            by_words => by_words.or_else(by_sound).or_else(nearly),
        }
    }
}

impl Call {
    pub(super) fn asked(&self) -> Asked {
        match &self.state {
            State::Talking(Awaiting::Confirm(candidate)) => Asked::YesNo(candidate.topic.label.clone()),
            State::Talking(Awaiting::Another) => Asked::Another,
            State::Talking(Awaiting::Agent) | State::MessageOffered => Asked::YesNo(String::new()),
            State::Talking(Awaiting::Choice { among, .. }) => {
                Asked::Choice(among.iter().map(|candidate| candidate.topic.label.clone()).collect())
            }
            State::TakingMessage(taking) => match taking.step {
                Step::Subject => Asked::Words(String::new()),
                Step::Name => Asked::Words(self.line.exact.name.prompt.clone()),
                Step::Number => Asked::Words(self.line.exact.telephone.prompt.clone()),
                _ => Asked::YesNo(String::new()),
            },
            _ => Asked::Question,
        }
    }

    pub(super) fn expectation(&self) -> Expectation {
        self.line.expectation(&self.asked())
    }
}
