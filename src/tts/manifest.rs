//! A voice as data: what its manifest says, and whether its files are whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Error;

/// Kokoro's and Piper's models both take some 500 phonemes; a manifest may say less.
const MAX_PHONEMES: usize = 400;

/// A voice, its files checked.
#[derive(Debug, Clone)]
pub struct Manifest {
    pub name: String,
    /// BCP 47, for instance `fr-FR`: French text is made speakable first.
    pub language: String,
    pub licence: String,
    /// The voice's own speed: what 1 means to a caller.
    pub speed: f32,
    /// The longest piece given to the engine, phonemes.
    pub max_phonemes: usize,
    /// Which of a multi-speaker voice's speakers, from 0.
    pub speaker: Option<i64>,
    pub model: PathBuf,
    pub config: PathBuf,
    /// SHA-256 over both files and the voice's speed: two voices never share a cached sentence.
    pub digest: [u8; 32],
}

#[derive(Deserialize)]
struct Document {
    voice: VoiceTable,
    files: Files,
    /// How `scripts/models` assembles the files; nothing to the program.
    #[serde(rename = "build")]
    _build: Option<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VoiceTable {
    name: String,
    language: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    licence: String,
    #[serde(default, rename = "attribution")]
    _attribution: String,
    #[serde(default = "as_the_model")]
    speed: f32,
    #[serde(default = "max_phonemes")]
    max_phonemes: usize,
    speaker: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Files {
    model: PathBuf,
    model_sha256: Option<String>,
    config: PathBuf,
    config_sha256: Option<String>,
}

fn as_the_model() -> f32 {
    1.0
}

fn max_phonemes() -> usize {
    MAX_PHONEMES
}

impl Manifest {
    /// Reads a manifest and checks its files. Relative paths start from `models`.
    ///
    /// Reads every byte of the model (some 100 MB: a tenth of a second).
    pub fn load(path: &Path, models: &Path) -> Result<Self, Error> {
        let problem = |problem: String| Error::Manifest { path: path.to_owned(), problem };
        let text = std::fs::read_to_string(path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => problem("manifeste de voix introuvable ; corrigez le chemin de la voix".into()),
            _ => problem(format!("manifeste de voix illisible ({e})")),
        })?;
        let Document { voice, files, .. } = toml::from_str(&text).map_err(|e| problem(e.to_string()))?;
        if !(0.5..=2.0).contains(&voice.speed) {
            return Err(problem(format!("speed vaut {}, il faut entre 0.5 et 2.0", voice.speed)));
        }
        if !(20..=500).contains(&voice.max_phonemes) {
            return Err(problem(format!("max_phonemes vaut {}, il faut entre 20 et 500", voice.max_phonemes)));
        }
        let model = models.join(files.model);
        let config = models.join(files.config);
        let mut digest = Sha256::new();
        digest.update(check(&model, files.model_sha256.as_deref(), path)?);
        digest.update(check(&config, files.config_sha256.as_deref(), path)?);
        digest.update(voice.speed.to_le_bytes());
        digest.update(voice.speaker.unwrap_or(0).to_le_bytes());
        Ok(Self {
            name: voice.name,
            language: voice.language,
            licence: voice.licence,
            speed: voice.speed,
            max_phonemes: voice.max_phonemes,
            speaker: voice.speaker,
            model,
            config,
            digest: digest.finalize().into(),
        })
    }

    /// Whether texts must be made speakable by French rules before this voice says them.
    pub fn speaks_french(&self) -> bool {
        self.language.get(..2).is_some_and(|language| language.eq_ignore_ascii_case("fr"))
    }
}

/// The file's SHA-256, refused when it is not the expected one.
fn check(path: &Path, expected: Option<&str>, manifest: &Path) -> Result<[u8; 32], Error> {
    let found = sum(path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => Error::Missing { path: path.to_owned(), manifest: manifest.to_owned() },
        _ => Error::Model { path: path.to_owned(), problem: e.to_string() },
    })?;
    match expected {
        Some(expected) if !expected.eq_ignore_ascii_case(&hex(&found)) => {
            Err(Error::Damaged { path: path.to_owned(), expected: expected.to_owned(), found: hex(&found) })
        }
        _ => Ok(found),
    }
}

fn sum(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest.finalize().into()),
            read => digest.update(&buffer[..read]),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
