//! Personal data in transcripts and logs.
//!
//! [`Redactor`] puts a typed mark in the place of what tells who somebody is, in what a caller said or wrote: telephone
//! and security numbers, e-mail addresses, dates of birth, names, addresses, file numbers. It goes by the shape of things,
//! by the words that announce them and by lists (`grammars/redaction.toml`); it reads numbers in digits and in words, and
//! letters said one by one. Towns, prices, hours and the dates of everything but a birth stay: an answer depends on them.
//!
//! It is a measure of protection and no anonymisation: what is said of a life may still tell whose it is.

/// A list of words without accents: `words! { rue avenue }`.
macro_rules! words {
    ($($word:tt)*) => { &[$(stringify!($word)),*] };
}

mod address;
mod announced;
mod birth;
mod email;
mod lists;
mod log;
pub mod measure;
mod names;
mod numbers;
mod numerals;
mod spelling;
mod text;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use lists::Lists;
use text::Text;

pub use lists::Fault;
pub use log::Redacted;

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Telephone,
    Email,
    /// The number of registration in the national register (NIR), the « numéro de sécurité sociale ».
    SecurityNumber,
    Birth,
    Name,
    Address,
    File,
}

impl Kind {
    pub const ALL: [Self; 7] =
        [Self::Telephone, Self::Email, Self::SecurityNumber, Self::Birth, Self::File, Self::Name, Self::Address];

    /// Numbers and identifiers.
    pub const IDENTIFIERS: [Self; 5] = [Self::Telephone, Self::Email, Self::SecurityNumber, Self::Birth, Self::File];

    /// As transcripts show it.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Telephone => "‹téléphone›",
            Self::Email => "‹courriel›",
            Self::SecurityNumber => "‹sécurité sociale›",
            Self::Birth => "‹date de naissance›",
            Self::Name => "‹nom›",
            Self::Address => "‹adresse›",
            Self::File => "‹dossier›",
        }
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: Kind,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// Finds and hides personal data. Clones share the lists.
#[derive(Debug, Clone)]
pub struct Redactor(Arc<Lists>);

impl Redactor {
    /// The file under `grammars/`.
    pub const FILE: &'static str = "redaction.toml";

    /// Reads the text of [`Self::FILE`].
    ///
    /// # Errors
    /// What the file has that is not understood.
    pub fn parse(file: &str) -> Result<Self, Fault> {
        Ok(Self(Arc::new(Lists::parse(file)?)))
    }

    /// What is personal in a text, in order, none overlapping another.
    pub fn find(&self, raw: &str) -> Vec<Found> {
        let text = Text::new(raw);
        let mut taken = vec![false; text.len()];
        let mut found: Vec<(Kind, Range<usize>)> = Vec::new();
        let mut add = |kind: Kind, ranges: Vec<Range<usize>>, taken: &mut Vec<bool>| {
            for range in ranges {
                if range.start < range.end && range.end <= taken.len() && !taken[range.clone()].contains(&true) {
                    taken[range.clone()].fill(true);
                    found.push((kind, range));
                }
            }
        };
        add(Kind::Email, email::find(&text), &mut taken);
        add(Kind::Address, address::find(&text), &mut taken);
        add(Kind::Birth, birth::find(&text), &mut taken);
        for (kind, range) in numbers::find(&text, &taken) {
            add(kind, vec![range], &mut taken);
        }
        add(Kind::Name, names::find(&text, &self.0, &taken), &mut taken);
        found.sort_by_key(|(_, range)| range.start);
        found.into_iter().map(|(kind, range)| Found { kind, range: bytes(&text, range) }).collect()
    }

    /// The text with each thing found replaced by its mark.
    pub fn redact<'t>(&self, raw: &'t str) -> Cow<'t, str> {
        let found = self.find(raw);
        if found.is_empty() {
            return Cow::Borrowed(raw);
        }
        let mut redacted = String::with_capacity(raw.len());
        let mut from = 0;
        for one in found {
            redacted.push_str(&raw[from..one.range.start]);
            redacted.push_str(one.kind.mark());
            from = one.range.end;
        }
        redacted.push_str(&raw[from..]);
        Cow::Owned(redacted)
    }

    /// The words of a text with their probabilities, without what is personal: one mark with the least probability of the
    /// words it hides. A word that is not found in the text is left out.
    pub fn redact_words(&self, raw: &str, words: &[(String, f32)]) -> Vec<(String, f32)> {
        let found = self.find(raw);
        if found.is_empty() {
            return words.to_vec();
        }
        let (mut redacted, mut from): (Vec<(String, f32)>, usize) = (Vec::new(), 0);
        let mut last = None;
        for (word, probability) in words {
            let shown = word.trim();
            let Some(start) = raw[from..].find(shown).map(|at| from + at) else { continue };
            from = start + shown.len();
            let mark = found.iter().position(|one| start < one.range.end && from > one.range.start);
            match (mark, redacted.last_mut()) {
                (None, _) => redacted.push((word.clone(), *probability)),
                (Some(_), Some(hidden)) if mark == last => hidden.1 = hidden.1.min(*probability),
                (Some(one), _) => redacted.push((found[one].kind.mark().to_owned(), *probability)),
            }
            last = mark;
        }
        redacted
    }
}

/// From the first to the last word, with the signs that belong to them: « +33 », « (+33) 1 ».
fn bytes(text: &Text<'_>, words: Range<usize>) -> Range<usize> {
    let (first, last) = (&text.words[words.start], &text.words[words.end - 1]);
    let gap = text.gap(words.start);
    let sign = gap.len() - gap.trim_end_matches(['+', '(']).len();
    let sign = if gap.ends_with(['+']) { sign } else { 0 };
    first.range.start - sign..last.range.end
}
