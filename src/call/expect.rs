//! What the dialogue expects to hear where it stands: the hearing's prompt and the phrases scored on the sound.

use super::{Awaiting, Call, State};
use crate::dialogue::Expectation;
use crate::dialogue::grammar::Command;

/// Commands that make sense at any time.
const ALWAYS: &[Command] = &[Command::Agent, Command::Repeat, Command::Slower, Command::Goodbye];

impl Call {
    /// The commands that answer what the line has just asked.
    pub(super) fn expected_commands(&self) -> Vec<Command> {
        match &self.state {
            State::Talking(Awaiting::Confirm(_) | Awaiting::Another | Awaiting::Agent) | State::MessageOffered => {
                vec![Command::Yes, Command::No]
            }
            State::Talking(Awaiting::Choice { among, .. }) => {
                [Command::First, Command::Second, Command::Third].into_iter().take(among.len()).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn expectation(&self) -> Expectation {
        if matches!(self.state, State::TakingMessage(_)) {
            return Expectation::default();
        }
        let expected = self.expected_commands();
        let phrases = self.line.grammar.phrases(&expected, ALWAYS);
        // An open question has no prompt: it would cost 0.4 s of hearing, and be recited over noise.
        let prompt = match &self.state {
            State::Talking(Awaiting::Confirm(candidate)) => format!("Oui. Non. {}.", candidate.topic.label),
            State::Talking(Awaiting::Choice { among, .. }) => {
                let labels: Vec<_> = among.iter().map(|c| c.topic.label.as_str()).collect();
                format!("Le premier. Le deuxième. {}.", labels.join(". "))
            }
            State::MessageOffered | State::Talking(Awaiting::Agent) => "Oui. Non merci.".into(),
            _ => String::new(),
        };
        Expectation { prompt, phrases }
    }
}
