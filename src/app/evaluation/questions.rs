//! A file of questions: tab-separated, its first line naming the columns `id`, `kind`, `expected` and `text`.

use std::path::Path;

/// The columns that must be there; others are left alone.
const COLUMNS: [&str; 4] = ["id", "kind", "expected", "text"];

/// A question and what should become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub id: String,
    /// `in`, `local`, `human`, `out`, `distress`, `amb`… ; `distress` alone changes what is right.
    pub kind: String,
    pub expected: Expected,
    pub text: String,
}

/// The decisions that are right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Official fiches (`F1427`) or entries (`hours`), any of which answers.
    pub entries: Vec<String>,
    /// A human.
    pub escalate: bool,
    /// A question asked back.
    pub clarify: bool,
}

/// Why a file of questions is refused; told to whoever wrote it.
#[derive(Debug, thiserror::Error)]
pub enum QuestionsError {
    #[error("fichier introuvable")]
    NotFound,
    #[error("fichier illisible ({0})")]
    Unreadable(std::io::Error),
    #[error("ligne {0} : ce ne sont pas des caractères UTF-8. Remède : enregistrez le fichier en UTF-8")]
    NotUtf8(usize),
    #[error(
        "la première ligne doit nommer les colonnes id, kind, expected et text, séparées par des tabulations ; il manque {missing} \
         (colonnes lues : {found})"
    )]
    Columns { missing: String, found: String },
    #[error("ligne {line} : la colonne « {column} » manque")]
    Short { line: usize, column: &'static str },
    #[error(
        "ligne {line} : la colonne « {column} » est vide. Remède : pour « expected », des fiches (F1427|F1432), une entrée \
         (hours), escalate ou clarify"
    )]
    Blank { line: usize, column: &'static str },
    #[error("ligne {line} : l'identifiant « {id} » est déjà celui de la ligne {first}")]
    Twice { line: usize, id: String, first: usize },
    #[error("aucune question")]
    Empty,
}

/// Reads a file of questions, in its order; blank lines are left out.
///
/// # Errors
/// What is wrong with the file, with its line.
pub fn read(file: &Path) -> Result<Vec<Question>, QuestionsError> {
    let bytes = std::fs::read(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => QuestionsError::NotFound,
        _ => QuestionsError::Unreadable(error),
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        QuestionsError::NotUtf8(bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1)
    })?;
    parse(text)
}

fn parse(text: &str) -> Result<Vec<Question>, QuestionsError> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let (_, header) = lines.next().ok_or(QuestionsError::Empty)?;
    let names: Vec<&str> = header.split('\t').map(str::trim).collect();
    let places = COLUMNS.map(|column| names.iter().position(|name| *name == column));
    let missing: Vec<&str> =
        COLUMNS.iter().zip(places).filter(|(_, place)| place.is_none()).map(|(column, _)| *column).collect();
    if !missing.is_empty() {
        return Err(QuestionsError::Columns { missing: missing.join(", "), found: names.join(", ") });
    }
    let mut questions: Vec<Question> = Vec::new();
    let mut known: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for (at, row) in lines.filter(|(_, row)| !row.trim().is_empty()) {
        let line = at + 1;
        let fields: Vec<&str> = row.split('\t').map(str::trim).collect();
        let mut values = [""; COLUMNS.len()];
        for ((value, column), place) in values.iter_mut().zip(COLUMNS).zip(places) {
            let field = place.and_then(|place| fields.get(place));
            *value = field.ok_or(QuestionsError::Short { line, column })?;
            if value.is_empty() {
                return Err(QuestionsError::Blank { line, column });
            }
        }
        let [id, kind, expected, text] = values.map(str::to_owned);
        if let Some(first) = known.insert(id.clone(), line) {
            return Err(QuestionsError::Twice { line, id, first });
        }
        questions.push(Question { id, kind, expected: Expected::new(&expected), text });
    }
    if questions.is_empty() { Err(QuestionsError::Empty) } else { Ok(questions) }
}

impl Expected {
    /// From « F1427|F1432 », « hours », « escalate », « clarify », or several of them.
    pub fn new(text: &str) -> Self {
        let mut expected = Expected::default();
        for part in text.split('|').map(str::trim).filter(|part| !part.is_empty()) {
            match part {
                "escalate" => expected.escalate = true,
                "clarify" => expected.clarify = true,
                entry => expected.entries.push(entry.to_owned()),
            }
        }
        expected
    }

    /// Whether an entry of this identifier and these fiches answers.
    pub fn is_met_by(&self, entry: &str, fiches: &[String]) -> bool {
        self.entries.iter().any(|wanted| wanted == entry || fiches.contains(wanted))
    }
}
