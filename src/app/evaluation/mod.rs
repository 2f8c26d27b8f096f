//! What the line is worth on questions whose right decision is known.
//!
//! [`read`] takes a file of questions; each is asked as the first of a fresh call and becomes a [`Case`], whose
//! [`Outcome`] says what the decision was worth; [`Report`] counts them, by kind and by theme, draws coverage against
//! risk and the reliability of the probabilities, and names the worst mistakes. [`plots`] draws both curves.

mod outcome;
pub mod plots;
mod questions;
mod report;
mod table;

pub use outcome::{Case, Heard, Knowledge, Outcome};
pub use questions::{Expected, Question, QuestionsError, read};
pub use report::{Calibration, Counts, Report, Step};
