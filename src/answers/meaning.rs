//! What a question means, whatever its words: « incinérer » is near « crémation » although no letter says so.
//!
//! A sentence is the mean of its words' vectors, weighted by how much each tells (Arora et al. 2017), brought to
//! length 1; two sentences are as near as their cosine. A generation keeps one vector for each way of asking.

use std::collections::HashMap;
use std::sync::Arc;

use super::analysis::{Analyzer, rarity, words};
use super::vectors::Vectors;

/// A number between −1 and 1 in a byte.
const STEPS: f32 = 127.0;

/// The meanings of a generation's ways of asking.
pub(super) struct Meanings {
    vectors: Arc<Vectors>,
    /// How much each word tells: the less, the more entries are asked with it.
    information: HashMap<String, f32>,
    unknown: f32,
    /// One row a way of asking, entry after entry.
    askings: Vec<i8>,
    /// The first row of each entry, and the end of the last.
    starts: Vec<usize>,
    /// One row an entry: the mean of its ways of asking.
    middles: Vec<i8>,
}

/// A question's vector.
pub(super) struct Meaning(Vec<f32>);

impl Meanings {
    /// `entries`: for each one its ways of asking, in their order, and then what else names it (title, label).
    pub fn build(vectors: Arc<Vectors>, analyzer: &Analyzer, entries: &[Vec<String>]) -> Self {
        let mut entries_with: HashMap<String, u32> = HashMap::new();
        for texts in entries {
            let mut words: Vec<String> = texts.iter().flat_map(|text| telling(analyzer, text)).collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                *entries_with.entry(word).or_default() += 1;
            }
        }
        let information = entries_with.into_iter().map(|(word, with)| (word, rarity(entries.len(), with))).collect();
        let mut meanings = Self {
            vectors,
            information,
            unknown: rarity(entries.len(), 0),
            askings: Vec::new(),
            starts: vec![0],
            middles: Vec::new(),
        };
        let dimensions = meanings.vectors.dimensions();
        for texts in entries {
            let mut middle = vec![0.0; dimensions];
            for text in texts {
                let row = meanings.sum(analyzer, text).unwrap_or_else(|| vec![0.0; dimensions]);
                middle.iter_mut().zip(&row).for_each(|(sum, number)| *sum += number);
                meanings.askings.extend(row.into_iter().map(byte));
            }
            meanings.starts.push(meanings.askings.len() / dimensions.max(1));
            normalise(&mut middle);
            meanings.middles.extend(middle.into_iter().map(byte));
        }
        meanings
    }

    /// `None` when no word of the text tells anything.
    pub fn of(&self, analyzer: &Analyzer, text: &str) -> Option<Meaning> {
        self.sum(analyzer, text).map(Meaning)
    }

    /// Cosine, 0 to 1, with the nearest way of asking of an entry, one of them left out if told.
    pub fn nearest(&self, meaning: &Meaning, entry: usize, without: Option<usize>) -> f32 {
        let Some((start, end)) = self.starts.get(entry).zip(self.starts.get(entry + 1)) else { return 0.0 };
        (*start..*end)
            .enumerate()
            .filter(|(rank, _)| Some(*rank) != without)
            .map(|(_, row)| cosine(&meaning.0, self.row(&self.askings, row)))
            .fold(0.0, f32::max)
    }

    /// The entries whose middle is nearest, best first.
    pub fn closest(&self, meaning: &Meaning, count: usize) -> Vec<usize> {
        let entries = self.starts.len() - 1;
        let mut near: Vec<(usize, f32)> =
            (0..entries).map(|entry| (entry, cosine(&meaning.0, self.row(&self.middles, entry)))).collect();
        let nearer = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if near.len() > count {
            near.select_nth_unstable_by(count, nearer);
            near.truncate(count);
        }
        near.sort_by(nearer);
        near.into_iter().map(|(entry, _)| entry).collect()
    }

    fn row<'a>(&self, table: &'a [i8], row: usize) -> &'a [i8] {
        let dimensions = self.vectors.dimensions();
        &table[row * dimensions..][..dimensions]
    }

    fn sum(&self, analyzer: &Analyzer, text: &str) -> Option<Vec<f32>> {
        let mut sum = vec![0.0; self.vectors.dimensions()];
        for word in telling(analyzer, text) {
            let information = self.information.get(&word).copied().unwrap_or(self.unknown);
            self.vectors.add(&word, information, &mut sum);
        }
        normalise(&mut sum).then_some(sum)
    }
}

/// The words of a text that are not empty ones.
fn telling(analyzer: &Analyzer, text: &str) -> Vec<String> {
    let mut words = words(text);
    words.retain(|word| !analyzer.is_empty_word(word));
    words
}

/// To length 1; whether there was a length.
fn normalise(row: &mut [f32]) -> bool {
    let length = row.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length <= f32::EPSILON {
        return false;
    }
    row.iter_mut().for_each(|number| *number /= length);
    true
}

fn byte(number: f32) -> i8 {
    (number * STEPS).round() as i8
}

fn cosine(a: &[f32], b: &[i8]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * f32::from(*b)).sum::<f32>() / STEPS
}
