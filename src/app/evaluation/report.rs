//! The cases counted: by outcome, kind and theme, coverage against risk, calibration, the worst mistakes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Case, Outcome};
use crate::answers::calibrate::reliability;

/// Bars of the reliability diagram.
const BINS: usize = 10;
/// Mistakes told one by one.
const WORST: usize = 5;

/// How many of each outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub questions: usize,
    pub outcomes: BTreeMap<Outcome, usize>,
}

impl Counts {
    fn of<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Self {
        let mut counts = Counts::default();
        for case in cases {
            counts.questions += 1;
            *counts.outcomes.entry(case.outcome).or_default() += 1;
        }
        counts
    }

    pub fn of_outcome(&self, outcome: Outcome) -> usize {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// Share of right decisions, 0 to 1; 0 without a question.
    pub fn right(&self) -> f32 {
        let right: usize = self.outcomes.iter().filter(|(outcome, _)| outcome.is_right()).map(|(_, n)| n).sum();
        share(right, self.questions)
    }

    /// Share of wrong answers, 0 to 1.
    pub fn wrong(&self) -> f32 {
        share(self.of_outcome(Outcome::WrongAnswer), self.questions)
    }
}

pub(super) fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// What would happen if everything at or above a probability were answered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// The lowest probability answered.
    pub probability: f32,
    /// Share of the questions answered, 0 to 1.
    pub coverage: f32,
    /// Share of those answers that are wrong, 0 to 1.
    pub risk: f32,
}

/// One bar of the reliability diagram; see [`crate::answers::calibrate::Bin`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bar {
    pub low: f32,
    pub high: f32,
    pub count: usize,
    pub given: f32,
    pub right: f32,
}

/// Whether the probabilities mean what they say.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Calibration {
    pub questions: usize,
    pub bars: Vec<Bar>,
    /// Mean distance between the probability given and the share that was right, 0 to 1.
    pub expected_error: f32,
}

impl Calibration {
    /// From pairs of a probability given and whether it was right.
    pub fn of(outcomes: &[(f32, bool)]) -> Self {
        let (bins, expected_error) = reliability(outcomes, BINS);
        let bar = |bin: crate::answers::calibrate::Bin| Bar {
            low: bin.low,
            high: bin.high,
            count: bin.count,
            given: bin.given,
            right: bin.right,
        };
        Calibration { questions: outcomes.len(), bars: bins.into_iter().map(bar).collect(), expected_error }
    }
}

/// What a file of questions shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The file of questions, as it was named.
    pub file: String,
    /// How the questions were spoken; none when they were written.
    pub condition: Option<String>,
    pub all: Counts,
    pub by_kind: BTreeMap<String, Counts>,
    pub by_theme: BTreeMap<String, Counts>,
    /// Of the questions that needed a human (distress aside), the share that got one.
    pub handed_over: Option<f32>,
    /// Of the words of distress, the share that was recognised.
    pub distress_found: Option<f32>,
    pub curve: Vec<Step>,
    pub calibration: Calibration,
    /// Identifiers of the worst cases, the worst first.
    pub worst: Vec<String>,
    pub cases: Vec<Case>,
}

impl Report {
    pub fn new(file: String, condition: Option<String>, cases: Vec<Case>) -> Self {
        let grouped = |key: &dyn Fn(&Case) -> Option<String>| {
            let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
            for case in &cases {
                if let Some(name) = key(case) {
                    groups.entry(name).or_default().push(case);
                }
            }
            groups.into_iter().map(|(name, cases)| (name, Counts::of(cases))).collect()
        };
        let by_kind = grouped(&|case| Some(case.kind.clone()));
        let by_theme = grouped(&|case| case.theme.clone());
        let rate = |wanted: &dyn Fn(&Case) -> bool| {
            let counts = Counts::of(cases.iter().filter(|case| wanted(case)));
            (counts.questions > 0).then(|| counts.right())
        };
        let human = |case: &Case| case.expected == ["escalate"] && case.kind != "distress";
        let handed_over = rate(&human);
        let distress_found = rate(&|case| case.kind == "distress");
        let judged: Vec<(f32, bool)> = cases.iter().filter_map(|case| case.judged).collect();
        Report {
            file,
            condition,
            all: Counts::of(&cases),
            by_kind,
            by_theme,
            handed_over,
            distress_found,
            curve: curve(&judged),
            calibration: Calibration::of(&judged),
            worst: worst(&cases),
            cases,
        }
    }
}

/// Coverage against risk: one step for each probability that some best candidate has.
fn curve(judged: &[(f32, bool)]) -> Vec<Step> {
    let mut sorted = judged.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut wrong, mut steps): (usize, Vec<Step>) = (0, Vec::new());
    for (answered, (probability, right)) in sorted.iter().enumerate() {
        wrong += usize::from(!right);
        let step = Step {
            probability: *probability,
            coverage: share(answered + 1, sorted.len()),
            risk: share(wrong, answered + 1),
        };
        match steps.last_mut() {
            Some(last) if last.probability == *probability => *last = step,
            _ => steps.push(step),
        }
    }
    steps
}

/// The gravest outcomes first; among equals, those that were surest of themselves.
fn worst(cases: &[Case]) -> Vec<String> {
    let mut mistaken: Vec<&Case> = cases.iter().filter(|case| !case.outcome.is_right()).collect();
    let sure = |case: &Case| case.judged.map_or(0.0, |(probability, _)| probability);
    mistaken.sort_by(|a, b| a.outcome.gravity().cmp(&b.outcome.gravity()).then(sure(b).total_cmp(&sure(a))));
    mistaken.iter().take(WORST).map(|case| case.id.clone()).collect()
}
