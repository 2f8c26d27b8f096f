//! `standardiste answers calibrate`: the weights of the evidence, and whether the probabilities tell the truth.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use super::eval::{progress, report};
use crate::answers::Index;
use crate::app;
use crate::app::calibration::{self, Calibration, Files, HeardFile, HeardQuestion, Known};
use crate::app::evaluation::{self, Report};
use crate::app::spoken::{Condition, Telephone};
use crate::config::Config;
use crate::dialogue::Heard;
use crate::switchboard;

/// Questions spoken when nobody says how many: about an hour on two cores, the first time.
const SAMPLE: usize = 600;
/// Weights that a new fit would better by less than this are still those of the fit, in mean −ln P(right).
const STILL_FITTED: f32 = 0.05;
/// The page of the measures, from the configuration's folder.
const DOCUMENT: &str = "../docs/EVALUATION.md";

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Fait dire et entendre les questions d'abord ; sans cela, le fichier calibration/heard.tsv est repris tel quel
    #[arg(long)]
    spoken: bool,
    /// Combien de questions dire. Sans cela : 600. Ce qui a déjà été entendu n'est pas redit
    #[arg(long, value_name = "NOMBRE", requires = "spoken", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// N'écrit rien : dit si les paramètres en place sont bien ceux du calcul
    #[arg(long, conflicts_with = "spoken")]
    check: bool,
    /// Des questions à évaluer aussi dans la page des mesures ; peut être répété
    #[arg(long, value_name = "FICHIER.tsv")]
    with: Vec<PathBuf>,
    /// La page des mesures. Sans cela : docs/EVALUATION.md, à côté du dossier de la configuration, s'il y est
    #[arg(long, value_name = "PAGE.md")]
    document: Option<PathBuf>,
}

pub async fn run(config: &Config, options: Options) -> anyhow::Result<bool> {
    let files = Files::of(config);
    let known = Known::read(config, &files)?;
    if options.spoken {
        speak(config, &known, &files, options.sample.map_or(SAMPLE, |sample| sample as usize)).await?;
    }
    let heard = HeardFile::read(&files.heard)?;
    let stale = heard.questions.iter().filter(|question| !known.holds(&question.asked)).count();
    if stale > 0 {
        printed!("{stale} questions entendues n'existent plus par écrit : elles ne comptent pas.");
    }
    let calibration = Calibration::run(&known, &heard, |done, all| progress(done, all, "calculs"))?;
    tell(&calibration);
    if options.check {
        let fitted = calibration.fitted.loss_before - calibration.fitted.loss < STILL_FITTED;
        let verdict = if fitted { "sont bien" } else { "ne sont plus" };
        printed!("Les paramètres en place {verdict} ceux du calcul.");
        return Ok(fitted);
    }
    let parameters = calibration.parameters(&known, jiff::Zoned::now().date())?;
    fs::write(&files.confidence, &parameters).with_context(|| files.confidence.display().to_string())?;
    printed!("{}", files.confidence.display());
    let beside = config.file.parent().unwrap_or(Path::new("")).join(DOCUMENT);
    if let Some(document) = options.document.or_else(|| beside.is_file().then_some(beside)) {
        let reports = reports(config, &known, &files, &options.with, options.spoken).await?;
        calibration::write_document(&document, &calibration, &parameters, &app::policy(config), &reports)?;
        printed!("{}", document.display());
    }
    Ok(true)
}

/// Has the questions spoken and heard, and keeps what was heard in its file.
async fn speak(config: &Config, known: &Known, files: &Files, sample: usize) -> anyhow::Result<()> {
    let line = Arc::new(app::line(config)?);
    let telephone = Telephone::new(config, switchboard::first_expectation(&line))?;
    let asked = known.to_speak(sample);
    let spoken: Vec<(String, Condition)> =
        asked.iter().map(|(_, text, condition)| (text.clone(), condition.clone())).collect();
    let shortlist = switchboard::shortlist(&known.index);
    let heard = telephone.hear(&spoken, &shortlist, |done| progress(done, spoken.len(), "questions dites")).await?;
    let question = |((key, text, condition), heard): ((String, String, Condition), Heard)| HeardQuestion {
        key,
        condition: condition.name(),
        confidence: heard.confidence,
        asked: text,
        sound: heard.alternatives.into_iter().map(|said| (said.phrase.meaning, said.score)).collect(),
        heard: heard.text,
    };
    let kept = HeardFile { questions: asked.into_iter().zip(heard).map(question).collect() };
    fs::write(&files.heard, kept.to_text()).with_context(|| files.heard.display().to_string())?;
    printed!("{} : {} questions entendues", files.heard.display(), kept.questions.len());
    Ok(())
}

/// What the new parameters are worth on the calibration's questions and on those of `with`: written, then spoken.
async fn reports(
    config: &Config,
    known: &Known,
    files: &Files,
    with: &[PathBuf],
    spoken: bool,
) -> anyhow::Result<Vec<Report>> {
    let base = known.versioned();
    let language = Arc::new(app::language(config)?);
    let index = Arc::new(Index::build(&base, &app::variables(config), language, app::searching(config)?)?);
    let mut reports = Vec::new();
    let conditions = std::iter::once(None).chain(spoken.then(|| Some(Condition::default())));
    for condition in conditions {
        for file in std::iter::once(&files.questions).chain(with) {
            let questions = evaluation::read(file).with_context(|| file.display().to_string())?;
            reports.push(report(config, &base, &index, file, &questions, condition.clone()).await?);
        }
    }
    Ok(reports)
}

fn tell(calibration: &Calibration) {
    printed!(
        "{} exemples écrits, {} entendus ; perte moyenne {:.4} avec les paramètres en place, {:.4} avec ceux du calcul",
        calibration.written,
        calibration.heard,
        calibration.fitted.loss_before,
        calibration.fitted.loss
    );
    for (title, diagram) in [("écrites", &calibration.reliable_written), ("entendues", &calibration.reliable_heard)] {
        printed!(
            "questions {title} : erreur de calibrage attendue {:.3} sur {} (validation croisée)",
            diagram.expected_error,
            diagram.questions
        );
        for bar in &diagram.bars {
            printed!(
                "  {:.1} à {:.1} : {:>4} questions, probabilité donnée {:.2}, part de justes {:.2}",
                bar.low,
                bar.high,
                bar.count,
                bar.given,
                bar.right
            );
        }
    }
}
