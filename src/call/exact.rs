//! What must be heard exactly: telephone numbers, names, dates. The files of `grammars/` say how they are said.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::dialogue::grammar::{self, GrammarFault};
use crate::dialogue::words::words;
use crate::french::dates::{SpokenDate, parse_date};
use crate::french::numbers::{parse_digits, parse_telephone};
use crate::french::spelling::Alphabet;
use crate::french::{self, Respelled};

/// A name longer than this, in words, is a sentence.
const LONGEST_NAME: usize = 8;
/// How much the last word of a spoken name must look like what is spelled after it, 0 to 1, to be replaced by it.
const SAME_NAME: f64 = 0.7;

/// How one exact thing is said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Said {
    /// What primes the recognizer; empty for none.
    pub prompt: String,
    /// What surrounds it without being part of it.
    around: Vec<String>,
    /// The caller has none, or will not say.
    refused: Vec<String>,
    /// The number that the caller rings from is meant.
    shown: Vec<String>,
    /// What was said before these words counts no more.
    again: Vec<String>,
    /// What the recognizer writes instead.
    misheard: Respelled,
}

/// The grammars of what is exact.
#[derive(Debug, Clone)]
pub struct Exact {
    pub telephone: Said,
    pub name: Said,
    pub dates: Said,
    digits: Said,
    alphabet: Alphabet,
}

/// A fault of one of the files.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}, {fault}")]
pub struct Fault {
    pub file: &'static str,
    pub fault: GrammarFault,
}

/// A name as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    /// Said letter by letter, so that its spelling is sure.
    pub spelled: bool,
}

impl Exact {
    /// The files it is read from.
    pub const FILES: [&'static str; 5] = ["telephone.toml", "name.toml", "dates.toml", "digits.toml", "spelling.toml"];

    /// Reads the texts of [`Self::FILES`], by their names.
    ///
    /// # Errors
    /// A file that is missing, is not TOML, or holds what is unknown, with its line.
    pub fn parse(sources: &BTreeMap<&'static str, String>) -> Result<Self, Fault> {
        Ok(Self {
            telephone: read(sources, "telephone.toml")?,
            name: read(sources, "name.toml")?,
            dates: read(sources, "dates.toml")?,
            digits: read(sources, "digits.toml")?,
            alphabet: read(sources, "spelling.toml")?,
        })
    }

    /// The telephone number said, ten digits or with its `+`. Misspelled digits are put right only when nothing is
    /// understood without.
    pub fn telephone(&self, said: &str) -> Option<String> {
        let said = after_correction(said, &self.telephone.again);
        parse_telephone(said).or_else(|| parse_telephone(&self.digits.misheard.apply(said)))
    }

    /// How many digits were said.
    pub fn digits(&self, said: &str) -> usize {
        parse_digits(&self.digits.misheard.apply(said)).map_or(0, |digits| digits.len())
    }

    pub fn date(&self, said: &str) -> Option<SpokenDate> {
        let months = || self.dates.misheard.apply(said);
        parse_date(said)
            .or_else(|| parse_date(&months()))
            .or_else(|| parse_date(&self.digits.misheard.apply(&months())))
    }

    /// The name said, without what surrounds it; of a name said and then spelled, the spelling.
    pub fn name(&self, said: &str) -> Option<Name> {
        let bare = without(said, &self.name.around);
        if bare.is_empty() {
            return None;
        }
        if let Some(spelled) = self.alphabet.spelled(bare) {
            return Some(Name { text: with_first_name(bare, spelled), spelled: true });
        }
        let text: Vec<&str> = bare.split_whitespace().take(LONGEST_NAME).collect();
        let text = text.join(" ").trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        (!text.is_empty()).then_some(Name { text, spelled: false })
    }

    /// A name's letters, for the voice.
    pub fn letters(&self, name: &str) -> String {
        self.alphabet.aloud(name)
    }
}

impl Said {
    /// The caller has none, or will not say.
    pub fn is_refused(&self, said: &str) -> bool {
        is_one_of(without(said, &self.around), &self.refused)
    }

    /// The caller means the number they ring from.
    pub fn is_shown(&self, said: &str) -> bool {
        is_one_of(without(said, &self.around), &self.shown)
    }
}

/// The number that a call comes from, when the signalling gives one: `0199001234`, `sip:+33199001234@pbx`.
pub fn caller_number(from: &str) -> Option<String> {
    let user = from.split_once(':').map_or(from, |(_, rest)| rest).split(['@', ';']).next()?;
    let dialled = user.chars().all(|c| c.is_ascii_digit() || "+ .-".contains(c));
    dialled.then(|| parse_telephone(user)).flatten()
}

/// A telephone number as the voice reads it: « 06 12 34 56 78 ».
pub fn in_pairs(number: &str) -> String {
    if number.starts_with('+') || number.len() != 10 || !number.is_ascii() {
        return number.to_owned();
    }
    (0..5).map(|pair| &number[2 * pair..2 * pair + 2]).collect::<Vec<_>>().join(" ")
}

/// The last two digits, as they are said: « soixante-dix-huit ».
pub fn ending(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let end = digits.get(digits.len().saturating_sub(2)..).unwrap_or_default();
    let words = |n: u64| french::numbers::cardinal(n);
    match end.strip_prefix('0') {
        Some(unit) => format!("zéro {}", unit.parse().map(words).unwrap_or_default()),
        None => end.parse().map(words).unwrap_or_default(),
    }
}

fn read<T: DeserializeOwned>(sources: &BTreeMap<&'static str, String>, file: &'static str) -> Result<T, Fault> {
    let missing = || Fault { file, fault: GrammarFault { line: 0, problem: "ce fichier manque.".into() } };
    grammar::read(sources.get(file).ok_or_else(missing)?).map_err(|fault| Fault { file, fault })
}

fn is_one_of(said: &str, wordings: &[String]) -> bool {
    let said = words(said);
    !said.is_empty() && wordings.iter().any(|wording| words(wording) == said)
}

/// What follows the last of `marks`, when something does.
fn after_correction<'a>(said: &'a str, marks: &[String]) -> &'a str {
    let lower = said.to_lowercase();
    // Lower case may change the length of a text: then nothing is cut.
    if lower.len() != said.len() {
        return said;
    }
    let end = marks.iter().filter_map(|mark| lower.rfind(mark.as_str()).map(|at| at + mark.len())).max();
    end.and_then(|end| said.get(end..)).filter(|rest| parse_digits(rest).is_some()).unwrap_or(said)
}

/// `said` without the wordings of `around` at its beginning and end, its spelling and signs kept.
fn without<'a>(said: &'a str, around: &[String]) -> &'a str {
    let around: Vec<Vec<String>> = around.iter().map(|wording| words(wording)).filter(|w| !w.is_empty()).collect();
    // Each folded word with where its token stands.
    let mut folded: Vec<(String, usize, usize)> = Vec::new();
    for token in said.split_whitespace() {
        let start = token.as_ptr() as usize - said.as_ptr() as usize;
        folded.extend(words(token).into_iter().map(|word| (word, start, start + token.len())));
    }
    let mut rest = folded.as_slice();
    loop {
        let same = |run: &[(String, usize, usize)], wording: &[String]| run.iter().map(|(word, ..)| word).eq(wording);
        let longest = |fits: &dyn Fn(&[String]) -> bool| around.iter().filter(|w| fits(w)).map(Vec::len).max();
        if let Some(length) = longest(&|w| rest.get(..w.len()).is_some_and(|run| same(run, w))) {
            rest = &rest[length..];
        } else if let Some(length) =
            longest(&|w| rest.len().checked_sub(w.len()).is_some_and(|from| same(&rest[from..], w)))
        {
            rest = &rest[..rest.len() - length];
        } else {
            break;
        }
    }
    match (rest.first(), rest.last()) {
        (Some((_, start, _)), Some((.., end))) => said.get(*start..*end).unwrap_or(said),
        _ => "",
    }
}

/// « Jean Dupond, D U P O N T » → « Jean Dupont ».
fn with_first_name(said: &str, spelled: String) -> String {
    let head = said.split([',', '.', ':', ';']).next().unwrap_or_default();
    let before: Vec<&str> = head.split_whitespace().collect();
    match before.split_last() {
        Some((last, first)) if !first.is_empty() && before.len() <= LONGEST_NAME => {
            let alike = strsim::jaro_winkler(&words(last).concat(), &words(&spelled).concat()) >= SAME_NAME;
            if alike { format!("{} {spelled}", first.join(" ")) } else { spelled }
        }
        _ => spelled,
    }
}
