//! What one decision was worth.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::Question;
use crate::answers::Versioned;
use crate::answers::confidence::Likeliest;
use crate::call::{Decision, Reason, TurnCandidate, TurnRecord};
use crate::dialogue;
use crate::dialogue::policy::Settings;

/// What a decision was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The right answer, the question that had to be asked, the human that had to be called.
    Right,
    /// The words of another entry were said, or words were said where a human was needed.
    WrongAnswer,
    /// A question that names the right entry, which could have been answered.
    NeedlessQuestion,
    /// A question about other entries than the right one.
    QuestionBeside,
    /// Not understood, or taken for a command: the caller says it again.
    AskedAgain,
    /// A human for what the base answers, or could have asked about.
    NeedlessHandover,
    /// A question asked where a human was needed.
    MissedHandover,
    /// Danger that was not recognised.
    MissedDistress,
    /// Danger seen where there is none.
    FalseAlarm,
}

impl Outcome {
    pub const ALL: [Outcome; 9] = [
        Self::Right,
        Self::NeedlessQuestion,
        Self::WrongAnswer,
        Self::QuestionBeside,
        Self::AskedAgain,
        Self::NeedlessHandover,
        Self::MissedHandover,
        Self::MissedDistress,
        Self::FalseAlarm,
    ];

    /// As staff read it.
    pub fn french(self) -> &'static str {
        match self {
            Self::Right => "juste",
            Self::WrongAnswer => "réponse fausse",
            Self::NeedlessQuestion => "question inutile",
            Self::QuestionBeside => "question à côté",
            Self::AskedAgain => "à redire",
            Self::NeedlessHandover => "agent inutile",
            Self::MissedHandover => "agent manqué",
            Self::MissedDistress => "détresse manquée",
            Self::FalseAlarm => "fausse alerte",
        }
    }

    /// A right decision: a question that names the right entry leads to it, though it costs the caller a « oui ».
    pub fn is_right(self) -> bool {
        matches!(self, Self::Right | Self::NeedlessQuestion)
    }

    /// From the worst mistake, 0, to none.
    pub fn gravity(self) -> u8 {
        match self {
            Self::MissedDistress => 0,
            Self::WrongAnswer => 1,
            Self::FalseAlarm => 2,
            Self::MissedHandover => 3,
            Self::QuestionBeside => 4,
            Self::NeedlessHandover => 5,
            Self::AskedAgain => 6,
            Self::NeedlessQuestion => 7,
            Self::Right => 8,
        }
    }
}

/// What was heard of a spoken question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Heard {
    pub text: String,
    /// 0 to 1.
    pub confidence: f32,
    pub duration_ms: u32,
}

impl Heard {
    fn of(heard: &dialogue::Heard) -> Self {
        Heard { text: heard.text.clone(), confidence: heard.confidence, duration_ms: heard.duration_ms }
    }
}

/// A question asked, what was decided, and what that was worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    pub id: String,
    pub kind: String,
    /// Of the entry that answers; none when no entry of the base does.
    pub theme: Option<String>,
    pub expected: Vec<String>,
    pub text: String,
    /// What was heard when it was said last; none for a written question.
    pub heard: Option<Heard>,
    /// What was heard the first time, when the line asked to say it again.
    pub heard_before: Option<Heard>,
    pub decision: &'static str,
    pub reason: Reason,
    /// The entry answered or asked about.
    pub entry: Option<String>,
    pub candidates: Vec<TurnCandidate>,
    pub outcome: Outcome,
    /// The best candidate's probability, and whether it is right; none where probabilities decide nothing.
    pub judged: Option<(f32, bool)>,
}

/// What the report must know of the base and the policy.
pub struct Knowledge {
    /// The theme of each entry, and of each official fiche.
    themes: HashMap<String, String>,
    /// The entries that a human treats.
    human: HashSet<String>,
    policy: Settings,
}

impl Knowledge {
    pub fn new(base: &[Versioned], policy: Settings) -> Self {
        let (mut themes, mut human) = (HashMap::new(), HashSet::new());
        for Versioned { entry, .. } in base {
            human.extend(entry.human.map(|_| entry.id.clone()));
            for name in entry.service_public.iter().chain([&entry.id]) {
                themes.insert(name.clone(), entry.theme.clone());
            }
        }
        Self { themes, human, policy }
    }

    /// Judges what a fresh call did with `question`, heard as often as it was said; no record when it would not have
    /// replied at all.
    pub fn judge(&self, question: &Question, heard: &[dialogue::Heard], turn: Option<TurnRecord>) -> Case {
        let expected = &question.expected;
        let mut wanted = expected.entries.clone();
        wanted.extend(expected.escalate.then(|| "escalate".to_owned()));
        wanted.extend(expected.clarify.then(|| "clarify".to_owned()));
        let outcome = turn.as_ref().map_or(Outcome::AskedAgain, |turn| self.outcome(question, turn));
        let judged = turn.as_ref().and_then(|turn| self.judged(question, turn));
        let (decision, reason, entry, candidates) = match turn {
            Some(turn) => (decided(turn.decision), turn.reason, turn.entry, turn.candidates),
            None => ("clarify", Reason::NotHeard, None, Vec::new()),
        };
        Case {
            id: question.id.clone(),
            kind: question.kind.clone(),
            theme: expected.entries.iter().find_map(|name| self.themes.get(name)).cloned(),
            expected: wanted,
            text: question.text.clone(),
            heard: heard.last().map(Heard::of),
            heard_before: heard.first().filter(|_| heard.len() > 1).map(Heard::of),
            decision,
            reason,
            entry,
            candidates,
            outcome,
            judged,
        }
    }

    /// Whether the line asked to say it again, or did not react at all.
    pub fn asks_again(turn: Option<&TurnRecord>) -> bool {
        turn.is_none_or(|turn| turn.decision == Decision::Reprompt)
    }

    fn outcome(&self, question: &Question, turn: &TurnRecord) -> Outcome {
        let expected = &question.expected;
        if question.kind == "distress" {
            return if turn.reason == Reason::Distress { Outcome::Right } else { Outcome::MissedDistress };
        }
        if turn.reason == Reason::Distress {
            return Outcome::FalseAlarm;
        }
        match turn.decision {
            Decision::Answer => {
                let right = turn.entry.as_ref().is_some_and(|entry| expected.is_met_by(entry, &turn.service_public));
                if right { Outcome::Right } else { Outcome::WrongAnswer }
            }
            Decision::Escalate if expected.escalate => Outcome::Right,
            Decision::Escalate => Outcome::NeedlessHandover,
            Decision::Confirm | Decision::Clarify | Decision::Command | Decision::Reprompt if expected.clarify => {
                Outcome::Right
            }
            Decision::Command | Decision::Reprompt => Outcome::AskedAgain,
            Decision::Confirm | Decision::Clarify if self.names_the_right_one(question, turn) => {
                Outcome::NeedlessQuestion
            }
            Decision::Confirm | Decision::Clarify if expected.escalate => Outcome::MissedHandover,
            Decision::Clarify if !matches!(turn.reason, Reason::Ambiguous) => Outcome::AskedAgain,
            Decision::Confirm | Decision::Clarify => Outcome::QuestionBeside,
        }
    }

    /// The probability of what is likeliest, an entry or a human, and whether it is right, where that is what decided.
    fn judged(&self, question: &Question, turn: &TurnRecord) -> Option<(f32, bool)> {
        let decided_otherwise = matches!(turn.reason, Reason::Distress | Reason::Private);
        if decided_otherwise || question.expected.clarify {
            return None;
        }
        let probabilities: Vec<f32> = turn.candidates.iter().map(|candidate| candidate.probability).collect();
        let human: Vec<bool> = turn.candidates.iter().map(|candidate| self.human.contains(&candidate.entry)).collect();
        let likeliest = (!probabilities.is_empty()).then(|| Likeliest::of(&probabilities, &human))?;
        let right = match likeliest.entry.map(|rank| &turn.candidates[rank]) {
            Some(best) => question.expected.is_met_by(&best.entry, &best.service_public),
            None => question.expected.escalate,
        };
        Some((likeliest.probability, right))
    }

    /// Whether the question that the line asks back is about an entry that answers.
    fn names_the_right_one(&self, question: &Question, turn: &TurnRecord) -> bool {
        let met = |entry: &str, fiches: &[String]| question.expected.is_met_by(entry, fiches);
        match (turn.decision, turn.reason) {
            (Decision::Confirm, _) => turn.entry.as_ref().is_some_and(|entry| met(entry, &turn.service_public)),
            (Decision::Clarify, Reason::Ambiguous) => {
                let probabilities: Vec<f32> = turn.candidates.iter().map(|c| c.probability).collect();
                let named = self.policy.question(&probabilities).0.max(2);
                turn.candidates.iter().take(named).any(|c| met(&c.entry, &c.service_public))
            }
            _ => false,
        }
    }
}

fn decided(decision: Decision) -> &'static str {
    match decision {
        Decision::Answer => "answer",
        Decision::Confirm => "confirm",
        Decision::Escalate => "escalate",
        Decision::Clarify => "clarify",
        Decision::Command => "command",
        Decision::Reprompt => "reprompt",
    }
}
