//! `standardiste bench hear`: our hearing against Whisper's whole window, on the same sentences, in one run.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::app;
use crate::asr::evaluate::{self, Case, Summary};
use crate::asr::{Recognizer, Settings, Weights, Whisper, Window, prompts};
use crate::cli::json_line;
use crate::config::Config;
use crate::dialogue::Expectation;

/// The same sentences on every machine.
const SEED: u64 = 20_261_122;
const COUNT: usize = 40;
/// No live caller waits here, and a limit would favour the faster of the two.
const TIME_LIMIT: std::time::Duration = std::time::Duration::from_secs(120);

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Le dossier des phrases, en WAV. Sans lui : celles du paquet Debian asterisk-core-sounds-fr-wav
    #[arg(long, value_name = "DOSSIER", default_value = prompts::FOLDER, hide_default_value = true)]
    folder: PathBuf,
    /// Leurs mots, une ligne « nom: mots » par fichier. Sans lui : ceux du paquet Debian asterisk-core-sounds-fr
    #[arg(long, value_name = "FICHIER", default_value = prompts::TRANSCRIPTS, hide_default_value = true)]
    words: PathBuf,
    /// Combien de phrases, tirées toujours de la même façon. Sans cela : 40
    #[arg(long, value_name = "NOMBRE", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// Un objet JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Measured {
    model: String,
    sentences: usize,
    seed: u64,
    ours: Side,
    full_window: Side,
    /// Word error rate lost against the whole window, points; negative when better.
    points_lost: f64,
    /// Our total time over the whole window's.
    share_of_time: f64,
}

#[derive(Serialize)]
struct Side {
    /// Percent.
    word_error_rate: f64,
    median_ms: u128,
    p95_ms: u128,
    total_s: f64,
    refused: usize,
}

impl From<Summary> for Side {
    fn from(summary: Summary) -> Self {
        Self {
            word_error_rate: summary.word_error_rate * 100.0,
            median_ms: summary.median.as_millis(),
            p95_ms: summary.p95.as_millis(),
            total_s: summary.total.as_secs_f64(),
            refused: summary.refused,
        }
    }
}

pub fn run(config: &Config, options: &Options) -> anyhow::Result<bool> {
    let count = options.count.map_or(COUNT, |count| count as usize);
    let cases = sentences(&options.folder, &options.words, count)?;
    let settings = Settings { time_limit: TIME_LIMIT, ..app::hearing(config) };
    let model = settings.model.display().to_string();
    let weights = Weights::load(&settings)?;
    let mut ours = Whisper::new(&weights)?;
    let mut full = Whisper::new(&weights)?.with_window(Window::Full);
    let measured = measure(model, &mut ours, &mut full, &cases)?;
    if options.json {
        json_line(&measured)?;
        return Ok(true);
    }
    printed!("{} phrases, {}", measured.sentences, measured.model);
    for (name, side) in [("notre écoute", &measured.ours), ("fenêtre entière", &measured.full_window)] {
        printed!(
            "  {name:<16} mots faux {:5.1} %, médiane {} ms, 95e centile {} ms, {:.1} s en tout, {} refusées",
            side.word_error_rate,
            side.median_ms,
            side.p95_ms,
            side.total_s,
            side.refused
        );
    }
    printed!(
        "  écart {:+.1} points, {:.0} % du temps de la fenêtre entière",
        measured.points_lost,
        measured.share_of_time * 100.0
    );
    Ok(true)
}

fn sentences(folder: &Path, words: &Path, count: usize) -> anyhow::Result<Vec<Case>> {
    let known = prompts::sentences(folder, words)?;
    anyhow::ensure!(
        !known.is_empty(),
        "{} : aucune phrase dont {} donne les mots. Remède : installez les paquets Debian asterisk-core-sounds-fr et \
         asterisk-core-sounds-fr-wav, ou indiquez --folder et --words",
        folder.display(),
        words.display()
    );
    Ok(evaluate::sample(known, count, SEED).iter().map(prompts::Sentence::read).collect::<Result<_, _>>()?)
}

fn measure(model: String, ours: &mut Whisper, full: &mut Whisper, cases: &[Case]) -> anyhow::Result<Measured> {
    let expect = Expectation::default();
    let (mut cut_heard, mut full_heard) = (Vec::new(), Vec::new());
    let mut both: [&mut dyn Recognizer; 2] = [ours, full];
    // The first hearing of each allocates its buffers: it is not counted.
    evaluate::compare(&mut both, &cases[..1], &expect)?;
    for (done, case) in cases.iter().enumerate() {
        progress(done, cases.len());
        let [cut, full] = evaluate::compare(&mut both, std::slice::from_ref(case), &expect)?;
        cut_heard.extend(cut);
        full_heard.extend(full);
    }
    progress(cases.len(), cases.len());
    let (cut, full) = (evaluate::summary(&cut_heard), evaluate::summary(&full_heard));
    Ok(Measured {
        model,
        sentences: cases.len(),
        seed: SEED,
        points_lost: (cut.word_error_rate - full.word_error_rate) * 100.0,
        share_of_time: cut.total.as_secs_f64() / full.total.as_secs_f64().max(f64::EPSILON),
        ours: cut.into(),
        full_window: full.into(),
    })
}

fn progress(done: usize, all: usize) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let end = if done == all { "\n" } else { "" };
        // A progress line that cannot be shown is no failure.
        let _ = write!(out, "\r{done}/{all} phrases{end}").and_then(|()| out.flush());
    }
}
