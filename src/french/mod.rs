//! French, read aloud and understood: numbers, dates, hours, amounts, telephone numbers, acronyms.
//!
//! Towards the ear, a text goes through [`sentences`], which cuts it, then each piece through [`speakable`]:
//!
//! * [`written_out`] puts numbers, dates, hours, amounts, abbreviations, addresses and symbols into French words,
//!   spelled as a book would (« 17,20 € » → « dix-sept euros vingt »);
//! * acronyms are then spelled or read (`grammars/acronyms.toml`), and the few words that espeak-ng's French voice reads
//!   wrongly are respelled: it sounds the « t » of « quatre-vingt-deux » but reads « 82 » rightly, for instance.
//!
//! From the ear, [`numbers`], [`dates`] and [`spelling`] read what a caller said, in words or as the recognizer wrote it;
//! [`Respelled`] first puts right what it writes for something else that sounds alike.
//!
//! Everything is pure, never fails, and takes time linear in the text.

mod abbreviations;
mod acronyms;
mod clean;
pub mod dates;
mod heard;
mod hours;
pub mod numbers;
mod quantities;
mod respelled;
mod sentences;
pub mod spelling;
mod telephone;
mod web;

pub use acronyms::unknown_acronyms;
pub use respelled::Respelled;
pub use sentences::{MAX_WORDS, sentences, words};

use regex::{Captures, Regex};

/// Puts into words, spelled for the voice, everything in `text` that a voice would read wrongly.
///
/// The result is for espeak-ng's French, which feeds every Piper voice: some spellings are not French
/// (« pax » for PACS). Show people the text itself, or [`written_out`].
pub fn speakable(text: &str) -> String {
    acronyms::respell(&written_out(text))
}

/// Puts numbers, dates, hours, amounts, abbreviations, addresses and symbols into French words.
/// Acronyms stay as they are.
pub fn written_out(text: &str) -> String {
    let text = clean::characters(text);
    let text = web::read(text);
    let text = telephone::read(text);
    let text = dates::read(text);
    let text = hours::read(text);
    let text = quantities::read(text);
    let text = abbreviations::read(text);
    let text = numbers::read(text);
    clean::punctuation(&text)
}

/// What [`speakable`] leaves that no voice can say: symbols, foreign letters, words without a vowel.
pub fn unpronounceable(text: &str) -> Vec<String> {
    let spoken = speakable(text);
    let mut left: Vec<String> =
        spoken.split_whitespace().filter(|word| !can_be_said(word)).map(str::to_owned).collect();
    left.dedup();
    left
}

fn can_be_said(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    let known = |c: &char| c.is_ascii_alphanumeric() || "àâäáãçéèêëíîïñóôöõùûüúÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ".contains(*c);
    let stray = word.chars().any(|c| !known(&c) && !".,;:!?'-".contains(c));
    let digits = word.chars().any(|c| c.is_ascii_digit());
    let vowel = letters.iter().any(|c| "aeiouyàâäáãéèêëíîïóôöõùûüúÿœæ".contains(c.to_lowercase().next().unwrap_or(*c)));
    let code = digits && !letters.is_empty();
    !stray && !code && (letters.len() < 2 || vowel)
}

/// Rewrites every match of `pattern` for which `with` has an answer, and leaves the others.
fn rewrite(text: &str, pattern: &Regex, with: impl Fn(&Captures) -> Option<String>) -> String {
    pattern.replace_all(text, |caps: &Captures| with(caps).unwrap_or_else(|| caps[0].to_owned())).into_owned()
}

/// A compiled pattern, made once.
macro_rules! pattern {
    ($name:ident, $re:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($re).expect("the pattern is a constant of the program"));
    };
}
use pattern;
