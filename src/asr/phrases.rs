//! How likely expected phrases are on the sound itself, by forced decoding.
//!
//! After a transcription the state still holds the encoded sound. Decoding `<sot> <fr> <transcribe> <notimestamps>`
//! and then a phrase token by token gives log P(phrase | sound). Raw, it favours short common words whatever is
//! said; minus the same on digital silence it is a likelihood ratio that can be compared (faint noise, pink noise
//! and music are no better a zero). The end of text adds nothing but a step a phrase, so it is left out.
//! Phrases that share a beginning share its steps, and a beginning that the sound contradicts is not followed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime};

use whisper_rs::{WhisperContext, WhisperState};

use super::Error;
use super::trie::Node;
use super::vocabulary::Vocabulary;
use super::whisper::engine;
use crate::dialogue::{Phrase, PhraseScore};

/// A beginning this much less likely than on silence, in nats, is given up. Of 28 commands the right phrase went down
/// to −3.0 («Agent.» against «Parler à un agent.»), and following everything takes three times as many steps.
const HOPELESS: f32 = -3.2;
/// Longest phrase, in tokens; Whisper's own text context is 448.
const LONGEST: usize = 64;

type Visit<'a> = dyn FnMut(&[i32], f32) -> Option<f32> + 'a;

/// log P of every beginning on silence, by its tokens; shared by the workers.
#[derive(Debug, Default)]
pub struct Baseline(Mutex<HashMap<Vec<i32>, f32>>);

/// What a baseline depends on: the model's file as it is now, and the language.
#[derive(Debug, PartialEq, Eq)]
pub struct Ground {
    pub model: PathBuf,
    pub written: Option<SystemTime>,
    pub language: i32,
}

/// One a ground for the life of the process: a service that starts again in it, as tests do, need not listen to silence
/// for a second and a half.
static KNOWN: Mutex<Vec<(Ground, Arc<Baseline>)>> = Mutex::new(Vec::new());

impl Baseline {
    pub fn of(ground: Ground) -> Arc<Self> {
        let mut known = KNOWN.lock().unwrap_or_else(|e| e.into_inner());
        if let Some((_, baseline)) = known.iter().find(|(other, _)| *other == ground) {
            return Arc::clone(baseline);
        }
        let baseline = Arc::new(Self::default());
        known.push((ground, Arc::clone(&baseline)));
        baseline
    }

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
        self.begin()?;
        self.run(sequences, &mut |path, score| {
            found.insert(path.to_vec(), score);
            Some(score)
        })?;
        baseline.insert(found);
        Ok(())
    }

    /// Scores phrases against the baseline, best first. What the sound contradicts from the start, and what time
    /// did not allow, is left out. Also the log-likelihood of each of `signs` as the first token.
    pub fn score(
        &mut self,
        baseline: &Baseline,
        phrases: &[Phrase],
        sequences: &[Vec<i32>],
        signs: &[Option<i32>],
    ) -> Result<(Vec<PhraseScore>, Vec<f32>), Error> {
        self.begin()?;
        let first = self.first(signs)?;
        let by_tokens: HashMap<&[i32], &Phrase> = sequences.iter().map(Vec::as_slice).zip(phrases).collect();
        let mut scores = Vec::with_capacity(phrases.len());
        self.run(sequences, &mut |path, score| {
            let ratio = score - baseline.get(path)?;
            if let Some(&phrase) = by_tokens.get(path) {
                scores.push(PhraseScore { phrase: phrase.clone(), score: ratio });
            }
            (ratio > HOPELESS).then_some(ratio)
        })?;
        scores.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok((scores, first))
    }

    fn first(&self, signs: &[Option<i32>]) -> Result<Vec<f32>, Error> {
        if signs.is_empty() {
            return Ok(Vec::new());
        }
        let logits = self.state.get_logits().map_err(engine)?;
        let norm = log_sum_exp(logits);
        let likely = |sign: &Option<i32>| sign.map_or(f32::NEG_INFINITY, |token| logits[token as usize] - norm);
        Ok(signs.iter().map(likely).collect())
    }

    /// What precedes every text.
    pub(super) fn start(&self) -> [i32; 4] {
        [
            self.context.token_sot(),
            self.context.token_lang(self.language),
            self.context.token_transcribe(),
            self.context.token_not(),
        ]
    }

    /// Makes ready to say what the first token is.
    fn begin(&mut self) -> Result<(), Error> {
        let start = self.start();
        // The last token alone: of several, whisper.cpp writes the logits of the last and hands out those of the first.
        let (last, before) = start.split_last().unwrap_or((&0, &[]));
        self.state.decode(before, 0, self.threads).map_err(engine)?;
        self.state.decode(&[*last], before.len(), self.threads).map_err(engine)
    }

    /// Calls `visit` with each beginning and its log likelihood, once [`Self::begin`] was called. It says how promising
    /// that is, or `None` not to go on.
    fn run(&mut self, sequences: &[Vec<i32>], visit: &mut Visit<'_>) -> Result<(), Error> {
        let root = Node::build(sequences);
        self.follow(&root, self.start().len(), &mut Vec::with_capacity(LONGEST), 0.0, visit)
    }

    fn follow(
        &mut self,
        node: &Node,
        past: usize,
        path: &mut Vec<i32>,
        sum: f32,
        visit: &mut Visit<'_>,
    ) -> Result<(), Error> {
        let logits = self.state.get_logits().map_err(engine)?;
        let norm = log_sum_exp(logits);
        let mut promising = Vec::with_capacity(node.children.len());
        for child in &node.children {
            let sum = sum + logits[child.token as usize] - norm;
            path.push(child.token);
            if let Some(promise) = visit(path, sum)
                && !child.children.is_empty()
            {
                promising.push((promise, child, sum));
            }
            path.pop();
        }
        // The most promising first: what the time limit cuts is what matters least.
        promising.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, child, sum) in promising {
            if self.cancel.load(Ordering::Acquire) {
                return Err(Error::Cancelled);
            }
            if self.deadline.is_some_and(|d| Instant::now() >= d) {
                return Ok(());
            }
            self.state.decode(&[child.token], past, self.threads).map_err(engine)?;
            path.push(child.token);
            self.follow(child, past + 1, path, sum, visit)?;
            path.pop();
        }
        Ok(())
    }
}

pub(super) fn log_sum_exp(logits: &[f32]) -> f32 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    most + logits.iter().map(|l| (l - most).exp()).sum::<f32>().ln()
}
