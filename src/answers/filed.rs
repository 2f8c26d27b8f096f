//! An entry and the file it was read from, to say where a remark is about.

use super::entry::Entry;

/// An entry with its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    pub entry: Entry,
    /// As it was named to us.
    pub file: String,
    text: String,
}

/// What a remark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A field of the front matter: `review`; a table: `source`.
    Field(&'a str),
    /// Some words of a field: a way of asking, the `entry` of a `[[distinguish]]`.
    Words(&'a str, &'a str),
    /// Some words of the answer; none for its first line.
    Answer(&'a str),
    /// Some words of a facet's answer, by its kind.
    Facet(&'a str, &'a str),
}

impl Filed {
    pub(super) fn new(entry: Entry, file: String, text: String) -> Self {
        Self { entry, file, text }
    }

    /// The line, from 1, of the nearest thing to `place` that the file holds.
    pub fn line(&self, place: Place<'_>) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        let body = lines.iter().skip(1).position(|line| line.trim_end() == "+++").map_or(lines.len(), |at| at + 2);
        let front = &lines[..body.min(lines.len())];
        // Words may be broken over lines, or written with escapes: their beginning is enough.
        let holds = |line: &str, words: &str| {
            let start: String = words.lines().next().unwrap_or_default().chars().take(24).collect();
            !start.is_empty() && line.contains(start.as_str())
        };
        let field = |name: &str| front.iter().position(|line| is_field(line, name));
        let found = match place {
            Place::Field(name) => field(name),
            Place::Words(name, words) => {
                let first = field(name).unwrap_or(0);
                front.iter().skip(first).position(|line| holds(line, words)).map(|at| first + at).or(Some(first))
            }
            Place::Answer(words) => {
                lines.iter().skip(body).position(|line| holds(line, words)).map(|at| body + at).or(Some(body))
            }
            Place::Facet(kind, words) => front
                .iter()
                .position(|line| is_field(line, "kind") && line.contains(&format!("\"{kind}\"")))
                .map(|first| {
                    let rest = || front.iter().skip(first).take_while(|line| !line.starts_with("[[distinguish"));
                    let said = rest().position(|line| holds(line, words));
                    first + said.or_else(|| rest().position(|line| is_field(line, "answer"))).unwrap_or(0)
                }),
        };
        found.unwrap_or(0) + 1
    }
}

fn is_field(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('=')) || line == format!("[[{name}]]")
}
