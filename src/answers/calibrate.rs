//! Fits the confidence model: multinomial logistic regression by gradient descent, on the base's own questions with
//! the question (or its whole entry) hidden, and on questions whose right entries are known.

use super::confidence::{Confidence, Likeliest, Temper, Tempering, Weights, softmax_with_none};
use super::entry::{Entry, Status};
use super::index::{Error, Index};
use super::question::Hidden;
use super::search::Judged;

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
    /// Log-odds of an example with something hidden: the base in service holds more than the one such an example is
    /// asked of, so that what is learned of it must not make callers' questions less sure.
    pub hidden: f32,
    /// Fitted last, on the examples with nothing hidden.
    pub tempering: Tempering,
    /// Weighted mean of −ln P(right), with the index's own parameters and with these.
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

/// Below, every question would be as sure as every other.
const LEAST_SCALE: f32 = 0.25;

/// The evidence for a candidate, then whether something is hidden.
type Numbers = [f32; Weights::COUNT + 1];

/// One example as numbers.
struct Row {
    evidence: Vec<Numbers>,
    right: Vec<bool>,
    /// Which candidates a human treats.
    human: Vec<bool>,
    weight: f32,
    hidden: bool,
    hearing_confidence: f32,
}

impl Row {
    fn utilities(&self, weights: &Numbers) -> Vec<f32> {
        self.evidence.iter().map(|evidence| evidence.iter().zip(weights).map(|(x, w)| x * w).sum()).collect()
    }

    /// The probability of each candidate, in their order.
    fn probabilities(&self, weights: &Numbers) -> Vec<f32> {
        softmax_with_none(self.utilities(weights).into_iter())
    }

    /// The same, tempered as a caller's question would be.
    fn tempered(&self, weights: &Numbers, tempering: &Tempering) -> Vec<f32> {
        let mut probabilities = self.probabilities(weights);
        if !self.hidden {
            tempering.at(self.hearing_confidence).apply(&mut probabilities, &self.human);
        }
        probabilities
    }

    /// The probability of what is likeliest, and whether it is right.
    fn likeliest(&self, probabilities: &[f32]) -> (f32, bool) {
        let likeliest = Likeliest::of(probabilities, &self.human);
        let right = self.right.iter().enumerate().any(|(rank, right)| *right && likeliest.holds(rank, &self.human));
        (likeliest.probability, right)
    }

    /// −ln P(right), P(none) where nothing is.
    fn surprise(&self, probabilities: &[f32]) -> f32 {
        let right: f32 = probabilities.iter().zip(&self.right).filter(|(_, right)| **right).map(|(p, _)| p).sum();
        let p = if self.right.contains(&true) { right } else { 1.0 - probabilities.iter().sum::<f32>() };
        -p.max(f32::MIN_POSITIVE).ln()
    }
}

/// Weighted mean of what each row's probabilities leave to surprise.
fn mean_surprise<'a>(rows: impl Iterator<Item = &'a Row>, probabilities: impl Fn(&Row) -> Vec<f32>) -> f32 {
    let (total, mass) = rows.fold((0.0, f32::MIN_POSITIVE), |(total, mass), row| {
        (total + row.weight * row.surprise(&probabilities(row)), mass + row.weight)
    });
    total / mass
}

/// Fits the weights, starting from and pulled towards [`Weights::PRIOR`].
///
/// # Errors
/// A failure of the index.
pub fn fit(index: &Index, examples: &[Example], settings: &Settings) -> Result<Fitted, Error> {
    let rows = rows(index, examples)?;
    let origin = with(Weights::PRIOR, 0.0);
    let (lowest, highest) = bounds();
    let mut weights = origin;
    let (mut first, mut second) = ([0.0_f32; Weights::COUNT + 1], [0.0_f32; Weights::COUNT + 1]);
    let (keep_first, keep_second) = (0.9_f32, 0.999_f32);
    for step in 1..=settings.steps {
        let mut gradient = slope(&rows, &weights);
        for k in 0..weights.len() {
            gradient[k] += 2.0 * settings.pull * (weights[k] - origin[k]);
            first[k] = keep_first * first[k] + (1.0 - keep_first) * gradient[k];
            second[k] = keep_second * second[k] + (1.0 - keep_second) * gradient[k] * gradient[k];
            let mean = first[k] / (1.0 - keep_first.powi(step as i32));
            let spread = second[k] / (1.0 - keep_second.powi(step as i32));
            weights[k] -= settings.rate * mean / (spread.sqrt() + 1e-8);
            weights[k] = weights[k].clamp(lowest[k], highest[k]);
        }
    }
    let (known, hidden) = without(weights);
    let tempering = Tempering { written: temper(&rows, &weights, false), heard: temper(&rows, &weights, true) };
    let Confidence { weights: before, tempering: tempered, .. } = &index.language.confidence;
    let before = with(*before, hidden);
    Ok(Fitted {
        weights: known,
        hidden,
        tempering,
        loss_before: mean_surprise(rows.iter(), |row| row.tempered(&before, tempered)),
        loss: mean_surprise(rows.iter(), |row| row.tempered(&weights, &tempering)),
    })
}

/// The temper that leaves the least surprise in what was written, or heard, with nothing hidden: by halving steps along
/// both axes, for there are only two. [`Temper::NONE`] where there is no such row.
fn temper(rows: &[Row], weights: &Numbers, heard: bool) -> Temper {
    let callers = rows.iter().filter(|row| !row.hidden && (row.hearing_confidence < 1.0) == heard);
    let callers: Vec<((f32, bool), f32)> =
        callers.map(|row| (row.likeliest(&row.probabilities(weights)), row.weight)).collect();
    let cost = |temper: Temper| -> f32 {
        let surprise = |((probability, right), weight): &((f32, bool), f32)| {
            let tempered = temper.of(*probability);
            -weight * if *right { tempered } else { 1.0 - tempered }.max(f32::MIN_POSITIVE).ln()
        };
        callers.iter().map(surprise).sum()
    };
    let (mut best, mut step) = (Temper::NONE, 0.5);
    let mut least = cost(best);
    while step > 0.005 {
        let around = [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)];
        let tried = around.map(|(scale, shift)| Temper { scale: best.scale + scale, shift: best.shift + shift });
        let better =
            tried.into_iter().filter(|temper| temper.scale >= LEAST_SCALE).map(|temper| (cost(temper), temper));
        match better.min_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((cost, temper)) if cost < least => (least, best) = (cost, temper),
            _ => step /= 2.0,
        }
    }
    best
}

fn with(weights: Weights, hidden: f32) -> Numbers {
    let mut all = [hidden; Weights::COUNT + 1];
    all[..Weights::COUNT].copy_from_slice(&weights.to_array());
    all
}

fn without(all: Numbers) -> (Weights, f32) {
    let mut weights = [0.0; Weights::COUNT];
    weights.copy_from_slice(&all[..Weights::COUNT]);
    (Weights::from_array(weights), all[Weights::COUNT])
}

/// Between which every number of a fit stays: what is hidden never makes surer.
fn bounds() -> (Numbers, Numbers) {
    let (low, high) = Weights::bounds();
    (with(Weights::from_array(low), f32::NEG_INFINITY), with(Weights::from_array(high), 0.0))
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
        let hidden = f32::from(u8::from(example.hidden != Hidden::Nothing));
        let numbers = |judged: &Judged| with(Weights::from_array(judged.evidence.to_array()), hidden);
        Ok(Row {
            evidence: judged.iter().map(numbers).collect(),
            right: judged.iter().map(right).collect(),
            human: judged.iter().map(|judged| index.is_human(judged.entry)).collect(),
            weight: example.weight,
            hidden: example.hidden != Hidden::Nothing,
            hearing_confidence: example.hearing_confidence,
        })
    };
    examples.iter().map(row).collect()
}

/// The gradient of the mean of −ln P(right); when several entries are right, their probabilities add up.
fn slope(rows: &[Row], weights: &Numbers) -> Numbers {
    let mut gradient = [0.0_f32; Weights::COUNT + 1];
    let mut mass = 0.0_f32;
    for row in rows {
        let probabilities = row.probabilities(weights);
        let right: f32 = probabilities.iter().zip(&row.right).filter(|(_, right)| **right).map(|(p, _)| p).sum();
        mass += row.weight;
        for ((evidence, probability), is_right) in row.evidence.iter().zip(&probabilities).zip(&row.right) {
            let wanted = if *is_right { probability / right.max(f32::MIN_POSITIVE) } else { 0.0 };
            for (slope, x) in gradient.iter_mut().zip(evidence) {
                *slope += row.weight * (probability - wanted) * x;
            }
        }
    }
    let mass = mass.max(f32::MIN_POSITIVE);
    gradient.map(|slope| slope / mass)
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

/// For each example, the probability of what is likeliest by a fit, and whether it is right; `None` where there
/// is no candidate.
///
/// # Errors
/// A failure of the index.
pub fn predictions(index: &Index, examples: &[Example], fitted: &Fitted) -> Result<Vec<Option<(f32, bool)>>, Error> {
    let weights = with(fitted.weights, fitted.hidden);
    let best = |row: Row| {
        let probabilities = row.tempered(&weights, &fitted.tempering);
        (!probabilities.is_empty()).then(|| row.likeliest(&probabilities))
    };
    Ok(rows(index, examples)?.into_iter().map(best).collect())
}
