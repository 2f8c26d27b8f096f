//! Other ways of writing what was heard, judged on the sound that the state still holds.
//!
//! An alternative differs from the transcription in the middle: both are decoded from where they part to a little after
//! they meet again, given the same beginning, and the difference of their log likelihoods, a token, says how much the
//! sound resists the alternative. Both have the same neighbours, so that no score on silence is needed.

use std::time::Instant;

use super::Error;
use super::phrases::{Scorer, log_sum_exp};
use super::vocabulary::Vocabulary;
use super::whisper::engine;
use crate::dialogue::{Alternative, Phrase, PhraseScore};

/// Tokens decoded after the place where both meet again: a wrong ending shows in what follows it.
const AFTER: usize = 2;
/// Longest stretch judged, in tokens: some 5 ms each.
const LONGEST: usize = 14;

impl Scorer<'_> {
    /// What the sound says of each alternative against the words as heard, in their order; what time did not allow is
    /// left out.
    pub fn weigh(
        &mut self,
        vocabulary: &Vocabulary,
        heard: &str,
        alternatives: &[Alternative],
    ) -> Result<Vec<PhraseScore>, Error> {
        let said = vocabulary.encode(heard);
        let mut scores: Vec<PhraseScore> = Vec::with_capacity(alternatives.len());
        let mut known: Vec<(usize, usize, f32)> = Vec::new();
        for alternative in alternatives {
            let phrase = Phrase { meaning: alternative.meaning.clone(), text: alternative.text.clone() };
            if let Some(same) = scores.iter().find(|judged| judged.phrase.text == alternative.text) {
                let score = same.score;
                scores.push(PhraseScore { phrase, score });
                continue;
            }
            let other = vocabulary.encode(&alternative.text);
            let before = said.iter().zip(&other).take_while(|(a, b)| a == b).count();
            let most = said.len().min(other.len()) - before;
            let after = said.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count().min(most);
            let (said_end, other_end) =
                ((said.len() - after + AFTER).min(said.len()), (other.len() - after + AFTER).min(other.len()));
            let (said_part, other_part) = (&said[before..said_end], &other[before..other_end]);
            if said_part.len().max(other_part.len()) > LONGEST {
                continue;
            }
            let as_heard = match known.iter().find(|(from, to, _)| (*from, *to) == (before, said_end)) {
                Some((_, _, score)) => *score,
                None => {
                    let Some(score) = self.likelihood(&said[..before], said_part)? else { break };
                    known.push((before, said_end, score));
                    score
                }
            };
            let Some(score) = self.likelihood(&other[..before], other_part)? else { break };
            let changed = (said.len().max(other.len()) - before - after).max(1);
            scores.push(PhraseScore { phrase, score: (score - as_heard) / changed as f32 });
        }
        Ok(scores)
    }

    /// log P of tokens after others, on the sound; `None` when the time is over.
    fn likelihood(&mut self, before: &[i32], tokens: &[i32]) -> Result<Option<f32>, Error> {
        let mut path = self.start().to_vec();
        path.extend_from_slice(before);
        let (last, first) = path.split_last().unwrap_or((&0, &[]));
        self.state.decode(first, 0, self.threads).map_err(engine)?;
        self.state.decode(&[*last], first.len(), self.threads).map_err(engine)?;
        let mut sum = 0.0;
        for (rank, token) in tokens.iter().enumerate() {
            let logits = self.state.get_logits().map_err(engine)?;
            sum += logits[*token as usize] - log_sum_exp(logits);
            if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(None);
            }
            if rank + 1 < tokens.len() {
                self.state.decode(&[*token], path.len() + rank, self.threads).map_err(engine)?;
            }
        }
        Ok(Some(sum))
    }
}
