//! Patterns of words over a sentence, for what must be noticed whatever the search says: private matters, distress.
//!
//! « acte|extrait * voisin|voisine » : words in order, `|` between alternatives, `*` for up to six words in between.
//! Words are compared by their stems, empty words included; a word in double quotes must be written so.

use super::analysis::{stems, words};

/// Words that a `*` may stand for.
const GAP: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Any of these stems, or of these words as written.
    Any(Vec<Wanted>),
    Gap,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Stem(String),
    Exact(String),
}

/// A sentence ready to be matched.
#[derive(Debug, Clone, Default)]
pub struct Sentence {
    words: Vec<String>,
    stems: Vec<String>,
}

impl Sentence {
    pub fn new(text: &str) -> Self {
        let words = words(text);
        let stems = stems(&words);
        Sentence { words, stems }
    }
}

impl Pattern {
    /// `None` when the text holds no word.
    pub fn new(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        for piece in text.split_whitespace() {
            if piece == "*" {
                pieces.push(Piece::Gap);
                continue;
            }
            let mut any = Vec::new();
            for alternative in piece.split('|') {
                let exact = alternative.len() > 2 && alternative.starts_with('"') && alternative.ends_with('"');
                let found = words(alternative);
                match (exact, found.as_slice()) {
                    (true, [word]) => any.push(Wanted::Exact(word.clone())),
                    (false, [_]) => any.extend(stems(&found).into_iter().map(Wanted::Stem)),
                    _ => {}
                }
            }
            if !any.is_empty() {
                pieces.push(Piece::Any(any));
            }
        }
        pieces.iter().any(|piece| *piece != Piece::Gap).then_some(Pattern(pieces))
    }

    pub fn found_in(&self, sentence: &Sentence) -> bool {
        (0..sentence.words.len()).any(|start| matches(&self.0, sentence, start))
    }
}

fn matches(pieces: &[Piece], sentence: &Sentence, at: usize) -> bool {
    match pieces {
        [] => true,
        [Piece::Gap, rest @ ..] => {
            (at..=(at + GAP).min(sentence.words.len())).any(|next| matches(rest, sentence, next))
        }
        [Piece::Any(any), rest @ ..] => {
            let (Some(word), Some(stem)) = (sentence.words.get(at), sentence.stems.get(at)) else { return false };
            let here = any.iter().any(|wanted| match wanted {
                Wanted::Stem(wanted) => wanted == stem,
                Wanted::Exact(wanted) => wanted == word,
            });
            here && matches(rest, sentence, at + 1)
        }
    }
}
