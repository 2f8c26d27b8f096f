//! Text to Whisper's tokens, the way Whisper was trained on them.
//!
//! whisper.cpp's own tokenizer takes the longest match («R|é|p|é|tez»); the model knows «Rép|é|tez», the byte-pair
//! encoding of GPT-2, where the pair whose token has the lowest number is joined first. The wrong split
//! makes a phrase look some e¹⁵ times less likely than it is.

use std::collections::HashMap;

use whisper_rs::WhisperContext;

#[derive(Debug)]
pub struct Vocabulary(HashMap<Box<[u8]>, i32>);

impl Vocabulary {
    pub fn of(context: &WhisperContext) -> Self {
        // Backwards, so that of two tokens with the same bytes the lower number stays.
        let tokens =
            (0..context.token_eot()).rev().filter_map(|id| Some((context.token_to_bytes(id).ok()?.into(), id)));
        Self(tokens.collect())
    }

    /// The tokens of a text, as it stands at the beginning of a transcription (after a space).
    pub fn encode(&self, text: &str) -> Vec<i32> {
        pieces(&format!(" {}", text.trim())).iter().flat_map(|piece| self.join(piece.as_bytes())).collect()
    }

    /// A token by what it writes; `None` when the model has none.
    pub fn token(&self, text: &str) -> Option<i32> {
        self.0.get(text.as_bytes()).copied()
    }

    fn join(&self, bytes: &[u8]) -> Vec<i32> {
        let mut ends: Vec<usize> = (1..=bytes.len()).collect();
        loop {
            let begin = |at: usize| if at == 0 { 0 } else { ends[at - 1] };
            let best = (0..ends.len().saturating_sub(1))
                .filter_map(|at| Some((*self.0.get(&bytes[begin(at)..ends[at + 1]])?, at)))
                .min();
            match best {
                Some((_, at)) => ends.remove(at),
                None => break,
            };
        }
        let mut begin = 0;
        ends.into_iter()
            .filter_map(|end| self.0.get(&bytes[std::mem::replace(&mut begin, end)..end]).copied())
            .collect()
    }
}

/// GPT-2's pre-tokens: letters, digits, or signs, each run with the one space before it; English contractions apart.
fn pieces(text: &str) -> Vec<String> {
    #[derive(PartialEq, Clone, Copy)]
    enum Class {
        Space,
        Letter,
        Digit,
        Sign,
    }
    let class = |c: char| match c {
        c if c.is_whitespace() => Class::Space,
        c if c.is_alphabetic() => Class::Letter,
        c if c.is_numeric() => Class::Digit,
        _ => Class::Sign,
    };
    let mut pieces: Vec<String> = Vec::new();
    let mut last = Class::Space;
    for c in text.chars() {
        let this = class(c);
        match pieces.last_mut() {
            Some(piece) if this != Class::Space && (this == last || piece == " ") => piece.push(c),
            _ => pieces.push(if this == Class::Space { ' ' } else { c }.to_string()),
        }
        last = this;
    }
    pieces.retain(|piece| piece != " ");
    pieces
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn a_space_belongs_to_the_word_after_it() {
        assert_eq!(
            pieces(" Un  agent, s'il vous plaît ?"),
            [" Un", " agent", ",", " s", "'", "il", " vous", " plaît", " ?"]
        );
        assert_eq!(pieces(" le 12e jour"), [" le", " 12", "e", " jour"]);
    }
}
