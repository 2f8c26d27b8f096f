//! What the tests of speaking share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use standardiste::tts::{Error, Factory, Settings, Synthesizer, Voice};

/// Where `scripts/models` puts what it assembles.
pub fn cache() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("STANDARDISTE_CACHE").unwrap_or_else(|| {
        let base = set("XDG_CACHE_HOME").unwrap_or_else(|| set("HOME").expect("HOME").join(".cache"));
        base.join("standardiste")
    })
}

/// The settings of a delivered voice; its sentences go to `sentences`.
pub fn settings(voice: &str, sentences: &Path) -> Settings {
    Settings {
        manifest: Path::new(env!("CARGO_MANIFEST_DIR")).join("voices").join(voice).with_extension("toml"),
        models: cache(),
        onnxruntime: cache().join("onnxruntime/libonnxruntime.so"),
        cache: sentences.to_owned(),
        // The machine that runs the tests may be busy with others.
        time_limit: Duration::from_secs(60),
        ..Settings::default()
    }
}

/// An engine that says a tone of 100 ms a word, unless the words tell it to do worse.
#[derive(Clone, Default)]
pub struct Tone {
    pub spoken: Arc<AtomicUsize>,
    pub made: Arc<AtomicUsize>,
    pub gate: Gate,
}

/// Where « stall » waits while a test keeps it closed.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

/// The gate opens when this is dropped.
pub struct Closed(Gate);

impl Gate {
    pub fn close(&self) -> Closed {
        *self.0.0.lock().unwrap() = true;
        Closed(self.clone())
    }

    fn pass(&self) {
        drop(self.0.1.wait_while(self.0.0.lock().unwrap(), |closed| *closed).unwrap());
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        *self.0.0.0.lock().unwrap() = false;
        self.0.0.1.notify_all();
    }
}

impl Tone {
    pub fn factory(&self) -> Factory {
        let tone = self.clone();
        Arc::new(move || {
            tone.made.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(tone.clone()) as Box<dyn Synthesizer>)
        })
    }

    pub fn voice(&self, settings: &Settings) -> Voice {
        Voice::with_engine(settings, "tone".into(), [7; 32], false, self.factory()).expect("a voice")
    }
}

impl Synthesizer for Tone {
    fn synthesize(&mut self, text: &str, _speed: f32) -> Result<Vec<i16>, Error> {
        if text.contains("panic") {
            panic!("the engine's own fault");
        }
        if text.contains("stall") {
            self.gate.pass();
        }
        self.spoken.fetch_add(1, Ordering::SeqCst);
        Ok(tone(text.split_whitespace().count()))
    }
}

pub fn tone(words: usize) -> Vec<i16> {
    (0..words * 1_600).map(|i| ((i as f32 * 0.2).sin() * 8_000.0) as i16).collect()
}
