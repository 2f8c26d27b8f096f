//! Names of people: after the words that announce them, spelled, or known from the lists.

use std::ops::Range;

use super::lists::Lists;
use super::text::{Text, Word};

/// At most so many words in one name: « Maria da Conceição Pereira » has four.
const LONGEST: usize = 5;

const RELATIVES: &[&str] = &[
    "fils",
    "fille",
    "filles",
    "mari",
    "femme",
    "pere",
    "mere",
    "frere",
    "soeur",
    "epoux",
    "epouse",
    "compagnon",
    "compagne",
    "bebe",
    "conjoint",
    "conjointe",
    "oncle",
    "tante",
    "enfant",
    "enfants",
    "cousin",
    "cousine",
    "ami",
    "amie",
    "voisin",
    "voisine",
    "maman",
    "papa",
    "nounou",
    "tutrice",
    "tuteur",
    "fiance",
    "fiancee",
    "neveu",
    "niece",
    "parrain",
    "marraine",
    "temoin",
    "temoins",
    "garcon",
    "petite",
    "petit",
    "beau",
    "belle",
    "jumeau",
    "jumelle",
    "defunt",
    "defunte",
    "collegue",
    "copine",
    "copain",
    "mamie",
    "papi",
    "concubin",
    "ex",
    "jumeaux",
    "jumelles",
    "aine",
    "ainee",
    "cadet",
    "cadette",
];
const TITLES: &[&str] = &[
    "madame",
    "monsieur",
    "mademoiselle",
    "mme",
    "mmes",
    "mr",
    "mlle",
    "messieurs",
    "mesdames",
    "docteur",
    "dr",
    "maitre",
];
/// Between « nom » and the name.
const FILLERS: &[&str] = &[
    "de",
    "famille",
    "jeune",
    "fille",
    "epouse",
    "epoux",
    "d",
    "usage",
    "naissance",
    "marital",
    "mariee",
    "complet",
    "entier",
    "c",
    "est",
    "alors",
    "euh",
    "oui",
    "donc",
    "etait",
    "sera",
    "du",
    "defunt",
    "demandeur",
    "titulaire",
    "bien",
    "ce",
    "serait",
    "dame",
    "hein",
    "ma",
    "mon",
    "sa",
    "son",
    "mere",
    "pere",
    "bebe",
    "enfant",
    "maman",
    "papa",
    "mari",
    "femme",
    "la",
];
/// Within a name.
const PARTICLES: &[&str] = &[
    "de", "du", "des", "la", "le", "les", "da", "dos", "das", "do", "di", "del", "della", "van", "von", "der", "den",
    "ben", "bint", "el", "al", "ould", "ait", "d", "l", "o", "n", "mac", "mc", "saint", "y", "san", "bel", "abd",
    "abou", "bou", "m", "st", "e",
];
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
const ACCENTS: &[&str] = &["accent", "aigu", "grave", "circonflexe", "trema", "cedille"];
const SIGNS: &[&str] = &[
    "apostrophe",
    "tiret",
    "espace",
    "trait",
    "union",
    "plus",
    "loin",
    "majuscule",
    "puis",
    "deux",
    "double",
    "apres",
    "et",
    "euh",
];
const ACRONYMS: &[&str] = &[
    "cni", "rib", "pacs", "ants", "nir", "caf", "sms", "rsa", "rdv", "jdc", "hlm", "apl", "sncf", "edf", "pdf", "ccas",
    "tgi", "cpam", "urssaf", "vsl", "cdi", "cdd", "rer", "tgv", "pmr", "pme", "ehpad", "aah", "asf", "mdph",
];

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

struct Finder<'f> {
    text: &'f Text<'f>,
    lists: &'f Lists,
    taken: &'f [bool],
}

impl Finder<'_> {
    fn free(&self, i: usize) -> bool {
        i < self.text.len() && !self.taken.get(i).copied().unwrap_or(false)
    }

    fn word(&self, i: usize) -> Option<&Word> {
        self.text.words.get(i).filter(|_| self.free(i))
    }

    fn in_lists(&self, i: usize) -> bool {
        self.word(i).is_some_and(|word| self.lists.first(&word.folded) || self.lists.last(&word.folded))
    }

    fn ordinary(&self, i: usize) -> bool {
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
    fn sure(&self, i: usize) -> bool {
        self.in_lists(i) && !self.ordinary(i) && !self.word(i).is_some_and(|word| self.lists.place(&word.folded))
    }

    /// Written like a name, in a text whose capitals tell.
    fn proper(&self, i: usize) -> bool {
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
    fn strange(&self, i: usize) -> bool {
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
    fn name(&self, from: usize) -> Option<Range<usize>> {
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
    fn particles(&self, from: usize) -> usize {
        let mut i = from;
        while i < from + 3
            && self.text.is(i, PARTICLES)
            && i + 1 < self.text.len()
            && !(self.text.pauses(i + 1) && !self.text.glued(i + 1))
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

    fn place(&self, i: usize) -> bool {
        self.word(i).is_some_and(|word| self.lists.place(&word.folded))
    }

    fn named_after(&self, i: usize) -> bool {
        (i.saturating_sub(3)..i)
            .any(|j| self.text.is(j, NAMED_AFTER) && !(j + 1..=i).any(|k| self.text.pauses(k) && !self.text.glued(k)))
    }

    /// A name that the words from `i` announce.
    fn announced(&self, i: usize) -> Option<Range<usize>> {
        let text = self.text;
        let says = |wanted: &[&str]| text.says(i, wanted);
        if text.is(i, TITLES)
            || (text.at(i) == "m" && text.gap(i + 1).starts_with('.'))
            || (text.words[i].range.len() == 1 && text.words[i].upper && text.at(i) == "m" && self.proper(i + 1))
        {
            return (!text.gap(i + 1).contains([',', '?', '!', ';', ':'])).then(|| self.name(i + 1)).flatten().filter(
                |name| {
                    !text.is(name.start, &["le", "la", "l", "les", "de", "du"])
                        || !self.ordinary(name.end - 1)
                        || self.proper(name.end - 1)
                        || (text.at(name.start) == "de" && self.lists.last(text.at(name.end - 1)))
                },
            );
        }
        let calls =
            matches!(text.at(i), "appelle" | "appelait" | "appellera" | "appeler" | "appellent" | "appelera" | "appel")
                && i > 0
                && matches!(text.at(i - 1), "m" | "s" | "l" | "appelle")
                || matches!(
                    text.at(i),
                    "mappelle"
                        | "sappelle"
                        | "prenomme"
                        | "prenommee"
                        | "nomme"
                        | "nommee"
                        | "appelee"
                        | "appele"
                        | "surnomme"
                );
        if calls {
            let mut from = i + 1;
            while text.is(
                from,
                &[
                    "alors",
                    "euh",
                    "donc",
                    "pas",
                    "c",
                    "est",
                    "monsieur",
                    "madame",
                    "bien",
                    "plus",
                    "desormais",
                    "toujours",
                ],
            ) {
                from += 1;
            }
            return self.name(from);
        }
        if says(&["au", "nom", "de"])
            || says(&["au", "nom", "d"])
            || says(&["de", "la", "part", "de"])
            || says(&["de", "la", "part", "d"])
        {
            let from = i + if text.at(i) == "au" { 3 } else { 4 };
            let from = if text.is(from, TITLES) || text.at(from) == "m" { from + 1 } else { from };
            // « au nom de de La Tour », « au nom de la mairie »
            return self.name(from);
        }
        if text.is(i, &["nom", "noms", "prenom", "prenoms", "patronyme", "deuxieme", "pseudo"]) {
            return self.after_nom(i);
        }
        if text.is(i, &["ne", "nee", "nes"]) && !text.pauses(i + 1) {
            let accented = text.raw[text.words[i].range.clone()].contains(['é', 'É']) || text.at(i) == "nee";
            let from = i + 1;
            let opens = self.word(from).is_some_and(|word| word.upper) || !text.cased || self.sure(from);
            return (accented && opens).then(|| self.name(from)).flatten().filter(|_| {
                !text.is(from, &["le", "la", "l", "en", "a", "au", "aux", "de", "du"])
                    || self.lists.last(text.at(from + 1))
            });
        }
        if text.is(i, &["epouse", "veuve", "porte", "porter", "portait", "portent", "portera", "divorcee"])
            || says(&["inscrite", "comme"])
            || says(&["inscrit", "comme"])
            || (text.at(i) == "famille" && i > 0 && text.is(i - 1, &["la", "madame", "les", "notre"]))
        {
            let from = i + if text.at(i).starts_with("inscrit") { 2 } else { 1 };
            return self.name(from).filter(|name| {
                self.in_lists(from) && !self.ordinary(from) || (text.cased && self.proper(self.particles(name.start)))
            });
        }
        if text.is(i, RELATIVES) || (text.at(i) == "mere" && text.glued(i)) {
            return self.relative(i);
        }
        // « Caradec à l'appareil »
        if text.says(i + 1, &["a", "l", "appareil"]) || text.says(i + 2, &["a", "l", "appareil"]) {
            return self.name(i).filter(|_| !self.ordinary(i));
        }
        // « Quéméneur, prénom Gwenaëlle »
        if text.at(i + 1) == "prenom" && text.gap(i + 1).contains(',') && (!self.ordinary(i) || self.in_lists(i)) {
            return self.name(i).map(|name| self.leftward(name));
        }
        None
    }

    fn after_nom(&self, i: usize) -> Option<Range<usize>> {
        let text = self.text;
        let mut from = i + 1;
        let mut said = false;
        while from < text.len() && from < i + 9 && !(text.breaks(from) && from > i + 1 && !text.gap(from).contains(':'))
        {
            let gap = text.gap(from);
            said |= gap.contains([':', '='])
                || (gap.contains(',') && text.at(i) != "noms")
                || text.is(from, &["est", "etait", "sera", "serait"]);
            if !text.is(from, FILLERS) || (text.cased && self.word(from).is_some_and(|word| word.upper)) {
                break;
            }
            from += 1;
        }
        // « le nom de la mère », « le nom du père »
        let of = from > i + 1 && text.is(from - 1, &["de", "du", "d"]) && !said;
        let title = from + usize::from(text.is(from, TITLES));
        let first = self.particles(title);
        let fits = self.sure(first)
            || self.proper(first)
            || (said && (self.lists.last(text.at(first)) || self.strange(first)) && self.free(first))
            || (!of && from == i + 1 && text.at(i).starts_with("prenom") && self.strange(first) && !text.pauses(first));
        if !fits || (of && !self.sure(first) && !self.proper(first)) {
            return None;
        }
        if self.ordinary(first) && first > title && !self.lists.last(text.at(first)) && !self.proper(first) {
            return None;
        }
        self.name(title)
    }

    fn relative(&self, i: usize) -> Option<Range<usize>> {
        let text = self.text;
        let mut from = i + 1;
        // « mes enfants sont », « mon mari c'est », « ma fille aînée »
        while from < i + 5
            && text.is(
                from,
                &[
                    "c", "est", "sont", "ainee", "aine", "cadet", "cadette", "mere", "pere", "fils", "fille", "soeur",
                    "frere", "monsieur", "madame", "m", "mme", "s", "jumelle", "jumeau", "se",
                ],
            )
            && !self.sure(from)
        {
            from += 1;
        }
        if text.breaks(from) || text.gap(from).contains('(') && !self.proper(from) {
            return None;
        }
        // « ma tante d'Istanbul »
        let first = if text.is(from, &["d", "de", "du", "des", "en", "la", "l"]) { from } else { self.particles(from) };
        let fits = self.sure(first) || (self.proper(first) && (self.in_lists(first) || !self.ordinary(first)));
        (fits && (first == from || self.word(first).is_some_and(|word| word.upper))).then(|| self.name(from)).flatten()
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
    fn leftward(&self, mut name: Range<usize>) -> Range<usize> {
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

    /// Letters said one by one, three at least, and « D comme Denise, U comme Ursule ».
    fn spelled(&self) -> Vec<Range<usize>> {
        let text = self.text;
        let mut found = Vec::new();
        let mut i = 0;
        while i < text.len() {
            let (mut end, mut letters) = (i, 0);
            let mut last = i;
            while end < text.len()
                && self.free(end)
                && !(text.breaks(end) && end > i && !text.gap(end).trim().starts_with('.'))
            {
                let word = &text.words[end];
                let letter = word.letter()
                    && (!text.glued(end + 1)
                        || (text.gap(end + 1) == "-" && text.words.get(end + 1).is_some_and(Word::letter)));
                if letter {
                    letters += 1;
                    end += 1;
                    if text.is(end, &["comme", "de"])
                        && text.words.get(end + 1).is_some_and(|word| !word.letter())
                        && (text.at(end) == "comme" || text.at(end + 1).starts_with(text.at(end - 1)))
                    {
                        end += 2;
                    }
                    last = end;
                } else if letters > 0 && word.is(ACCENTS) {
                    end += 1;
                    last = end;
                } else if letters > 0 && (word.is(SIGNS) || word.is(&["2"])) && end - last < 3 {
                    end += 1;
                } else if letters > 0 && text.says(end, &["i", "grec"]) {
                    end += 2;
                    last = end;
                } else {
                    break;
                }
            }
            let shown: String = (i..last).filter(|j| text.words[*j].letter()).map(|j| text.at(j)).collect();
            // « y a », « c d »: two letters are words too often.
            let comme = (i..last).filter(|j| text.at(*j) == "comme").count();
            let real = (letters >= 3 || (letters >= 2 && comme >= 1)) && !ACRONYMS.contains(&shown.as_str());
            let doubled = text.is(i.wrapping_sub(1), &["deux"]);
            // « avec deux B, L A B B E »
            let apart = doubled && text.is(i.wrapping_sub(2), &["avec"]) && text.pauses(i + 1);
            let start = match (doubled, apart) {
                (_, true) => i + 1,
                (true, _) => i - 1,
                _ => i,
            };
            if real {
                found.push(start..last);
            }
            i = last.max(i + 1);
        }
        found
    }

    /// The name just said, before it is spelled: « o'connor c'est o apostrophe c o deux n o r ».
    fn ahead_of_spelling(&self, start: usize) -> Option<Range<usize>> {
        let text = self.text;
        let mut i = start;
        while i > 0
            && start - i < 8
            && text.is(
                i - 1,
                &[
                    "c", "est", "ca", "s", "ecrit", "alors", "oui", "j", "epelle", "je", "vous", "avec", "donc", "euh",
                    "qui", "l", "le", "hein", "se", "voila", "bien", "comme", "prononce",
                ],
            )
        {
            i -= 1;
        }
        let last = i.checked_sub(1)?;
        if !(self.strange(last) || self.in_lists(last))
            || (self.ordinary(last) && !self.proper(last) && !self.lists.last(text.at(last)))
        {
            return None;
        }
        Some(self.leftward(last..last + 1))
    }
}
