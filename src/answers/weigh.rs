//! What speaks for an entry: its words against the question's, as heard and as they may have been said.

use super::analysis::Weight;
use super::confidence::Evidence;
use super::index::{Asking, Index, Indexed};
use super::language::Asked;
use super::question::{Hidden, Question, Reading, Word};

/// Ways of asking that a word's frequency at large counts for in an entry's own.
const SMOOTHING: f32 = 2.0;
/// Likeness of a question that is one of the entry's own.
const VERBATIM: f32 = 0.999;
/// Ways of asking that bear an entry out, besides the closest one.
const CLOSEST: usize = 4;
/// Share of the ways of asking that must hold a word for its absence to tell something.
const OFTEN: f32 = 0.2;
/// Ways of asking that an entry has at least, a count.
const FEW_WAYS: f32 = 8.0;
/// Nats that make a unit of evidence.
const LIKELIHOOD_UNIT: f32 = 4.0;

/// What the sound says of words that were misheard and of others meets here, in nats a token; and how sharply.
const MIDDLE: f32 = -2.0;
const SHARPNESS: f32 = 1.5;

/// How far the sound bears an alternative out, from 0 to 1.
fn trust(score: f32) -> f32 {
    1.0 / (1.0 + (SHARPNESS * (MIDDLE - score)).exp())
}

impl Index {
    /// The facet asked of an entry, and the evidence that its own words give.
    pub(super) fn weigh(&self, question: &Question, entry: usize, hidden: Hidden) -> (Option<usize>, Evidence) {
        let indexed = &self.entries[entry];
        let visible = indexed.visible(entry, hidden);
        let facet = indexed.facet(question);
        let follow_up = |stem: &str| {
            let says = |asked: &Asked| asked.at.iter().any(|at| question.terms[*at].stem == stem);
            (facet.as_ref().is_some_and(|(_, asked)| says(asked)), question.asked.iter().any(says))
        };
        let borne_out = question.acoustic.iter().find(|(other, _)| *other == entry).map(|(_, score)| trust(*score));
        let (words, by_sound) = self.read_for(question, &visible, borne_out);
        let (mut total, mut explained) = (0.0_f32, 0.0_f32);
        let (mut contrary, mut elsewhere, mut specific) = (0.0_f32, 0.0_f32, false);
        let mut own = Vec::new();
        for word in &words {
            let (of_facet, of_any_facet) = follow_up(&word.stem);
            let asks = word.number.is_some_and(|number| visible.asks_with(number));
            let answers = word.number.is_some_and(|number| indexed.answer.binary_search(&number).is_ok());
            let share = match (asks || of_facet, answers, of_any_facet) {
                (true, ..) => word.sure,
                (_, true, _) => self.settings.answer_explains,
                (_, _, true) => self.settings.missing_facet_explains,
                _ => 0.0,
            };
            total += word.information;
            explained += share * word.information;
            if asks {
                specific |= !matches!(word.weight, Weight::Weak | Weight::Generic);
            }
            // The lists are made for the whole base: a word that only the hidden question has is still this entry's.
            let own_word = matches!(hidden, Hidden::Question(other, _) if other == entry)
                && word.number.is_some_and(|number| indexed.asks_with(number, None));
            if matches!(word.weight, Weight::Decisive | Weight::Outside) && !own_word {
                let seldom = word.number.filter(|number| visible.asked_once_with(*number));
                let known = seldom.map_or(share, |number| self.alike(&words, &visible, number, hidden));
                let against = if word.weight == Weight::Decisive { &mut contrary } else { &mut elsewhere };
                *against += 1.0 - known;
            }
            if !of_facet {
                own.push(word);
            }
        }
        let all: Vec<&Word> = words.iter().collect();
        let (whole, rest) = (self.closest(&visible, &all, hidden), self.closest(&visible, &own, hidden));
        let named = visible.name().map_or(0.0, |name| self.dice(name, &all, hidden).max(self.dice(name, &own, hidden)));
        // Calibration never shows a question that the entry holds word for word; whoever asks it means the entry.
        let verbatim = whole.0 > VERBATIM;
        let coverage = if total > 0.0 { explained / total } else { 0.0 };
        let evidence = Evidence {
            coverage,
            similarity: whole.0.max(rest.0),
            named: if verbatim { 1.0 } else { named },
            support: if verbatim { 1.0 } else { whole.1.max(rest.1) },
            contrary: contrary.min(2.0),
            elsewhere: elsewhere.min(2.0),
            // A question that names nothing lacks every entry's name alike: what it does say must tell them apart.
            missing: if specific { visible.missing(&words).min(6.0) / 2.0 } else { 0.0 },
            vague: f32::from(u8::from(!specific)),
            likelihood: (self.likelihood(&words, &visible) / LIKELIHOOD_UNIT).clamp(-3.0, 3.0),
            misread: if total > 0.0 { (by_sound / total).min(1.0) } else { 0.0 },
            acoustic: borne_out.map_or(0.0, |trust| 2.0 * trust - 1.0),
            brief: 1.0 / question.words.len().max(1) as f32,
            hearing: question.hearing,
            breadth: (indexed.questions.len() as f32 / FEW_WAYS).max(1.0).ln(),
            ..Evidence::default()
        };
        (facet.map(|(at, _)| at), evidence)
    }

    /// Where a stretch of the question sounds like words that the entry is asked with, and is not among them: those
    /// words, none overlapping another.
    pub(super) fn readings_for<'a>(&self, question: &'a Question, visible: &Visible<'_>) -> Vec<&'a Reading> {
        let mut taken = vec![false; question.terms.len()];
        let asks = |number: Option<u32>| number.is_some_and(|number| visible.asks_with(number));
        let known = |stem: &str| question.words.iter().any(|word| word.stem == stem && asks(word.number));
        let mut used = Vec::new();
        for reading in &question.readings {
            let heard = &question.terms[reading.terms.clone()];
            let useful = !heard.iter().all(|term| known(&term.stem))
                && reading.words.iter().all(|word| asks(word.number))
                && !reading.words.iter().all(|word| known(&word.stem));
            if useful && !taken[reading.terms.clone()].contains(&true) {
                taken[reading.terms.clone()].fill(true);
                used.push(reading);
            }
        }
        used
    }

    /// The question's words as they may have been said if it is this entry that was meant, and the information that
    /// rests on such readings.
    fn read_for(&self, question: &Question, visible: &Visible<'_>, borne_out: Option<f32>) -> (Vec<Word>, f32) {
        let used = self.readings_for(question, visible);
        if used.is_empty() {
            return (question.words.clone(), 0.0);
        }
        let asks = |number: Option<u32>| number.is_some_and(|number| visible.asks_with(number));
        let kept = |word: &&Word| {
            let mut places = question.terms.iter().enumerate().filter(|(_, term)| term.stem == word.stem);
            asks(word.number) || places.any(|(at, _)| !used.iter().any(|reading| reading.terms.contains(&at)))
        };
        let mut words: Vec<Word> = question.words.iter().filter(kept).cloned().collect();
        let mut by_sound = 0.0;
        for word in used.iter().flat_map(|reading| &reading.words) {
            if words.iter().all(|other| other.stem != word.stem) {
                // What the sound itself bears out needs no doubt, and what it contradicts no credit.
                by_sound += (1.0 - borne_out.unwrap_or(0.0)) * word.information;
                words.push(Word { sure: borne_out.unwrap_or(word.sure), ..word.clone() });
            }
        }
        (words, by_sound)
    }

    /// How much likelier the question's words are when this entry is asked for than at large, in nats: naive Bayes on
    /// the ways of asking.
    fn likelihood(&self, words: &[Word], visible: &Visible<'_>) -> f32 {
        let askings = visible.askings().count() as f32;
        words
            .iter()
            .map(|word| {
                // A word that no entry is asked with speaks against them all.
                let (at_large, here) = word.number.map_or((0, 0.0), |number| {
                    let all = self.askings_with[number as usize].saturating_sub(visible.hides(number));
                    (all, visible.count(number))
                });
                let usual = (at_large as f32 + 0.5) / (self.askings as f32 + 1.0);
                let here = (here + SMOOTHING * usual) / (askings + SMOOTHING);
                let share = if word.weight == Weight::Weak { self.settings.weak } else { 1.0 };
                share * word.sure * (here / usual).ln()
            })
            .sum()
    }

    /// Weighted Dice with the closest way of asking, and its mean over the closest few.
    fn closest(&self, visible: &Visible<'_>, words: &[&Word], hidden: Hidden) -> (f32, f32) {
        let mut likeness: Vec<f32> = visible.askings().map(|asking| self.dice(asking, words, hidden)).collect();
        likeness.sort_by(|a, b| b.total_cmp(a));
        let few = likeness.iter().take(CLOSEST).sum::<f32>() / CLOSEST as f32;
        (likeness.first().copied().unwrap_or(0.0), few)
    }

    /// How far a decisive word that one way of asking holds is explained by it: 1 when the question is that very
    /// way of asking, 0 when half of it or less is. « décès à la maison de retraite » does not make the entry one
    /// about old people's homes.
    fn alike(&self, words: &[Word], visible: &Visible<'_>, number: u32, hidden: Hidden) -> f32 {
        let words: Vec<&Word> = words.iter().collect();
        let holding = visible.askings().filter(|asking| asking.has(number));
        let closest = holding.map(|asking| self.dice(asking, &words, hidden)).fold(0.0, f32::max);
        (2.0 * closest - 1.0).max(0.0)
    }

    fn dice(&self, asking: &Asking, words: &[&Word], hidden: Hidden) -> f32 {
        let asked: f32 = words.iter().map(|word| word.information).sum();
        let theirs: f32 = asking.words.iter().map(|(n, weight)| self.information(Some(*n), *weight, hidden)).sum();
        let common = words.iter().filter(|word| word.number.is_some_and(|number| asking.has(number)));
        let both: f32 = common.map(|word| word.sure * word.information).sum();
        if asked + theirs > 0.0 { 2.0 * both / (asked + theirs) } else { 0.0 }
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

    pub(super) fn asks_with(&self, number: u32, without: Option<usize>) -> bool {
        self.about.binary_search(&number).is_ok()
            || self.questions.iter().enumerate().any(|(rank, asking)| Some(rank) != without && asking.has(number))
    }

    /// The entry's facet that the question asks for, the wording with most words first.
    pub(super) fn facet(&self, question: &Question) -> Option<(usize, Asked)> {
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

impl Asking {
    fn has(&self, number: u32) -> bool {
        self.words.binary_search_by_key(&number, |(word, _)| *word).is_ok()
    }
}

impl Visible<'_> {
    pub(super) fn asks_with(&self, number: u32) -> bool {
        !self.hidden && self.indexed.asks_with(number, self.hidden_question)
    }

    fn name(&self) -> Option<&Asking> {
        (!self.hidden).then_some(&self.indexed.name)
    }

    /// Ways of asking that hold the word, a count.
    fn count(&self, number: u32) -> f32 {
        if self.hidden {
            return 0.0;
        }
        let counts = &self.indexed.counts;
        let count = counts.binary_search_by_key(&number, |(word, _)| *word).map_or(0, |at| counts[at].1);
        let hidden = self.hidden_question.is_some_and(|rank| self.indexed.questions[rank].has(number));
        (count - u32::from(hidden)) as f32 + if self.indexed.about.binary_search(&number).is_ok() { 0.5 } else { 0.0 }
    }

    /// Hidden ways of asking that hold the word, a count.
    fn hides(&self, number: u32) -> u32 {
        match self.hidden_question {
            Some(rank) => u32::from(self.indexed.questions[rank].has(number)),
            None if self.hidden => self.indexed.questions.iter().filter(|asking| asking.has(number)).count() as u32,
            None => 0,
        }
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
        let surprise = |(number, count): &(u32, u32)| {
            let count = count - u32::from(hidden.is_some_and(|asking| asking.has(*number)));
            let share = count as f32 / askings;
            if share > OFTEN { -(1.0 - 0.95 * share).ln() } else { 0.0 }
        };
        if askings == 0.0 {
            return 0.0;
        }
        self.indexed.held.iter().filter(|(number, _)| absent(*number)).map(surprise).sum()
    }

    fn askings(&self) -> impl Iterator<Item = &Asking> {
        let without = self.hidden_question;
        let shown = if self.hidden { 0 } else { self.indexed.questions.len() };
        self.indexed.questions.iter().take(shown).enumerate().filter(move |(r, _)| Some(*r) != without).map(|(_, a)| a)
    }
}
