//! The base as a table or as objects, for `standardiste answers list`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::entry::Entry;

/// An entry as the list shows it; its JSON is a line of `answers list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub id: String,
    pub version: u32,
    /// `draft`, `proposed`, `published`, `withdrawn`: the store's, which withdraws what the folder no longer has.
    pub status: String,
    pub title: String,
    pub theme: String,
    pub department: String,
    pub service_public: Vec<String>,
    /// How many ways of asking.
    pub questions: usize,
    /// The kinds of its follow-ups.
    pub facets: Vec<String>,
    pub author: String,
    pub approver: Option<String>,
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub review: Date,
    /// When this version came into the base.
    pub since: Timestamp,
}

impl Listed {
    pub fn new(entry: Entry, version: u32, status: String, since: Timestamp) -> Self {
        Self {
            id: entry.id,
            version,
            status,
            title: entry.title,
            theme: entry.theme,
            department: entry.department,
            service_public: entry.service_public,
            questions: entry.questions.len(),
            facets: entry.facets.into_iter().map(|facet| facet.kind).collect(),
            author: entry.author,
            approver: entry.approver,
            valid_from: entry.valid_from,
            valid_until: entry.valid_until,
            review: entry.review,
            since,
        }
    }
}

/// One line an entry, after a line of headings; columns aligned by spaces.
pub fn table(base: &[Listed]) -> String {
    let mut rows = vec![
        ["Identifiant", "Version", "Depuis", "État", "Titre", "Fiches", "Questions", "Suites", "À relire"]
            .map(str::to_owned),
    ];
    for listed in base {
        let status = super::entry::Status::ALL.into_iter().find(|status| status.as_str() == listed.status);
        rows.push([
            listed.id.clone(),
            listed.version.to_string(),
            listed.since.strftime("%Y-%m-%d").to_string(),
            status.map_or_else(|| listed.status.clone(), |status| status.french().to_owned()),
            listed.title.clone(),
            if listed.service_public.is_empty() { "—".to_owned() } else { listed.service_public.join(" ") },
            listed.questions.to_string(),
            listed.facets.len().to_string(),
            listed.review.to_string(),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..9).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
