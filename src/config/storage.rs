//! The database.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// SQLite, in one file.
    Storage "storage" {
        /// Made when it does not exist; its folder too.
        database: PathBuf = PathBuf::from("../var/standardiste.sqlite");
    }
}
