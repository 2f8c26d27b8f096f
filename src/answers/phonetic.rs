//! What is misheard, found again by its sound.
//!
//! [`Lexicon`] holds the base's words and set phrases as phones: a stretch of the question, wherever its words were
//! cut, may be one of them (« vie liaison »: « filiation »). [`Phrases`] holds whole ways of asking as weighted
//! trigrams of phones without word boundaries. Both look up n-grams in an inverted list, never everything.

use std::collections::HashSet;
use std::sync::Arc;

use super::analysis::{Analyzer, Spoken};
use super::sounds::{Phone, Sounds, likeness};

/// Phones of the longest set phrase and stretch.
const LONGEST: usize = 24;
/// Phones of the shortest: two are in every sentence.
const SHORTEST: usize = 3;
/// Words of the longest stretch of the question.
const STRETCH: usize = 4;
/// Share of pairs of phones in common below which two words are not compared closely.
const WORTH_COMPARING: f32 = 0.3;
/// Likeness from which a stretch may be something else than what was written.
pub(super) const NEAR: f32 = 0.7;
/// Classes of phones, a power of two.
const CLASSES: usize = 32;

/// A stretch of the question that sounds like words of the base.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sounding {
    /// Ranks of the question's words, the last one not included.
    pub from: usize,
    pub to: usize,
    /// The base's words, by their numbers.
    pub stems: Arc<[u32]>,
    /// Likeness of the whole stretch, from [`NEAR`] to 1.
    pub likeness: f32,
    /// Its phones, a count.
    pub phones: usize,
}

/// The base's words and set phrases, by sound.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    items: Vec<Item>,
    /// Items by pair of phone classes.
    with: Vec<Vec<u32>>,
}

#[derive(Debug)]
struct Item {
    phones: Box<[Phone]>,
    pairs: u16,
    stems: Arc<[u32]>,
}

impl Lexicon {
    /// `texts`: words and set phrases, repetitions allowed; `number`: the vocabulary, by stem. What has a word that the vocabulary lacks is
    /// left out, as is what carries no meaning.
    pub fn new<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        analyzer: &Analyzer,
        sounds: &Sounds,
        number: impl Fn(&str) -> Option<u32>,
    ) -> Self {
        let mut lexicon = Lexicon { items: Vec::new(), with: vec![Vec::new(); CLASSES * CLASSES] };
        let mut seen: HashSet<(Vec<Phone>, Vec<u32>)> = HashSet::new();
        for text in texts {
            let terms = analyzer.terms(text);
            let stems: Option<Vec<u32>> = terms.iter().map(|term| number(&term.stem)).collect();
            let Some(stems) = stems.filter(|stems| !stems.is_empty()) else { continue };
            if terms.iter().all(|term| term.weight == super::analysis::Weight::Weak) {
                continue;
            }
            let words = super::analysis::spoken(text);
            let start = words.iter().position(|spoken| !analyzer.is_empty_word(&spoken.word)).unwrap_or(0);
            let phones = row(&words[start..], sounds);
            if (SHORTEST..=LONGEST).contains(&phones.len()) && seen.insert((phones.clone(), stems.clone())) {
                lexicon.add(phones, stems);
            }
        }
        lexicon
    }

    fn add(&mut self, phones: Vec<Phone>, stems: Vec<u32>) {
        let pairs = pairs(&phones);
        for pair in &pairs {
            self.with[*pair].push(self.items.len() as u32);
        }
        self.items.push(Item { phones: phones.into(), pairs: pairs.len() as u16, stems: stems.into() });
    }

    /// What the stretches of a question sound like, other than what they are.
    pub fn soundings(&self, words: &[Spoken], analyzer: &Analyzer, sounds: &Sounds) -> Vec<Sounding> {
        let mut found = Vec::new();
        let mut common: Vec<u16> = vec![0; self.items.len()];
        let mut touched: Vec<u32> = Vec::new();
        for from in 0..words.len() {
            for to in from + 1..=(from + STRETCH).min(words.len()) {
                let stretch = &words[from..to];
                let phones = row(stretch, sounds);
                if phones.len() > LONGEST {
                    break;
                }
                if phones.len() < SHORTEST || stretch.iter().all(|spoken| analyzer.is_empty_word(&spoken.word)) {
                    continue;
                }
                let pairs = pairs(&phones);
                for pair in &pairs {
                    for item in &self.with[*pair] {
                        if common[*item as usize] == 0 {
                            touched.push(*item);
                        }
                        common[*item as usize] += 1;
                    }
                }
                for at in touched.drain(..) {
                    let both = f32::from(std::mem::take(&mut common[at as usize]));
                    let item = &self.items[at as usize];
                    if 2.0 * both < WORTH_COMPARING * (pairs.len() + usize::from(item.pairs)) as f32 {
                        continue;
                    }
                    let likeness = likeness(&phones, &item.phones);
                    if likeness >= NEAR {
                        let longest = phones.len().max(item.phones.len());
                        found.push(Sounding { from, to, stems: Arc::clone(&item.stems), likeness, phones: longest });
                    }
                }
            }
        }
        found
    }
}

/// The phones of words said one after the other.
pub(super) fn row(words: &[Spoken], sounds: &Sounds) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::with_capacity(8 * words.len());
    for (rank, spoken) in words.iter().enumerate() {
        // The elision before the first word belongs to what was said before it.
        let word = sounds.word(if rank == 0 { &spoken.word } else { &spoken.whole });
        let again = usize::from(phones.last().is_some() && phones.last() == word.first());
        phones.extend_from_slice(&word[again..]);
    }
    phones
}

/// Distinct pairs of neighbouring classes, the ends of the row included (class 0).
fn pairs(phones: &[Phone]) -> Vec<usize> {
    let mut pairs = Vec::with_capacity(phones.len() + 1);
    let mut last = 0;
    for class in phones.iter().map(|phone| usize::from(phone.class())).chain([0]) {
        pairs.push(last * CLASSES + class);
        last = class;
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The ways of asking, as trigrams of phone classes.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// Entries by trigram, in their order.
    with: Vec<Vec<u32>>,
    /// Squared weight of each trigram: rare ones tell more.
    weight: Vec<f32>,
    entries: Vec<Vec<Phrase>>,
}

#[derive(Debug)]
struct Phrase {
    trigrams: Box<[u16]>,
    /// Length of its vector.
    norm: f32,
}

/// A question as trigrams.
#[derive(Debug, Default)]
pub(super) struct Sounded {
    trigrams: Vec<u16>,
    norm: f32,
}

impl Phrases {
    /// Adds the next entry, with the ways it is asked in.
    pub fn add(&mut self, askings: impl IntoIterator<Item = Vec<Phone>>) {
        self.with.resize_with(CLASSES.pow(3), Vec::new);
        let entry = self.entries.len() as u32;
        let phrases: Vec<Phrase> =
            askings.into_iter().map(|phones| Phrase { trigrams: trigrams(&phones).into(), norm: 0.0 }).collect();
        for trigram in phrases.iter().flat_map(|phrase| phrase.trigrams.iter()) {
            let list = &mut self.with[usize::from(*trigram)];
            if list.last() != Some(&entry) {
                list.push(entry);
            }
        }
        self.entries.push(phrases);
    }

    /// Weighs the trigrams once every entry is there.
    pub fn finish(&mut self) {
        let entries = self.entries.len() as f32;
        self.weight = self.with.iter().map(|list| (1.0 + entries / (0.5 + list.len() as f32)).ln().powi(2)).collect();
        for phrase in self.entries.iter_mut().flatten() {
            phrase.norm = norm(&phrase.trigrams, &self.weight);
        }
    }

    pub fn read(&self, phones: &[Phone]) -> Sounded {
        let trigrams = trigrams(phones);
        let norm = if self.weight.is_empty() { 0.0 } else { norm(&trigrams, &self.weight) };
        Sounded { trigrams, norm }
    }

    /// The entries that share most of the question's sound, best first, at most `limit`. Trigrams that more than a
    /// fifth of a large base has are not followed: they tell little and cost most.
    pub fn propose(&self, question: &Sounded, limit: usize) -> Vec<usize> {
        let mut shared = vec![0.0_f32; self.entries.len()];
        let common = (self.entries.len() / 5).max(200);
        for trigram in &question.trigrams {
            let list = &self.with[usize::from(*trigram)];
            if list.len() <= common {
                for entry in list {
                    shared[*entry as usize] += self.weight[usize::from(*trigram)];
                }
            }
        }
        let mut best: Vec<(usize, f32)> = Vec::with_capacity(limit + 1);
        for (entry, shared) in shared.into_iter().enumerate().filter(|(_, shared)| *shared > 0.0) {
            if best.len() < limit || best.last().is_some_and(|(_, least)| shared > *least) {
                let at = best.partition_point(|(_, other)| *other >= shared);
                best.insert(at, (entry, shared));
                best.truncate(limit);
            }
        }
        best.into_iter().map(|(entry, _)| entry).collect()
    }

    /// Likeness, 0 to 1 (cosine), with the closest way of asking of an entry, without the one that is hidden.
    pub fn closest(&self, question: &Sounded, entry: usize, without: Option<usize>) -> f32 {
        let phrases = self.entries.get(entry).map_or(&[][..], Vec::as_slice);
        let shown = phrases.iter().enumerate().filter(|(rank, _)| Some(*rank) != without);
        shown.map(|(_, phrase)| self.cosine(question, phrase)).fold(0.0, f32::max)
    }

    fn cosine(&self, question: &Sounded, phrase: &Phrase) -> f32 {
        let (mut a, mut b) = (question.trigrams.as_slice(), &*phrase.trigrams);
        let mut both = 0.0;
        while let (Some(x), Some(y)) = (a.first(), b.first()) {
            if x == y {
                both += self.weight[usize::from(*x)];
            }
            if x <= y {
                a = &a[1..];
            }
            if y <= x {
                b = &b[1..];
            }
        }
        let norms = question.norm * phrase.norm;
        if norms > 0.0 { both / norms } else { 0.0 }
    }
}

fn norm(trigrams: &[u16], weight: &[f32]) -> f32 {
    trigrams.iter().map(|trigram| weight[usize::from(*trigram)]).sum::<f32>().sqrt()
}

/// Distinct trigrams, sorted.
fn trigrams(phones: &[Phone]) -> Vec<u16> {
    let number = |window: &[Phone]| window.iter().fold(0, |n, phone| n * CLASSES as u16 + u16::from(phone.class()));
    let mut trigrams: Vec<u16> = phones.windows(3).map(number).collect();
    trigrams.sort_unstable();
    trigrams.dedup();
    trigrams
}
