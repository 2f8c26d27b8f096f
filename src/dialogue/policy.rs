//! From probabilities to one of four decisions.

use std::sync::Arc;

use super::{Candidate, Found, Topic};

/// The thresholds of a decision. The next step replaces them by the cost of each mistake.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// At or above it the entry is said without asking.
    pub answer_at: f32,
    /// At or above it the line asks « Vous demandez bien… ? ».
    pub confirm_at: f32,
    /// Two candidates at least this probable each, and close, are named to choose from.
    pub clarify_at: f32,
    /// Candidates are close when the next has at least this share of the best one's probability.
    pub close_ratio: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { answer_at: 0.8, confirm_at: 0.5, clarify_at: 0.15, close_ratio: 0.5 }
    }
}

/// What to do with a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Answer(Candidate),
    Confirm(Candidate),
    /// Two or three candidates of different entries.
    Clarify(Vec<Candidate>),
    /// Not sure enough for anything: a human.
    Unsure,
    /// Only a human may treat it. The department of the nearest entry, when there is one.
    Private(Option<Arc<Topic>>),
    /// Danger or despair in words that are no command of their own.
    Distress,
}

/// Decides on what the base holds for a question.
pub fn decide(found: &Found, settings: &Settings) -> Verdict {
    if found.distress {
        return Verdict::Distress;
    }
    let Some(best) = found.candidates.first() else {
        return if found.private { Verdict::Private(None) } else { Verdict::Unsure };
    };
    if found.private || (best.topic.private && best.probability >= settings.confirm_at) {
        return Verdict::Private(Some(Arc::clone(&best.topic)));
    }
    if best.probability >= settings.answer_at {
        return Verdict::Answer(best.clone());
    }
    let close: Vec<Candidate> = found
        .candidates
        .iter()
        .filter(|other| {
            !other.topic.private
                && other.probability >= settings.clarify_at
                && other.probability >= best.probability * settings.close_ratio
        })
        .take(3)
        .cloned()
        .collect();
    if close.len() >= 2 {
        return Verdict::Clarify(close);
    }
    if best.probability >= settings.confirm_at { Verdict::Confirm(best.clone()) } else { Verdict::Unsure }
}
