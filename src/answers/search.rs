//! From a question to candidates: tantivy proposes, named evidence judges, the confidence model decides how sure.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as TantivyQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::analysis::{Term, Weight, places, rarity, spoken};
use super::calibrate::Example;
use super::confidence::{Evidence, log_hearing};
use super::index::{Error, Index, Part, pairs};
use super::language::Asked;
use super::meaning::Meaning;
use super::pattern::Sentence;
use super::phonetic::{NEAR, Sounded, row};
use crate::dialogue::{Alternative, Candidate, Found, Phrase, PhraseScore};

/// A question put to the base.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    pub text: &'a str,
    /// Probability, 0 to 1, that the words are what was said; 1 for a written question.
    pub hearing_confidence: f32,
    /// The entry under discussion.
    pub current: Option<&'a str>,
    /// What the sound itself says of some entries: each phrase's meaning is an entry's identifier.
    pub acoustic: &'a [PhraseScore],
    /// Candidates wanted at most.
    pub limit: usize,
}

/// Likeness of sound at which a reading is worth nothing.
const FLOOR: f32 = 0.6;

/// Entries whose words are judged on the sound, a count.
const JUDGED: usize = 4;
/// Probability above which nothing is: the answer would not change.
const SURE: f32 = 0.93;
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
    fn likeness(self, entry: usize, closest: impl Fn(Option<usize>) -> f32) -> f32 {
        match self {
            Hidden::Entry(other) if other == entry => 0.0,
            Hidden::Question(other, rank) if other == entry => closest(Some(rank)),
            _ => closest(None),
        }
    }
}

/// An entry and what speaks for it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub entry: usize,
    pub facet: Option<usize>,
    pub score: f32,
    pub evidence: Evidence,
}

/// The question as the search sees it.
pub(super) struct Question {
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
    sounded: Sounded,
    meaning: Option<Meaning>,
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
    /// Whether nothing else that tells anything was asked.
    fn is_only(&self, asked: &Asked) -> bool {
        self.terms.iter().enumerate().all(|(at, term)| term.weight == Weight::Weak || asked.at.contains(&at))
    }
}

impl Index {
    /// The entries that may be what the caller wants, best first. A facet question on the entry under discussion
    /// comes back with that entry and facet; see [`Found`] for the rest.
    ///
    /// # Errors
    /// A failure of tantivy, which the caller treats as an engine fault.
    pub fn search(&self, query: &Query<'_>) -> Result<Found, Error> {
        let started = Instant::now();
        let sentence = Sentence::new(query.text);
        let question = self.question(query, Hidden::Nothing);
        let current = query.current.and_then(|entry| self.ids.get(entry).copied());
        let mut judged = self.judge(&question, current, Hidden::Nothing)?;

        let confidence = &self.language.confidence;
        let mut probabilities = confidence.probabilities(&self.evidences(&judged), query.hearing_confidence);
        if let Some((entry, facet)) = current.and_then(|entry| Some((entry, self.follow_up(&question, entry)?))) {
            let sure = confidence.follow_up(query.hearing_confidence);
            probabilities.iter_mut().for_each(|probability| *probability *= 1.0 - sure);
            match judged.iter().position(|judged| judged.entry == entry) {
                Some(at) => {
                    probabilities[at] += sure;
                    judged[at].facet = Some(facet);
                }
                None => {
                    judged.push(Judged { entry, facet: Some(facet), score: 0.0, evidence: Evidence::default() });
                    probabilities.push(sure);
                }
            }
        }
        let mut candidates: Vec<Candidate> = judged
            .iter()
            .zip(probabilities)
            .map(|(judged, probability)| Candidate {
                topic: self.entries[judged.entry].topic.clone(),
                facet: judged.facet,
                probability,
                score: judged.score,
            })
            .collect();
        candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        candidates.truncate(query.limit);
        Ok(Found {
            candidates,
            facet: question.asked.first().map(|asked| asked.kind.clone()),
            facet_alone: question.asked.first().is_some_and(|asked| question.is_only(asked)),
            private: self.language.private.found_in(&sentence).is_some(),
            search_us: u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX),
        })
    }

    /// How what was heard would be written if one of the few best entries was meant and its words were misheard: what
    /// is worth judging on the sound itself. Empty when the words leave no doubt, or when the search fails.
    pub fn alternatives(&self, text: &str, hearing_confidence: f32) -> Vec<Alternative> {
        let query = Query { text, hearing_confidence, current: None, acoustic: &[], limit: JUDGED };
        let (question, places) = (self.question(&query, Hidden::Nothing), places(text));
        if question.readings.is_empty() || places.len() != spoken(text).len() {
            return Vec::new();
        }
        let Ok(judged) = self.judge(&question, None, Hidden::Nothing) else { return Vec::new() };
        let probabilities = self.language.confidence.probabilities(&self.evidences(&judged), hearing_confidence);
        if probabilities.iter().any(|probability| *probability >= SURE) {
            return Vec::new();
        }
        let mut best: Vec<(f32, usize)> =
            probabilities.into_iter().zip(judged.iter().map(|judged| judged.entry)).collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0));
        let rewrite = |(_, entry): (f32, usize)| {
            let indexed = &self.entries[entry];
            let mut used = self.readings_for(&question, &indexed.visible(entry, Hidden::Nothing));
            used.sort_by_key(|reading| std::cmp::Reverse(reading.spoken.start));
            let mut rewritten = text.to_owned();
            for reading in &used {
                let place = places[reading.spoken.start].start..places[reading.spoken.end - 1].end;
                rewritten.replace_range(place, &reading.text);
            }
            (!used.is_empty()).then(|| Alternative { meaning: indexed.topic.entry.clone(), text: rewritten })
        };
        best.into_iter().take(JUDGED).filter_map(rewrite).collect()
    }

    /// The evidence for each candidate, and whether a human treats it.
    fn evidences(&self, judged: &[Judged]) -> Vec<(Evidence, bool)> {
        judged.iter().map(|judged| (judged.evidence, self.is_human(judged.entry))).collect()
    }

    pub(super) fn is_human(&self, entry: usize) -> bool {
        self.entries[entry].topic.human.is_some()
    }

    /// The evidence for each candidate of a question, for calibration.
    pub(super) fn evidence(&self, example: &Example) -> Result<Vec<Judged>, Error> {
        let score = |(entry, score): &(String, f32)| PhraseScore {
            phrase: Phrase { meaning: entry.clone(), text: String::new() },
            score: *score,
        };
        let acoustic: Vec<PhraseScore> = example.acoustic.iter().map(score).collect();
        let query = Query {
            text: &example.text,
            hearing_confidence: example.hearing_confidence,
            current: None,
            acoustic: &acoustic,
            limit: self.settings.considered,
        };
        let question = self.question(&query, example.hidden);
        self.judge(&question, None, example.hidden)
    }

    fn question(&self, query: &Query<'_>, hidden: Hidden) -> Question {
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
        Question { terms, words, asked, hearing, acoustic, readings, sounded, meaning }
    }

    fn word(&self, stem: &str, weight: Weight, sure: f32, hidden: Hidden) -> Word {
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

    fn judge(&self, question: &Question, current: Option<usize>, hidden: Hidden) -> Result<Vec<Judged>, Error> {
        let mut scores: Vec<(usize, f32)> = self.propose(question, hidden)?.into_iter().collect();
        scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scores.truncate(self.settings.considered);
        if let Some(current) = current
            && !question.asked.is_empty()
            && scores.iter().all(|(entry, _)| *entry != current)
        {
            scores.push((current, 0.0));
        }
        let hidden_entry = if let Hidden::Entry(entry) = hidden { Some(entry) } else { None };
        let sounding = self.phrases.propose(&question.sounded, self.settings.sounding);
        for entry in sounding.into_iter().chain(self.meaning_so(question)) {
            if Some(entry) != hidden_entry && scores.iter().all(|(known, _)| *known != entry) {
                scores.push((entry, 0.0));
            }
        }
        let best = scores.iter().map(|(_, score)| *score).fold(0.0, f32::max);
        let heard: Vec<f32> = scores.iter().map(|(entry, _)| self.heard_as(question, *entry, hidden)).collect();
        let clearest = heard.iter().copied().fold(0.0, f32::max);
        let share = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { 0.0 };
        let one = |yes: bool| f32::from(u8::from(yes));
        Ok(scores
            .into_iter()
            .zip(heard)
            .map(|((entry, score), phonetic)| {
                let (facet, evidence) = self.weigh(question, entry, hidden);
                let evidence = Evidence {
                    phonetic,
                    clearest: share(phonetic, clearest),
                    meaning: self.means(question, entry, hidden),
                    agreement: one(score > 0.0 && score >= best && phonetic > 0.0 && phonetic >= clearest),
                    context: one(current == Some(entry) && !question.asked.is_empty()),
                    ..evidence
                };
                Judged { entry, facet, score, evidence }
            })
            .collect())
    }

    /// Likeness of the question's whole sound with the closest way of asking of an entry.
    fn heard_as(&self, question: &Question, entry: usize, hidden: Hidden) -> f32 {
        hidden.likeness(entry, |without| self.phrases.closest(&question.sounded, entry, without))
    }

    /// The entries whose meaning is nearest.
    fn meaning_so(&self, question: &Question) -> Vec<usize> {
        let Some((meanings, meaning)) = self.meanings.as_ref().zip(question.meaning.as_ref()) else {
            return Vec::new();
        };
        meanings.closest(meaning, self.settings.meaning)
    }

    /// How near the question's meaning is to that of the nearest way of asking of an entry.
    fn means(&self, question: &Question, entry: usize, hidden: Hidden) -> f32 {
        let Some((meanings, meaning)) = self.meanings.as_ref().zip(question.meaning.as_ref()) else { return 0.0 };
        hidden.likeness(entry, |without| meanings.nearest(meaning, entry, without))
    }

    /// Lexical scores by entry: its best way of asking, and what its title and answer add.
    fn propose(&self, question: &Question, hidden: Hidden) -> Result<HashMap<usize, f32>, Error> {
        let settings = &self.settings;
        let mut clauses: Vec<(Occur, Box<dyn TantivyQuery>)> = Vec::new();
        let mut clause = |field: Field, text: &str, boost: f32| {
            let term = TermQuery::new(tantivy::Term::from_field_text(field, text), IndexRecordOption::WithFreqs);
            clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(term), boost))));
        };
        for word in question.words.iter().filter(|word| word.number.is_some()) {
            let share = if word.weight == Weight::Weak { settings.weak } else { 1.0 };
            clause(self.fields.question, &word.stem, settings.question_boost * share);
            clause(self.fields.about, &word.stem, settings.about_boost * share);
            clause(self.fields.answer, &word.stem, settings.answer_boost * share);
        }
        for pair in pairs(&question.terms) {
            clause(self.fields.pairs, &pair, settings.pair_boost);
        }
        let mut misheard: HashMap<&str, f32> = HashMap::new();
        for word in question.readings.iter().flat_map(|reading| &reading.words) {
            let sure = misheard.entry(&word.stem).or_default();
            *sure = sure.max(word.sure);
        }
        for (stem, sure) in misheard {
            if question.words.iter().all(|word| word.stem != stem) {
                clause(self.fields.question, stem, settings.question_boost * sure);
                clause(self.fields.about, stem, settings.about_boost * sure);
            }
        }
        if clauses.is_empty() {
            return Ok(HashMap::new());
        }
        let searcher = self.reader.searcher();
        let top = TopDocs::with_limit(settings.documents).order_by_score();
        let documents = searcher.search(&BooleanQuery::new(clauses), &top).map_err(Error::Search)?;

        let mut asked: HashMap<usize, f32> = HashMap::new();
        let mut scores: HashMap<usize, f32> = HashMap::new();
        for (score, address) in documents {
            let Some(origin) = self.origins.get(address.doc_id as usize) else { continue };
            match (origin.part, hidden) {
                (_, Hidden::Entry(entry)) if entry == origin.entry => {}
                (Part::Question(rank), Hidden::Question(entry, asking)) if (entry, asking) == (origin.entry, rank) => {}
                (Part::Question(_), _) => {
                    let best = asked.entry(origin.entry).or_default();
                    *best = best.max(score);
                }
                (Part::About | Part::Answer, _) => *scores.entry(origin.entry).or_default() += score,
            }
        }
        for (entry, score) in asked {
            *scores.entry(entry).or_default() += score;
        }
        Ok(scores)
    }

    /// The facet of the entry under discussion that a question asks for with follow-up words alone.
    fn follow_up(&self, question: &Question, entry: usize) -> Option<usize> {
        let (facet, asked) = self.entries[entry].facet(question)?;
        question.is_only(&asked).then_some(facet)
    }
}
