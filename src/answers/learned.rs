//! Which words decide between entries, learned from all ways of asking at once: what a likeness with single ways cannot
//! tell (« appeler » is of a first name when a child is named, and of nothing when someone rings).
//!
//! Multinomial logistic regression over what a sentence holds: words, pairs of words, beginnings of words, stems with
//! their synonyms, and the trigrams of its phones, for what is misheard. Fitted by stochastic gradient descent with a
//! step a feature (AdaGrad, Duchi et al. 2011) when a generation is built, in about a second for 130 entries.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::analysis::{Analyzer, rarity, spoken};
use super::phonetic::row;
use super::question::Hidden;
use super::sounds::Sounds;
use crate::dialogue::ear::softmax;

/// Entries beyond which nothing is learned: the table has a number for each feature and entry.
const MOST_ENTRIES: usize = 600;
/// Ways of asking that must hold a feature.
const LEAST_SEEN: u32 = 2;
/// Letters of a word's beginning.
const BEGINNING: usize = 5;
/// Length of the phones' part beside the words', which has length 1.
const SOUND_SHARE: f32 = 0.7;
const EPOCHS: usize = 8;
const STEP: f32 = 0.5;
/// An example this well known moves nothing.
const KNOWN: f32 = 0.98;
/// Nats that make a unit of evidence, and the least of it.
const UNIT: f32 = 5.0;
const LEAST: f32 = -0.6;
/// Models that calibration asks, each taught without one part of the ways of asking.
const PARTS: usize = 5;

/// A sentence: its features by number, sorted, and how much of each.
type Row = Vec<(u32, f32)>;

/// What makes a sentence's features.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub analyzer: &'a Analyzer,
    pub sounds: Option<&'a Sounds>,
}

/// The numbers of the features of a base.
#[derive(Debug, Default)]
struct Features {
    numbers: HashMap<String, u32>,
    /// How much each tells.
    information: Vec<f32>,
}

/// A way of asking, its entry, and its rank there.
#[derive(Debug)]
struct Example {
    row: Row,
    entry: usize,
    rank: usize,
}

#[derive(Debug)]
struct Model {
    /// One row a feature, one column an entry.
    weights: Vec<f32>,
    entries: usize,
}

#[derive(Debug)]
struct Taught {
    features: Features,
    examples: Vec<Example>,
    whole: Model,
    /// See [`PARTS`]; made when calibration first asks.
    parts: OnceLock<Vec<Model>>,
}

/// What is learned of a generation. Equal bases share it.
#[derive(Debug, Clone)]
pub(super) struct Learned(Arc<Taught>);

/// By the sentences it was learned from: a service's generations, and a test run's, are often equal.
static SHARED: Mutex<Vec<(u64, Weak<Taught>)>> = Mutex::new(Vec::new());

impl Learned {
    /// `entries`: for each one its ways of asking, in their order, and then what else names it. `None` for a base of a
    /// single entry, or of more than [`MOST_ENTRIES`].
    pub fn build(reader: Reader<'_>, entries: &[Vec<String>]) -> Option<Self> {
        if !(2..=MOST_ENTRIES).contains(&entries.len()) {
            return None;
        }
        let pieces: Vec<Vec<Vec<String>>> =
            entries.iter().map(|texts| texts.iter().map(|text| reader.pieces(text)).collect()).collect();
        let mut hasher = DefaultHasher::new();
        pieces.hash(&mut hasher);
        let key = hasher.finish();
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.retain(|(_, taught)| taught.strong_count() > 0);
        if let Some(taught) = shared.iter().find(|(other, _)| *other == key).and_then(|(_, taught)| taught.upgrade()) {
            return Some(Self(taught));
        }
        let features = Features::of(&pieces);
        let mut examples = Vec::new();
        for (entry, texts) in pieces.iter().enumerate() {
            let rows = texts.iter().map(|pieces| features.row(pieces)).enumerate();
            examples.extend(rows.map(|(rank, row)| Example { row, entry, rank }));
        }
        let all: Vec<&Example> = examples.iter().collect();
        let whole = Model::fit(&all, features.information.len(), entries.len());
        let taught = Arc::new(Taught { features, examples, whole, parts: OnceLock::new() });
        shared.push((key, Arc::downgrade(&taught)));
        Some(Self(taught))
    }

    /// How much likelier than by chance each entry is, were one of them meant, in units of [`UNIT`] nats, [`LEAST`] or
    /// more; that for the one that is hidden.
    pub fn read(&self, reader: Reader<'_>, text: &str, hidden: Hidden) -> Vec<f32> {
        let taught = &self.0;
        let row = taught.features.row(&reader.pieces(text));
        let mut scores = match hidden {
            Hidden::Question(_, rank) => taught.parts()[rank % PARTS].scores(&row),
            _ => taught.whole.scores(&row),
        };
        if let Hidden::Entry(entry) = hidden
            && let Some(score) = scores.get_mut(entry)
        {
            *score = f32::NEG_INFINITY;
        }
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total = scores.iter().map(|score| (score - highest).exp()).sum::<f32>().ln();
        let chance = (scores.len() as f32).ln();
        scores.iter_mut().for_each(|score| *score = ((*score - highest - total + chance) / UNIT).max(LEAST));
        scores
    }
}

impl Taught {
    fn parts(&self) -> &[Model] {
        self.parts.get_or_init(|| {
            let part = |part: usize| {
                let others: Vec<&Example> = self.examples.iter().filter(|e| e.rank % PARTS != part).collect();
                Model::fit(&others, self.features.information.len(), self.whole.entries)
            };
            std::thread::scope(|scope| {
                let parts: Vec<_> = (0..PARTS).map(|n| scope.spawn(move || part(n))).collect();
                parts.into_iter().map(|p| p.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
            })
        })
    }
}

impl Reader<'_> {
    /// What a sentence holds, sounds marked by a first `~`.
    fn pieces(&self, text: &str) -> Vec<String> {
        let said = spoken(text);
        let words: Vec<String> = said.iter().map(|spoken| spoken.whole.clone()).collect();
        let beginning = |word: &str| format!("{}-", word.chars().take(BEGINNING).collect::<String>());
        let mut pieces: Vec<String> = said.iter().map(|spoken| beginning(&spoken.word)).collect();
        pieces.extend(said.iter().map(|spoken| spoken.word.clone()));
        pieces.extend(words.windows(2).map(|pair| format!("{} {}", pair[0], pair[1])));
        pieces.extend(self.analyzer.terms(text).into_iter().map(|term| format!("={}", term.stem)));
        if let Some(sounds) = self.sounds {
            let phones: Vec<u8> = row(&said, sounds).iter().map(|phone| phone.class()).collect();
            pieces.extend(phones.windows(3).map(|three| format!("~{three:?}")));
        }
        pieces.sort_unstable();
        pieces.dedup();
        pieces
    }
}

impl Features {
    fn of(entries: &[Vec<Vec<String>>]) -> Self {
        let mut seen: HashMap<&str, u32> = HashMap::new();
        for piece in entries.iter().flatten().flatten() {
            *seen.entry(piece).or_default() += 1;
        }
        let askings = entries.iter().map(Vec::len).sum();
        let mut known: Vec<(&str, u32)> = seen.into_iter().filter(|(_, count)| *count >= LEAST_SEEN).collect();
        // In one order, so that equal bases learn equal things.
        known.sort_unstable();
        let numbers =
            known.iter().enumerate().map(|(number, (piece, _))| ((*piece).to_owned(), number as u32)).collect();
        Self { numbers, information: known.iter().map(|(_, count)| rarity(askings, *count)).collect() }
    }

    /// The words' part has length 1, the sounds' [`SOUND_SHARE`].
    fn row(&self, pieces: &[String]) -> Row {
        let number = |piece: &&String| self.numbers.get(*piece).copied();
        let mut row = Row::new();
        for (sounds, share) in [(false, 1.0), (true, SOUND_SHARE)] {
            let part = pieces.iter().filter(|piece| piece.starts_with('~') == sounds);
            let part: Row = part.filter_map(|p| number(&p)).map(|n| (n, self.information[n as usize])).collect();
            let length = part.iter().map(|(_, x)| x * x).sum::<f32>().sqrt().max(f32::EPSILON);
            row.extend(part.into_iter().map(|(number, x)| (number, share * x / length)));
        }
        row
    }
}

impl Model {
    fn fit(examples: &[&Example], features: usize, entries: usize) -> Self {
        let mut model = Self { weights: vec![0.0; features * entries], entries };
        let mut moved = vec![0.0_f32; features];
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut seed = 1_u64;
        for _ in 0..EPOCHS {
            shuffle(&mut order, &mut seed);
            for example in order.iter().map(|at| examples[*at]) {
                let mut slope = model.scores(&example.row);
                softmax(&mut slope);
                if slope[example.entry] > KNOWN {
                    continue;
                }
                slope[example.entry] -= 1.0;
                let size = slope.iter().map(|g| g * g).sum::<f32>();
                for (feature, x) in &example.row {
                    let moved = &mut moved[*feature as usize];
                    *moved += size * x * x;
                    let step = STEP * x / moved.sqrt().max(f32::EPSILON);
                    let weights = model.weights[*feature as usize * entries..].iter_mut();
                    weights.zip(&slope).for_each(|(weight, g)| *weight -= step * g);
                }
            }
        }
        model
    }

    fn scores(&self, row: &Row) -> Vec<f32> {
        let mut scores = vec![0.0; self.entries];
        for (feature, x) in row {
            let weights = &self.weights[*feature as usize * self.entries..][..self.entries];
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += x * weight);
        }
        scores
    }
}

/// Fisher and Yates; always the same order, for equal bases must learn equal things.
fn shuffle(order: &mut [usize], seed: &mut u64) {
    for last in (1..order.len()).rev() {
        // Knuth's MMIX generator.
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (*seed >> 33) as usize % (last + 1));
    }
}
