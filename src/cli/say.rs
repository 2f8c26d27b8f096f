//! `standardiste say`: a text in the line's own voice.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::app;
use crate::audio::{SAMPLE_RATE, wav};
use crate::config::Config;
use crate::french;
use crate::tts::Voice;

/// Silence between two sentences, samples: 220 ms as in a call.
const BREATH: usize = SAMPLE_RATE as usize * 220 / 1_000;

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Le texte à dire
    #[arg(value_name = "TEXTE", help_heading = "Arguments")]
    text: String,
    /// Le fichier WAV à écrire
    #[arg(short, long, value_name = "FICHIER.wav")]
    output: PathBuf,
    /// Vitesse : 1 pour la voix telle quelle, 0.8 pour plus lent
    #[arg(long, value_name = "NOMBRE")]
    speed: Option<f32>,
}

pub async fn run(config: &Config, options: Options) -> anyhow::Result<bool> {
    let speed = options.speed.unwrap_or(config.speaking.speed);
    anyhow::ensure!((0.5..=2.0).contains(&speed), "la vitesse va de 0.5 à 2 ; reçu : {speed}");
    let sentences = french::sentences(&options.text);
    anyhow::ensure!(!sentences.is_empty(), "le texte est vide : il n'y a rien à dire");
    let voice = Voice::start(app::speaking(config))?;
    let mut samples = Vec::new();
    for (index, sentence) in sentences.iter().enumerate() {
        if index > 0 {
            samples.resize(samples.len() + BREATH, 0);
        }
        samples.extend_from_slice(&voice.sentence(sentence, speed).await?.samples);
    }
    wav::write(&options.output, &samples, SAMPLE_RATE).with_context(|| options.output.display().to_string())?;
    let seconds = samples.len() as f32 / SAMPLE_RATE as f32;
    printed!("{} : {seconds:.1} s, voix {}", options.output.display(), voice.name());
    Ok(true)
}
