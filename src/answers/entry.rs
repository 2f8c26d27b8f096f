//! A démarche as staff write it and as the store keeps it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::variables::{VariableError, Variables, fill};
use crate::dialogue;

/// The kinds of follow-up whose usual wordings are known (`config/facets.toml`).
pub const FACET_KINDS: [&str; 6] = ["pieces", "cout", "delai", "ou", "en-ligne", "pour-qui"];

/// Where an entry stands between its author and the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Draft,
    Proposed,
    Published,
    Withdrawn,
}

impl Status {
    pub const ALL: [Status; 4] = [Status::Draft, Status::Proposed, Status::Published, Status::Withdrawn];

    /// As the file writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Proposed => "proposed",
            Status::Published => "published",
            Status::Withdrawn => "withdrawn",
        }
    }

    /// As staff read it.
    pub fn french(self) -> &'static str {
        match self {
            Status::Draft => "brouillon",
            Status::Proposed => "proposée",
            Status::Published => "publiée",
            Status::Withdrawn => "retirée",
        }
    }
}

/// One file of the base; its JSON is the document that the store keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub theme: String,
    /// A key of the configured hand-over destinations.
    pub department: String,
    pub status: Status,
    /// With its article: « un acte de naissance ».
    pub label: String,
    #[serde(default)]
    pub service_public: Vec<String>,
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Ways of asking, as people speak.
    pub questions: Vec<String>,
    #[serde(default)]
    pub keywords: Vec<String>,
    #[serde(default)]
    pub facets: Vec<EntryFacet>,
    #[serde(default)]
    pub distinguish: Vec<Distinguish>,
    #[serde(default)]
    pub private: bool,
    pub author: String,
    #[serde(default)]
    pub approver: Option<String>,
    #[serde(default)]
    pub valid_from: Option<Date>,
    #[serde(default)]
    pub valid_until: Option<Date>,
    pub review: Date,
    /// The spoken answer, variables not yet filled.
    pub answer: String,
}

/// A follow-up of an entry: « et ça coûte combien ? ».
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryFacet {
    /// One of [`FACET_KINDS`], or a kind of the entry's own with its `questions`.
    pub kind: String,
    #[serde(default)]
    pub questions: Vec<String>,
    pub answer: String,
}

/// Where an answer's facts come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    #[serde(default)]
    pub fiche: Option<String>,
    pub address: String,
    /// When we read it.
    pub checked: Date,
    /// Date of the text that was read.
    #[serde(default)]
    pub state: Option<Date>,
}

/// A neighbour that callers mix up with this entry, and the question that tells them apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinguish {
    pub entry: String,
    pub question: String,
}

impl Entry {
    /// Whether the answer may be said on `day`: published, and within its period of validity.
    pub fn speakable_on(&self, day: Date) -> bool {
        self.status == Status::Published
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|until| day <= until)
    }

    /// The page of the State that the answer is made from: a fiche's rather than another ministry's. What other towns say is
    /// for staff alone.
    pub fn official_page(&self) -> Option<&str> {
        let official = |source: &&Source| {
            let host = source.address.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#', ':']).next());
            host.is_some_and(|host| {
                let of =
                    |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                of("gouv.fr") || of("service-public.fr")
            })
        };
        let page = self.sources.iter().filter(official).min_by_key(|source| source.fiche.is_none());
        page.map(|source| source.address.as_str())
    }

    /// The entry as a call uses it, with the town's facts filled in.
    ///
    /// # Errors
    /// The variables that `variables` does not define.
    pub fn topic(&self, version: u32, variables: &Variables) -> Result<dialogue::Topic, Vec<VariableError>> {
        let mut errors = Vec::new();
        let mut said = |text: &str| {
            fill(&on_one_line(text), variables).unwrap_or_else(|unknown| {
                errors.extend(unknown);
                String::new()
            })
        };
        let topic = dialogue::Topic {
            entry: self.id.clone(),
            version,
            label: self.label.clone(),
            service_public: self.service_public.clone(),
            source: self.official_page().map(str::to_owned),
            answer: said(&self.answer),
            facets: self
                .facets
                .iter()
                .map(|facet| dialogue::Facet { kind: facet.kind.clone(), answer: said(&facet.answer) })
                .collect(),
            department: self.department.clone(),
            private: self.private,
            distinguish: self
                .distinguish
                .iter()
                .map(|other| dialogue::Distinguish { entry: other.entry.clone(), question: other.question.clone() })
                .collect(),
        };
        if errors.is_empty() { Ok(topic) } else { Err(errors) }
    }
}

/// Line breaks of the file are for the eye.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
