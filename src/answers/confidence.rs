//! How sure: one probability for each candidate, and what is left for « nothing here fits ».
//!
//! A conditional logit (McFadden 1974): each candidate has a utility, linear in evidence that has a name; « none »
//! has utility 0; probabilities are the softmax of all of them. The margin needs no feature of its own, for a strong
//! second candidate takes its share, and the shares of a few close candidates still add up to « one of these ».

use serde::{Deserialize, Serialize};

/// What speaks for a candidate. All are 0 when nothing does.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// Share, 0 to 1, of the question's information that the entry's words explain.
    pub coverage: f32,
    /// Likeness, 0 to 1 (weighted Dice), with the closest way of asking of the entry.
    pub similarity: f32,
    /// Likeness, 0 to 1, with the entry's name: whoever says nothing more wants that and not a particular case of it.
    pub named: f32,
    /// The same, mean over the four closest ways of asking.
    pub support: f32,
    /// Decisive words that the entry is not asked with, a count, half for one that its answer holds; at most 2.
    pub contrary: f32,
    /// Likewise for the words that name another service.
    pub elsewhere: f32,
    /// Words that more than half of the entry's ways of asking hold and the question does not, 0 (half) to 1 (all)
    /// each, at most 3: « passeport » without « enfant » is hardly the child's passport.
    pub missing: f32,
    /// 1 when nothing but general and weak words is explained, else 0.
    pub vague: f32,
    /// How much likelier the question's words are for this entry than at large (naive Bayes), in four nats, −3 to 3.
    pub likelihood: f32,
    /// Likeness, 0 to 1, of the question's whole sound with the closest way of asking.
    pub phonetic: f32,
    /// The same over the best candidate's, 0 to 1.
    pub clearest: f32,
    /// 1 when words and sound both put this candidate first, else 0.
    pub agreement: f32,
    /// Share, 0 to 1, of the question's information that had to be read as other words of the same sound.
    pub misread: f32,
    /// Nearness, 0 to 1 (cosine), of the question's meaning to that of the nearest way of asking.
    pub meaning: f32,
    /// How much likelier than by chance what was learned of all ways of asking together makes the entry, in five nats,
    /// −0.6 to about 1.
    pub learned: f32,
    /// One over the number of words that carry meaning: few words prove little.
    pub brief: f32,
    /// Natural logarithm of the hearing confidence, 0 when hearing is certain.
    pub hearing: f32,
    /// How far the sound itself bears out the words that this candidate was misread from, −1 to 1; 0 when it was not
    /// asked.
    pub acoustic: f32,
    /// Natural logarithm of how many times eight ways of asking the entry has: among many, one is alike by chance.
    pub breadth: f32,
    /// 1 for the entry under discussion when the question has the form of a follow-up, else 0.
    pub context: f32,
}

/// The parameters, kept in `confidence.toml` and fitted by `answers::calibrate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confidence {
    /// Of the meaning of the parameters: another number is another model.
    pub version: u32,
    /// What the weights were fitted on, for the reader.
    pub fitted_on: String,
    pub weights: Weights,
    pub tempering: Tempering,
    pub priors: Priors,
}

/// What makes the probabilities mean what they say for callers' questions: the weights are learned on all examples, most
/// of which are harder than a caller's question, and these on questions that people ask.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tempering {
    /// Of a question that was written.
    pub written: Temper,
    /// Of one that was heard.
    pub heard: Temper,
}

/// The log-odds z of what is likeliest become scale × z + shift (Platt 1999); the rest shares what is left as before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Temper {
    pub scale: f32,
    pub shift: f32,
}

impl Temper {
    pub const NONE: Temper = Temper { scale: 1.0, shift: 0.0 };

    /// `probabilities` of entries, of which `human` are treated by a human.
    pub fn apply(self, probabilities: &mut [f32], human: &[bool]) {
        let likeliest = Likeliest::of(probabilities, human);
        let (before, after) = (likeliest.probability, self.of(likeliest.probability));
        for (rank, probability) in probabilities.iter_mut().enumerate() {
            let (part, whole) =
                if likeliest.holds(rank, human) { (after, before) } else { (1.0 - after, 1.0 - before) };
            *probability = if whole > 0.0 { (*probability / whole).min(1.0) * part } else { 0.0 };
        }
    }

    /// A probability, tempered.
    pub fn of(self, probability: f32) -> f32 {
        let probability = probability.clamp(SMALLEST, 1.0 - SMALLEST);
        let odds = self.scale * (probability / (1.0 - probability)).ln() + self.shift;
        1.0 / (1.0 + (-odds).exp())
    }
}

/// Probabilities stay this far from 0 and 1, so that their odds are finite.
const SMALLEST: f32 = 1e-6;

/// What is likeliest: an entry, or that a human is wanted, whichever entry tells so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeliest {
    pub probability: f32,
    /// Its rank; none for a human.
    pub entry: Option<usize>,
}

impl Likeliest {
    /// Among the `probabilities` of entries, of which `human` are treated by a human.
    pub fn of(probabilities: &[f32], human: &[bool]) -> Self {
        let all = || probabilities.iter().copied().zip(human).enumerate();
        let for_a_human: f32 = all().filter(|(_, (_, human))| **human).map(|(_, (p, _))| p).sum();
        let best = all().filter(|(_, (_, human))| !**human).max_by(|(_, a), (_, b)| a.0.total_cmp(&b.0));
        match best {
            Some((rank, (probability, _))) if probability >= for_a_human => Self { probability, entry: Some(rank) },
            _ => Self { probability: for_a_human, entry: None },
        }
    }

    /// Whether the entry of this rank is part of it.
    pub fn holds(&self, rank: usize, human: &[bool]) -> bool {
        match self.entry {
            Some(entry) => entry == rank,
            None => human[rank],
        }
    }
}

impl Tempering {
    pub const NONE: Tempering = Tempering { written: Temper::NONE, heard: Temper::NONE };

    /// For a question of this hearing confidence, 0 to 1; a written one has 1.
    pub fn at(&self, hearing_confidence: f32) -> Temper {
        if hearing_confidence >= 1.0 { self.written } else { self.heard }
    }
}

/// Log-odds against « none » that a unit of each evidence brings; fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    pub bias: f32,
    pub coverage: f32,
    pub similarity: f32,
    pub named: f32,
    pub support: f32,
    pub contrary: f32,
    pub elsewhere: f32,
    pub missing: f32,
    pub vague: f32,
    pub likelihood: f32,
    pub phonetic: f32,
    pub clearest: f32,
    pub agreement: f32,
    pub misread: f32,
    pub meaning: f32,
    pub learned: f32,
    pub brief: f32,
    /// Exponent of the hearing confidence in the odds: 1 makes a half-sure hearing halve the odds.
    pub hearing: f32,
    pub acoustic: f32,
    pub breadth: f32,
}

/// Parameters that single questions cannot teach, set by reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priors {
    /// Log-odds that a follow-up wording gives the entry under discussion.
    pub context: f32,
    /// Log-odds that a question made of a follow-up wording alone is about the entry under discussion.
    pub follow_up: f32,
}

/// The model this program computes.
pub const VERSION: u32 = 5;
/// Hearing is never trusted less than this, so that its logarithm stays finite.
const LEAST_HEARING: f32 = 0.02;

/// Natural logarithm of a hearing confidence; one that is no number is trusted least.
pub fn log_hearing(hearing_confidence: f32) -> f32 {
    if hearing_confidence.is_nan() { LEAST_HEARING.ln() } else { hearing_confidence.clamp(LEAST_HEARING, 1.0).ln() }
}

/// Least exponent of the hearing confidence in the odds.
const LEAST_CAUTION: f32 = 0.3;

/// What a word of another service costs at least, log-odds.
const ELSEWHERE: f32 = -6.0;

/// Log-odds that no fit may pass: beyond, a single word would decide alone.
const FAR: f32 = 12.0;

impl Weights {
    /// What reasoning alone would give: the point that a fit starts from and is pulled to. A question fully explained
    /// by an entry (coverage, similarity, support and named at 1) comes out near 0.95.
    pub const PRIOR: Weights = Weights {
        bias: -5.0,
        coverage: 2.5,
        similarity: 3.0,
        named: 1.0,
        support: 1.0,
        contrary: -2.0,
        elsewhere: -7.0,
        missing: -2.0,
        vague: -1.0,
        likelihood: 1.0,
        phonetic: 1.0,
        clearest: 0.5,
        agreement: 0.5,
        misread: -1.0,
        meaning: 2.0,
        learned: 2.0,
        brief: 0.0,
        hearing: 1.0,
        // What the sound bears out counts in full as words already.
        acoustic: 0.3,
        breadth: 0.0,
    };

    /// The sign that each weight must have to mean what its name says, for evidence that overlaps would otherwise be
    /// traded one against the other on few examples.
    pub fn bounds() -> ([f32; Self::COUNT], [f32; Self::COUNT]) {
        let (any, less, more) = ((-FAR, FAR), (-FAR, 0.0), (0.0, FAR));
        // What is badly heard must never be surer for it, whatever a few examples say.
        let hearing = (LEAST_CAUTION, FAR);
        // A word of another service outweighs whatever else the wording proves: few examples hold one.
        let elsewhere = (-FAR, ELSEWHERE);
        let signs = [
            any, more, more, more, more, less, elsewhere, less, less, more, more, more, more, less, more, more, any,
            hearing, more, less,
        ];
        (signs.map(|(low, _)| low), signs.map(|(_, high)| high))
    }
}

/// Names, once, the evidence that is weighed, in the order that a fit sees it in.
macro_rules! weighed {
    ($($name:ident),+ $(,)?) => {
        impl Weights {
            /// The bias and a weight for each evidence.
            pub const COUNT: usize = 1 + [$(stringify!($name)),+].len();

            pub fn to_array(self) -> [f32; Self::COUNT] {
                [self.bias, $(self.$name),+]
            }

            pub fn from_array(array: [f32; Self::COUNT]) -> Self {
                let [bias, $($name),+] = array;
                Weights { bias, $($name),+ }
            }
        }

        impl Evidence {
            /// In the order of [`Weights::to_array`]; the bias weighs 1.
            pub fn to_array(self) -> [f32; Weights::COUNT] {
                [1.0, $(self.$name),+]
            }
        }
    };
}

weighed!(
    coverage, similarity, named, support, contrary, elsewhere, missing, vague, likelihood, phonetic, clearest,
    agreement, misread, meaning, learned, brief, hearing, acoustic, breadth,
);

impl Confidence {
    /// Log-odds of a candidate against « none ».
    pub fn utility(&self, evidence: &Evidence) -> f32 {
        let fitted: f32 = self.weights.to_array().iter().zip(evidence.to_array()).map(|(w, x)| w * x).sum();
        fitted + self.priors.context * evidence.context
    }

    /// The probability of each candidate of a question heard with this confidence, in their order, with whether a human
    /// treats it; what misses from 1 is « none ».
    pub fn probabilities(&self, candidates: &[(Evidence, bool)], hearing_confidence: f32) -> Vec<f32> {
        let mut all = softmax_with_none(candidates.iter().map(|(evidence, _)| self.utility(evidence)));
        let human: Vec<bool> = candidates.iter().map(|(_, human)| *human).collect();
        self.tempering.at(hearing_confidence).apply(&mut all, &human);
        all
    }

    /// The probability that a follow-up wording alone is about the entry under discussion.
    pub fn follow_up(&self, hearing_confidence: f32) -> f32 {
        let utility = self.priors.follow_up + self.weights.hearing * log_hearing(hearing_confidence);
        1.0 / (1.0 + (-utility).exp())
    }
}

/// Softmax of the utilities and of a last one, 0, whose share is left out.
pub fn softmax_with_none(utilities: impl Iterator<Item = f32> + Clone) -> Vec<f32> {
    let highest = utilities.clone().fold(0.0_f32, f32::max);
    let none = (-highest).exp();
    let total: f32 = none + utilities.clone().map(|utility| (utility - highest).exp()).sum::<f32>();
    utilities.map(|utility| (utility - highest).exp() / total).collect()
}
