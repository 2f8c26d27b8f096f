//! A voice as the rest of the program knows it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::memory::Memory;
use super::pool::{Factory, Job, Pool};
use super::warmer::Warmer;
use super::{Disk, Error, Key, Manifest, Piper, SAMPLE_RATE, Settings, Synthesizer};
use crate::french;

/// Speeds a caller can ask for, in hundredths.
const PERCENT: std::ops::RangeInclusive<u32> = 40..=200;

/// The sound of one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// 16 kHz mono; empty when there was nothing to say.
    pub samples: Vec<i16>,
}

impl Spoken {
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.samples.len() as u64) / SAMPLE_RATE
    }
}

/// A voice ready to speak. Clones share it; the last one dropped shuts it down.
#[derive(Clone)]
pub struct Voice(Arc<Inner>);

struct Inner {
    name: String,
    digest: [u8; 32],
    french: bool,
    speed: f32,
    time_limit: Duration,
    shelf: Arc<Shelf>,
    // Before the pool: it stops first.
    warmer: Warmer,
    pool: Arc<Pool>,
}

/// Where spoken sentences are found again: in memory, then on disk.
#[derive(Debug)]
pub(super) struct Shelf {
    memory: Mutex<Memory>,
    disk: Disk,
}

impl Voice {
    /// Loads the voice that the manifest describes. Blocks for about a second.
    pub fn start(settings: Settings) -> Result<Self, Error> {
        let manifest = Manifest::load(&settings.manifest, &settings.models)?;
        let Settings { onnxruntime, espeak_data, threads, .. } = settings.clone();
        let name = manifest.name.clone();
        let digest = manifest.digest;
        let french = manifest.speaks_french();
        let factory: Factory = Arc::new(move || {
            let piper = Piper::load(&manifest, &onnxruntime, espeak_data.as_deref(), threads)?;
            Ok(Box::new(piper) as Box<dyn Synthesizer>)
        });
        Self::with_engine(&settings, name, digest, french, factory)
    }

    /// The same around any engine. `digest` keeps its sentences apart from other voices' in the cache; `french` says
    /// that texts go through French's reading rules first.
    pub fn with_engine(
        settings: &Settings,
        name: String,
        digest: [u8; 32],
        french: bool,
        factory: Factory,
    ) -> Result<Self, Error> {
        let disk = Disk::open(&settings.cache, settings.cache_bytes)?;
        let shelf = Arc::new(Shelf { memory: Mutex::new(Memory::new(settings.memory_bytes)), disk });
        let first = factory()?;
        let pool = Arc::new(Pool::start(first, factory.clone(), shelf.clone(), settings.workers, settings.time_limit));
        let warmer = Warmer::new(factory, shelf.clone(), &pool);
        let Settings { speed, time_limit, .. } = *settings;
        Ok(Self(Arc::new(Inner { name, digest, french, speed, time_limit, shelf, warmer, pool })))
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The sound of one sentence. `speed` is 1 as the voice speaks, 0.8 for « plus lentement ».
    ///
    /// Wants a tokio runtime. Dropping the future gives up the sentence unless it is already being spoken.
    pub fn sentence(&self, text: &str, speed: f32) -> impl Future<Output = Result<Arc<Spoken>, Error>> + Send + use<> {
        let job = self.job(text, speed);
        let inner = self.0.clone();
        async move { inner.sentence(job).await }
    }

    /// Fills the cache with sentences at the settings' speed, in the background and in this order.
    pub fn warm(&self, texts: Vec<String>) {
        self.0.warmer.add(texts.iter().map(|text| self.job(text, self.0.speed)));
    }

    /// How many sentences given to [`warm`](Self::warm) are not in the cache yet.
    pub fn pending(&self) -> usize {
        self.0.warmer.pending()
    }

    /// Gives up what is left to warm and waits for the sentence under way: the engine's library must not be unloaded
    /// under it when the process ends.
    pub async fn stop_warming(&self) {
        while !self.0.warmer.stop() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn job(&self, text: &str, speed: f32) -> Job {
        let words = if self.0.french { french::speakable(text) } else { text.to_owned() };
        // Whole hundredths, so that 0.8 computed twice is one key; a speed that is not a number is the normal one.
        let percent = if speed.is_finite() { (speed * 100.0).round() as u32 } else { 100 };
        let percent = percent.clamp(*PERCENT.start(), *PERCENT.end());
        Job { key: Key::new(&self.0.digest, percent, &words), words, speed: percent as f32 / 100.0 }
    }
}

impl Inner {
    async fn sentence(&self, job: Job) -> Result<Arc<Spoken>, Error> {
        if !job.words.chars().any(char::is_alphanumeric) {
            return Ok(Arc::new(Spoken { samples: Vec::new() }));
        }
        if let Some(known) = self.shelf.recall(&job.key) {
            return Ok(known);
        }
        let (shelf, key) = (self.shelf.clone(), job.key);
        if let Ok(Some(known)) = tokio::task::spawn_blocking(move || shelf.fetch(&key)).await {
            return Ok(known);
        }
        let reply = self.pool.speak(job)?;
        match tokio::time::timeout(self.time_limit, reply).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(_)) => Err(Error::Closed),
            Err(_) => {
                self.pool.relieve();
                Err(Error::Late(self.time_limit))
            }
        }
    }
}

impl Shelf {
    pub(super) fn recall(&self, key: &Key) -> Option<Arc<Spoken>> {
        self.memory().get(key)
    }

    /// From the disk, and into memory.
    fn fetch(&self, key: &Key) -> Option<Arc<Spoken>> {
        let spoken = Arc::new(Spoken { samples: self.disk.get(key)? });
        self.remember(*key, spoken.clone());
        Some(spoken)
    }

    pub(super) fn remember(&self, key: Key, spoken: Arc<Spoken>) {
        self.memory().put(key, spoken);
    }

    /// Whether the disk has it, whole.
    pub(super) fn has(&self, key: &Key) -> bool {
        self.disk.get(key).is_some()
    }

    /// On disk; a full disk costs the caching, not the sentence.
    pub(super) fn store(&self, key: &Key, spoken: &Spoken) {
        if let Err(error) = self.disk.put(key, &spoken.samples) {
            tracing::warn!(%error, "a spoken sentence is not kept");
        }
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        // A cache: whatever a panic left is still right.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
