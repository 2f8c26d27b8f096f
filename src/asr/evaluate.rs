//! Word error rate and time on sentences whose words are known.
//!
//! Both sides are normalised the same way before they are compared: lower case; `œ` and `æ` opened; every sign that
//! is neither a letter nor a digit (apostrophes and hyphens too) separates words; numbers up to 999 are
//! written out. Accents are kept, for they are part of the word. The rate is the number of words put in, left out or
//! changed, over the whole set, divided by the number of words said.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::{Error, Recognizer};
use crate::dialogue::{Expectation, Heard};

/// A sentence and its words.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    /// Mono, 16 kHz, −1 to 1.
    pub samples: Vec<f32>,
    pub words: String,
}

/// One sentence heard.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub name: String,
    pub heard: Heard,
    /// Words changed, left out or put in.
    pub errors: usize,
    /// Words said.
    pub words: usize,
    pub time: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    pub sentences: usize,
    /// Errors over words said; above 1 when more was put in than said.
    pub word_error_rate: f64,
    pub median: Duration,
    pub p95: Duration,
    pub total: Duration,
    /// Sentences refused, whose words all count as left out.
    pub refused: usize,
}

/// Hears each case in turn, so that two recognizers in one run meet the same machine: one outcome a recognizer, a case.
pub fn compare<const N: usize>(
    recognizers: &mut [&mut dyn Recognizer; N],
    cases: &[Case],
    expect: &Expectation,
) -> Result<[Vec<Outcome>; N], Error> {
    let mut outcomes: [Vec<Outcome>; N] = std::array::from_fn(|_| Vec::with_capacity(cases.len()));
    let never = AtomicBool::new(false);
    for case in cases {
        for (recognizer, outcomes) in recognizers.iter_mut().zip(&mut outcomes) {
            let begun = Instant::now();
            let heard = recognizer.recognize(&case.samples, expect, &never)?;
            let time = begun.elapsed();
            let (errors, words) = word_errors(&case.words, &heard.text);
            outcomes.push(Outcome { name: case.name.clone(), heard, errors, words, time });
        }
    }
    Ok(outcomes)
}

pub fn summary(outcomes: &[Outcome]) -> Summary {
    let mut times: Vec<Duration> = outcomes.iter().map(|o| o.time).collect();
    times.sort();
    let errors: usize = outcomes.iter().map(|o| o.errors).sum();
    let words: usize = outcomes.iter().map(|o| o.words).sum();
    Summary {
        sentences: outcomes.len(),
        word_error_rate: errors as f64 / words.max(1) as f64,
        median: quantile(&times, 0.5),
        p95: quantile(&times, 0.95),
        total: times.iter().sum(),
        refused: outcomes.iter().filter(|o| o.heard.refused.is_some()).count(),
    }
}

fn quantile(sorted: &[Duration], q: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * q).round() as usize).copied().unwrap_or_default()
}

/// Reads `name: words` lines (Debian's `core-sounds-fr.txt`); comments, and sounds that are not words
/// (`[ascending tones]`, `(ahooga)`), and lines where two
/// entries ran together, are left out.
pub fn transcripts(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter(|line| !line.starts_with(';'))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, words)| (name.trim().to_owned(), words.trim().to_owned()))
        .filter(|(_, words)| !words.contains(['[', '(', '<', ':']) && words.chars().any(char::is_alphabetic))
        .collect()
}

/// A fixed choice of `n` among `all`, the same for the same seed on every machine.
pub fn sample<T>(mut all: Vec<T>, n: usize, seed: u64) -> Vec<T> {
    let mut state = seed;
    let mut next = || {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    for at in 0..n.min(all.len()) {
        let other = at + (next() % (all.len() - at) as u64) as usize;
        all.swap(at, other);
    }
    all.truncate(n);
    all
}

/// Errors and number of words said; see the module for how words are compared.
pub fn word_errors(said: &str, heard: &str) -> (usize, usize) {
    let (said, heard) = (normalise(said), normalise(heard));
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, word) in said.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in heard.iter().enumerate() {
            let change = diagonal + usize::from(word != other);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    (row[heard.len()], said.len())
}

/// The words of a text, comparable; see the module.
pub fn normalise(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace('œ', "oe").replace('æ', "ae");
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .flat_map(|word| match word.parse::<u32>() {
            Ok(n) if n < 1000 => number(n),
            _ => vec![word.to_owned()],
        })
        .collect()
}

const UNITS: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize",
];
const TENS: [&str; 10] =
    ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre vingt", "quatre vingt"];

fn number(n: u32) -> Vec<String> {
    let mut words = Vec::new();
    if n >= 200 {
        words.push(UNITS[(n / 100) as usize].to_owned());
    }
    if n >= 100 {
        words.push("cent".to_owned());
    }
    let rest = (n % 100) as usize;
    let below = if matches!(rest / 10, 7 | 9) { rest % 10 + 10 } else { rest % 10 };
    match rest {
        0 if n > 0 => {}
        0..=16 => words.push(UNITS[rest].to_owned()),
        _ => {
            words.extend(TENS[rest / 10].split(' ').map(str::to_owned));
            if matches!(rest, 21 | 31 | 41 | 51 | 61 | 71) {
                words.push("et".to_owned());
            }
            match below {
                0 => {}
                1..=16 => words.push(UNITS[below].to_owned()),
                _ => words.extend(["dix".to_owned(), UNITS[below - 10].to_owned()]),
            }
        }
    }
    words
}
