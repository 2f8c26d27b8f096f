//! What is wrong with a file of the base, told to the person who wrote it.

use std::fmt;

/// One thing to mend in the base. The texts are French: staff read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named to us, or the entry's identifier when it came from the store.
    pub file: String,
    /// Line in the file, from 1; `None` when no line is to blame.
    pub line: Option<usize>,
    /// The field at fault, for instance `questions`; empty for the file as a whole.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Problem {
    pub fn new(
        file: &str,
        line: Option<usize>,
        field: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Problem { file: file.to_owned(), line, field: field.to_owned(), message: message.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", ligne {line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ", « {} »", self.field)?;
        }
        write!(f, " : {}", self.message)?;
        if !self.remedy.is_empty() {
            write!(f, " {}", self.remedy)?;
        }
        Ok(())
    }
}

/// Everything that is wrong, so that one run is enough to mend it all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (rank, problem) in self.0.iter().enumerate() {
            if rank > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// The known name that looks most like `unknown`, for « vouliez-vous dire … ? ».
pub(crate) fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Below this likeness (Jaro-Winkler, 0 to 1) the suggestion would puzzle more than it helps.
    const ALIKE: f64 = 0.75;
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(unknown, name), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
