//! Names of people: after the words that announce them, spelled, or known from the lists.

use std::ops::Range;

use super::lists::Lists;
use super::text::{Text, Word};

/// At most so many words in one name: « Maria da Conceição Pereira » has four.
const LONGEST: usize = 5;

pub(super) const TITLES: &[&str] = words! {
    madame monsieur mademoiselle mme mmes mr mlle messieurs mesdames docteur dr maitre
};
/// Within a name.
const PARTICLES: &[&str] = words! {
    de du des la le les da dos das do di del della van von der den ben bint el al ould ait d l o n mac mc saint y
    san bel abd abou bou m st e
};
/// A person's name after these is a thing or a place.
const NAMED_AFTER: &[&str] = &[
    "rue",
    "avenue",
    "boulevard",
    "place",
    "ecole",
    "college",
    "lycee",
    "salle",
    "mediatheque",
    "bibliotheque",
    "hopital",
    "clinique",
    "stade",
    "gymnase",
    "gare",
    "square",
    "centre",
    "parc",
    "pont",
    "quai",
    "residence",
    "caserne",
    "maison",
    "maternite",
    "musee",
    "theatre",
    "piscine",
    "complexe",
    "saint",
    "sainte",
    "st",
    "ste",
    "loi",
    "ile",
    "paroisse",
    "fete",
    "foire",
    "espace",
    "arret",
    "station",
    "tour",
    "institut",
    "fondation",
    "universite",
    "universitaire",
    "foyer",
    "creche",
    "maternelle",
    "cimetiere",
    "mairie",
    "eglise",
    "chapelle",
    "ville",
    "commune",
    "quartier",
    "impasse",
    "allee",
    "chemin",
    "route",
    "cours",
    "faculte",
    "code",
    "livre",
    "prefecture",
    "carte",
    "metro",
    "batiment",
    "porte",
    "amphi",
    "esplanade",
    "passage",
    "port",
    "tribunal",
    "primaire",
    "elementaire",
    "dispositif",
    "plan",
    "chu",
];
pub(super) const ACRONYMS: &[&str] = words! {
    cni rib pacs ants nir caf sms rsa rdv jdc hlm apl sncf edf pdf ccas tgi cpam urssaf vsl cdi cdd rer tgv pmr
    pme ehpad aah asf mdph
};

/// Names among the words that are still free.
pub fn find(text: &Text<'_>, lists: &Lists, taken: &[bool]) -> Vec<Range<usize>> {
    let finder = Finder { text, lists, taken };
    let mut marks = taken.to_vec();
    marks.resize(text.len(), false);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut add = |range: Range<usize>, marks: &mut Vec<bool>| {
        let range =
            (range.start..range.end).find(|i| !marks[*i]).map_or(range.end..range.end, |start| start..range.end);
        let end = (range.start..range.end).find(|i| marks[*i]).unwrap_or(range.end);
        if range.start < end {
            marks[range.start..end].fill(true);
            found.push(range.start..end);
        }
    };
    for range in finder.spelled() {
        if let Some(name) = finder.ahead_of_spelling(range.start) {
            add(name, &mut marks);
        }
        add(range, &mut marks);
    }
    let mut i = 0;
    while i < text.len() {
        let range = if marks[i] { None } else { finder.announced(i).or_else(|| finder.known(i)) };
        i = match range {
            Some(range) => {
                let next = range.end.max(i + 1);
                add(range.clone(), &mut marks);
                finder.listed_on(range.end).into_iter().for_each(|range| add(range, &mut marks));
                next
            }
            None => i + 1,
        };
    }
    found.sort_by_key(|range| range.start);
    found
}

pub(super) struct Finder<'f> {
    pub(super) text: &'f Text<'f>,
    pub(super) lists: &'f Lists,
    taken: &'f [bool],
}

impl Finder<'_> {
    pub(super) fn free(&self, i: usize) -> bool {
        i < self.text.len() && !self.taken.get(i).copied().unwrap_or(false)
    }

    pub(super) fn word(&self, i: usize) -> Option<&Word> {
        self.text.words.get(i).filter(|_| self.free(i))
    }

    pub(super) fn in_lists(&self, i: usize) -> bool {
        self.word(i).is_some_and(|word| self.lists.first(&word.folded) || self.lists.last(&word.folded))
    }

    pub(super) fn ordinary(&self, i: usize) -> bool {
        self.word(i).is_none_or(|word| {
            self.lists.ordinary(&word.folded)
                || word.digits
                || word.mixed
                || word.letter()
                || super::numerals::numeric(self.text, i)
        })
    }

    fn never(&self, i: usize) -> bool {
        self.word(i).is_none_or(|word| self.lists.never(&word.folded) || word.digits || word.mixed)
    }

    /// A name and nothing else.
    pub(super) fn sure(&self, i: usize) -> bool {
        self.in_lists(i) && !self.ordinary(i) && !self.word(i).is_some_and(|word| self.lists.place(&word.folded))
    }

    /// Written like a name, in a text whose capitals tell.
    pub(super) fn proper(&self, i: usize) -> bool {
        self.text.cased
            && self.word(i).is_some_and(|word| {
                word.upper
                    && !word.letter()
                    && !self.lists.place(&word.folded)
                    && !ACRONYMS.contains(&word.folded.as_str())
            })
            && !self.never(i)
    }

    /// No word of the language, as far as the lists know.
    pub(super) fn strange(&self, i: usize) -> bool {
        let fits = |word: &Word| {
            (word.upper || !self.text.strict)
                && !self.lists.place(&word.folded)
                && word.folded.chars().all(char::is_alphabetic)
        };
        self.word(i).is_some_and(fits) && !self.ordinary(i) && !self.never(i)
    }

    /// A name may begin here, after words that announce one.
    fn opens(&self, i: usize) -> bool {
        self.in_lists(i)
            || self.proper(i)
            || (self.strange(i) && self.word(i).is_some_and(|word| word.folded.len() > 1))
    }

    /// A name goes on with this word.
    fn goes_on(&self, i: usize) -> bool {
        if self.text.pauses(i) && !self.text.glued(i) {
            return false;
        }
        if self.text.glued(i) && self.text.gap(i) != "'" && self.text.gap(i) != "’" {
            return !self.never(i) || self.text.is(i, PARTICLES) || self.in_lists(i);
        }
        // « Le Floc'h »
        if self.text.glued(i) && self.word(i).is_some_and(Word::letter) {
            return self.text.at(i - 1).len() > 2;
        }
        let capital = self.word(i).is_some_and(|word| word.upper);
        if self.text.strict && !capital {
            return self.sure(i);
        }
        (self.in_lists(i)
            && (capital || !self.never(i))
            && !(self.ordinary(i)
                && !capital
                && !self.lists.last(self.text.at(i))
                && !self.lists.first(self.text.at(i))))
            || self.proper(i)
            || self.strange(i)
    }

    /// From the first word of a name to its end; none when no name begins there.
    pub(super) fn name(&self, from: usize) -> Option<Range<usize>> {
        let first = self.particles(from);
        if !self.opens(first) {
            return None;
        }
        if first > from && self.ordinary(first) && !self.proper(first) && !self.lists.last(self.text.at(first)) {
            return None;
        }
        Some(from..self.rest(first + 1, from))
    }

    /// The first word after particles: « le goff », « de la tour », « N'Diaye ».
    pub(super) fn particles(&self, from: usize) -> usize {
        let mut i = from;
        while i < from + 3
            && self.text.is(i, PARTICLES)
            && i + 1 < self.text.len()
            && (self.text.glued(i + 1) || !self.text.pauses(i + 1))
        {
            i += 1;
        }
        i
    }

    fn rest(&self, mut end: usize, from: usize) -> usize {
        while end < self.text.len() && end - from < LONGEST + 2 {
            if self.goes_on(end) && !self.text.breaks(end) {
                end += 1;
                continue;
            }
            // « Hubert de La Tour », « Maria da Conceição »
            let next = self.particles(end);
            let linked = next > end && !self.text.pauses(end) && self.free(end);
            let capital = self.word(next).is_some_and(|word| word.upper);
            // « de Tours », « à Nancy »: a town is no part of a name.
            if linked
                && !self.text.is(end, &["y", "m", "n", "e"])
                && (capital && !self.never(next) && !self.place(next) && !self.named_after(next)
                    || (!self.text.strict
                        && self.in_lists(next)
                        && !self.text.is(end, &["de", "le", "la", "d", "l", "des", "les"]))
                    || (!self.text.strict
                        && (self.lists.last(self.text.at(next)) || self.strange(next))
                        && !self.ordinary(next))
                    || (!self.text.strict && next >= end + 2 && self.lists.last(self.text.at(next))))
            {
                end = next + 1;
                continue;
            }
            break;
        }
        end
    }

    pub(super) fn place(&self, i: usize) -> bool {
        self.word(i).is_some_and(|word| self.lists.place(&word.folded))
    }

    fn named_after(&self, i: usize) -> bool {
        (i.saturating_sub(3)..i)
            .any(|j| self.text.is(j, NAMED_AFTER) && !(j + 1..=i).any(|k| self.text.pauses(k) && !self.text.glued(k)))
    }

    /// A name of the lists where nothing announces it.
    fn known(&self, i: usize) -> Option<Range<usize>> {
        let text = self.text;
        let both = |i: usize| {
            let (a, b) = (text.at(i), text.at(i + 1));
            self.proper(i)
                && self.proper(i + 1)
                && !text.pauses(i + 1)
                && ((self.lists.first(a) && self.lists.last(b)) || (self.lists.last(a) && self.lists.first(b)))
        };
        // « Boulanger, comme le métier », « Petit, P, E… »
        let opening = text.breaks(i)
            && self.proper(i)
            && self.lists.last(text.at(i))
            && text.gap(i + 1).contains(',')
            && text.is(i + 1, &["comme", "c", "avec", "prenom"]);
        let sure = self.sure(i)
            && !(self.text.strict && !self.word(i).is_some_and(|word| word.upper) && !self.lists.first(text.at(i)));
        // « faite par Claire »
        let by = !text.breaks(i)
            && self.proper(i)
            && self.lists.first(text.at(i))
            && text.is(i.wrapping_sub(1), &["par", "avec", "chez", "et", "que"])
            && !text.pauses(i);
        let unknown = |i: usize| {
            self.proper(i)
                && !self.ordinary(i)
                && self.word(i).is_some_and(|word| word.folded.len() > 2 && (!word.caps || word.folded.len() > 5))
                && !text.glued(i)
        };
        let led = text.is(
            i.wrapping_sub(1),
            &[
                "et", "pour", "par", "avec", "est", "suis", "ici", "que", "ou", "non", "mais", "concerne", "chez",
                "voici", "pas", "comme", "dit", "veut", "oui", "ecrit",
            ],
        );
        let alone = !text.breaks(i)
            && unknown(i)
            && (led || (text.pauses(i) && text.pauses(i + 1) && !text.is(i.wrapping_sub(1), &["a", "de"])));
        let pair = unknown(i)
            && (unknown(i + 1) || (self.proper(i + 1) && self.in_lists(i + 1)))
            && !text.pauses(i + 1)
            && !text.is(i.wrapping_sub(1), &["a", "en", "au", "aux", "la", "le", "du", "des", "les"]);
        let first = text.breaks(i) && unknown(i) && text.gap(i + 1).contains(',') && text.strict;
        // « wattiez fabienne »: two words that no list of the language has.
        let strangers = !text.strict
            && self.strange(i)
            && self.strange(i + 1)
            && !text.pauses(i + 1)
            && !text.glued(i + 1)
            && !text.glued(i)
            && text.is(i.wrapping_sub(1), &["est", "ici", "suis", "alors", "oui", "bonjour", "euh", "donc", "pour"]);
        if !(sure || both(i) || opening || by || alone || pair || first || strangers) {
            return None;
        }
        if self.named_after(i)
            || (text.glued(i) && !self.in_lists(i - 1)) && !text.is(i - 1, &["d", "l", "qu", "n", "o"])
        {
            return None;
        }
        // « à Martin-Église »
        if i > 0 && &text.raw[text.words[i - 1].range.clone()] == "à" {
            return None;
        }
        let end = self.rest(i + 1, i);
        Some(self.leftward(i..end))
    }

    /// Takes in the words before that belong to the same name: « KONÉ Aminata », « benali nadia ».
    pub(super) fn leftward(&self, mut name: Range<usize>) -> Range<usize> {
        let text = self.text;
        while name.start > 0 && name.end - name.start < LONGEST {
            let i = name.start - 1;
            if (text.pauses(name.start) && !text.glued(name.start)) || !self.free(i) {
                break;
            }
            let hyphen = text.glued(name.start) && text.gap(name.start) == "-";
            let fits = hyphen
                || (self.text.cased && self.proper(i) && (self.in_lists(i) || !self.ordinary(i)))
                || (!self.text.strict && (self.sure(i) || self.strange(i)))
                || self.sure(i);
            if !fits || text.is(i, TITLES) {
                break;
            }
            name.start = i;
        }
        // « de la tour hubert », « le goff yann »
        while name.start > 0
            && text.is(name.start - 1, &["le", "ben", "da", "dos", "van", "el", "n", "o"])
            && !text.pauses(name.start)
            && (text.words[name.start - 1].upper && !text.breaks(name.start - 1) || text.glued(name.start))
        {
            name.start -= 1;
        }
        name
    }

    /// « Léonie, Marius et Sacha »: names go on after one.
    fn listed_on(&self, mut end: usize) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        while end < self.text.len() && !self.text.breaks(end) {
            let comma = self.text.gap(end).contains(',');
            let and = self.text.is(end, &["et", "ou"]) && !comma;
            let from = end + usize::from(and);
            let fits = (comma || and)
                && !self.text.breaks(from)
                && (self.sure(from) || (self.proper(from) && self.in_lists(from)));
            let Some(name) = fits.then(|| self.name(from)).flatten() else { break };
            end = name.end;
            found.push(name);
        }
        found
    }
}
