//! Recorded sentences whose words are written in a file beside them, such as Debian's French Asterisk prompts.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::evaluate::{self, Case};
use crate::audio::wav::{self, WavError};

/// Where Debian's `asterisk-core-sounds-fr-wav` puts the recordings.
pub const FOLDER: &str = "/usr/share/asterisk/sounds/fr_CA_f_June";
/// Where Debian's `asterisk-core-sounds-fr` puts their words.
pub const TRANSCRIPTS: &str = "/usr/share/doc/asterisk-core-sounds-fr/core-sounds-fr.txt.gz";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "{path} : fichier illisible ({problem}). Remède : installez les paquets Debian asterisk-core-sounds-fr et \
             asterisk-core-sounds-fr-wav, ou indiquez d'autres fichiers"
    )]
    Unreadable { path: PathBuf, problem: io::Error },
    #[error("{path} : {problem}")]
    Sound { path: PathBuf, problem: WavError },
}

/// A recording and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub name: String,
    pub words: String,
    pub file: PathBuf,
}

/// The sentences of `folder` that `transcripts` gives the words of, in its order. A `.gz` file is read through `gzip`.
pub fn sentences(folder: &Path, transcripts: &Path) -> Result<Vec<Sentence>, Error> {
    let unreadable = |problem| Error::Unreadable { path: transcripts.to_owned(), problem };
    let bytes = if transcripts.extension().is_some_and(|extension| extension == "gz") {
        let output = Command::new("gzip").arg("-dc").arg("--").arg(transcripts).output().map_err(unreadable)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(unreadable(io::Error::other(said)));
        }
        output.stdout
    } else {
        std::fs::read(transcripts).map_err(unreadable)?
    };
    let text = String::from_utf8_lossy(&bytes);
    let all = evaluate::transcripts(&text).into_iter().map(|(name, words)| {
        let file = folder.join(format!("{name}.wav"));
        Sentence { name, words, file }
    });
    Ok(all.filter(|sentence| sentence.file.is_file()).collect())
}

impl Sentence {
    /// Reads the recording.
    pub fn read(&self) -> Result<Case, Error> {
        let bytes =
            std::fs::read(&self.file).map_err(|problem| Error::Unreadable { path: self.file.clone(), problem })?;
        let samples = wav::read(&bytes).map_err(|problem| Error::Sound { path: self.file.clone(), problem })?;
        let samples = samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect();
        Ok(Case { name: self.name.clone(), samples, words: self.words.clone() })
    }
}
