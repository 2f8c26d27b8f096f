//! The base of démarches.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// Where staff's answers are.
    Answers "answers" {
        /// One file an answer.
        folder: PathBuf = PathBuf::from("answers");
        /// The folder of what the search knows of French: `synonyms.toml`, `facets.toml`, `private.toml`,
        /// `confidence.toml`. A file that is not there is taken from the program's own.
        language: PathBuf = PathBuf::from(".");
        /// French word vectors, by which the search tells what is near in meaning.
        words: PathBuf = PathBuf::from("{cache}/models/words-fr.bin");
    }
}
