//! Hearing: Whisper on a fixed pool of workers that share one copy of the weights.
//!
//! One utterance goes through four steps:
//!
//! 1. `sound` measures level and voicing; an utterance without either is refused unheard.
//! 2. [`Whisper`] transcribes with the encoder's window cut to the utterance, greedily, timestamps on
//!    (without them a cut window loops), tokens bounded by the length of the sound, no temperature fallback.
//! 3. The encoded sound is still in the state: `phrases` asks it how likely each expected phrase is, by forced
//!    decoding along a prefix trie, and subtracts what the same phrase gets on silence.
//! 4. `refusal` empties a transcription that cannot be believed: nobody spoke, the same words over and over, a
//!    sentence that Whisper makes up, probabilities too low to mean anything. A loop is heard once more with the
//!    full window when the time limit leaves room for it.
//!
//! [`Pool`] runs any [`Recognizer`] on its own threads: a bounded queue, a time limit, cancellation by dropping
//! the future, and a panic or a stall that costs one utterance and never the line.
//! [`evaluate`] measures all of it on sentences whose words are known.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::dialogue::{Expectation, Heard, Shortlist};

mod alternatives;
pub mod evaluate;
mod model_file;
mod phrases;
mod pool;
pub mod prompts;
mod refusal;
mod sound;
mod trie;
mod vocabulary;
mod whisper;
mod words;

pub use model_file::{ModelInfo, check as check_model};
pub use pool::{Hearing, Load, Pool};
pub use whisper::{Weights, Whisper, Window};

/// Samples a second of what is heard.
pub const SAMPLE_RATE: usize = crate::audio::SAMPLE_RATE as usize;

/// What turns sound into words.
pub trait Recognizer: Send {
    /// Hears one utterance. `samples`: mono, 16 kHz, −1 to 1. Returns soon after `cancel` becomes true,
    /// with [`Error::Cancelled`]. A transcription that is not believed is not an error: see [`Heard::refused`].
    /// What the shortlist, if there is one, makes of the words is then judged on the sound.
    fn hear(
        &mut self,
        samples: &[f32],
        expect: &Expectation,
        shortlist: Option<&Shortlist>,
        cancel: &AtomicBool,
    ) -> Result<Heard, Error>;

    /// The same without a shortlist.
    fn recognize(&mut self, samples: &[f32], expect: &Expectation, cancel: &AtomicBool) -> Result<Heard, Error> {
        self.hear(samples, expect, None, cancel)
    }

    /// Does ahead of time what these expectations will need, such as the phrases' scores on silence.
    fn prepare(&mut self, expect: &[Expectation]) -> Result<(), Error> {
        let _ = expect;
        Ok(())
    }
}

#[derive(Debug, Clone)]
pub struct Settings {
    /// The ggml Whisper file: any size, multilingual, float or quantized.
    pub model: PathBuf,
    /// Language spoken, ISO 639-1.
    pub language: String,
    /// Utterances heard at once: one a core.
    pub workers: usize,
    /// Threads of one utterance. One: the threads of one utterance wait for each other by spinning at every step of the
    /// network, so that a single busy core (the voice, another caller) makes two of them slower than one by far: 0.2 to
    /// 0.3 s with one thread and up to 10 s with two were measured while the voice's cache was being filled.
    pub threads: usize,
    /// Utterances that may wait for a worker; beyond it [`Error::Busy`]. A waiting utterance is heard late, and
    /// a caller waits at most a few seconds: more than four per worker would only be thrown away.
    pub queue: usize,
    /// Longest time from the call of [`Pool::hear`] to its answer. Past it the caller is told that nothing was
    /// understood rather than left in silence.
    pub time_limit: Duration,
    /// How long past its time limit a cancelled worker may take to come back before it is replaced. A full window on
    /// a busy machine was seen to take 9 s, and the encoder cannot be interrupted half-way.
    pub stall: Duration,
    /// Time given to the scoring of phrases; what is not scored by then is left out. About 5 ms a step.
    pub phrase_budget: Duration,
    /// Time given to the judging of alternatives; what is not judged by then is left out.
    pub alternatives_budget: Duration,
    /// Phrases are scored on utterances up to this long: a command is short.
    pub phrase_longest: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: PathBuf::new(),
            language: "fr".to_owned(),
            workers: 2,
            threads: 1,
            queue: 8,
            time_limit: Duration::from_secs(5),
            stall: Duration::from_secs(15),
            phrase_budget: Duration::from_millis(250),
            alternatives_budget: Duration::from_millis(150),
            phrase_longest: Duration::from_secs(4),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Whisper model {}: {problem}; run ./scripts/run to fetch it, or set [hearing] model to a ggml file", path.display())]
    Model { path: PathBuf, problem: String },
    #[error("the language '{0}' is unknown to Whisper; use an ISO 639-1 code such as 'fr'")]
    Language(String),
    #[error("hearing failed in the engine: {0}")]
    Engine(String),
    #[error("the hearing engine panicked on this utterance: {0}; its worker starts afresh")]
    Panicked(String),
    #[error("{0} utterances already wait to be heard; this one is not taken")]
    Busy(usize),
    #[error("this hearing was cancelled")]
    Cancelled,
    #[error("the hearing workers are stopped")]
    Stopped,
}
