//! Where values come from: the file flattened to full key names, with the line of each, and the environment laid over it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Origin, Problem};

/// What every overriding variable begins with; a double underscore stands for a level.
pub const PREFIX: &str = "STANDARDISTE_";

/// Variables of ours that are no keys: where the configuration is, and where the cache is.
const NO_KEYS: [&str; 2] = ["STANDARDISTE_CONFIG", "STANDARDISTE_CACHE"];

/// A value before its type is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    Toml(toml::Value),
    /// From the environment.
    Text(String),
}

#[derive(Debug, Clone)]
pub struct Leaf {
    pub raw: Raw,
    pub origin: Origin,
}

/// Full key names, for instance `handover.destination.0.uri`.
#[derive(Debug, Default)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    pub leaves: BTreeMap<String, Leaf>,
    /// Tables, empty ones included.
    pub tables: BTreeMap<String, Origin>,
}

impl Source {
    /// Reads TOML; every syntax error is a problem of its own.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            vec![Problem {
                origin: Origin::File { path: path.to_owned(), line: line_at(bytes, error.valid_up_to()) },
                key: String::new(),
                what: "ce ne sont pas des caractères UTF-8".into(),
                remedy: "Remède : enregistrez le fichier en UTF-8 (et non en Latin-1 ou Windows-1252).".into(),
            }]
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            return Err(errors.into_iter().map(|error| syntax(path, text, &error)).collect());
        }
        let mut source = Self { path: path.to_owned(), ..Self::default() };
        source.add_table(path, text, "", table.into_inner());
        Ok(source)
    }

    fn add_table(&mut self, path: &Path, text: &str, prefix: &str, table: DeTable<'_>) {
        for (key, value) in table {
            let name = joined(prefix, key.get_ref());
            let origin = Origin::File { path: path.to_owned(), line: line_at(text.as_bytes(), key.span().start) };
            self.add(path, text, name, origin, value);
        }
    }

    fn add(&mut self, path: &Path, text: &str, name: String, origin: Origin, value: Spanned<DeValue<'_>>) {
        let line = |span: Range<usize>| line_at(text.as_bytes(), span.start);
        match value.into_inner() {
            DeValue::Table(table) => {
                self.tables.insert(name.clone(), origin);
                self.add_table(path, text, &name, table);
            }
            DeValue::Array(items) if !items.is_empty() && items.iter().all(|item| item.get_ref().is_table()) => {
                for (index, item) in items.into_iter().enumerate() {
                    let origin = Origin::File { path: path.to_owned(), line: line(item.span()) };
                    self.add(path, text, joined(&name, &index.to_string()), origin, item);
                }
            }
            value => {
                self.leaves.insert(name, Leaf { raw: Raw::Toml(plain(value)), origin });
            }
        }
    }

    /// Lays the environment over the file. Variables without our prefix are none of our business.
    pub fn overlay(&mut self, environment: &[(OsString, OsString)]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, value) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX) && !NO_KEYS.contains(name)) else {
                continue;
            };
            let key = name[PREFIX.len()..].to_lowercase().replace("__", ".");
            let origin = Origin::Environment(name.to_owned());
            match value.to_str() {
                Some(value) => {
                    self.leaves.insert(key, Leaf { raw: Raw::Text(value.to_owned()), origin });
                }
                None => problems.push(Problem {
                    origin,
                    key,
                    what: "la valeur n'est pas en UTF-8".into(),
                    remedy: "Remède : donnez-la en UTF-8.".into(),
                }),
            }
        }
        problems
    }
}

/// The variable that overrides a key.
pub fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

/// A variable's value in the environment given; an empty one counts as absent.
pub fn variable_of<'a>(environment: &'a [(OsString, OsString)], name: &str) -> Option<&'a OsStr> {
    environment.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_os_str()).filter(|v| !v.is_empty())
}

fn joined(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    bytes[..offset.min(bytes.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let line = line_at(text.as_bytes(), error.span().map_or(0, |span| span.start));
    let (what, remedy) = match error.message() {
        message if message.contains("duplicate key") => {
            ("cette clé ou cette section est écrite deux fois".to_owned(), "Remède : n'en gardez qu'une.")
        }
        message => (
            format!("ce n'est pas du TOML ({message})"),
            "Remède : une ligne s'écrit clé = valeur, et un texte se met entre guillemets droits.",
        ),
    };
    Problem { origin: Origin::File { path: path.to_owned(), line }, key: String::new(), what, remedy: remedy.into() }
}

fn plain(value: DeValue<'_>) -> toml::Value {
    match value {
        DeValue::String(text) => toml::Value::String(text.into_owned()),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            match i64::from_str_radix(&digits, number.radix()) {
                Ok(number) => toml::Value::Integer(number),
                // Beyond 64 bits: kept as its words, so that the reader names it as ill-typed.
                Err(_) => toml::Value::String(digits),
            }
        }
        DeValue::Float(number) => number
            .as_str()
            .replace('_', "")
            .parse()
            .map_or_else(|_| toml::Value::String(number.as_str().to_owned()), toml::Value::Float),
        DeValue::Boolean(value) => toml::Value::Boolean(value),
        DeValue::Datetime(value) => toml::Value::Datetime(value),
        DeValue::Array(items) => toml::Value::Array(items.into_iter().map(|item| plain(item.into_inner())).collect()),
        DeValue::Table(table) => toml::Value::Table(
            table.into_iter().map(|(key, value)| (key.into_inner().into_owned(), plain(value.into_inner()))).collect(),
        ),
    }
}
