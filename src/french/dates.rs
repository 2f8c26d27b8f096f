//! Dates, read aloud and understood.

use super::heard::{self, Token, tokens};
use super::numbers::cardinal;
use super::{pattern, rewrite};

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

/// A date as a caller says it: the year may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpokenDate {
    /// 1 to 31, valid for the month.
    pub day: u8,
    /// 1 to 12.
    pub month: u8,
    /// Four digits.
    pub year: Option<i16>,
}

impl SpokenDate {
    /// `None` when the calendar has no such day.
    pub fn new(day: u8, month: u8, year: Option<i16>) -> Option<Self> {
        // Without a year, 29 February stands.
        let (d, m) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
        jiff::civil::Date::new(year.unwrap_or(2000), m, d).ok()?;
        year.is_none_or(|y| (1800..=2200).contains(&y)).then_some(Self { day, month, year })
    }

    /// « premier mars deux mille vingt-quatre ».
    pub fn aloud(&self) -> String {
        let day = if self.day == 1 { "premier".to_owned() } else { cardinal(self.day.into()) };
        let month = MONTHS[usize::from(self.month - 1)];
        match self.year.and_then(|y| u64::try_from(y).ok()) {
            Some(year) => format!("{day} {month} {}", cardinal(year)),
            None => format!("{day} {month}"),
        }
    }
}

/// Two digits are a year of this century up to this one, of the last century above: nobody rings a town hall
/// about 2031 or later, and people born in 1931 still do.
const LAST_SHORT_YEAR: i16 = 30;

/// A date in what was said: « le douze mars mille neuf cent quatre-vingt-cinq », « 12/03/1985 », « premier mai ».
/// The first one found; `None` when there is none or the calendar refuses it.
pub fn parse_date(said: &str) -> Option<SpokenDate> {
    let numeric = DAY_FIRST
        .captures_iter(said)
        .find_map(|c| SpokenDate::new(c[1].parse().ok()?, c[3].parse().ok()?, Some(full_year(c[5].parse().ok()?))));
    if numeric.is_some() {
        return numeric;
    }
    let tokens = tokens(said);
    let named = (0..tokens.len()).find_map(|at| {
        let Token::Word(word) = &tokens[at] else { return None };
        let month = u8::try_from(month(word)?).ok()?;
        let day = day_before(&tokens[..at])?;
        SpokenDate::new(day, month, year_after(&tokens[at + 1..]))
    });
    named.or_else(|| in_numbers(&tokens))
}

/// « douze, zéro trois, quatre-vingt-cinq », « 12031985 »: three numbers and no other, or eight digits.
fn in_numbers(tokens: &[Token]) -> Option<SpokenDate> {
    let mut values: Vec<u64> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match heard::longest(tokens, at) {
            Some((end, value)) => {
                // « zéro trois » is one number.
                let zero = matches!(&tokens[at..end], [Token::Word(word)] if word == "zero");
                if !zero {
                    values.push(value);
                }
                at = end;
            }
            None => at += 1,
        }
    }
    let (day, month, year) = match values.as_slice() {
        [day, month, year] => (*day, *month, *year),
        [whole] if tokens.iter().any(|t| matches!(t, Token::Digits(digits) if digits.len() == 8)) => {
            (whole / 1_000_000, whole / 10_000 % 100, whole % 10_000)
        }
        _ => return None,
    };
    SpokenDate::new(day.try_into().ok()?, month.try_into().ok()?, Some(full_year(year.try_into().ok()?)))
}

fn month(word: &str) -> Option<usize> {
    let heard = match word {
        "fevrier" | "fevriers" => "fevrier",
        "mai" | "mais" | "mets" => "mai",
        "aout" | "out" | "oute" => "aout",
        "decembre" | "decembres" => "decembre",
        "mars" | "marse" => "mars",
        other => other,
    };
    let plain = [
        "janvier",
        "fevrier",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "aout",
        "septembre",
        "octobre",
        "novembre",
        "decembre",
    ];
    plain.iter().position(|m| *m == heard).map(|at| at + 1)
}

fn day_before(tokens: &[Token]) -> Option<u8> {
    // The longest run of number words that ends here and is a day: « vingt-quatre », not « quatre ».
    let longest = tokens.len().min(3);
    (1..=longest).rev().find_map(|n| {
        let run = &tokens[tokens.len() - n..];
        if let [Token::Word(word)] = run
            && matches!(word.as_str(), "premier" | "1er" | "un")
        {
            return Some(1);
        }
        heard::number(run).and_then(|n| u8::try_from(n).ok()).filter(|day| (1..=31).contains(day))
    })
}

fn year_after(tokens: &[Token]) -> Option<i16> {
    let tokens = match tokens {
        [Token::Word(word), rest @ ..] if word == "de" || word == "en" => rest,
        all => all,
    };
    // « 19 85 », « 1900 85 »: the century apart.
    if let [Token::Digits(century), Token::Digits(year), ..] = tokens
        && year.len() == 2
        && matches!(century.as_str(), "18" | "19" | "20" | "1800" | "1900" | "2000")
    {
        return format!("{}{year}", &century[..2]).parse().ok();
    }
    let longest = tokens.len().min(8);
    (1..=longest).rev().find_map(|n| {
        let year = heard::number(&tokens[..n])?;
        let year = i16::try_from(year).ok()?;
        (matches!(year, 0..100) || (1800..=2200).contains(&year)).then(|| full_year(year))
    })
}

fn full_year(year: i16) -> i16 {
    match year {
        100.. => year,
        _ if year <= LAST_SHORT_YEAR => 2000 + year,
        _ => 1900 + year,
    }
}

pattern!(DAY_FIRST, r"\b(0?[1-9]|[12]\d|3[01]) ?([/.-]) ?(0?[1-9]|1[0-2]) ?([/.-]) ?(\d{4}|\d{2})\b");
pattern!(YEAR_FIRST, r"\b((?:1[89]|2[01])\d{2})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b");
pattern!(
    SEVERAL,
    r"(?i)\b((?:\d{1,2}[/-])+)(\d{1,2}) (janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b"
);
pattern!(DAY_MONTH, r"(^|[^\d.,])(0?[1-9]|[12]\d|3[01])[.](0[1-9]|1[0-2])(\.?(?:[^\d.]|$))");
pattern!(SHORT_MONTH, r"(?i)\b(1er|\d{1,2}) (janv|févr|fév|avr|juil|sept|oct|nov|déc)\.( \d{4})?");
pattern!(FIRST, r"(?i)\b0?1 (janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b");

pub(super) fn read(text: String) -> String {
    let text = rewrite(&text, &DAY_FIRST, |c| {
        if c[2] != c[4] {
            return None;
        }
        let date = SpokenDate::new(c[1].parse().ok()?, c[3].parse().ok()?, Some(full_year(c[5].parse().ok()?)))?;
        Some(date.aloud())
    });
    let text = rewrite(&text, &YEAR_FIRST, |c| {
        Some(SpokenDate::new(c[3].parse().ok()?, c[2].parse().ok()?, c[1].parse().ok())?.aloud())
    });
    let text = rewrite(&text, &SEVERAL, |c| {
        let days: Vec<String> = c[1]
            .split(['/', '-'])
            .chain([&c[2]])
            .filter(|day| !day.is_empty())
            .map(|day| day.parse().map(cardinal).unwrap_or_default())
            .collect();
        Some(format!("{} {}", days.join(" "), &c[3]))
    });
    let text = rewrite(&text, &SHORT_MONTH, |c| {
        let stem = c[2].to_lowercase();
        let month = MONTHS.iter().find(|month| month.starts_with(&stem))?;
        Some(format!("{} {month}{}", &c[1], c.get(3).map_or("", |m| m.as_str())))
    });
    let text = rewrite(&text, &DAY_MONTH, |c| {
        let date = SpokenDate::new(c[2].parse().ok()?, c[3].parse().ok()?, None)?;
        Some(format!("{}{}{}", &c[1], date.aloud(), &c[4]))
    });
    FIRST.replace_all(&text, "premier $1").into_owned()
}
