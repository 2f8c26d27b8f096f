//! The engine: piper-rs, which runs any voice that has Piper's interface.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::OnceLock;

use ort::session::Session;
use piper_rs::ModelConfig;

use super::{Error, Manifest, SAMPLE_RATE, Synthesizer, espeak};
use crate::audio;

/// Silence between two sentences of one text; piper-rs puts none.
const BETWEEN_SENTENCES_MS: usize = 250;
/// Silence where a sentence too long for the engine was cut.
const BETWEEN_PIECES_MS: usize = 80;
/// Rates that a voice can have; outside, its configuration is wrong.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=48_000;

static RUNTIME: OnceLock<Result<(), Error>> = OnceLock::new();

/// One loaded voice.
pub struct Piper {
    engine: piper_rs::Piper,
    espeak_voice: String,
    rate: u32,
    length_scale: f32,
    max_phonemes: usize,
    speaker: Option<i64>,
}

impl Piper {
    /// Loads a voice: some 100 MB read, half a second. `threads`: how many the engine may use.
    pub fn load(
        manifest: &Manifest,
        onnxruntime: &Path,
        espeak_data: Option<&Path>,
        threads: usize,
    ) -> Result<Self, Error> {
        start_runtime(onnxruntime)?;
        espeak::start(espeak_data)?;
        let unusable = |path: &Path, problem: String| Error::Model { path: path.to_owned(), problem };
        let file = File::open(&manifest.config).map_err(|e| unusable(&manifest.config, e.to_string()))?;
        let config: ModelConfig =
            serde_json::from_reader(BufReader::new(file)).map_err(|e| unusable(&manifest.config, e.to_string()))?;
        let rate = config.audio.sample_rate;
        if !RATES.contains(&rate) {
            return Err(unusable(&manifest.config, format!("sample_rate vaut {rate}")));
        }
        let speakers = i64::from(config.num_speakers.max(1));
        if manifest.speaker.is_some_and(|speaker| !(0..speakers).contains(&speaker)) {
            return Err(unusable(&manifest.config, format!("speaker : cette voix a {speakers} locuteur(s)")));
        }
        let session = open_session(&manifest.model, threads).map_err(|e| unusable(&manifest.model, e.to_string()))?;
        let inputs = session.inputs().len();
        let wanted = if speakers > 1 { 4 } else { 3 };
        if inputs != wanted {
            return Err(unusable(&manifest.model, format!("{inputs} entrées au lieu de {wanted}")));
        }
        let piper = Self {
            espeak_voice: config.espeak.voice.clone(),
            rate,
            length_scale: config.inference.length_scale / manifest.speed,
            max_phonemes: manifest.max_phonemes,
            speaker: manifest.speaker,
            engine: piper_rs::Piper::from_session(session, config),
        };
        // An unknown espeak voice must stop the start, not the first call.
        espeak::phonemes("a", &piper.espeak_voice)?;
        Ok(piper)
    }
}

impl Synthesizer for Piper {
    fn synthesize(&mut self, text: &str, speed: f32) -> Result<Vec<i16>, Error> {
        let length_scale = self.length_scale / speed.clamp(0.4, 2.0);
        let mut sound: Vec<f32> = Vec::new();
        for sentence in espeak::phonemes(text, &self.espeak_voice)? {
            for (number, piece) in pieces(&sentence, self.max_phonemes).into_iter().enumerate() {
                if !sound.is_empty() {
                    let pause = if number == 0 { BETWEEN_SENTENCES_MS } else { BETWEEN_PIECES_MS };
                    sound.resize(sound.len() + pause * self.rate as usize / 1_000, 0.0);
                }
                let (spoken, _) = self
                    .engine
                    .create(piece, true, self.speaker, Some(length_scale), None, None)
                    .map_err(|e| Error::Engine(e.to_string()))?;
                sound.extend_from_slice(&spoken);
            }
        }
        let samples: Vec<i16> = sound.iter().map(|s| (s * 32_767.0).round() as i16).collect();
        Ok(audio::resample(&samples, self.rate, SAMPLE_RATE))
    }
}

/// Loads ONNX Runtime once for the process.
fn start_runtime(library: &Path) -> Result<(), Error> {
    RUNTIME
        .get_or_init(|| {
            let failed = |problem: String| Error::Runtime { path: library.to_owned(), problem };
            if !library.is_file() {
                return Err(failed("fichier introuvable".into()));
            }
            ort::init_from(library).map_err(|e| failed(e.to_string()))?.with_telemetry(false).commit();
            Ok(())
        })
        .clone()
}

fn open_session(model: &Path, threads: usize) -> Result<Session, ort::Error> {
    Session::builder()?
        .with_intra_threads(threads.max(1))?
        // Threads that spin between two sentences would take the processor from the calls.
        .with_intra_op_spinning(false)?
        // Every sentence has another length: a pattern would only keep the longest one's memory. (Without its arena
        // the engine takes four times the memory and twice the time.)
        .with_memory_pattern(false)?
        .commit_from_file(model)
}

/// Cuts phonemes into pieces of at most `limit`, after a pause if there is one in the last half, else after a word.
fn pieces(phonemes: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = phonemes.trim();
    while let Some((end, _)) = rest.char_indices().nth(limit) {
        let head = &rest[..end];
        // All these marks are one byte long.
        let after = |marks: &[char]| head.rfind(marks).map(|at| at + 1).filter(|&cut| cut > end / 2);
        let cut = after(&[';', ':', ',']).or_else(|| after(&[' '])).unwrap_or(end);
        pieces.push(rest[..cut].trim());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn a_long_sentence_is_cut_at_a_pause_else_at_a_word_else_anywhere() {
        assert_eq!(pieces("abc, def ghi", 20), ["abc, def ghi"]);
        assert_eq!(pieces("abcde, fgh ijk", 10), ["abcde,", "fgh ijk"]);
        assert_eq!(pieces("abcde fgh ijk", 8), ["abcde", "fgh ijk"]);
        assert_eq!(pieces("ɛ̃ɛ̃ɛ̃ɛ̃", 3), ["ɛ̃ɛ", "̃ɛ̃", "ɛ̃"]);
        assert_eq!(pieces("  ", 3), Vec::<&str>::new());
    }
}
