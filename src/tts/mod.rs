//! Speaking: one engine (piper), voices as data, a cache of everything that is known in advance.
//!
//! A [`Voice`] is built from a manifest (`voices/*.toml`): the files of a Piper voice and how to use them.
//! [`Voice::sentence`] gives the sound of one sentence, looking in this order:
//!
//! 1. a small memory of recent sentences;
//! 2. the cache on disk, keyed by the voice's files, the speed and the words as they are spoken;
//! 3. the engine, in a fixed pool of workers of which live calls have the exclusive use.
//!
//! [`Voice::warm`] fills the cache with what will be said (prompts, published answers). It has an engine of its own,
//! on a thread of the lowest priority that exists only while there is something to warm, so that it never holds up a
//! sentence that a caller waits for.
//!
//! An engine that fails, panics or stalls costs the sentence it was speaking: the caller of [`Voice::sentence`]
//! gets an [`Error`] within the time limit, and a fresh engine takes the next one.
//!
//! Sounds are 16 kHz mono, peak near −3 dBFS, with 30 ms of silence before and 60 ms after the speech.

use std::path::PathBuf;
use std::time::Duration;

mod cache;
mod espeak;
mod manifest;
mod memory;
mod piper;
mod pool;
mod shape;
mod voice;
mod warmer;

pub use cache::{Disk, Key};
pub use manifest::Manifest;
pub use piper::Piper;
pub use pool::Factory;
pub use shape::shape;
pub use voice::{Spoken, Voice};

/// The phonemes of a French text in the International Phonetic Alphabet, words apart. `espeak_data` as in [`Settings`];
/// some 20 µs a word, one caller at a time.
///
/// # Errors
/// espeak-ng's data missing or unreadable.
pub fn french_phonemes(text: &str, espeak_data: Option<&std::path::Path>) -> Result<String, Error> {
    espeak::start(espeak_data)?;
    Ok(espeak::phonemes(text, "fr")?.join(" "))
}

/// Samples a second of everything that leaves this module.
pub const SAMPLE_RATE: u32 = 16_000;

/// An engine that speaks. Foreign code is behind it, so it may fail, panic or stall.
pub trait Synthesizer: Send {
    /// The sound of `text`, already speakable, as 16 kHz mono. `speed` is 1 as the voice speaks, below 1 slower.
    fn synthesize(&mut self, text: &str, speed: f32) -> Result<Vec<i16>, Error>;
}

/// How a voice is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The voice's manifest, for instance `voices/fr_siwis.toml`.
    pub manifest: PathBuf,
    /// The folder that the manifest's relative paths start from: the cache folder that `./scripts/run` fills.
    pub models: PathBuf,
    /// ONNX Runtime's shared library. The first voice of the process decides.
    pub onnxruntime: PathBuf,
    /// The folder that holds `espeak-ng-data`; none to look where Debian and the program's own folder have it.
    /// The first voice of the process decides.
    pub espeak_data: Option<PathBuf>,
    /// The speed that [`Voice::warm`] prepares sentences at: the one most calls use; 1 as the voice speaks.
    pub speed: f32,
    /// Where spoken sentences are kept.
    pub cache: PathBuf,
    /// Bound of that folder, bytes; the sentences unused for longest are removed first.
    pub cache_bytes: u64,
    /// Bound of the sentences kept in memory, bytes.
    pub memory_bytes: usize,
    /// Sentences spoken at once for live calls. Each worker holds the whole voice in memory.
    pub workers: usize,
    /// Processor threads that one worker uses.
    pub threads: usize,
    /// How long a caller waits for a sentence before it is an error, and how long an engine may take before it is
    /// replaced.
    pub time_limit: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            manifest: PathBuf::from("voices/fr_siwis.toml"),
            models: PathBuf::from("."),
            onnxruntime: PathBuf::from("onnxruntime/libonnxruntime.so"),
            espeak_data: None,
            speed: 1.0,
            cache: PathBuf::from("spoken"),
            // Some four hours of speech: a base of 300 entries in two versions, all prompts, two speeds.
            cache_bytes: 512 * 1024 * 1024,
            // Some four minutes: the prompts of every call and the answers of the hour.
            memory_bytes: 8 * 1024 * 1024,
            // Known text comes from the cache; one worker keeps idle memory low.
            workers: 1,
            // The small machine of a town hall has two cores.
            threads: 2,
            // A sentence of 12 s takes 7 s on a small machine; a caller does not wait longer than this.
            time_limit: Duration::from_secs(12),
        }
    }
}

/// Why there is no voice, or no sound. The first ones stop the start and are read by whoever installs the line, so
/// they are in French; the last ones are for logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{path} : {problem}")]
    Manifest { path: PathBuf, problem: String },
    #[error("{path} manque ; lancez ./scripts/run pour l'obtenir, ou corrigez le chemin dans {manifest}")]
    Missing { path: PathBuf, manifest: PathBuf },
    #[error(
        "{path} est tronqué ou abîmé (somme attendue {expected}, trouvée {found}) ; lancez ./scripts/run pour le refaire"
    )]
    Damaged { path: PathBuf, expected: String, found: String },
    #[error(
        "{path} n'est pas une voix Piper utilisable : {problem} ; lancez ./scripts/run pour refaire les voix livrées"
    )]
    Model { path: PathBuf, problem: String },
    #[error("ONNX Runtime ne se charge pas depuis {path} : {problem} ; lancez ./scripts/run, ou corrigez le chemin")]
    Runtime { path: PathBuf, problem: String },
    #[error("espeak-ng : {0} ; installez le paquet espeak-ng-data, ou indiquez le dossier qui le contient")]
    Espeak(String),
    #[error("cache des phrases {path} : {problem} ; vérifiez la place et les droits")]
    Cache { path: PathBuf, problem: String },
    #[error("the engine failed on this sentence: {0}")]
    Engine(String),
    #[error("the engine panicked on this sentence: {0}")]
    Panicked(String),
    #[error("no sound within {0:?}")]
    Late(Duration),
    #[error("too many sentences are waiting to be spoken")]
    Full,
    #[error("the voice is shut down")]
    Closed,
}
