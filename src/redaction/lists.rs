//! The words that the search for names needs, from `grammars/redaction.toml`.

use std::collections::HashSet;

use serde::Deserialize;

use super::text::fold;

/// What is wrong with `grammars/redaction.toml`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(String);

/// The file as it is written: words separated by spaces and lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    first_names: String,
    surnames: String,
    places: String,
    never: String,
    ordinary: String,
}

/// Folded words.
#[derive(Debug)]
pub struct Lists {
    first: HashSet<String>,
    last: HashSet<String>,
    places: HashSet<String>,
    never: HashSet<String>,
    ordinary: HashSet<String>,
}

impl Lists {
    pub fn parse(file: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(file).map_err(|error| Fault(error.to_string()))?;
        for (name, words) in [("first_names", &file.first_names), ("surnames", &file.surnames), ("never", &file.never)]
        {
            if words.trim().is_empty() {
                return Err(Fault(format!("la liste « {name} » est vide")));
            }
        }
        let set = |words: &str| words.split_whitespace().map(fold).collect::<HashSet<_>>();
        Ok(Self {
            first: set(&file.first_names),
            last: set(&file.surnames),
            places: set(&file.places),
            never: set(&file.never),
            ordinary: set(&file.ordinary),
        })
    }

    pub fn first(&self, word: &str) -> bool {
        self.first.contains(word)
    }

    pub fn last(&self, word: &str) -> bool {
        self.last.contains(word)
    }

    /// A town, a country.
    pub fn place(&self, word: &str) -> bool {
        self.places.contains(word)
    }

    /// Never a name by itself, even after « je m'appelle ».
    pub fn never(&self, word: &str) -> bool {
        self.never.contains(word)
    }

    /// A word of the language, which is a name only where something says so.
    pub fn ordinary(&self, word: &str) -> bool {
        self.ordinary.contains(word) || self.never.contains(word)
    }
}
