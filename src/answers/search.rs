//! From a question to candidates: tantivy proposes, named evidence judges, the confidence model decides how sure.

use std::collections::HashMap;
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as TantivyQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::analysis::{Term, Weight};
use super::confidence::{Evidence, log_hearing};
use super::index::{Error, Index, Indexed, Part, pairs};
use super::language::Asked;
use super::pattern::Sentence;
use crate::dialogue::{Candidate, Found};

/// A question put to the base.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    pub text: &'a str,
    /// Probability, 0 to 1, that the words are what was said; 1 for a written question.
    pub hearing_confidence: f32,
    /// The entry under discussion.
    pub current: Option<&'a str>,
    /// Candidates wanted at most.
    pub limit: usize,
}

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

/// An entry and what speaks for it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub entry: usize,
    pub facet: Option<usize>,
    pub score: f32,
    pub evidence: Evidence,
}

/// The question as the search sees it.
struct Question {
    terms: Vec<Term>,
    /// Distinct words: number in the vocabulary if known, information, and whether each is a follow-up word.
    words: Vec<Word>,
    asked: Vec<Asked>,
    hearing: f32,
}

struct Word {
    number: Option<u32>,
    stem: String,
    weight: Weight,
    information: f32,
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
        let evidence: Vec<Evidence> = judged.iter().map(|judged| judged.evidence).collect();
        let mut probabilities = confidence.probabilities(&evidence);
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
            private: self.language.private.found_in(&sentence).is_some(),
            search_us: u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX),
        })
    }

    /// The evidence for each candidate of a question, for calibration.
    pub(super) fn evidence(&self, text: &str, hearing_confidence: f32, hidden: Hidden) -> Result<Vec<Judged>, Error> {
        let query = Query { text, hearing_confidence, current: None, limit: self.settings.considered };
        let question = self.question(&query, hidden);
        self.judge(&question, None, hidden)
    }

    fn question(&self, query: &Query<'_>, hidden: Hidden) -> Question {
        let terms = self.language.analyzer.terms(query.text);
        let asked = self.language.facets.asked(&terms);
        let mut words: Vec<Word> = Vec::new();
        for term in &terms {
            if words.iter().all(|word| word.stem != term.stem) {
                let number = self.vocabulary.get(&term.stem).copied();
                let information = self.information(number, term.weight, hidden);
                words.push(Word { number, stem: term.stem.clone(), weight: term.weight, information });
            }
        }
        let hearing = log_hearing(query.hearing_confidence);
        Question { terms, words, asked, hearing }
    }

    /// How much a word tells, from 0 to 1: 1 when the base does not know it, less the more entries are asked with it.
    fn information(&self, number: Option<u32>, weight: Weight, hidden: Hidden) -> f32 {
        let entries = self.entries.len() as f32;
        let rarity = |with: f32| (1.0 + (entries + 0.5) / (with + 0.5)).ln();
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
        let information = rarity(with as f32) / rarity(0.0);
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
        let best = scores.first().map_or(0.0, |(_, score)| *score);
        Ok(scores
            .into_iter()
            .map(|(entry, score)| {
                let (facet, evidence) = self.weigh(question, entry, hidden);
                let lexical = if best > 0.0 { score / best } else { 0.0 };
                let context = f32::from(u8::from(current == Some(entry) && !question.asked.is_empty()));
                Judged { entry, facet, score, evidence: Evidence { lexical, context, ..evidence } }
            })
            .collect())
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

    /// The facet asked of an entry, and the evidence that its own words give.
    fn weigh(&self, question: &Question, entry: usize, hidden: Hidden) -> (Option<usize>, Evidence) {
        let indexed = &self.entries[entry];
        let visible = indexed.visible(entry, hidden);
        let facet = indexed.facet(question);
        let follow_up = |stem: &str| {
            let says = |asked: &Asked| asked.at.iter().any(|at| question.terms[*at].stem == stem);
            (facet.as_ref().is_some_and(|(_, asked)| says(asked)), question.asked.iter().any(says))
        };
        let (mut total, mut explained, mut mass) = (0.0_f32, 0.0_f32, 0.0_f32);
        let (mut contrary, mut elsewhere, mut specific) = (0.0_f32, 0.0_f32, false);
        let mut own = Vec::new();
        for word in &question.words {
            let (of_facet, of_any_facet) = follow_up(&word.stem);
            let asks = word.number.is_some_and(|number| visible.asks_with(number));
            let answers = word.number.is_some_and(|number| indexed.answer.binary_search(&number).is_ok());
            let share = match (asks || of_facet, answers, of_any_facet) {
                (true, ..) => 1.0,
                (_, true, _) => self.settings.answer_explains,
                (_, _, true) => self.settings.missing_facet_explains,
                _ => 0.0,
            };
            total += word.information;
            explained += share * word.information;
            if asks {
                mass += word.information;
                specific |= !matches!(word.weight, Weight::Weak | Weight::Generic);
            }
            if matches!(word.weight, Weight::Decisive | Weight::Outside) {
                let seldom = word.number.filter(|number| visible.asked_once_with(*number));
                let known = seldom.map_or(share, |number| self.alike(question, &visible, number, hidden));
                let against = if word.weight == Weight::Decisive { &mut contrary } else { &mut elsewhere };
                *against += 1.0 - known;
            }
            if !of_facet {
                own.push(word);
            }
        }
        let all: Vec<&Word> = question.words.iter().collect();
        let similarity = self.closest(&visible, &all, hidden).max(self.closest(&visible, &own, hidden));
        let coverage = if total > 0.0 { explained / total } else { 0.0 };
        let evidence = Evidence {
            coverage,
            similarity,
            mass: mass.min(2.0),
            contrary: contrary.min(2.0),
            elsewhere: elsewhere.min(2.0),
            // A question that names nothing lacks every entry's name alike: what it does say must tell them apart.
            missing: if specific { visible.missing(&question.words).min(3.0) } else { 0.0 },
            vague: f32::from(u8::from(!specific)),
            hearing: question.hearing,
            ..Evidence::default()
        };
        (facet.map(|(at, _)| at), evidence)
    }

    /// Weighted Dice with the closest way of asking.
    fn closest(&self, visible: &Visible<'_>, words: &[&Word], hidden: Hidden) -> f32 {
        visible.askings().map(|asking| self.dice(asking, words, hidden)).fold(0.0, f32::max)
    }

    /// How far a decisive word that one way of asking holds is explained by it: 1 when the question is that very
    /// way of asking, 0 when half of it or less is. « décès à la maison de retraite » does not make the entry one
    /// about old people's homes.
    fn alike(&self, question: &Question, visible: &Visible<'_>, number: u32, hidden: Hidden) -> f32 {
        let words: Vec<&Word> = question.words.iter().collect();
        let holding = visible.askings().filter(|asking| asking.has(number));
        let closest = holding.map(|asking| self.dice(asking, &words, hidden)).fold(0.0, f32::max);
        (2.0 * closest - 1.0).max(0.0)
    }

    fn dice(&self, asking: &super::index::Asking, words: &[&Word], hidden: Hidden) -> f32 {
        let asked: f32 = words.iter().map(|word| word.information).sum();
        let theirs: f32 = asking.words.iter().map(|(n, weight)| self.information(Some(*n), *weight, hidden)).sum();
        let common = words.iter().filter(|word| word.number.is_some_and(|number| asking.has(number)));
        let both: f32 = common.map(|word| word.information).sum();
        if asked + theirs > 0.0 { 2.0 * both / (asked + theirs) } else { 0.0 }
    }

    /// The facet of the entry under discussion that a question asks for with follow-up words alone.
    fn follow_up(&self, question: &Question, entry: usize) -> Option<usize> {
        let (facet, asked) = self.entries[entry].facet(question)?;
        let alone =
            question.terms.iter().enumerate().all(|(at, term)| term.weight == Weight::Weak || asked.at.contains(&at));
        alone.then_some(facet)
    }
}

/// An entry without what calibration hides.
pub(super) struct Visible<'a> {
    indexed: &'a Indexed,
    hidden_question: Option<usize>,
    hidden: bool,
}

impl Indexed {
    pub(super) fn visible(&self, entry: usize, hidden: Hidden) -> Visible<'_> {
        Visible {
            indexed: self,
            hidden_question: match hidden {
                Hidden::Question(other, question) if other == entry => Some(question),
                _ => None,
            },
            hidden: hidden == Hidden::Entry(entry),
        }
    }

    fn asks_with(&self, number: u32, without: Option<usize>) -> bool {
        self.about.binary_search(&number).is_ok()
            || self.questions.iter().enumerate().any(|(rank, asking)| Some(rank) != without && asking.has(number))
    }

    /// The entry's facet that the question asks for, the wording with most words first.
    fn facet(&self, question: &Question) -> Option<(usize, Asked)> {
        let mut best: Option<(usize, Asked)> = None;
        for (at, ways) in self.ways.iter().enumerate() {
            let usual = question.asked.iter().find(|asked| asked.kind == ways.kind).cloned();
            for asked in [ways.asked(&question.terms), usual].into_iter().flatten() {
                if best.as_ref().is_none_or(|(_, best)| asked.at.len() > best.at.len()) {
                    best = Some((at, asked));
                }
            }
        }
        best
    }
}

impl super::index::Asking {
    fn has(&self, number: u32) -> bool {
        self.words.binary_search_by_key(&number, |(word, _)| *word).is_ok()
    }
}

impl Visible<'_> {
    fn asks_with(&self, number: u32) -> bool {
        !self.hidden && self.indexed.asks_with(number, self.hidden_question)
    }

    /// Whether a single way of asking holds the word, and neither title, label nor keywords do.
    fn asked_once_with(&self, number: u32) -> bool {
        self.indexed.about.binary_search(&number).is_err()
            && self.askings().filter(|asking| asking.has(number)).count() == 1
    }

    /// See [`Evidence::missing`].
    fn missing(&self, words: &[Word]) -> f32 {
        let askings = self.askings().count() as f32;
        let absent = |number: u32| words.iter().all(|word| word.number != Some(number));
        let hidden = self.hidden_question.map(|rank| &self.indexed.questions[rank]);
        let excess = |(number, count): &(u32, u32)| {
            let count = count - u32::from(hidden.is_some_and(|asking| asking.has(*number)));
            (2.0 * count as f32 / askings - 1.0).max(0.0)
        };
        if askings == 0.0 {
            return 0.0;
        }
        self.indexed.held.iter().filter(|(number, _)| absent(*number)).map(excess).sum()
    }

    fn askings(&self) -> impl Iterator<Item = &super::index::Asking> {
        let without = self.hidden_question;
        let shown = if self.hidden { 0 } else { self.indexed.questions.len() };
        self.indexed.questions.iter().take(shown).enumerate().filter(move |(r, _)| Some(*r) != without).map(|(_, a)| a)
    }
}
