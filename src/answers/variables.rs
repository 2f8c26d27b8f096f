//! The town's own facts inside an answer: `{{mairie.horaires}}`.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::problem::nearest;

/// The value of each variable, by its full name (`mairie.nom`).
pub type Variables = HashMap<String, String>;

static VARIABLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{\s*([^{}\s]*)\s*\}\}|\{\{|\}\}").unwrap_or_else(|_| unreachable!()));

/// A variable that the configuration does not define, or braces that do not close.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    #[error("variable inconnue « {name} »{}", hint(.nearest))]
    Unknown { name: String, at: usize, nearest: Option<String> },
    #[error("accolades mal fermées : une variable s'écrit {{{{mairie.nom}}}}")]
    Unclosed { at: usize },
}

impl VariableError {
    /// Byte offset of the fault in the text.
    pub fn at(&self) -> usize {
        match self {
            VariableError::Unknown { at, .. } | VariableError::Unclosed { at } => *at,
        }
    }
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!(" (peut-être « {name} »)")).unwrap_or_default()
}

/// The text with every variable replaced by its value.
///
/// # Errors
/// All the unknown variables and unclosed braces, in the order of the text.
pub fn fill(text: &str, variables: &Variables) -> Result<String, Vec<VariableError>> {
    let mut filled = String::with_capacity(text.len());
    let mut errors = Vec::new();
    let mut end = 0;
    for found in VARIABLE.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        filled.push_str(&text[end..whole.start()]);
        end = whole.end();
        match found.get(1).map(|name| name.as_str()) {
            Some(name) => match variables.get(name) {
                Some(value) => filled.push_str(value),
                None => errors.push(VariableError::Unknown {
                    name: name.to_owned(),
                    at: whole.start(),
                    nearest: nearest(name, variables.keys().map(String::as_str)).map(str::to_owned),
                }),
            },
            None => errors.push(VariableError::Unclosed { at: whole.start() }),
        }
    }
    filled.push_str(&text[end..]);
    if errors.is_empty() { Ok(filled) } else { Err(errors) }
}
