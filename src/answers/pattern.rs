//! Patterns of words over a sentence, for what must be noticed whatever the search says: private matters.
//!
//! « acte|extrait * voisin|voisine » : words in order, `|` between alternatives, `*` for up to six words in between.
//! Words are compared by their stems, empty words included; a word in double quotes must be written so.

use super::analysis::{ELISIONS, stems, words};

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

impl Wanted {
    fn new(text: &str) -> Result<Self, String> {
        let exact = text.len() > 2 && text.starts_with('"') && text.ends_with('"');
        match words(text).as_slice() {
            [word] if ELISIONS.contains(&word.as_str()) => Err(text.to_owned()),
            [word] if exact => Ok(Wanted::Exact(word.clone())),
            [word] => stems(std::slice::from_ref(word)).pop().map(Wanted::Stem).ok_or_else(|| text.to_owned()),
            _ => Err(text.to_owned()),
        }
    }
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
    /// # Errors
    /// The piece that can never match: no word at all, two words in one, or an elided « l' » that the words do not keep.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        for piece in text.split_whitespace() {
            if piece == "*" {
                pieces.push(Piece::Gap);
                continue;
            }
            let wanted: Result<Vec<Wanted>, String> = piece.split('|').map(Wanted::new).collect();
            pieces.push(Piece::Any(wanted?));
        }
        if pieces.iter().all(|piece| *piece == Piece::Gap) {
            return Err(text.to_owned());
        }
        Ok(Pattern(pieces))
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
