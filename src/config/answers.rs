//! The base of démarches.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// Where staff's answers are.
    Answers "answers" {
        /// One file an answer.
        folder: PathBuf = PathBuf::from("answers");
        /// Words that mean the same.
        synonyms: PathBuf = PathBuf::from("synonyms.toml");
    }
}
