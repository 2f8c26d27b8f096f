//! From probabilities to a decision: the one whose mistakes are expected to cost least.
//!
//! Costs are in one unit, a question asked for nothing. With p the probability of the best candidate, S(k) that of the
//! first k together and S that of all of them:
//!
//! * answering costs `wrong_answer` when the best is not the right one: (1 − p) × wrong_answer;
//! * asking costs `question`, `choice` more for each entry named after the first, and `missed_question` when none of
//!   those named is the right one: question + (k − 1) × choice + (1 − S(k)) × missed_question;
//! * a human costs `handover` when the base had the answer: S × handover.
//!
//! Danger comes before all of it: with d the probability that somebody is in danger, its number is said when not saying
//! it, d × missed_distress, is expected to cost more than saying it for nothing, (1 − d) × handover.

use std::sync::Arc;

use super::{Candidate, Found, Human, Topic};

/// Entries named in one question at most: more cannot be remembered by ear.
const MOST_CHOICES: usize = 3;

/// What each mistake costs, in questions asked for nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Saying an answer to another question: the caller may act on it.
    pub wrong_answer: f32,
    /// Asking « Vous demandez bien… ? » when it could have been answered: the unit.
    pub question: f32,
    /// Naming one entry more in a question.
    pub choice: f32,
    /// Asking about entries none of which is the right one: the caller says no and begins again.
    pub missed_question: f32,
    /// Passing to a human what the base answers: an agent's time, and the caller's wait.
    pub handover: f32,
    /// Not telling somebody in danger whom to call.
    pub missed_distress: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wrong_answer: 10.0,
            question: 1.0,
            choice: 0.3,
            missed_question: 2.0,
            handover: 4.0,
            missed_distress: 6.0,
        }
    }
}

/// What is done with a question, before anything is known of its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Answer,
    /// Asks about this many of the best candidates: one is « Vous demandez bien… ? ».
    Ask(usize),
    HandOver,
}

/// The probabilities that the costs amount to, for a reader; see [`Settings::thresholds`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// A candidate alone is answered from here.
    pub answer: f32,
    /// A candidate alone is asked about from here, handed over below.
    pub ask: f32,
    /// A further candidate is named in the question from here.
    pub choice: f32,
}

impl Settings {
    /// The cheapest action for candidates of these probabilities, best first, and what it is expected to cost.
    pub fn choose(&self, probabilities: &[f32]) -> (Action, f32) {
        let Some(best) = probabilities.first() else { return (Action::HandOver, 0.0) };
        let human = (Action::HandOver, probabilities.iter().sum::<f32>() * self.handover);
        let (named, asking) = self.question(probabilities);
        let answer = (Action::Answer, (1.0 - best) * self.wrong_answer);
        // Between equals, the human: nothing is gained by a doubtful question.
        [(Action::Ask(named), asking), answer]
            .into_iter()
            .fold(human, |cheapest, other| if other.1 < cheapest.1 { other } else { cheapest })
    }

    /// How many of the best candidates the cheapest question names, and what it is expected to cost.
    pub fn question(&self, probabilities: &[f32]) -> (usize, f32) {
        let mut named = 0.0;
        let mut cheapest = (0, f32::INFINITY);
        for (more, probability) in probabilities.iter().take(MOST_CHOICES).enumerate() {
            named += probability;
            let cost = self.question + more as f32 * self.choice + (1.0 - named) * self.missed_question;
            if cost < cheapest.1 {
                cheapest = (more + 1, cost);
            }
        }
        cheapest
    }

    /// What the costs amount to where a candidate stands alone: the points at which two actions cost the same.
    pub fn thresholds(&self) -> Thresholds {
        let from = |cost: f32, gain: f32| if gain > 0.0 { (cost / gain).clamp(0.0, 1.0) } else { 1.0 };
        let ask = from(self.question + self.missed_question, self.handover + self.missed_question);
        let over_asking = 1.0 - from(self.question, self.wrong_answer - self.missed_question);
        let over_human = from(self.wrong_answer, self.wrong_answer + self.handover);
        // Where asking is never the cheapest, answering is weighed against the human.
        let answer = if over_asking >= ask { over_asking } else { over_human };
        Thresholds { answer, ask: ask.min(answer), choice: from(self.choice, self.missed_question) }
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
    /// Only a human may treat it. The nearest entry, when there is one.
    Human(Human, Option<Arc<Topic>>),
}

/// Decides on what the base holds for a question.
pub fn decide(found: &Found, settings: &Settings) -> Verdict {
    if let Some(verdict) = danger(found, settings) {
        return verdict;
    }
    let Some(best) = found.candidates.first() else {
        return if found.private { Verdict::Human(Human::Private, None) } else { Verdict::Unsure };
    };
    let probabilities = |candidates: &[&Candidate]| candidates.iter().map(|c| c.probability).collect::<Vec<_>>();
    let all: Vec<&Candidate> = found.candidates.iter().collect();
    let worth_asking = || settings.choose(&probabilities(&all)).0 != Action::HandOver;
    let recognised = best.topic.human.filter(|_| worth_asking());
    if let Some(why) = found.private.then_some(Human::Private).or(recognised) {
        return Verdict::Human(why, Some(Arc::clone(&best.topic)));
    }
    // An entry that only a human treats is never named: its share goes to the human.
    let open: Vec<&Candidate> = found.candidates.iter().filter(|candidate| candidate.topic.human.is_none()).collect();
    match (settings.choose(&probabilities(&open)).0, open.as_slice()) {
        (Action::Answer, [best, ..]) => Verdict::Answer((*best).clone()),
        (Action::Ask(1), [best, ..]) => Verdict::Confirm((*best).clone()),
        (Action::Ask(named), open) => Verdict::Clarify(open.iter().take(named).map(|c| (*c).clone()).collect()),
        _ => Verdict::Unsure,
    }
}

/// The likeliest danger, when saying its number is worth it.
fn danger(found: &Found, settings: &Settings) -> Option<Verdict> {
    let dangers = || found.candidates.iter().filter(|c| matches!(c.topic.human, Some(Human::Distress(_))));
    let likely: f32 = dangers().map(|candidate| candidate.probability).sum();
    let worth = likely * settings.missed_distress > (1.0 - likely) * settings.handover;
    let nearest = dangers().next().filter(|_| worth)?;
    Some(Verdict::Human(nearest.topic.human?, Some(Arc::clone(&nearest.topic))))
}
