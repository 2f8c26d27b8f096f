//! Names behind the words that announce them: « je m'appelle », « madame », « au nom de », « née ».

use std::ops::Range;

use super::names::{Finder, TITLES};

const RELATIVES: &[&str] = words! {
    fils fille filles mari femme pere mere frere soeur epoux epouse compagnon compagne bebe conjoint conjointe
    oncle tante enfant enfants cousin cousine ami amie voisin voisine maman papa nounou tutrice tuteur fiance
    fiancee neveu niece parrain marraine temoin temoins garcon petite petit beau belle jumeau jumelle defunt
    defunte collegue copine copain mamie papi concubin ex jumeaux jumelles aine ainee cadet cadette
};
/// Between « nom » and the name.
const FILLERS: &[&str] = words! {
    de famille jeune fille epouse epoux d usage naissance marital mariee complet entier c est alors euh oui donc
    etait sera du defunt demandeur titulaire bien ce serait dame hein ma mon sa son mere pere bebe enfant maman
    papa mari femme la
};

impl Finder<'_> {
    /// A name that the words from `i` announce.
    pub(super) fn announced(&self, i: usize) -> Option<Range<usize>> {
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
}
