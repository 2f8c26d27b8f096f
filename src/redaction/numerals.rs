//! Numbers as digits, whether Whisper wrote digits or words.

use std::ops::Range;

use super::text::Text;

/// Consecutive numbers: « zéro six trente-neuf », « 06 39 98 », « 2 85 03 ».
#[derive(Debug, Clone)]
pub struct Run {
    /// Of words.
    pub words: Range<usize>,
    /// One number each: « trente-neuf » is `39`.
    pub groups: Vec<String>,
}

impl Run {
    pub fn digits(&self) -> String {
        self.groups.concat()
    }
}

fn value(word: &str) -> Option<u32> {
    Some(match word {
        "zero" => 0,
        "un" | "une" => 1,
        "deux" => 2,
        "trois" => 3,
        "quatre" => 4,
        "cinq" => 5,
        "six" => 6,
        "sept" => 7,
        "huit" => 8,
        "neuf" => 9,
        "dix" => 10,
        "onze" => 11,
        "douze" => 12,
        "treize" => 13,
        "quatorze" => 14,
        "quinze" => 15,
        "seize" => 16,
        "vingt" | "vingts" => 20,
        "trente" => 30,
        "quarante" => 40,
        "cinquante" => 50,
        "soixante" => 60,
        "septante" => 70,
        "huitante" | "octante" => 80,
        "nonante" => 90,
        "cent" | "cents" => 100,
        "mille" | "mil" | "milles" => 1_000,
        _ => return None,
    })
}

/// A number in digits or in words.
pub fn numeric(text: &Text<'_>, i: usize) -> bool {
    text.words.get(i).is_some_and(|word| word.digits) || value(text.at(i)).is_some()
}

/// `2A` and `2B`, Corsica's departments; « xx » for digits withheld.
fn stands_for_digits(text: &Text<'_>, i: usize) -> bool {
    let word = text.at(i);
    matches!(word, "2a" | "2b") || (word.len() >= 2 && word.chars().all(|c| c == 'x'))
}

fn joins(text: &Text<'_>, i: usize) -> bool {
    let gap = text.gap(i);
    gap.chars().all(|c| c.is_whitespace() || "-‑.,/_()+·".contains(c))
        && gap.chars().filter(|c| !c.is_whitespace()).count() <= 2
}

/// Between numbers of one run: « zéro six, euh, trente-neuf », « trois fois zéro ».
const HESITATIONS: &[&str] = words! {
    euh heu hum puis ensuite point tiret virgule espace alors fois donc attendez hein et
};

/// The word after a number that goes on behind one or two such words.
fn resumed(text: &Text<'_>, end: usize) -> Option<usize> {
    let mut next = end;
    while next < end + 2 && text.is(next, HESITATIONS) && !text.breaks(next) && (next > end || text.at(next) != "et") {
        next += 1;
    }
    (next > end && !text.breaks(next) && numeric(text, next)).then_some(next + 1)
}

/// The run that begins at a word; none when that is no number.
pub fn run(text: &Text<'_>, from: usize) -> Option<Run> {
    if !numeric(text, from) {
        return None;
    }
    let mut end = from + 1;
    loop {
        if end < text.len() && joins(text, end) && (numeric(text, end) || stands_for_digits(text, end)) {
            end += 1;
        } else if let Some(next) = resumed(text, end) {
            end = next;
        } else if text.at(end) == "et"
            && text.is(end + 1, &["un", "une", "onze"])
            && joins(text, end)
            && joins(text, end + 1)
        {
            end += 2;
        } else {
            break;
        }
    }
    Some(Run { words: from..end, groups: groups(text, from..end) })
}

fn groups(text: &Text<'_>, words: Range<usize>) -> Vec<String> {
    let mut groups = Vec::new();
    let mut i = words.start;
    while i < words.end {
        if value(text.at(i)).is_none() {
            if text.at(i) != "et" && !text.is(i, HESITATIONS) {
                groups.push(text.at(i).to_owned());
            }
            i += 1;
            continue;
        }
        let (number, next) = number(text, i, words.end);
        groups.push(number.to_string());
        i = next;
    }
    groups
}

/// One number in words from `i`, and the word after it.
fn number(text: &Text<'_>, i: usize, end: usize) -> (u32, usize) {
    let comma = |at: usize| text.gap(at).contains([',', '.', '/']);
    let word = |at: usize| if at < end && !comma(at) { value(text.at(at)) } else { None };
    let Some(first) = value(text.at(i)) else { return (0, i + 1) };
    if first == 0 {
        return (0, i + 1);
    }
    let (mut number, mut next) = if first < 100 { under_hundred(text, i, end) } else { (0, i) };
    if word(next) == Some(100) || (next == i && first == 100) {
        number = if next == i { 100 } else { number * 100 };
        next += 1;
        if word(next).is_some_and(|v| (1..100).contains(&v)) {
            let (rest, after) = under_hundred(text, next, end);
            number += rest;
            next = after;
        }
    }
    if word(next) == Some(1_000) || (next == i && first == 1_000) {
        number = if next == i { 1_000 } else { number.saturating_mul(1_000) };
        next += 1;
        if word(next).is_some_and(|v| (1..=100).contains(&v)) {
            let (rest, after) = self::number(text, next, end);
            if rest < 1_000 {
                number = number.saturating_add(rest);
                next = after;
            }
        }
    }
    (number, next)
}

fn under_hundred(text: &Text<'_>, i: usize, end: usize) -> (u32, usize) {
    let comma = |at: usize| text.gap(at).contains([',', '.', '/']);
    let word = |at: usize| if at < end && !comma(at) { value(text.at(at)) } else { None };
    let first = value(text.at(i)).unwrap_or(0);
    if first == 4 && word(i + 1) == Some(20) {
        return match word(i + 2) {
            Some(10) => match word(i + 3) {
                Some(units @ 7..=9) => (90 + units, i + 4),
                _ => (90, i + 3),
            },
            Some(rest @ 1..=16) => (80 + rest, i + 3),
            _ => (80, i + 2),
        };
    }
    match first {
        10 => match word(i + 1) {
            Some(units @ 7..=9) => (10 + units, i + 2),
            _ => (10, i + 1),
        },
        20..=90 => {
            let next = if i + 2 < end && text.at(i + 1) == "et" { i + 2 } else { i + 1 };
            match word(next) {
                Some(units @ 1..=9) => (first + units, next + 1),
                Some(10) if first == 60 => match word(next + 1) {
                    Some(units @ 7..=9) => (70 + units, next + 2),
                    _ => (70, next + 1),
                },
                Some(teens @ 11..=16) if first == 60 => (60 + teens, next + 1),
                _ => (first, i + 1),
            }
        }
        first => (first, i + 1),
    }
}
