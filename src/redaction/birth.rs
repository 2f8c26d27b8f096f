//! Dates of birth. The date of a marriage, a death, a request or an appointment stays: the line is about them.

use std::ops::Range;

use super::numerals::{numeric, run};
use super::text::Text;

const MONTHS: &[&str] = words! {
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre janv fevr fev avr juil
    sept oct nov dec
};
const DAYS: &[&str] = &["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const RELATIVE: &[&str] = &["hier", "avant"];
const BORN: &[&str] =
    &["ne", "nee", "nes", "nees", "naissance", "anniversaire", "naquit", "naitre", "naissait", "nait", "ddn"];
/// Another event: its date is none of birth.
const OTHER: &[&str] = words! {
    decede decedee decedes mort morte marie mariee maries mariees mariage pacs pacse pacsee pacses divorce
    divorcee divorces demande demandee demander rendez rdv depuis delivre delivree expire perime valable envoye
    recu jugement deces naturalise naturalisee deposer depose copie etabli etablie fait acte extrait declarer
    declare reconnu reconnue baptise adopte adoptee arrive arrivee enterre disparu passe prendre livret celebre
    veuf veuve voter vote election elections
};
const PAPERS: &[&str] = words! {
    acte extrait copie livret passeport carte jugement dossier attestation certificat document courrier titre
    devis recepisse photo justificatif facture
};

pub fn find(text: &Text<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let Some(date) = date(text, i) else {
            i += 1;
            continue;
        };
        if of_birth(text, &date) {
            i = date.words.end;
            found.push(date.words);
        } else {
            i = date.words.end.max(i + 1);
        }
    }
    found
}

/// A day, month and year in figures or words begins at a word.
pub fn is_date(text: &Text<'_>, i: usize) -> bool {
    date(text, i).is_some_and(|date| date.whole)
}

struct Date {
    words: Range<usize>,
    /// Day, month and year, or a month and a year.
    whole: bool,
    /// A year alone.
    year: bool,
}

fn month(text: &Text<'_>, i: usize) -> bool {
    text.is(i, MONTHS)
}

/// A year in digits or in words, and the word after it. After a month two digits do.
fn year(text: &Text<'_>, i: usize, short: bool) -> Option<usize> {
    if text.is(i, &["en", "de", "l"]) && short {
        return year(text, i + 1, short);
    }
    let run = run(text, i)?;
    let digits = run.digits();
    let full = digits.len() == 4 && (digits.starts_with("18") || digits.starts_with("19") || digits.starts_with("20"));
    if full || (short && digits.len() == 2) || (short && digits.len() == 1 && run.words.len() > 1) {
        return Some(run.words.end);
    }
    // « 1985 » followed by more numbers after a comma.
    let first = run.groups.first()?;
    let lone = text.words[i].digits
        && first.len() == 4
        && (first.starts_with("19") || first.starts_with("20") || first.starts_with("18"));
    lone.then_some(i + 1)
}

fn date(text: &Text<'_>, i: usize) -> Option<Date> {
    let mut start = i;
    let mut at = i;
    if text.is(at, RELATIVE) {
        if text.at(at) == "avant" && text.at(at + 1) == "hier" {
            at += 1;
        } else if text.at(at) != "hier" {
            return None;
        }
        at += 1;
        if text.at(at) == "le" {
            at += 1;
        }
    }
    if text.is(at, DAYS) {
        at += 1;
        if text.at(at) == "le" {
            at += 1;
        }
    }
    // « née hier », « né ce matin », « née lundi dernier », « né le 14 »
    let born = i > 0
        && (text.is(i - 1, &["ne", "nee", "nes", "nees"])
            || (text.at(i - 1) == "le" && i > 1 && text.is(i - 2, &["ne", "nee", "nes", "nees"])));
    if at > i && !numeric(text, at) && born {
        let end = at + usize::from(text.is(at, &["dernier", "soir", "matin", "apres"]));
        return Some(Date { words: i..end, whole: false, year: false });
    }
    if at > i && !(numeric(text, at) || text.is(at, &["premier", "1er"])) {
        return None;
    }
    if text.is(at, &["premier", "1er"]) && month(text, at + 1) {
        let end = year(text, at + 2, true);
        return Some(Date { words: start..end.unwrap_or(at + 2), whole: end.is_some(), year: false });
    }
    if month(text, at) && at == i {
        let end =
            year(text, at + 1, false).or_else(|| year(text, at + 1, true).filter(|_| text.is(at + 1, &["de", "en"])));
        if let Some(end) = end {
            return Some(Date { words: start..end, whole: true, year: false });
        }
    }
    let run = run(text, at)?;
    let digits = run.digits();
    let mut end = run.words.end;
    // « le trois du quatre soixante et un »
    if digits.len() <= 2 && text.at(end) == "du" && numeric(text, end + 1) {
        let rest = self::run(text, end + 1)?;
        let numbers: Vec<u32> = rest.groups.iter().filter_map(|group| group.parse().ok()).collect();
        if numbers.first().is_some_and(|month| (1..=12).contains(month)) && numbers.len() <= 3 {
            return Some(Date { words: start..rest.words.end, whole: true, year: false });
        }
    }
    if month(text, end) && digits.len() <= 2 && !text.gap(end).contains(['.', ',']) {
        let after = year(text, end + 1, true);
        return Some(Date { words: start..after.unwrap_or(end + 1), whole: after.is_some(), year: false });
    }
    // « 27.03.1985 », « 30 04 2001 », « dix-huit zéro neuf soixante-quatorze », « 270385 »
    let numbers: Vec<u32> = run.groups.iter().filter_map(|group| group.parse().ok()).collect();
    if let Some(length) = numeric_date(&run.groups, &numbers) {
        if run.words.len() == run.groups.len() {
            end = run.words.start + length;
        }
        start = start.min(run.words.start);
        return Some(Date { words: start..end, whole: true, year: false });
    }
    // « né en quarante-deux »
    let short = at > 1 && text.at(at - 1) == "en" && text.is(at - 2, &["ne", "nee", "nes"]) && digits.len() == 2;
    // « né le 3/7 », « née le 14 »
    if born
        && !text.is(end, &["ans", "mois", "jours", "semaines"])
        && !digits.is_empty()
        && digits.len() <= 4
        && numbers.iter().all(|number| *number <= 31)
    {
        return Some(Date { words: start..end, whole: false, year: false });
    }
    let end = year(text, at, short)?;
    Some(Date { words: start..end, whole: false, year: true })
}

/// How many groups make a date with day, month and year.
fn numeric_date(groups: &[String], numbers: &[u32]) -> Option<usize> {
    if groups.len() == 1 {
        let digits = &groups[0];
        let part = |range: Range<usize>| digits.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
        return (digits.len() == 8
            && (1..=31).contains(&part(0..2))
            && (1..=12).contains(&part(2..4))
            && (1850..=2100).contains(&part(4..8)))
        .then_some(1);
    }
    if numbers.len() != groups.len() {
        return None;
    }
    // A zero said alone goes with what follows: 0, 9 is 09.
    let (mut parts, mut used) = (Vec::new(), 0);
    let mut i = 0;
    while i < numbers.len() && parts.len() < 3 {
        if groups[i] == "0" && i + 1 < numbers.len() && groups[i + 1].len() == 1 {
            i += 1;
        }
        parts.push(numbers[i]);
        i += 1;
        used = i;
    }
    let [day, month, year] = parts[..] else { return None };
    // ISO 8601: 1985-03-27
    if (1850..=2100).contains(&day) && (1..=12).contains(&month) && (1..=31).contains(&year) {
        return Some(used);
    }
    let two = groups[used - 1].len() == 2 || groups[used - 1].len() == 1;
    let year_fits = (1850..=2100).contains(&year) || (two && year < 100 && used == groups.len());
    ((1..=31).contains(&day) && (1..=12).contains(&month) && year_fits).then_some(used)
}

fn date_free(text: &Text<'_>, i: usize) -> bool {
    !numeric(text, i)
}

/// The nearest event before the date, in the same sentence, is a birth; or the words after it say so.
fn of_birth(text: &Text<'_>, date: &Date) -> bool {
    let (from, end) = (date.words.start, date.words.end);
    // « c'est ma naissance », « c'est sa date de naissance »
    let after: Vec<&str> =
        (end..text.len().min(end + 6)).take_while(|i| !text.breaks(*i)).map(|i| text.at(i)).collect();
    // « le 12 mars, c'est son anniversaire », « le 3 avril 1950, jour où je suis né »
    let late = (end..text.len().min(end + 9)).take_while(|i| !text.breaks(*i) && date_free(text, *i)).find(|i| {
        text.is(*i, &["nee", "anniversaire"]) || text.says(*i, &["suis", "ne"]) || text.says(*i, &["est", "ne"])
    });
    if late.is_some_and(|late| {
        !(end..late).any(|i| text.is(i, OTHER) || text.is(i, &["et", "mais"]))
            && !(from.saturating_sub(6)..from).any(|i| text.is(i, OTHER))
    }) {
        return true;
    }
    if after.starts_with(&["c", "est"])
        && after.iter().take(6).any(|word| *word == "naissance")
        && !after.contains(&"acte")
    {
        return true;
    }
    let units = ["euros", "euro", "heures", "heure", "h", "ans", "mois", "jours"];
    if date.year
        && (text.is(end, &units)
            || (from > 0 && text.is(from - 1, &["depuis", "de", "livre", "article"]) && text.at(from - 1) != "de"))
    {
        return false;
    }
    let mut j = from;
    let mut steps = 0;
    while j > 0 && steps < 14 {
        if text.breaks(j) && !(text.at(j - 1) == "naissance" || text.gap(j).trim() == ".") {
            return false;
        }
        if text.gap(j).contains(['?', '!', '\n']) {
            return false;
        }
        j -= 1;
        steps += 1;
        if text.at(j) == "vu" && text.says(j, &["vu", "le", "jour"]) {
            return true;
        }
        if text.is(j, BORN) {
            // « mort-né », « nouveau-né »
            return !(text.glued(j) && text.is(j - 1, &["mort", "nouveau"])) && born(text, j, date);
        }
        if text.is(j, OTHER) {
            return false;
        }
        // « je suis du 22 février 1949 »
        if j + 1 == from
            && text.at(j) == "du"
            && date.whole
            && j > 0
            && text.is(j - 1, &["est", "suis", "es", "sommes", "sont", "etait"])
        {
            return !(j.saturating_sub(8)..j).any(|k| text.is(k, PAPERS));
        }
    }
    false
}

fn born(text: &Text<'_>, j: usize, date: &Date) -> bool {
    match text.at(j) {
        // « ne » is « né » only with its accent, or in capitals.
        "ne" => {
            let shown = &text.raw[text.words[j].range.clone()];
            shown.contains(['é', 'É']) || shown == "NE"
        }
        // « acte de naissance du 5 mars », « déclaration de naissance » are papers.
        "naissance" => {
            let of = (j.saturating_sub(4)..j).any(|k| {
                text.is(k, &["acte", "actes", "declaration", "extrait", "certificat", "copie", "livret", "declarer"])
            });
            let dated = (j.saturating_sub(3)..j).any(|k| text.is(k, &["date", "ma", "sa"]));
            dated || !(of || date.year)
        }
        _ => true,
    }
}
