//! Drafts from elsewhere: a clerk's spreadsheet, or the official fiches. They are files for staff to finish, never said.
//!
//! | file | what it gives |
//! |---|---|
//! | `.csv`, `.tsv`, `.txt` | a draft a row ([`table`]) |
//! | `.xml`, `.json` | a draft a fiche of the *vos droits et démarches* feed, schema 3.x ([`fiche`]) |
//!
//! What a fiche says of one case only is kept apart, between [`CASE`] and [`CASE_END`]; an entry that still holds such a
//! mark cannot be published.

mod feed;
mod fiche;
mod render;
mod table;
mod text;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use jiff::civil::Date;

use super::entry::Entry;
use super::problem::{Problem, Problems};
use super::variables::Variables;

pub use render::markdown;

/// Begins a line that says for whom alone the lines below hold.
pub const CASE: &str = ">>>";
/// Ends what holds for one case.
pub const CASE_END: &str = "<<<";
/// Begins the title of a part of a fiche.
pub const PART: &str = "###";

/// An entry to finish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub entry: Entry,
    /// What staff must know or do, a line each; written as comments.
    pub notes: Vec<String>,
    /// The file it comes from, and its line there.
    pub file: String,
    pub line: usize,
}

/// What a file cannot say of the entries it gives.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The day of the import.
    pub today: Date,
    /// Who takes the calls until staff say otherwise.
    pub department: String,
}

/// Reads files into drafts, all of them or none.
///
/// # Errors
/// Every fault of every file, each with its place.
pub fn load_drafts<'a>(
    files: impl IntoIterator<Item = &'a Path>,
    variables: &Variables,
    settings: &Settings,
) -> Result<Vec<Draft>, Problems> {
    let mut problems = Vec::new();
    let mut drafts: Vec<Draft> = Vec::new();
    for path in files {
        let file = path.display().to_string();
        match read(path, &file, variables, settings) {
            Ok(read) => drafts.extend(read),
            Err(faults) => problems.extend(faults),
        }
    }
    let mut named: HashMap<String, (String, usize)> = HashMap::new();
    for draft in &mut drafts {
        let entry = &mut draft.entry;
        // Fiches of the same title are told apart by their numbers; an identifier that staff chose is theirs to mend.
        if named.contains_key(&entry.id)
            && entry.id == identifier(&entry.title)
            && let [fiche] = entry.service_public.as_slice()
        {
            entry.id = format!("{}-{}", entry.id, fiche.to_lowercase());
        }
        if let Some((file, line)) = named.get(&entry.id) {
            let message = format!("l'identifiant « {} » est déjà pris par {file}, ligne {line}.", entry.id);
            problems.push(Problem::new(&draft.file, Some(draft.line), "id", message, "Donnez-lui le sien."));
        } else {
            named.insert(entry.id.clone(), (draft.file.clone(), draft.line));
        }
    }
    if problems.is_empty() { Ok(drafts) } else { Err(Problems(problems)) }
}

fn read(path: &Path, file: &str, variables: &Variables, settings: &Settings) -> Result<Vec<Draft>, Vec<Problem>> {
    let fault = |message: String, remedy: &str| vec![Problem::new(file, None, "", message, remedy)];
    let bytes = fs::read(path)
        .map_err(|error| fault(format!("illisible ({error})."), "Vérifiez le chemin et les droits du fichier."))?;
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "csv" | "tsv" | "txt" => table::read(file, &bytes, variables, settings),
        "xml" => feed::xml(file, &bytes).and_then(|tree| fiche::draft(file, &tree, settings)).map(|draft| vec![draft]),
        "json" => {
            feed::json(file, &bytes).and_then(|tree| fiche::draft(file, &tree, settings)).map(|draft| vec![draft])
        }
        "md" => Err(fault(
            "une réponse ne s'importe pas seule.".to_owned(),
            "Donnez le dossier des réponses : il est publié en entier.",
        )),
        _ => Err(fault(
            "ce genre de fichier ne se lit pas.".to_owned(),
            "Donnez un dossier de réponses, un tableau .csv, ou une fiche .xml ou .json.",
        )),
    }
}

/// Whether a text still holds a case or a part of a fiche to sort out: the line's rank in it, from 0.
pub fn unsorted(text: &str) -> Option<usize> {
    text.lines().position(|line| [CASE, CASE_END, PART].iter().any(|mark| line.trim_start().starts_with(mark)))
}

/// An identifier made from a title: « Carte d'identité » → `carte-d-identite`.
fn identifier(title: &str) -> String {
    /// Longer names are no pleasure to type.
    const LONGEST: usize = 60;
    let mut id = String::new();
    for word in text::plain(title).split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !id.is_empty() && id.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.push_str(word);
    }
    id
}
