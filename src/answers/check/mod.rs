//! What staff should mend or look at before publishing. Nothing here stops an import.
//!
//! A fault is what would be heard badly, found badly or could not be defended; the rest is advice. A draft has only
//! advice: it is not finished.

mod claims;
mod meeting;
mod spoken;

use std::collections::HashSet;

use jiff::civil::Date;
use serde::Serialize;

use super::drafts::unsorted;
use super::entry::{Entry, Status};
use super::filed::{Filed, Place};
use super::language::LanguageData;
use super::problem::nearest;
use super::variables::Variables;

/// Ways of asking below which an entry is found by luck.
const LEAST_QUESTIONS: usize = 8;
/// Days before a review that it is told of.
const REVIEW_SOON: i32 = 30;

/// What a finding is about; in this order they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Missing,
    TooLong,
    Review,
    Ambiguous,
    Unpronounceable,
    Unsourced,
    Links,
}

impl Group {
    /// As staff read it.
    pub fn french(self) -> &'static str {
        match self {
            Group::Missing => "à compléter",
            Group::TooLong => "trop long pour l'oreille",
            Group::Review => "dates",
            Group::Ambiguous => "questions qui se confondent",
            Group::Unpronounceable => "difficile à dire",
            Group::Unsourced => "sans source",
            Group::Links => "renvois",
        }
    }
}

/// Whether something is to be mended, or to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Fault,
    Advice,
}

/// One thing found. The texts are French: staff read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub level: Level,
    pub group: Group,
    pub entry: String,
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, ligne {} : {} {}", self.file, self.line, self.message, self.remedy)
    }
}

/// What the base is checked against.
pub struct Against<'a> {
    pub variables: &'a Variables,
    pub language: &'a LanguageData,
    pub today: Date,
    /// The departments that have a hand-over destination of their own; an empty one serves every department.
    pub departments: &'a [String],
}

/// Gathers the findings of an entry.
struct Notes<'a> {
    filed: &'a Filed,
    findings: &'a mut Vec<Finding>,
}

impl Notes<'_> {
    fn fault(&mut self, group: Group, place: Place<'_>, message: String, remedy: &str) {
        let draft = self.filed.entry.status == Status::Draft;
        self.note(if draft { Level::Advice } else { Level::Fault }, group, place, message, remedy);
    }

    fn advice(&mut self, group: Group, place: Place<'_>, message: String, remedy: &str) {
        self.note(Level::Advice, group, place, message, remedy);
    }

    fn note(&mut self, level: Level, group: Group, place: Place<'_>, message: String, remedy: &str) {
        self.findings.push(Finding {
            level,
            group,
            entry: self.filed.entry.id.clone(),
            file: self.filed.file.clone(),
            line: self.filed.line(place),
            message,
            remedy: remedy.to_owned(),
        });
    }
}

/// Everything worth a look, faults first, then by group and place. Withdrawn entries are left in peace.
pub fn check(base: &[Filed], against: &Against<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let alive = || base.iter().filter(|filed| filed.entry.status != Status::Withdrawn);
    let ids: HashSet<&str> = base.iter().map(|filed| filed.entry.id.as_str()).collect();
    for filed in alive() {
        let mut notes = Notes { filed, findings: &mut findings };
        missing(&filed.entry, &mut notes);
        dates(&filed.entry, against.today, &mut notes);
        links(&filed.entry, &ids, against.departments, &mut notes);
        spoken::check(&filed.entry, against.variables, &mut notes);
        claims::check(&filed.entry, &mut notes);
    }
    // What only a human treats may be said with any words, also those of a démarche.
    let answered: Vec<&Filed> = alive().filter(|filed| filed.entry.human.is_none()).collect();
    meeting::check(&answered, against.language, &mut findings);
    findings.sort_by(|a, b| (a.level, a.group, &a.file, a.line).cmp(&(b.level, b.group, &b.file, b.line)));
    findings
}

fn missing(entry: &Entry, notes: &mut Notes<'_>) {
    let count = entry.questions.len();
    if count < LEAST_QUESTIONS {
        let message =
            if count == 1 { "1 façon de demander.".to_owned() } else { format!("{count} façons de demander.") };
        let remedy = "Il en faut au moins huit, dites comme on parle.";
        notes.fault(Group::Missing, Place::Field("questions"), message, remedy);
    }
    let fields = [
        ("label", &entry.label, "le nom dit dans une question, avec son article"),
        ("theme", &entry.theme, "le thème, par exemple « actes »"),
        ("department", &entry.department, "le service à qui passer l'appel"),
        ("author", &entry.author, "qui l'a écrite"),
        ("answer", &entry.answer, "la réponse que la ligne dit"),
    ];
    let silent = |name: &str| name == "answer" && entry.human.is_some_and(|human| !human.speaks());
    for (name, _, what) in fields.iter().filter(|(name, text, _)| text.trim().is_empty() && !silent(name)) {
        notes.fault(Group::Missing, Place::Field(name), format!("« {name} » manque."), &format!("Écrivez {what}."));
    }
    let texts = entry.facets.iter().map(|f| (Place::Facet(&f.kind, ""), f.answer.as_str()));
    for (place, text) in texts.chain([(Place::Answer(""), entry.answer.as_str())]) {
        if let Some(line) = unsorted(text).and_then(|rank| text.lines().nth(rank)) {
            let place = match place {
                Place::Facet(kind, _) => Place::Facet(kind, line),
                _ => Place::Answer(line),
            };
            let message = "des passages de la fiche officielle restent à trier.".to_owned();
            let remedy = "Gardez ce qui vaut pour tous, ou faites une réponse par cas ; puis retirez >>>, <<< et ###.";
            notes.fault(Group::Missing, place, message, remedy);
        }
    }
}

fn dates(entry: &Entry, today: Date, notes: &mut Notes<'_>) {
    if entry.review < today {
        let message = format!("à relire depuis le {}.", entry.review);
        let remedy = "Relisez-la, puis changez la date de relecture.";
        notes.fault(Group::Review, Place::Field("review"), message, remedy);
    } else if today.until(entry.review).is_ok_and(|left| left.get_days() <= REVIEW_SOON) && entry.review > today {
        let message = format!("à relire avant le {}.", entry.review);
        notes.advice(Group::Review, Place::Field("review"), message, "Prévoyez sa relecture.");
    }
    if entry.status == Status::Published && !entry.speakable_on(today) {
        let begins = entry.valid_from.is_some_and(|from| today < from);
        let (field, when) = if begins { ("valid_from", "pas encore") } else { ("valid_until", "plus") };
        let message =
            format!("publiée, mais elle n'est {when} dite aujourd'hui : elle est hors de sa période de validité.");
        notes.advice(Group::Review, Place::Field(field), message, "Changez la date si ce n'est pas voulu.");
    }
}

fn links(entry: &Entry, ids: &HashSet<&str>, departments: &[String], notes: &mut Notes<'_>) {
    for other in entry.distinguish.iter().filter(|other| !ids.contains(other.entry.as_str())) {
        let message = format!("la démarche « {} » n'existe pas.", other.entry);
        let remedy = match nearest(&other.entry, ids.iter().copied()) {
            Some(near) => format!("Vouliez-vous dire « {near} » ?"),
            None => "Écrivez l'identifiant d'une autre réponse.".to_owned(),
        };
        notes.fault(Group::Links, Place::Words("distinguish", &other.entry), message, &remedy);
    }
    let served = departments.iter().any(|department| department.is_empty() || *department == entry.department);
    if !served && !departments.is_empty() && !entry.department.is_empty() {
        let message = format!("aucun poste ne prend les appels du service « {} ».", entry.department);
        let remedy = format!("Les services de la configuration sont : {}.", departments.join(", "));
        notes.fault(Group::Links, Place::Field("department"), message, &remedy);
    }
}
