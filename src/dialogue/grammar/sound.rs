//! The command that a sound is, where its words say nothing: by the phrases that fit it, and by the ear.

use super::{Command, Grammar};
use crate::dialogue::ear::MEANINGS;
use crate::dialogue::{Heard, PhraseScore};

/// How sure the sound must be of a phrase (log-likelihood ratio against digital silence), and by how much
/// it must beat the next meaning. Measured: see `docs/ARCHITECTURE.md`, « Commands on the sound ».
#[derive(Debug, Clone, PartialEq)]
pub struct SoundThresholds {
    /// Anywhere in a call.
    pub score: f32,
    pub margin: f32,
    /// By how much what does no harm, saying it again, must.
    pub harmless_margin: f32,
    /// The score of what cannot be undone, a human or the end of the call, when the words were badly heard.
    pub final_score: f32,
    /// The same when the words were refused, so that nothing speaks for something else.
    pub final_unheard: f32,
    /// Below this hearing confidence they were.
    pub badly_heard: f32,
    /// When the line has just asked for exactly this (yes or no, first or second).
    pub expected_score: f32,
    pub expected_margin: f32,
    /// An order that is not sure enough by itself is taken for the expected answer unless it beats it by this.
    pub expected_ahead: f32,
    /// Above this the sound is no short command, milliseconds.
    pub longest_ms: u32,
    /// The same for the ear.
    pub ear_longest_ms: u32,
    /// How many times likelier an awaited answer is than what the ear learned from.
    pub ear_awaited: f32,
    /// How likely the ear must find an awaited answer, an order, one that cannot be undone, and that it is none.
    pub ear_expected: f32,
    pub ear_order: f32,
    pub ear_final: f32,
    pub ear_none: f32,
}

impl Default for SoundThresholds {
    fn default() -> Self {
        Self {
            score: 3.0,
            margin: 2.0,
            harmless_margin: 1.0,
            final_score: 5.0,
            final_unheard: 4.0,
            badly_heard: 0.3,
            expected_score: 0.5,
            expected_margin: 0.5,
            expected_ahead: 2.0,
            longest_ms: 2_500,
            ear_longest_ms: 3_500,
            ear_awaited: 3.0,
            ear_expected: 0.6,
            ear_order: 0.7,
            ear_final: 0.85,
            ear_none: 0.95,
        }
    }
}

impl Grammar {
    /// The command that the sound is, when its words say nothing: the best phrase, if it stands out. A meaning that the
    /// hearing gave no score is one that the sound contradicts.
    pub fn by_sound(&self, heard: &Heard, expected: &[Command], thresholds: &SoundThresholds) -> Option<Command> {
        if heard.duration_ms > thresholds.longest_ms {
            return None;
        }
        let best = heard.phrases.first()?;
        let command = self.meant(best)?;
        let next = heard.phrases.iter().find(|other| other.phrase.meaning != best.phrase.meaning);
        let margin = next.map_or(f32::INFINITY, |next| best.score - next.score);
        let (score_floor, margin_floor) = if expected.contains(&command) {
            (thresholds.expected_score, thresholds.expected_margin)
        } else {
            let is_final = matches!(command, Command::Agent | Command::Goodbye);
            let badly_heard = heard.confidence < thresholds.badly_heard;
            let floor = match (is_final && badly_heard, heard.text.is_empty()) {
                (false, _) => thresholds.score,
                (true, true) => thresholds.final_unheard,
                (true, false) => thresholds.final_score,
            };
            let harmless = matches!(command, Command::Repeat | Command::Slower);
            (floor, if harmless { thresholds.harmless_margin } else { thresholds.margin })
        };
        let sure = best.score >= score_floor && margin >= margin_floor;
        if sure { Some(command) } else { self.expected_by_sound(heard, expected, thresholds) }
    }

    /// The expected answer that the sound is, though an order that was not asked for scores as well or a little better:
    /// who has just been asked for yes or no says yes or no.
    fn expected_by_sound(&self, heard: &Heard, expected: &[Command], limits: &SoundThresholds) -> Option<Command> {
        let mut answers = heard.phrases.iter().filter_map(|scored| Some((self.meant(scored)?, scored.score)));
        let (best, ahead) = (heard.phrases.first()?.score, limits.expected_ahead);
        let (command, score) = answers.find(|(command, _)| expected.contains(command))?;
        let next = answers.find(|(other, _)| *other != command && expected.contains(other));
        let margin = next.map_or(f32::INFINITY, |(_, next)| score - next);
        let sure = score >= limits.expected_score && margin >= limits.expected_margin && best - score < ahead;
        sure.then_some(command)
    }

    /// The command that a sound is all but certainly, by its first signs; `Some(None)` when it is all but certainly none,
    /// `None` when that cannot be said.
    pub fn by_ear(&self, heard: &Heard, expected: &[Command], limits: &SoundThresholds) -> Option<Option<Command>> {
        if heard.duration_ms > limits.ear_longest_ms {
            return None;
        }
        let scored = |command| self.best_score(heard, command);
        let mut likely = self.ear.as_ref()?.judge(heard, scored)?;
        for (meaning, share) in MEANINGS.iter().zip(&mut likely) {
            let awaited = expected.contains(meaning);
            let answers = matches!(meaning, Command::Yes | Command::No);
            // Yes and no answer a question; an order is given at any time, the rarer for what was asked.
            *share *= if awaited { limits.ear_awaited } else { f32::from(!answers) };
        }
        let sum: f32 = likely.iter().sum();
        let (best, share) = likely.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        let meaning = MEANINGS.get(best).copied();
        let least = match meaning {
            Some(command) if expected.contains(&command) => limits.ear_expected,
            Some(Command::Agent | Command::Goodbye) => limits.ear_final,
            Some(_) => limits.ear_order,
            None => limits.ear_none,
        };
        (*share >= least * sum).then_some(meaning)
    }

    /// How well the best of a command's phrases fits the sound; `None` when the sound contradicts them all.
    pub fn best_score(&self, heard: &Heard, command: Command) -> Option<f32> {
        heard.phrases.iter().find(|scored| self.meant(scored) == Some(command)).map(|scored| scored.score)
    }

    fn meant(&self, scored: &PhraseScore) -> Option<Command> {
        self.rules.iter().find(|rule| rule.name == scored.phrase.meaning).map(|rule| rule.command)
    }
}
