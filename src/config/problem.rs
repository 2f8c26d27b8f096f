//! What is wrong in a configuration, said to the person who can mend it: in French, with the place, the key and the remedy.

use std::fmt;
use std::path::PathBuf;

/// Where a value was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File {
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// The variable's full name.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "variable {name}"),
        }
    }
}

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub origin: Origin,
    /// The key's full name, for instance `sip.listen_udp`; empty when the file itself cannot be read as TOML.
    pub key: String,
    /// What is wrong, and what was found.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} : ", self.origin)?;
        if !self.key.is_empty() {
            write!(f, "{} : ", self.key)?;
        }
        write!(f, "{}. {}", self.what, self.remedy)
    }
}

/// Why there is no configuration. Displayed in French, over several lines, for the person who administers the line.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "Aucun fichier de configuration. Cherché ici :\n{}\nRemède : copiez le modèle commenté config/standardiste.toml à \
         l'un de ces endroits, ou indiquez le vôtre par --config FICHIER ou par la variable STANDARDISTE_CONFIG.",
        listed(.0)
    )]
    NotFound(Vec<PathBuf>),
    #[error("{} : fichier illisible ({error}). Remède : vérifiez qu'il existe et que le service a le droit de le lire.", .path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    /// Every problem found, in the file's order, then the environment's.
    #[error("{}", counted(.0))]
    Problems(Vec<Problem>),
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| format!("  - {}", path.display())).collect::<Vec<_>>().join("\n")
}

fn counted(problems: &[Problem]) -> String {
    let mut text = match problems.len() {
        1 => "La configuration ne convient pas : un problème.".to_owned(),
        n => format!("La configuration ne convient pas : {n} problèmes."),
    };
    for problem in problems {
        text.push('\n');
        text.push_str(&problem.to_string());
    }
    text
}

/// Likeness under which a suggestion would puzzle more than it helps (Jaro-Winkler, 0 to 1).
const LIKE_ENOUGH: f64 = 0.8;

/// The known name most like `name`.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
