//! The démarches base: entries as staff write them, their import, the index and the search.
//!
//! [`load_dir`] reads the folder (all of it or nothing, with every fault placed); the store keeps each [`Entry`] as a
//! document; [`Index::build`] makes one immutable generation of the published ones, which [`Index::search`] questions.
//! A failed build touches nothing, so the generation in service stays. The words, follow-ups, warnings and parameters
//! of the search are [`LanguageData`]; [`calibrate`] fits the last of them, [`check`] tells staff what to look at.

pub mod analysis;
pub mod calibrate;
pub mod check;
pub mod confidence;
pub mod drafts;
mod entry;
mod filed;
mod import;
mod index;
mod language;
mod learned;
mod list;
mod meaning;
mod parse;
pub mod pattern;
mod phonetic;
mod problem;
mod question;
mod reader;
mod search;
mod settings;
mod sounds;
mod variables;
mod vectors;
mod weigh;

pub use entry::{Distinguish, Entry, EntryFacet, FACET_KINDS, Source, Status};
pub use filed::{Filed, Place};
pub use import::{load_dir, load_files};
pub use index::{Error, Index, Versioned};
pub use language::LanguageData;
pub use list::{Listed, table};
pub use problem::{Problem, Problems};
pub use question::Hidden;
pub use search::Query;
pub use settings::Settings;
pub use sounds::Sounds;
pub use variables::{VariableError, Variables, fill};
pub use vectors::{Vectors, VectorsError};
