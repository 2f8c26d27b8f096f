//! A question as the search sees it: its words and what they tell, what they may have been by their sound, what they mean.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::Arc;

use super::analysis::{Term, Weight, places, rarity, spoken};
use super::confidence::log_hearing;
use super::index::Index;
use super::language::Asked;
use super::learned::Reader;
use super::meaning::Meaning;
use super::phonetic::{NEAR, Sounded, row};
use super::search::Query;

/// Likeness of sound at which a reading is worth nothing.
const FLOOR: f32 = 0.6;

/// What calibration hides from the search, so that it cannot recognise what it was taught with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hidden {
    #[default]
    Nothing,
    /// One way of asking of an entry, by their ranks.
    Question(usize, usize),
    /// A whole entry.
    Entry(usize),
}

impl Hidden {
    /// A likeness with an entry that `closest` gives, told the way of asking to leave out; 0 when the entry is hidden.
    pub(super) fn likeness(self, entry: usize, closest: impl Fn(Option<usize>) -> f32) -> f32 {
        match self {
            Hidden::Entry(other) if other == entry => 0.0,
            Hidden::Question(other, rank) if other == entry => closest(Some(rank)),
            _ => closest(None),
        }
    }
}

/// The question as the search sees it.
pub(super) struct Question {
    pub text: String,
    pub terms: Vec<Term>,
    /// Distinct words.
    pub words: Vec<Word>,
    pub asked: Vec<Asked>,
    /// Natural logarithm of the hearing confidence.
    pub hearing: f32,
    /// What the sound itself says, by entry.
    pub acoustic: Vec<(usize, f32)>,
    /// What stretches of it may be, by their sound, the likeliest and longest first.
    pub readings: Vec<Reading>,
    pub sounded: Sounded,
    pub meaning: Option<Meaning>,
    /// [`Evidence::learned`] of each entry; empty where nothing was.
    pub learned: Vec<f32>,
}

/// A word of the question: its number in the vocabulary if known, how much it tells, from 0 to 1, and how surely it is
/// what was said, from 0 to 1.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub number: Option<u32>,
    pub stem: String,
    pub weight: Weight,
    pub information: f32,
    pub sure: f32,
}

/// Words of the base that a stretch of the question sounds like.
pub(super) struct Reading {
    /// Terms that it replaces, by rank.
    pub terms: Range<usize>,
    /// Words of the text, by rank, and what is written instead.
    pub spoken: Range<usize>,
    pub text: Arc<str>,
    pub words: Vec<Word>,
    pub sure: f32,
}

impl Question {
    /// The entries that what was learned puts first.
    pub(super) fn likeliest(&self, count: usize) -> Vec<usize> {
        let mut best: Vec<usize> = (0..self.learned.len()).collect();
        best.sort_by(|a, b| self.learned[*b].total_cmp(&self.learned[*a]));
        best.truncate(count);
        best
    }

    /// Whether nothing else that tells anything was asked.
    pub(super) fn is_only(&self, asked: &Asked) -> bool {
        self.terms.iter().enumerate().all(|(at, term)| term.weight == Weight::Weak || asked.at.contains(&at))
    }
}

impl Index {
    pub(super) fn question(&self, query: &Query<'_>, hidden: Hidden) -> Question {
        let analyzer = &self.language.analyzer;
        let terms = analyzer.terms(query.text);
        let asked = self.language.facets.asked(&terms);
        let mut words: Vec<Word> = Vec::new();
        for term in &terms {
            if words.iter().all(|word| word.stem != term.stem) {
                words.push(self.word(&term.stem, term.weight, 1.0, hidden));
            }
        }
        let hearing = log_hearing(query.hearing_confidence);
        let (readings, sounded) = self.by_sound(query.text, &terms, hidden);
        let acoustic = query.acoustic.iter();
        let acoustic = acoustic.filter_map(|said| Some((*self.ids.get(&said.phrase.meaning)?, said.score))).collect();
        let meaning = self.meanings.as_ref().and_then(|meanings| meanings.of(analyzer, query.text));
        let learned = self.learned.as_ref().map(|learned| learned.read(self.reader(), query.text, hidden));
        let learned = learned.unwrap_or_default();
        let text = query.text.to_owned();
        Question { text, terms, words, asked, hearing, acoustic, readings, sounded, meaning, learned }
    }

    pub(super) fn word(&self, stem: &str, weight: Weight, sure: f32, hidden: Hidden) -> Word {
        let number = self.vocabulary.get(stem).copied();
        Word { number, stem: stem.to_owned(), weight, information: self.information(number, weight, hidden), sure }
    }

    /// What the question sounds like: stretch by stretch, and as a whole.
    fn by_sound(&self, text: &str, terms: &[Term], hidden: Hidden) -> (Vec<Reading>, Sounded) {
        let Some(sounds) = &self.settings.sounds else { return Default::default() };
        let (analyzer, said) = (&self.language.analyzer, spoken(text));
        let mut readings = Vec::new();
        for sounding in self.lexicon.soundings(&said, analyzer, sounds) {
            let inside = |term: &Term| sounding.from <= term.of.start && term.of.end <= sounding.to;
            let first = terms.iter().position(inside);
            let Some(first) = first else { continue };
            let replaced = first..first + terms[first..].iter().take_while(|term| inside(term)).count();
            let stems: Vec<&str> = sounding.stems.iter().map(|number| self.stems[*number as usize].as_str()).collect();
            let heard = &terms[replaced.clone()];
            let (same, other): (Vec<&Term>, Vec<&Term>) =
                heard.iter().partition(|term| stems.contains(&term.stem.as_str()));
            if other.is_empty() {
                continue;
            }
            // « attestation de » proves nothing about what comes after it: the words in doubt bear all the difference.
            let certain = same.iter().map(|term| row(&said[term.of.clone()], sounds).len()).sum::<usize>();
            let doubtful = sounding.phones.saturating_sub(certain).max(1);
            let likeness = 1.0 - (1.0 - sounding.likeness) * sounding.phones as f32 / doubtful as f32;
            let least = other.iter().map(|term| self.least_likeness(term)).fold(0.0, f32::max);
            if likeness < least {
                continue;
            }
            let sure = ((likeness - FLOOR) / (1.0 - FLOOR)).clamp(0.0, 1.0);
            let word = |stem: &&str| self.word(stem, analyzer.weight(stem), sure, hidden);
            let (spoken, text) = (sounding.from..sounding.to, sounding.text);
            readings.push(Reading { words: stems.iter().map(word).collect(), terms: replaced, spoken, text, sure });
        }
        let value = |reading: &Reading| reading.sure * (reading.terms.len() as f32).sqrt();
        readings.sort_by(|a, b| value(b).total_cmp(&value(a)));
        (readings, self.phrases.read(&row(&said, sounds)))
    }

    /// How alike to it something else must sound to be taken for it: a word that names a démarche is seldom misheard.
    fn least_likeness(&self, term: &Term) -> f32 {
        match (term.weight, self.vocabulary.contains_key(&term.stem)) {
            (Weight::Decisive | Weight::Outside, _) => 0.95,
            (_, true) => 0.85,
            _ => NEAR,
        }
    }

    /// How much a word tells, from 0 to 1: 1 when the base does not know it, less the more entries are asked with it.
    pub(super) fn information(&self, number: Option<u32>, weight: Weight, hidden: Hidden) -> f32 {
        let with = number.map_or(0, |number| {
            let with = self.entries_with[number as usize];
            match hidden {
                Hidden::Entry(entry) | Hidden::Question(entry, _) => {
                    let indexed = &self.entries[entry];
                    let lost = indexed.asks_with(number, None) && !indexed.visible(entry, hidden).asks_with(number);
                    with - u32::from(lost)
                }
                Hidden::Nothing => with,
            }
        });
        let information = rarity(self.entries.len(), with) / rarity(self.entries.len(), 0);
        if weight == Weight::Weak { information * self.settings.weak } else { information }
    }

    /// The text as it would be written if this entry was meant and its words were misheard; `None` when none of them
    /// may have been.
    pub(super) fn rewritten(&self, question: &Question, entry: usize, hidden: Hidden) -> Option<String> {
        let mut used = self.readings_for(question, &self.entries[entry].visible(entry, hidden));
        if used.is_empty() {
            return None;
        }
        used.sort_by_key(|reading| std::cmp::Reverse(reading.spoken.start));
        let text = &question.text;
        let places = places(text);
        if places.len() != spoken(text).len() {
            return None;
        }
        let mut rewritten = text.clone();
        // From the end, so that places stay true; stretches of other words may share one as it was written.
        let mut end = text.len();
        for reading in used {
            let (first, last) = (places.get(reading.spoken.start)?, places.get(reading.spoken.end.checked_sub(1)?)?);
            let place = first.start..last.end;
            if place.end <= end && text.get(place.clone()).is_some() {
                rewritten.replace_range(place.clone(), &reading.text);
                end = place.start;
            }
        }
        Some(rewritten)
    }

    /// [`Evidence::learned`] of an entry for the words as heard, or as they may have been said. `known`: what was read
    /// already, for several entries are often meant by the same words.
    pub(super) fn taught(
        &self,
        question: &Question,
        entry: usize,
        hidden: Hidden,
        known: &mut HashMap<String, Vec<f32>>,
    ) -> f32 {
        let heard = question.learned.get(entry).copied().unwrap_or_default();
        let Some(learned) = &self.learned else { return heard };
        let Some(text) = self.rewritten(question, entry, hidden) else { return heard };
        let read = match known.entry(text) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(place) => {
                let read = learned.read(self.reader(), place.key(), hidden);
                place.insert(read)
            }
        };
        read.get(entry).map_or(heard, |read| heard.max(*read))
    }

    fn reader(&self) -> Reader<'_> {
        Reader { analyzer: &self.language.analyzer, sounds: self.settings.sounds.as_deref() }
    }
}
