//! How a question is spoken, and over what noise.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::audio::wav;

/// How a question is spoken and carried. Always through G.711 A-law.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Rate of speech, 1 the voice's own.
    pub speed: f32,
    /// Pitch, 1 the voice's own; 0.8 is a lower voice, at the same rate of speech.
    pub pitch: f32,
    /// What is behind the caller, and the ratio of speech to it, dB.
    pub noise: Option<(Noise, f32)>,
}

/// What is behind the caller. The made-up ones are the same at every run.
#[derive(Debug, Clone, PartialEq)]
pub enum Noise {
    White,
    Pink,
    /// Several people talking.
    Babble,
    /// A sound of one's own, 16 kHz, repeated as long as needed.
    Sound {
        name: String,
        samples: Arc<Vec<i16>>,
    },
}

impl Default for Condition {
    fn default() -> Self {
        Self { speed: 1.0, pitch: 1.0, noise: None }
    }
}

impl Condition {
    /// What tells this condition from others, whatever it is called.
    pub(super) fn key(&self) -> String {
        let noise = match &self.noise {
            None => "none".to_owned(),
            Some((Noise::Sound { samples, .. }, snr_db)) => {
                let mut hash = Sha256::new();
                for sample in samples.iter() {
                    hash.update(sample.to_le_bytes());
                }
                format!("{:x?} {snr_db}", hash.finalize().to_vec())
            }
            Some((noise, snr_db)) => format!("{noise:?} {snr_db}"),
        };
        format!("{:.3} {:.3} pcma {noise}", self.speed, self.pitch)
    }

    /// As a file of heard questions names it: « v1.00 h0.90 rose 10 dB ».
    pub fn name(&self) -> String {
        let noise = match &self.noise {
            None => "sans bruit".to_owned(),
            Some((noise, snr_db)) => format!("{} {snr_db} dB", noise.name()),
        };
        format!("v{:.2} h{:.2} {noise}", self.speed, self.pitch)
    }
}

impl Noise {
    /// Takes a WAV file as the noise.
    ///
    /// # Errors
    /// A file that cannot be read, or holds no sound.
    pub fn of_file(file: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        let samples = wav::read(&bytes).with_context(|| file.display().to_string())?;
        anyhow::ensure!(samples.iter().any(|sample| *sample != 0), "{} : ce n'est que du silence", file.display());
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Noise::Sound { name, samples: Arc::new(samples) })
    }

    fn name(&self) -> &str {
        match self {
            Noise::White => "blanc",
            Noise::Pink => "rose",
            Noise::Babble => "brouhaha",
            Noise::Sound { name, .. } => name,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dites par la voix de la ligne, G.711")?;
        if self.speed != 1.0 {
            write!(f, ", vitesse {}", self.speed)?;
        }
        if self.pitch != 1.0 {
            write!(f, ", hauteur {}", self.pitch)?;
        }
        match &self.noise {
            Some((noise, snr_db)) => write!(f, ", bruit « {} » à {snr_db} dB", noise.name()),
            None => Ok(()),
        }
    }
}
