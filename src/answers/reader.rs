//! Reads a TOML table field by field and collects every fault with its line, where serde would stop at the first.

use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, nearest};

/// The faults of one file, and what is needed to place them.
pub(super) struct Reader<'a> {
    file: &'a str,
    /// The TOML text.
    source: &'a str,
    /// Line of the file on which `source` starts, from 1.
    first_line: usize,
    pub problems: Vec<Problem>,
}

/// A table and where it stands.
pub(super) struct Table<'t, 'i> {
    pub fields: &'t DeTable<'i>,
    /// Name of the table, for messages: empty for the top, `facet`…
    pub name: &'static str,
    pub line: usize,
}

impl<'a> Reader<'a> {
    pub fn new(file: &'a str, source: &'a str, first_line: usize) -> Self {
        Reader { file, source, first_line, problems: Vec::new() }
    }

    /// The whole text as a table; `None` when its syntax is wrong, which is then in `problems`.
    pub fn parse(&mut self, dates: &[&str]) -> Option<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.source);
        if errors.is_empty() {
            return Some(table.into_inner());
        }
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let line = self.line(&span);
            let start = self.source[..span.start.min(self.source.len())].rfind('\n').map_or(0, |at| at + 1);
            let key = self.source[start..].split(['=', '\n']).next().unwrap_or("").trim();
            if dates.contains(&key) {
                self.problem(Some(line), key, "date incorrecte.", "Écrivez année-mois-jour : 2026-01-31.");
            } else {
                let message = format!("la fiche n'est pas du TOML correct ({}).", error.message());
                let remedy = "Vérifiez les guillemets, les crochets et les virgules de cette ligne.";
                self.problem(Some(line), "", &message, remedy);
            }
        }
        None
    }

    pub fn problem(&mut self, line: Option<usize>, field: &str, message: &str, remedy: &str) {
        self.problems.push(Problem::new(self.file, line, field, message, remedy));
    }

    /// The line of the file on which `span` starts.
    pub fn line(&self, span: &Range<usize>) -> usize {
        self.line_at(span.start)
    }

    pub fn line_at(&self, offset: usize) -> usize {
        let offset = offset.min(self.source.len());
        self.first_line + self.source.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count()
    }

    /// The text of a span, as written.
    pub fn written(&self, span: &Range<usize>) -> &'a str {
        self.source.get(span.clone()).unwrap_or("")
    }

    pub fn refuse_unknown(&mut self, table: &Table<'_, '_>, known: &[&str]) {
        for key in table.fields.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let remedy = match nearest(name, known.iter().copied()) {
                    Some(near) => format!("Vouliez-vous dire « {near} » ?"),
                    None => format!("Les champs permis sont : {}.", known.join(", ")),
                };
                self.problem(Some(self.line(&key.span())), &label(table, name), "champ inconnu.", &remedy);
            }
        }
    }

    fn get<'t, 'i>(
        &mut self,
        table: &Table<'t, 'i>,
        key: &str,
        remedy: Option<&str>,
    ) -> Option<&'t Spanned<DeValue<'i>>> {
        let value = table.fields.get(key);
        if let (None, Some(remedy)) = (value, remedy) {
            self.problem(Some(table.line), &label(table, key), "champ obligatoire absent.", remedy);
        }
        value
    }

    fn wrong_type(&mut self, table: &Table<'_, '_>, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "un texte",
            DeValue::Integer(_) | DeValue::Float(_) => "un nombre",
            DeValue::Boolean(_) => "true ou false",
            DeValue::Datetime(_) => "une date",
            DeValue::Array(_) => "une liste",
            DeValue::Table(_) => "une table",
        };
        let line = self.line(&value.span());
        self.problem(
            Some(line),
            &label(table, key),
            &format!("c'est {found} qui est écrit."),
            &format!("Il faut {wanted}."),
        );
    }

    /// A text that is not blank, and its span; `remedy` is what to write, when the field is required.
    pub fn text(&mut self, table: &Table<'_, '_>, key: &str, remedy: Option<&str>) -> Option<(String, Range<usize>)> {
        let value = self.get(table, key, remedy)?;
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some((text.trim().to_owned(), value.span())),
            DeValue::String(_) => {
                let line = self.line(&value.span());
                let remedy = remedy.unwrap_or("Écrivez-le, ou retirez la ligne.");
                self.problem(Some(line), &label(table, key), "champ vide.", remedy);
                None
            }
            _ => {
                self.wrong_type(table, key, value, "un texte entre guillemets");
                None
            }
        }
    }

    /// The texts of a list, each with its span; empty when the field is absent or wrong.
    pub fn texts(&mut self, table: &Table<'_, '_>, key: &str, remedy: Option<&str>) -> Vec<(String, Range<usize>)> {
        let Some(value) = self.get(table, key, remedy) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(table, key, value, "une liste de textes : [\"…\", \"…\"]");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_str().map(str::trim) {
                Some("") => {
                    let line = self.line(&item.span());
                    self.problem(Some(line), &label(table, key), "un texte de la liste est vide.", "Retirez-le.");
                }
                Some(text) => texts.push((text.to_owned(), item.span())),
                None => self.wrong_type(table, key, item, "un texte entre guillemets"),
            }
        }
        texts
    }

    pub fn date(&mut self, table: &Table<'_, '_>, key: &str, remedy: Option<&str>) -> Option<Date> {
        let value = self.get(table, key, remedy)?;
        let date = match value.get_ref() {
            DeValue::Datetime(moment) => moment.date.and_then(|day| {
                Date::new(i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?)
                    .ok()
            }),
            DeValue::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        if date.is_none() {
            let line = self.line(&value.span());
            self.problem(Some(line), &label(table, key), "date incorrecte.", "Écrivez année-mois-jour : 2026-01-31.");
        }
        date
    }

    /// The tables of `[[key]]`.
    pub fn tables<'t, 'i>(&mut self, table: &Table<'t, 'i>, key: &'static str) -> Vec<Table<'t, 'i>> {
        let Some(value) = self.get(table, key, None) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(table, key, value, &format!("une ou plusieurs tables [[{key}]]"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_table() {
                Some(fields) => tables.push(Table { fields, name: key, line: self.line(&item.span()) }),
                None => self.wrong_type(table, key, item, &format!("une table [[{key}]]")),
            }
        }
        tables
    }
}

/// `facet.answer` inside a table, `answer` at the top.
pub(super) fn label(table: &Table<'_, '_>, key: &str) -> String {
    if table.name.is_empty() { key.to_owned() } else { format!("{}.{key}", table.name) }
}
