//! `standardiste hear`: what is said in WAV files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::faults::told;
use super::json_line;
use crate::app;
use crate::asr::{Pool, Settings};
use crate::audio::{SAMPLE_RATE, wav};
use crate::config::Config;
use crate::dialogue::Expectation;

/// Nobody waits at the telephone: a long file is heard to its end.
const TIME_LIMIT: Duration = Duration::from_secs(300);

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Fichiers WAV, de toute fréquence et de tout nombre de voies
    #[arg(required = true, value_name = "FICHIER.wav", help_heading = "Arguments")]
    files: Vec<PathBuf>,
    /// Ce que l'écoute reçoit pour s'orienter, comme le « prompt » des grammaires
    #[arg(long, value_name = "TEXTE", default_value = "", hide_default_value = true)]
    prompt: String,
    /// Un objet JSON par ligne
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line {
    file: String,
    text: String,
    confidence: f32,
    duration_s: f32,
    asr_ms: u32,
}

#[derive(Serialize)]
struct Failure {
    file: String,
    error: String,
}

pub async fn run(config: &Config, options: Options) -> anyhow::Result<bool> {
    let pool = Pool::start(Settings { time_limit: TIME_LIMIT, ..app::hearing(config) })?;
    let mut all_well = true;
    for file in &options.files {
        match hear(&pool, file, &options.prompt).await {
            Ok(line) if options.json => json_line(&line)?,
            Ok(line) => printed!("{} : {} (confiance {:.2})", line.file, line.text, line.confidence),
            Err(error) => {
                all_well = false;
                let failure = Failure { file: file.display().to_string(), error: told(&error) };
                if options.json {
                    json_line(&failure)?;
                }
                eprintln!("{} : {}", failure.file, failure.error);
            }
        }
    }
    Ok(all_well)
}

async fn hear(pool: &Pool, file: &Path, prompt: &str) -> anyhow::Result<Line> {
    let samples = read_wav(file)?;
    let duration_s = samples.len() as f32 / SAMPLE_RATE as f32;
    let heard = pool.hear(samples, Expectation { prompt: prompt.to_owned(), ..Expectation::default() }).await?;
    Ok(Line {
        file: file.display().to_string(),
        text: heard.text,
        confidence: heard.confidence,
        duration_s,
        asr_ms: heard.asr_ms,
    })
}

/// A WAV file's sound, 16 kHz mono.
pub fn read_wav(file: &Path) -> anyhow::Result<Vec<i16>> {
    let bytes = std::fs::read(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => anyhow::anyhow!("fichier introuvable"),
        _ => anyhow::anyhow!("fichier illisible ({error})"),
    })?;
    Ok(wav::read(&bytes)?)
}
