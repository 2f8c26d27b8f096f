//! How well personal data is found, on lines where it is marked: `[[tel:06 39 98 12 47]]`.

use std::collections::BTreeMap;

use super::text::Text;
use super::{Kind, Redactor};

/// What is wrong with a labelled line.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("ligne {line} : {problem}")]
pub struct Unreadable {
    pub line: usize,
    pub problem: String,
}

/// One labelled line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    pub id: String,
    /// Without its marks.
    pub text: String,
    /// Bytes of `text`.
    pub personal: Vec<(Kind, std::ops::Range<usize>)>,
}

/// Counts for one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Marked in the file.
    pub labelled: usize,
    /// Of these, hidden to the last letter and figure, under whatever mark.
    pub hidden: usize,
    /// Of these, under the mark of their own kind.
    pub named: usize,
    /// Marks that were put.
    pub put: usize,
    /// Of these, over labelled words only.
    pub right: usize,
}

impl Score {
    pub fn recall(&self) -> f64 {
        ratio(self.hidden, self.labelled)
    }

    pub fn precision(&self) -> f64 {
        ratio(self.right, self.put)
    }

    pub fn add(&mut self, other: Self) {
        self.labelled += other.labelled;
        self.hidden += other.hidden;
        self.named += other.named;
        self.put += other.put;
        self.right += other.right;
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// A line where something was left, or too much was taken.
#[derive(Debug, Clone)]
pub struct Miss {
    pub id: String,
    pub redacted: String,
    pub left: Vec<String>,
    pub taken: Vec<String>,
}

/// The measure of a file.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    pub lines: usize,
    pub scores: BTreeMap<Kind, Score>,
    pub misses: Vec<Miss>,
}

impl Measure {
    pub fn of(&self, kinds: &[Kind]) -> Score {
        let mut sum = Score::default();
        for kind in kinds {
            sum.add(self.scores.get(kind).copied().unwrap_or_default());
        }
        sum
    }
}

/// Reads a table of `id`, `channel` and `text`, separated by tabs, below a line of titles.
pub fn read(file: &str) -> Result<Vec<Labelled>, Unreadable> {
    let mut lines = Vec::new();
    for (n, line) in file.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let fault = |problem: &str| Unreadable { line: n + 1, problem: problem.to_owned() };
        let mut columns = line.split('\t');
        let (Some(id), Some(_), Some(marked)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(fault("trois colonnes attendues : id, channel et text"));
        };
        let mut labelled = Labelled { id: id.to_owned(), text: String::new(), personal: Vec::new() };
        let mut rest = marked;
        while let Some((before, after)) = rest.split_once("[[") {
            labelled.text.push_str(before);
            let (mark, after) = after.split_once("]]").ok_or_else(|| fault("« [[ » sans « ]] »"))?;
            let (kind, words) = mark.split_once(':').ok_or_else(|| fault("une marque s'écrit [[type:mots]]"))?;
            let kind = labelled_kind(kind)
                .ok_or_else(|| fault("type inconnu : tel, email, nir, naissance, dossier, nom ou adresse"))?;
            let start = labelled.text.len();
            labelled.text.push_str(words);
            labelled.personal.push((kind, start..labelled.text.len()));
            rest = after;
        }
        labelled.text.push_str(rest);
        lines.push(labelled);
    }
    Ok(lines)
}

fn labelled_kind(name: &str) -> Option<Kind> {
    Some(match name {
        "tel" => Kind::Telephone,
        "email" => Kind::Email,
        "nir" => Kind::SecurityNumber,
        "naissance" => Kind::Birth,
        "nom" => Kind::Name,
        "adresse" => Kind::Address,
        "dossier" => Kind::File,
        _ => return None,
    })
}

/// Compares what is found with what is labelled, word by word.
pub fn measure(redactor: &Redactor, lines: &[Labelled]) -> Measure {
    let mut measure = Measure { lines: lines.len(), ..Measure::default() };
    for line in lines {
        let text = Text::new(&line.text);
        let found = redactor.find(&line.text);
        let within = |word: &std::ops::Range<usize>, range: &std::ops::Range<usize>| {
            word.start >= range.start && word.end <= range.end
        };
        let (mut left, mut taken) = (Vec::new(), Vec::new());
        for (kind, range) in &line.personal {
            let score = measure.scores.entry(*kind).or_default();
            let words = || text.words.iter().filter(|word| within(&word.range, range));
            let hidden = words().all(|word| found.iter().any(|found| within(&word.range, &found.range)));
            score.labelled += 1;
            score.hidden += usize::from(hidden);
            score.named += usize::from(
                hidden
                    && words()
                        .all(|word| found.iter().any(|found| found.kind == *kind && within(&word.range, &found.range))),
            );
            if !hidden {
                left.push(line.text[range.clone()].to_owned());
            }
        }
        for one in &found {
            let score = measure.scores.entry(one.kind).or_default();
            let words = text.words.iter().filter(|word| within(&word.range, &one.range));
            let right = words.clone().all(|word| line.personal.iter().any(|(_, range)| within(&word.range, range)));
            score.put += 1;
            score.right += usize::from(right);
            if !right {
                taken.push(line.text[one.range.clone()].to_owned());
            }
        }
        if !left.is_empty() || !taken.is_empty() {
            measure.misses.push(Miss {
                id: line.id.clone(),
                redacted: redactor.redact(&line.text).into_owned(),
                left,
                taken,
            });
        }
    }
    measure
}
