//! `standardiste eval`: what the line is worth on questions whose right decision is known.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::answers::{Index, Versioned};
use crate::app;
use crate::app::evaluation::{self, Case, Knowledge, Question, Report};
use crate::app::spoken::{Condition, Noise, Telephone};
use crate::call::Line;
use crate::config::Config;
use crate::dialogue::Heard;
use crate::switchboard;

/// Rate of speech, against the first time, of whoever is asked to say it again.
const AGAIN: f32 = 0.9;

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Les questions, séparées par des tabulations ; la première ligne nomme les colonnes id, kind, expected et text
    #[arg(value_name = "FICHIER.tsv", help_heading = "Arguments")]
    file: PathBuf,
    #[command(flatten)]
    speech: Speech,
    /// Un fichier où écrire tout le résultat, en JSON
    #[arg(long, value_name = "FICHIER.json")]
    json: Option<PathBuf>,
    /// Un dossier où dessiner les courbes, en SVG
    #[arg(long, value_name = "DOSSIER")]
    plots: Option<PathBuf>,
}

/// How the questions are spoken.
#[derive(Args)]
struct Speech {
    /// Fait dire les questions par la voix de la ligne, et les écoute à travers le téléphone (G.711)
    #[arg(long)]
    spoken: bool,
    /// Vitesse de la voix, de 0.5 à 2. Sans cela : 1
    #[arg(long, value_name = "NOMBRE", requires = "spoken")]
    speed: Option<f32>,
    /// Hauteur de la voix, de 0.6 à 1.6 ; 0.8 est plus grave. Sans cela : 1
    #[arg(long, value_name = "NOMBRE", requires = "spoken")]
    pitch: Option<f32>,
    /// Du bruit derrière la voix : combien de décibels au-dessous d'elle, de -10 à 60
    #[arg(long, value_name = "DÉCIBELS", requires = "spoken", allow_negative_numbers = true)]
    noise: Option<f32>,
    /// Quel bruit. Sans cela : rose, comme celui d'une rue
    #[arg(long, value_name = "BRUIT", requires = "noise")]
    noise_kind: Option<NoiseKind>,
    /// Un bruit à soi, en WAV, répété
    #[arg(long, value_name = "FICHIER.wav", requires = "noise", conflicts_with = "noise_kind")]
    noise_file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum NoiseKind {
    /// Un souffle
    Blanc,
    /// Une rue, une pièce
    Rose,
    /// Des gens qui parlent
    Brouhaha,
}

impl Speech {
    fn condition(&self) -> anyhow::Result<Option<Condition>> {
        if !self.spoken {
            return Ok(None);
        }
        let within = |value: Option<f32>, default: f32, low: f32, high: f32, what: &str| {
            let value = value.unwrap_or(default);
            anyhow::ensure!((low..=high).contains(&value), "{what} de {low} à {high} ; reçu : {value}");
            Ok(value)
        };
        let noise = match self.noise {
            None => None,
            Some(_) => {
                let snr_db = within(self.noise, 0.0, -10.0, 60.0, "le bruit va")?;
                let noise = match (&self.noise_file, self.noise_kind) {
                    (Some(file), _) => Noise::of_file(file)?,
                    (None, Some(NoiseKind::Blanc)) => Noise::White,
                    (None, Some(NoiseKind::Brouhaha)) => Noise::Babble,
                    (None, Some(NoiseKind::Rose) | None) => Noise::Pink,
                };
                Some((noise, snr_db))
            }
        };
        Ok(Some(Condition {
            speed: within(self.speed, 1.0, 0.5, 2.0, "la vitesse va")?,
            pitch: within(self.pitch, 1.0, 0.6, 1.6, "la hauteur va")?,
            noise,
        }))
    }
}

pub async fn run(config: &Config, options: Options) -> anyhow::Result<bool> {
    let questions = evaluation::read(&options.file).with_context(|| options.file.display().to_string())?;
    let condition = options.speech.condition()?;
    let base = app::base(config).await?;
    let entries = app::stored_base(&base.store).await?;
    let report = report(config, &entries, &base.index, &options.file, &questions, condition).await?;
    printed!("{}", report.to_string().trim_end());
    if let Some(file) = &options.json {
        let text = serde_json::to_string_pretty(&report)?;
        fs::write(file, text + "\n").with_context(|| file.display().to_string())?;
    }
    if let Some(folder) = &options.plots {
        draw(&report, folder)?;
    }
    Ok(true)
}

/// Asks every question as the first of a fresh call on this index, and counts.
pub(super) async fn report(
    config: &Config,
    entries: &[Versioned],
    index: &Arc<Index>,
    file: &Path,
    questions: &[Question],
    condition: Option<Condition>,
) -> anyhow::Result<Report> {
    let line = Arc::new(app::line(config)?);
    let knowledge = Knowledge::new(entries, app::policy(config));
    let cases = match &condition {
        None => {
            let written =
                |question: &Question| knowledge.judge(question, &[], switchboard::ask(&line, index, &question.text));
            questions.iter().map(written).collect()
        }
        Some(condition) => spoken(config, &line, &knowledge, index, questions, condition).await?,
    };
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(Report::new(name, condition.map(|condition| condition.to_string()), cases))
}

async fn spoken(
    config: &Config,
    line: &Arc<Line>,
    knowledge: &Knowledge,
    index: &Arc<Index>,
    questions: &[Question],
    condition: &Condition,
) -> anyhow::Result<Vec<Case>> {
    let telephone = Telephone::new(config, switchboard::first_expectation(line))?;
    let shortlist = switchboard::shortlist(index);
    let said = |question: &Question| (question.text.clone(), condition.clone());
    let spoken: Vec<_> = questions.iter().map(said).collect();
    let first = telephone.hear(&spoken, &shortlist, |done| progress(done, spoken.len(), "questions dites")).await?;
    let mut heard: Vec<Vec<Heard>> = first.into_iter().map(|heard| vec![heard]).collect();
    let turns = |heard: &[Heard]| switchboard::ask_heard(line, index, heard.to_vec());
    // Whoever is asked to say it again does, and takes care.
    let again: Vec<usize> =
        (0..heard.len()).filter(|rank| Knowledge::asks_again(turns(&heard[*rank]).as_ref())).collect();
    let slower = Condition { speed: condition.speed * AGAIN, ..condition.clone() };
    let repeated: Vec<_> = again.iter().map(|rank| (questions[*rank].text.clone(), slower.clone())).collect();
    let second =
        telephone.hear(&repeated, &shortlist, |done| progress(done, repeated.len(), "questions redites")).await?;
    for (rank, second) in again.into_iter().zip(second) {
        heard[rank].push(second);
    }
    Ok(questions.iter().zip(&heard).map(|(question, heard)| knowledge.judge(question, heard, turns(heard))).collect())
}

fn draw(report: &Report, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let how = if report.condition.is_some() { "questions dites" } else { "questions écrites" };
    for (name, drawing) in [
        ("fiabilite.svg", evaluation::plots::reliability(&report.calibration, how)),
        ("risque.svg", evaluation::plots::coverage(&report.curve, how)),
    ] {
        let file = folder.join(name);
        fs::write(&file, drawing).with_context(|| file.display().to_string())?;
        printed!("{}", file.display());
    }
    Ok(())
}

/// A line that is written over, for whoever watches.
pub(super) fn progress(done: usize, all: usize, what: &str) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let width = 30 * done / all.max(1);
        let end = if done == all { "\n" } else { "" };
        let bar = format!("{}{}", "█".repeat(width), "░".repeat(30 - width));
        // A progress line that cannot be shown is no failure.
        let _ = write!(out, "\r{bar} {done}/{all} {what}{end}").and_then(|()| out.flush());
    }
}
