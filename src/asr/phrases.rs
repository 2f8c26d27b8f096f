//! How likely expected phrases are on the sound itself, by forced decoding.
//!
//! After a transcription the state still holds the encoded sound. Decoding `<sot> <fr> <transcribe> <notimestamps>`
//! and then a phrase token by token gives log P(phrase | sound). Raw, it favours short common words whatever is
//! said; minus the same on digital silence it is a likelihood ratio that can be compared (faint noise, pink noise
//! and music are no better a zero). The end of text adds nothing but a step a phrase, so it is left out.
//! Phrases that share a beginning share its steps, and a beginning that the sound contradicts is not followed.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use whisper_rs::{WhisperContext, WhisperState};

use super::Error;
use super::trie::Node;
use super::vocabulary::Vocabulary;
use super::whisper::engine;
use crate::dialogue::{Phrase, PhraseScore};

/// A beginning this much less likely than on silence is given up: no ending makes up for it (measured:
/// the right phrase never went below −3).
const HOPELESS: f32 = -8.0;
/// Longest phrase, in tokens; Whisper's own text context is 448.
const LONGEST: usize = 64;

/// log P of every beginning on silence, by its tokens; shared by the workers.
#[derive(Debug, Default)]
pub struct Baseline(Mutex<HashMap<Vec<i32>, f32>>);

impl Baseline {
    fn get(&self, path: &[i32]) -> Option<f32> {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).get(path).copied()
    }

    fn insert(&self, found: HashMap<Vec<i32>, f32>) {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).extend(found);
    }
}

/// Phrases as tokens.
pub fn tokenize(vocabulary: &Vocabulary, phrases: &[Phrase]) -> Vec<Vec<i32>> {
    let encode = |phrase: &Phrase| {
        let mut tokens = vocabulary.encode(&phrase.text);
        tokens.truncate(LONGEST);
        tokens
    };
    phrases.iter().map(encode).collect()
}

/// Which of these sequences have no score on silence yet.
pub fn unknown(baseline: &Baseline, sequences: &[Vec<i32>]) -> Vec<Vec<i32>> {
    sequences.iter().filter(|s| baseline.get(s).is_none()).cloned().collect()
}

/// Forced decoding on the sound that a state has encoded.
pub struct Scorer<'a> {
    pub context: &'a WhisperContext,
    pub state: &'a mut WhisperState,
    pub language: i32,
    pub threads: usize,
    pub deadline: Option<Instant>,
    pub cancel: &'a AtomicBool,
}

impl Scorer<'_> {
    /// The probability that nobody speaks, as Whisper defines it: the `nospeech` token right after `sot`.
    pub fn no_speech(&mut self) -> Result<f32, Error> {
        self.state.decode(&[self.context.token_sot()], 0, self.threads).map_err(engine)?;
        let logits = self.state.get_logits().map_err(engine)?;
        Ok((logits[self.context.token_nosp() as usize] - log_sum_exp(logits)).exp())
    }

    /// Learns the sequences' scores on the silence that the state holds.
    pub fn learn(&mut self, baseline: &Baseline, sequences: &[Vec<i32>]) -> Result<(), Error> {
        let mut found = HashMap::new();
        self.run(sequences, &mut |path, score| {
            found.insert(path.to_vec(), score);
            true
        })?;
        baseline.insert(found);
        Ok(())
    }

    /// Scores phrases against the baseline, best first. What the sound contradicts from the start, and what time
    /// did not allow, is left out.
    pub fn score(
        &mut self,
        baseline: &Baseline,
        phrases: &[Phrase],
        sequences: &[Vec<i32>],
    ) -> Result<Vec<PhraseScore>, Error> {
        let by_tokens: HashMap<&[i32], &Phrase> = sequences.iter().map(Vec::as_slice).zip(phrases).collect();
        let mut scores = Vec::with_capacity(phrases.len());
        self.run(sequences, &mut |path, score| {
            let Some(noise) = baseline.get(path) else { return false };
            let ratio = score - noise;
            if let Some(&phrase) = by_tokens.get(path) {
                scores.push(PhraseScore { phrase: phrase.clone(), score: ratio });
            }
            ratio > HOPELESS
        })?;
        scores.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(scores)
    }

    /// Calls `visit` with each beginning and its log likelihood; it says whether to go on from there.
    fn run(&mut self, sequences: &[Vec<i32>], visit: &mut dyn FnMut(&[i32], f32) -> bool) -> Result<(), Error> {
        let root = Node::build(sequences);
        if root.children.is_empty() {
            return Ok(());
        }
        let start = [
            self.context.token_sot(),
            self.context.token_lang(self.language),
            self.context.token_transcribe(),
            self.context.token_not(),
        ];
        // The last token alone: of several, whisper.cpp writes the logits of the last and hands out those of the first.
        let (last, before) = start.split_last().unwrap_or((&0, &[]));
        self.state.decode(before, 0, self.threads).map_err(engine)?;
        self.state.decode(&[*last], before.len(), self.threads).map_err(engine)?;
        self.follow(&root, start.len(), &mut Vec::with_capacity(LONGEST), 0.0, visit)
    }

    fn follow(
        &mut self,
        node: &Node,
        past: usize,
        path: &mut Vec<i32>,
        sum: f32,
        visit: &mut dyn FnMut(&[i32], f32) -> bool,
    ) -> Result<(), Error> {
        let logits = self.state.get_logits().map_err(engine)?;
        let norm = log_sum_exp(logits);
        let mut next: Vec<(&Node, f32)> =
            node.children.iter().map(|c| (c, sum + logits[c.token as usize] - norm)).collect();
        // The likeliest first: what the time limit cuts is what matters least.
        next.sort_by(|a, b| b.1.total_cmp(&a.1));
        for (child, sum) in next {
            path.push(child.token);
            if visit(path, sum) && !child.children.is_empty() {
                if self.cancel.load(Ordering::Acquire) {
                    return Err(Error::Cancelled);
                }
                if self.deadline.is_some_and(|d| Instant::now() >= d) {
                    path.pop();
                    return Ok(());
                }
                self.state.decode(&[child.token], past, self.threads).map_err(engine)?;
                self.follow(child, past + 1, path, sum, visit)?;
            }
            path.pop();
        }
        Ok(())
    }
}

fn log_sum_exp(logits: &[f32]) -> f32 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    most + logits.iter().map(|l| (l - most).exp()).sum::<f32>().ln()
}
