//! Days and weeks in words.

use jiff::civil::Date;

use super::{Range, clock};

const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

fn rank(day: Date) -> usize {
    usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default()
}

/// « mercredi ».
pub fn name(day: Date) -> &'static str {
    DAYS[rank(day)]
}

/// « mercredi 11 novembre », « vendredi premier mai ».
pub(super) fn dated(day: Date) -> String {
    format!("{} {}", numbered(day), month(day))
}

fn numbered(day: Date) -> String {
    match day.day() {
        1 => format!("{} premier", name(day)),
        number => format!("{} {number}", name(day)),
    }
}

/// « novembre ».
pub fn month(day: Date) -> &'static str {
    usize::try_from(day.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default()
}

/// « du jeudi 24 au samedi 26 décembre », « du jeudi 31 décembre au samedi 2 janvier ».
pub(super) fn span(first: Date, last: Date) -> String {
    if first.month() == last.month() {
        format!("du {} au {}", numbered(first), dated(last))
    } else {
        format!("du {} au {}", dated(first), dated(last))
    }
}

/// « de 8 h 30 à 12 h et de 13 h 30 à 17 h ».
pub(super) fn ranges(ranges: &[Range]) -> String {
    let said: Vec<String> =
        ranges.iter().map(|range| format!("de {} à {}", clock(range.from), clock(range.to))).collect();
    listed(&said)
}

/// « a, b et c ».
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

pub(super) fn in_words(week: &[Vec<Range>; 7]) -> String {
    let mut told = [false; 7];
    let mut parts: Vec<String> = Vec::new();
    for first in 0..7 {
        if told[first] || week[first].is_empty() {
            continue;
        }
        let alike: Vec<usize> = (first..7).filter(|day| week[*day] == week[first]).collect();
        for day in &alike {
            told[*day] = true;
        }
        parts.push(format!("{} {}", days(&alike), ranges(&week[first])));
    }
    match parts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{}, et {last}", most.join(", ")),
    }
}

/// « du lundi au vendredi », « le mardi et le jeudi », « tous les jours ».
fn days(alike: &[usize]) -> String {
    if alike.len() == 7 {
        return "tous les jours".to_owned();
    }
    let runs = alike.chunk_by(|one, next| one + 1 == *next);
    let said: Vec<String> = runs
        .flat_map(|run| match run {
            [first, _, .., last] => vec![format!("du {} au {}", DAYS[*first], DAYS[*last])],
            few => few.iter().map(|day| format!("le {}", DAYS[*day])).collect(),
        })
        .collect();
    listed(&said)
}
