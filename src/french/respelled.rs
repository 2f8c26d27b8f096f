//! Words that the recognizer writes for others that sound alike, put right where only the others can be meant.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::heard::plain;

/// Each right word with what is written instead of it: `six = ["sis", "scie"]`. Several words may stand for one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "BTreeMap<String, Vec<String>>")]
pub struct Respelled {
    /// What is written, folded and cut into words, with the right word; the longest first.
    pairs: Vec<(Vec<String>, String)>,
}

impl From<BTreeMap<String, Vec<String>>> for Respelled {
    fn from(table: BTreeMap<String, Vec<String>>) -> Self {
        let mut pairs: Vec<(Vec<String>, String)> = table
            .into_iter()
            .flat_map(|(right, written)| written.into_iter().map(move |w| (folded(&w), right.clone())))
            .filter(|(written, _)| !written.is_empty())
            .collect();
        pairs.sort_by_key(|(written, _)| std::cmp::Reverse(written.len()));
        Self { pairs }
    }
}

impl Respelled {
    /// `said` with the right words; punctuation and everything else as it was.
    pub fn apply(&self, said: &str) -> String {
        let words: Vec<&str> = said.split_whitespace().collect();
        let plain: Vec<String> = words.iter().map(|word| folded(word).join(" ")).collect();
        let mut out: Vec<String> = Vec::with_capacity(words.len());
        let mut at = 0;
        while at < words.len() {
            let fits = |written: &[String]| {
                let end = at + written.len();
                plain.get(at..end).is_some_and(|run| run == written)
            };
            let found = self.pairs.iter().find(|(written, _)| fits(written));
            let (taken, word) = found.map_or((1, None), |(written, right)| (written.len(), Some(right)));
            let last = words[at + taken - 1];
            match word {
                Some(right) => {
                    let sign = last.trim_start_matches(|c: char| c.is_alphanumeric() || "'’-".contains(c));
                    out.push(format!("{right}{sign}"));
                }
                None => out.push(last.to_owned()),
            }
            at += taken;
        }
        out.join(" ")
    }
}

/// Lower case without accents, hyphens and apostrophes as spaces.
fn folded(text: &str) -> Vec<String> {
    let plain = plain(text);
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
