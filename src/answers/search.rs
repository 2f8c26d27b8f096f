//! From a question to candidates: tantivy proposes, named evidence judges, the confidence model decides how sure.

use std::collections::HashMap;
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as TantivyQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::analysis::Weight;
use super::calibrate::Example;
use super::confidence::Evidence;
use super::index::{Error, Index, Part, pairs};
use super::pattern::Sentence;
use super::question::{Hidden, Question};
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

/// Probability from which a démarche sets aside a rule on private matters that yields.
const CERTAIN: f32 = 0.97;
/// Entries whose words are judged on the sound, a count.
const JUDGED: usize = 4;
/// Probability above which nothing is: the answer would not change.
const SURE: f32 = 0.93;

/// An entry and what speaks for it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub entry: usize,
    pub facet: Option<usize>,
    pub score: f32,
    pub evidence: Evidence,
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
        let certain = candidates.first().is_some_and(|best| best.topic.human.is_none() && best.probability >= CERTAIN);
        let rule = self.language.private.found_in(&sentence);
        let private = rule.is_some_and(|rule| !(rule.yields && certain));
        candidates.truncate(query.limit);
        Ok(Found {
            candidates,
            facet: question.asked.first().map(|asked| asked.kind.clone()),
            facet_alone: question.asked.first().is_some_and(|asked| question.is_only(asked)),
            private,
            search_us: u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX),
        })
    }

    /// How what was heard would be written if one of the few best entries was meant and its words were misheard: what
    /// is worth judging on the sound itself. Empty when the words leave no doubt, or when the search fails.
    pub fn alternatives(&self, text: &str, hearing_confidence: f32) -> Vec<Alternative> {
        let query = Query { text, hearing_confidence, current: None, acoustic: &[], limit: JUDGED };
        let question = self.question(&query, Hidden::Nothing);
        if question.readings.is_empty() {
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
            let text = self.rewritten(&question, entry, Hidden::Nothing)?;
            Some(Alternative { meaning: self.entries[entry].topic.entry.clone(), text })
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
        for entry in
            sounding.into_iter().chain(self.meaning_so(question)).chain(question.likeliest(self.settings.learned))
        {
            if Some(entry) != hidden_entry && scores.iter().all(|(known, _)| *known != entry) {
                scores.push((entry, 0.0));
            }
        }
        let best = scores.iter().map(|(_, score)| *score).fold(0.0, f32::max);
        let heard: Vec<f32> = scores.iter().map(|(entry, _)| self.heard_as(question, *entry, hidden)).collect();
        let clearest = heard.iter().copied().fold(0.0, f32::max);
        let mut rewritten = HashMap::new();
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
                    learned: self.taught(question, entry, hidden, &mut rewritten),
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
