//! Tokens to words, and an utterance's confidence.

use crate::dialogue::Word;

/// A text token as the model gave it: bytes, for a token may end inside a character.
#[derive(Debug, Clone)]
pub struct Token {
    pub bytes: Vec<u8>,
    pub probability: f32,
}

/// Joins tokens to words at the spaces; a word's probability is the product of its tokens', since each is
/// conditional on those before it.
pub fn words(tokens: &[Token]) -> Vec<Word> {
    let mut words: Vec<(Vec<u8>, f32)> = Vec::new();
    for token in tokens {
        match words.last_mut() {
            Some((bytes, p)) if !token.bytes.starts_with(b" ") => {
                bytes.extend_from_slice(&token.bytes);
                *p *= token.probability;
            }
            _ => words.push((token.bytes.clone(), token.probability)),
        }
    }
    words
        .into_iter()
        .map(|(bytes, probability)| Word { text: String::from_utf8_lossy(&bytes).trim().to_owned(), probability })
        .filter(|word| !word.text.is_empty())
        .collect()
}

pub fn text(tokens: &[Token]) -> String {
    let bytes: Vec<u8> = tokens.iter().flat_map(|t| t.bytes.iter().copied()).collect();
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// Natural-log probability of the whole text.
pub fn log_probability(tokens: &[Token]) -> f32 {
    tokens.iter().map(|t| t.probability.max(1e-6).ln()).sum()
}

/// The same a token; 0 for no token.
pub fn mean_log_probability(tokens: &[Token]) -> f32 {
    log_probability(tokens) / tokens.len().max(1) as f32
}

/// Probability that the words are what was said: the geometric mean of the tokens' probabilities, times the
/// probability that somebody spoke.
pub fn confidence(tokens: &[Token], no_speech: f32) -> f32 {
    if tokens.is_empty() {
        return 0.0;
    }
    (mean_log_probability(tokens).exp() * (1.0 - no_speech)).clamp(0.0, 1.0)
}
