//! Both sides of a call as one WAV file: the caller left, the line right. Only when the administrator keeps sound.

use std::path::PathBuf;

use tracing::error;

use crate::audio::{Frame, SAMPLE_RATE, wav};

/// What was said so far, 16 kHz.
#[derive(Debug, Default)]
pub struct Tape {
    caller: Vec<i16>,
    line: Vec<i16>,
}

impl Tape {
    pub fn caller(&mut self, frame: &Frame) {
        self.line.resize(self.line.len().max(self.caller.len()), 0);
        self.caller.extend_from_slice(frame);
    }

    pub fn line(&mut self, frame: &Frame) {
        self.line.extend_from_slice(frame);
    }

    /// Writes the file; a call that has ended has nobody left to tell of a failure but the log.
    pub async fn keep(self, path: PathBuf) {
        let shown = path.display().to_string();
        let written = tokio::task::spawn_blocking(move || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
            }
            wav::write_stereo(&path, &self.caller, &self.line, SAMPLE_RATE).map_err(|error| error.to_string())
        });
        match written.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => error!(file = %shown, %error, "the sound of a call could not be kept"),
            Err(error) => error!(file = %shown, %error, "the sound of a call could not be kept"),
        }
    }
}
