//! Telephone numbers, the number of the social security (NIR) and file numbers.

use std::ops::Range;

use super::Kind;
use super::numerals::{Run, numeric, run};
use super::text::Text;

const SECURITY: &[&str] = &["secu", "securite", "nir", "nss", "insee", "vitale", "immatriculation"];
const CALLS: &[&str] = words! {
    telephone tel portable fixe joindre joignable rappeler rappelez rappelle mobile appeler appelez sms whatsapp
    telephoner contacter fax poste texto rappel joint
};
/// What carries a number of its own.
const FILES: &[&str] = words! {
    dossier reference references ref demande predemande recepisse titre passeport cni plaque immatriculation acte
    suivi carte teleservice teleprocedure ticket commande concession permis bordereau recommande facture contrat
    sejour identite identifiant formulaire livret visa allocataire fiscal courrier numero n no code rdv
    enregistrement colis avis caf siret iban rib compte
};
const NEAR: &[&str] = words! {
    dossier reference ref demande predemande recepisse passeport cni plaque immatriculation immatriculee suivi
    titre permis bordereau recommande facture identifiant visa carte numero enregistre enregistree enregistrement
    registre acte concession ticket code confirmation reservation allocataire matricule teledossier formulaire
};
/// Numbers of something that everybody knows.
const PUBLIC: &[&str] = words! {
    cerfa article articles decret loi guichet bus postal arrondissement tram departement alinea circulaire salle
    etage arrete page rubrique case formulaire
};
const UNITS: &[&str] = &[
    "euros",
    "euro",
    "h",
    "heures",
    "heure",
    "ans",
    "an",
    "mois",
    "jours",
    "jour",
    "semaines",
    "semaine",
    "minutes",
    "personnes",
    "invites",
    "fois",
    "copies",
    "exemplaires",
    "extraits",
    "photos",
    "centimes",
    "km",
    "m2",
    "pages",
    "annees",
];

/// One classified number, as words.
pub fn find(text: &Text<'_>, taken: &[bool]) -> Vec<(Kind, Range<usize>)> {
    let free = |range: &Range<usize>| range.clone().all(|i| !taken.get(i).copied().unwrap_or(false));
    let mut found: Vec<(Kind, Range<usize>)> = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let one = number(text, i).or_else(|| code(text, i)).filter(|(_, range)| free(range));
        if let Some((kind, range)) = one {
            i = range.end;
            found.push((kind, range));
        } else if let Some(run) = run(text, i).filter(|run| free(&run.words)) {
            i = run.words.end;
        } else {
            i += 1;
        }
    }
    found
}

/// Words before `i` within its sentence, nearest first, at most `count`.
fn before<'t>(text: &'t Text<'_>, i: usize, count: usize) -> impl Iterator<Item = &'t str> {
    let first = (i.saturating_sub(count)..i).rev().take_while(|j| !text.breaks(*j + 1)).last().unwrap_or(i);
    (first..i).rev().map(|j| text.at(j))
}

fn number(text: &Text<'_>, i: usize) -> Option<(Kind, Range<usize>)> {
    let mut start = i;
    let mut at = i;
    // « plus trente-trois », « +33 »
    let plus = text.at(i) == "plus" && numeric(text, i + 1);
    if plus {
        at += 1;
    }
    let run = run(text, at)?;
    let international = plus || text.gap(at).ends_with('+');
    if text.is(run.words.end, UNITS) && run.digits().len() < 9
        || text.gap(run.words.end).trim_start().starts_with(['€', '%'])
    {
        return None;
    }
    if !plus {
        start = at;
    }
    if let Some(end) = security(text, &run) {
        return Some((Kind::SecurityNumber, start..end));
    }
    telephone(text, &run, international).map(|end| (Kind::Telephone, start..end))
}

/// A NIR, thirteen digits and a key of two, whole or in part: sex, year, month, department, commune, order.
fn security(text: &Text<'_>, run: &Run) -> Option<usize> {
    let groups = &run.groups;
    let digits = run.digits();
    let sex = digits.starts_with(['1', '2']);
    let two = |n: usize| groups.get(n).is_some_and(|group| group.len() == 2);
    let zero = |n: usize| groups.get(n).is_some_and(|group| group == "0");
    // « 2 71 08 62 », and « deux soixante et onze zéro huit » in words.
    let shaped = sex && groups[0].len() == 1 && two(1) && (two(2) || zero(2)) && digits.len() >= 7;
    let compact = sex && (13..=15).contains(&digits.len()) && groups.len() <= 2;
    let cued = before(text, run.words.start, 9).any(|word| SECURITY.contains(&word));
    let called = before(text, run.words.start, 3).any(|word| CALLS.contains(&word));
    let keyed =
        text.at(run.words.end) == "cle" || (text.at(run.words.end) == "et" && text.is(run.words.end + 2, &["cle"]));
    let long = digits.len() >= 10;
    if !(compact
        || (shaped && !called)
        || (cued && digits.len() >= 5 && !digits.starts_with('0'))
        || (keyed && digits.len() >= 6)
        || (sex && shaped && long))
    {
        return None;
    }
    let mut end = run.words.end;
    // « clé quarante-quatre », « et la clé 44 »
    let key = (end..end + 4).find(|i| text.at(*i) == "cle" && !text.breaks(*i));
    if let Some(key) = key {
        let number = (key + 1..key + 4).find(|i| numeric(text, *i));
        if let Some(key) = number.and_then(|i| self::run(text, i)).filter(|run| run.digits().len() <= 3) {
            end = key.words.end;
        }
    }
    Some(end)
}

fn telephone(text: &Text<'_>, run: &Run, international: bool) -> Option<usize> {
    let digits = run.digits();
    let count = digits.len();
    let end = run.words.end;
    let french = digits.starts_with('0') && digits.chars().nth(1).is_some_and(|c| ('1'..='9').contains(&c));
    let abroad = digits.starts_with("0033")
        || (digits.starts_with("33") && international)
        || (international && count >= 8)
        || (digits.starts_with("00") && count >= 11);
    let cued = before(text, run.words.start, 6).any(|word| CALLS.contains(&word));
    let pairs = run.groups.iter().all(|group| group.len() <= 2);
    if abroad || (french && (8..=11).contains(&count)) {
        return Some(end);
    }
    // Begun, or with digits withheld.
    let whose = before(text, run.words.start, 6)
        .any(|word| matches!(word, "numero" | "commence" | "termine" | "finit" | "au" | "non" | "pardon"));
    if french && pairs && count >= 4 && run.groups.len() >= 2 && (cued || whose) {
        return Some(end);
    }
    // Two figures by two, and no date: « 06 39 98 ».
    let undated = run.groups.get(1).and_then(|group| group.parse::<u32>().ok()).is_some_and(|month| month > 12);
    if french && count >= 6 && (undated || run.groups.len() > 4) && run.groups.iter().all(|group| group.len() <= 3) {
        return Some(end);
    }
    let part = before(text, run.words.start, 4)
        .any(|word| matches!(word, "finit" | "termine" | "terminant" | "commence" | "finissant"));
    if part && count >= 2 && pairs {
        return Some(end);
    }
    (cued && count >= 8 && !digits.starts_with("19") && !digits.starts_with("20")).then_some(end)
}

fn coded(text: &Text<'_>, i: usize) -> bool {
    let Some(word) = text.words.get(i) else { return false };
    word.mixed && !ordinal(&word.folded) && !hour(&word.folded)
}

fn ordinal(word: &str) -> bool {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
    matches!(rest, "e" | "er" | "ere" | "eme" | "ieme" | "nd" | "nde" | "h" | "m" | "m2" | "x" | "km" | "ans")
}

fn hour(word: &str) -> bool {
    word.split_once('h').is_some_and(|(hour, minutes)| {
        !hour.is_empty()
            && [hour, minutes].iter().all(|part| part.chars().all(|c| c.is_ascii_digit()) && part.len() <= 2)
    })
}

/// A file number that begins at word `i`.
fn code(text: &Text<'_>, i: usize) -> Option<(Kind, Range<usize>)> {
    let public = before(text, i, 3)
        .filter(|word| !matches!(*word, "numero" | "n" | "no" | "le" | "c" | "est" | "du" | "de"))
        .take(1)
        .any(|word| PUBLIC.contains(&word));
    if public {
        return None;
    }
    // « 14 h 30 », « 35 x 45 »
    if text.words[i].digits && text.at(i).len() <= 2 && text.is(i + 1, &["h", "x"]) && !text.glued(i + 1) {
        return None;
    }
    let cue = introduced(text, i);
    let end = sequence(text, i, cue)?;
    if cue != Cue::Numbered && super::birth::is_date(text, i) {
        return None;
    }
    let shown: Vec<&str> = (i..end).map(|j| text.at(j)).collect();
    let joined: String = shown.concat();
    let figures = (i..end)
        .map(|j| if text.words[j].mixed { text.at(j).chars().filter(char::is_ascii_digit).count() } else { 0 })
        .sum::<usize>()
        + run_digits(text, i, end);
    let letters = (i..end)
        .any(|j| text.words[j].mixed || (!text.words[j].digits && (text.words[j].caps || text.words[j].letter())));
    if figures == 0 || text.is(end, UNITS) || text.gap(end).trim_start().starts_with(['€', '%', '*']) {
        return None;
    }
    let plate = letters && figures == 3 && end - i == 3 && joined.len() == 7;
    let strong =
        letters && figures >= 3 && joined.len() >= 6 && (i..end).any(|j| coded(text, j) && text.at(j).len() >= 6);
    let prefixed = text.words[i].caps && end - i >= 2 && figures >= 6;
    let long = !letters && figures >= 9;
    let kept = match cue {
        Cue::Numbered => figures >= 2 || letters,
        Cue::Named => (letters && figures >= 2 && joined.len() >= 4) || figures >= 5,
        Cue::Near if figures >= 5 || (letters && figures >= 3) => true,
        Cue::Near | Cue::None => plate || strong || prefixed || long,
    };
    kept.then_some((Kind::File, i..end))
}

fn run_digits(text: &Text<'_>, from: usize, end: usize) -> usize {
    let mut digits = 0;
    let mut i = from;
    while i < end {
        match run(text, i) {
            Some(run) => {
                digits += run.digits().chars().filter(char::is_ascii_digit).count();
                i = run.words.end;
            }
            None => i += 1,
        }
    }
    digits
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    /// « dossier n° », « référence », « le numéro du passeport, c'est ».
    Numbered,
    /// « passeport », « demande ».
    Named,
    /// One of these somewhere in the sentence.
    Near,
    None,
}

/// What stands before a possible file number.
fn introduced(text: &Text<'_>, i: usize) -> Cue {
    const BETWEEN: &[&str] = words! {
        c est le la numero n no il elle a de d du mon ma sa son porte pour alors euh voila nationale identite sejour
        bien ants mariage naissance deces etait votre notre nouvelle s numeros leur oui donc
    };
    let (mut numbered, mut named) = (text.gap(i).contains(['°', 'º', '#']), false);
    let mut j = i;
    let mut steps = 0;
    while j > 0 && steps < 9 && !text.breaks(j) {
        numbered |= text.gap(j).contains(['°', 'º']);
        j -= 1;
        steps += 1;
        let word = text.at(j);
        if matches!(
            word,
            "dossier"
                | "reference"
                | "references"
                | "ref"
                | "recepisse"
                | "plaque"
                | "predemande"
                | "identifiant"
                | "immatriculation"
        ) {
            // « le dossier du 12 » has a date behind it.
            return if j + 1 == i || text.at(i.wrapping_sub(1)) != "du" { Cue::Numbered } else { Cue::None };
        }
        numbered |= matches!(word, "numero" | "no") || (word == "n" && text.gap(j + 1).contains(['°', 'º', '.']));
        if FILES.contains(&word) && !matches!(word, "numero" | "n" | "no") {
            named = true;
            if !matches!(word, "identite" | "sejour") {
                break;
            }
        } else if !BETWEEN.contains(&word) {
            break;
        }
    }
    match (numbered, named) {
        (true, _) => Cue::Numbered,
        (false, true) => Cue::Named,
        _ if before(text, i, 14).any(|word| NEAR.contains(&word)) => Cue::Near,
        _ => Cue::None,
    }
}

/// Numbers, codes, letters and what joins them, from `i`.
fn sequence(text: &Text<'_>, i: usize, cue: Cue) -> Option<usize> {
    let part = |j: usize| {
        text.words.get(j).is_some_and(|word| {
            word.digits
                || coded(text, j)
                || (numeric(text, j) && (!word.is(&["un", "une"]) || (j > i && numeric(text, j - 1) && !text.words[j - 1].digits)))
                || (word.caps && word.folded.len() <= 4 && !(j == i && word.is(&["ants", "cni", "rdv", "sms", "caf"])) && (text.cased || cue != Cue::None))
                || (word.letter() && !word.is(&["a", "y", "c", "j", "l", "d", "m", "n", "s"]))
                || (word.letter() && word.upper)
                // « dossier b quarante-sept »
                || (word.letter() && j == i && cue == Cue::Numbered && !text.glued(j + 1) && numeric(text, j + 1))
                // « 19 c k 83 »: letters among figures.
                || (word.letter() && j > i && !word.is(&["a", "y"]) && !text.glued(j + 1) && cue != Cue::None)
        })
    };
    if !part(i) {
        return None;
    }
    let mut end = i + 1;
    loop {
        let gap = text.gap(end);
        let joined = gap.chars().all(|c| c.is_whitespace() || "-/._".contains(c))
            && gap.chars().filter(|c| !c.is_whitespace()).count() <= 1;
        let sentence = gap.contains('.') && gap.contains(' ');
        if end < text.len() && joined && !sentence && part(end) {
            end += 1;
        } else if text.is(end, &["tiret", "barre", "slash", "point"]) && part(end + 1) && !text.breaks(end) {
            end += 2;
        } else {
            break;
        }
    }
    Some(end)
}
