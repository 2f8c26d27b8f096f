//! Fits the confidence model: multinomial logistic regression by gradient descent, on the base's own questions with
//! the question (or its whole entry) hidden, and on questions whose right entries are known.

use super::confidence::{Weights, softmax_with_none};
use super::entry::{Entry, Status};
use super::index::{Error, Index};
use super::search::{Hidden, Judged};

/// A question and what answers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    pub text: String,
    /// Identifiers of the entries that answer it; empty when none does.
    pub right: Vec<String>,
    pub hidden: Hidden,
    /// Probability, 0 to 1, that the words are what was said; 1 for a written question.
    pub hearing_confidence: f32,
    /// What the sound itself said of some entries, by identifier; empty for a written question.
    pub acoustic: Vec<(String, f32)>,
    /// How much it counts in the fit, relative to the others.
    pub weight: f32,
}

impl Example {
    /// A written question, nothing hidden, that counts once.
    pub fn written(text: &str, right: Vec<String>) -> Self {
        let text = text.to_owned();
        Example { text, right, hidden: Hidden::Nothing, hearing_confidence: 1.0, acoustic: Vec::new(), weight: 1.0 }
    }
}

/// How the fit is run. The defaults converge on a few hundred examples in about a second.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Steps of gradient descent, a count.
    pub steps: usize,
    /// Step size of Adam (Kingma and Ba 2015).
    pub rate: f32,
    /// Pull towards [`Weights::PRIOR`], against over-fitting: penalty a squared unit, relative to the mean loss.
    pub pull: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { steps: 1_500, rate: 0.05, pull: 0.0005 }
    }
}

/// The outcome of a fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    pub weights: Weights,
    /// Weighted mean of −ln P(right), with the index's own weights and with these.
    pub loss_before: f32,
    pub loss: f32,
}

/// Examples from the base itself: each question asked with itself hidden (its entry is right), and asked with its
/// whole entry hidden (nothing is right). Ranks follow the order of the published entries, as [`Index::build`] has it.
pub fn own_examples<'a>(entries: impl IntoIterator<Item = &'a Entry>, weight_hidden_entry: f32) -> Vec<Example> {
    let mut examples = Vec::new();
    for (rank, entry) in entries.into_iter().filter(|entry| entry.status == Status::Published).enumerate() {
        for (question, text) in entry.questions.iter().enumerate() {
            let hidden = Hidden::Question(rank, question);
            examples.push(Example { hidden, ..Example::written(text, vec![entry.id.clone()]) });
            let weight = weight_hidden_entry;
            examples.push(Example { hidden: Hidden::Entry(rank), weight, ..Example::written(text, Vec::new()) });
        }
    }
    examples
}

/// One example as numbers.
struct Row {
    evidence: Vec<[f32; Weights::COUNT]>,
    right: Vec<bool>,
    weight: f32,
}

impl Row {
    /// The probability of each candidate, in their order.
    fn probabilities(&self, weights: &[f32; Weights::COUNT]) -> Vec<f32> {
        let utility = |evidence: &[f32; Weights::COUNT]| evidence.iter().zip(weights).map(|(x, w)| x * w).sum::<f32>();
        softmax_with_none(self.evidence.iter().map(utility))
    }
}

/// Fits the weights, starting from and pulled towards [`Weights::PRIOR`].
///
/// # Errors
/// A failure of the index.
pub fn fit(index: &Index, examples: &[Example], settings: &Settings) -> Result<Fitted, Error> {
    let rows = rows(index, examples)?;
    let (loss_before, _) = loss(&rows, &index.language.confidence.weights.to_array());
    let origin = Weights::PRIOR.to_array();
    let (lowest, highest) = Weights::bounds();
    let mut weights = origin;
    let (mut first, mut second) = ([0.0_f32; Weights::COUNT], [0.0_f32; Weights::COUNT]);
    let (keep_first, keep_second) = (0.9_f32, 0.999_f32);
    for step in 1..=settings.steps {
        let (_, mut gradient) = loss(&rows, &weights);
        for k in 0..Weights::COUNT {
            gradient[k] += 2.0 * settings.pull * (weights[k] - origin[k]);
            first[k] = keep_first * first[k] + (1.0 - keep_first) * gradient[k];
            second[k] = keep_second * second[k] + (1.0 - keep_second) * gradient[k] * gradient[k];
            let mean = first[k] / (1.0 - keep_first.powi(step as i32));
            let spread = second[k] / (1.0 - keep_second.powi(step as i32));
            weights[k] -= settings.rate * mean / (spread.sqrt() + 1e-8);
            weights[k] = weights[k].clamp(lowest[k], highest[k]);
        }
    }
    let (loss, _) = loss(&rows, &weights);
    Ok(Fitted { weights: Weights::from_array(weights), loss_before, loss })
}

/// The examples as numbers, in their order; a part of them on each core.
fn rows(index: &Index, examples: &[Example]) -> Result<Vec<Row>, Error> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = examples.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let read = |part| move || examples_rows(index, part);
        let parts: Vec<_> = examples.chunks(part).map(|part| scope.spawn(read(part))).collect();
        let joined = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.collect::<Result<Vec<_>, _>>().map(|parts| parts.into_iter().flatten().collect())
    })
}

fn examples_rows(index: &Index, examples: &[Example]) -> Result<Vec<Row>, Error> {
    let row = |example: &Example| {
        let judged = index.evidence(example)?;
        let right = |judged: &Judged| example.right.contains(&index.entries[judged.entry].topic.entry);
        Ok(Row {
            evidence: judged.iter().map(|judged| judged.evidence.to_array()).collect(),
            right: judged.iter().map(right).collect(),
            weight: example.weight,
        })
    };
    examples.iter().map(row).collect()
}

/// Mean of −ln P(right) and its gradient; when several entries are right, their probabilities add up.
fn loss(rows: &[Row], weights: &[f32; Weights::COUNT]) -> (f32, [f32; Weights::COUNT]) {
    let mut gradient = [0.0_f32; Weights::COUNT];
    let (mut total, mut mass) = (0.0_f32, 0.0_f32);
    for row in rows {
        let probabilities = row.probabilities(weights);
        let none = (1.0 - probabilities.iter().sum::<f32>()).max(f32::MIN_POSITIVE);
        let right: f32 = probabilities.iter().zip(&row.right).filter(|(_, right)| **right).map(|(p, _)| p).sum();
        let anything_right = row.right.contains(&true);
        total -= row.weight * if anything_right { right.max(f32::MIN_POSITIVE).ln() } else { none.ln() };
        mass += row.weight;
        for ((evidence, probability), is_right) in row.evidence.iter().zip(&probabilities).zip(&row.right) {
            let wanted = if *is_right { probability / right.max(f32::MIN_POSITIVE) } else { 0.0 };
            for (slope, x) in gradient.iter_mut().zip(evidence) {
                *slope += row.weight * (probability - wanted) * x;
            }
        }
    }
    let mass = mass.max(f32::MIN_POSITIVE);
    (total / mass, gradient.map(|slope| slope / mass))
}

/// One row of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Bounds of the probability, `low` included.
    pub low: f32,
    pub high: f32,
    pub count: usize,
    /// Mean of the probabilities given.
    pub given: f32,
    /// Share that was right.
    pub right: f32,
}

/// The reliability diagram of (probability given, was it right), and the expected calibration error.
pub fn reliability(outcomes: &[(f32, bool)], bins: usize) -> (Vec<Bin>, f32) {
    let width = 1.0 / bins.max(1) as f32;
    let mut table = Vec::new();
    let mut error = 0.0;
    for rank in 0..bins {
        let (low, high) = (rank as f32 * width, (rank + 1) as f32 * width);
        let last = rank + 1 == bins;
        let inside: Vec<_> = outcomes.iter().filter(|(p, _)| *p >= low && (*p < high || last)).collect();
        if inside.is_empty() {
            continue;
        }
        let count = inside.len();
        let given = inside.iter().map(|(p, _)| p).sum::<f32>() / count as f32;
        let right = inside.iter().filter(|(_, right)| *right).count() as f32 / count as f32;
        error += (given - right).abs() * count as f32 / outcomes.len() as f32;
        table.push(Bin { low, high, count, given, right });
    }
    (table, error)
}

/// For each example, the best candidate's probability with `weights`, and whether its entry is right; `None` where there
/// is no candidate.
///
/// # Errors
/// A failure of the index.
pub fn predictions(index: &Index, examples: &[Example], weights: &Weights) -> Result<Vec<Option<(f32, bool)>>, Error> {
    let weights = weights.to_array();
    let best = |row: Row| {
        let probabilities = row.probabilities(&weights);
        probabilities.into_iter().zip(row.right).max_by(|a, b| a.0.total_cmp(&b.0))
    };
    Ok(rows(index, examples)?.into_iter().map(best).collect())
}
