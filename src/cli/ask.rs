//! `standardiste ask`: what the line would decide about a written question.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::json_line;
use crate::answers::Index;
use crate::app;
use crate::call::{Decision, Line, Reason, TurnCandidate};
use crate::config::Config;
use crate::switchboard;

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// La question, comme un appelant la poserait
    #[arg(value_name = "QUESTION", help_heading = "Arguments", required_unless_present = "file")]
    question: Option<String>,
    /// Un fichier de questions séparées par des tabulations ; sa première ligne nomme les colonnes, dont « text »
    #[arg(long, value_name = "FICHIER.tsv", conflicts_with = "question")]
    file: Option<PathBuf>,
    /// Un objet JSON par ligne
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Asked {
    decision: &'static str,
    entry: Option<String>,
    version: Option<u32>,
    service_public: Vec<String>,
    probability: f32,
    candidates: Vec<TurnCandidate>,
    reason: Reason,
    say: String,
}

pub async fn run(config: &Config, options: Options) -> anyhow::Result<bool> {
    let questions = match (&options.question, &options.file) {
        (Some(question), _) => vec![question.trim().to_owned()],
        (None, Some(file)) => read_questions(file).with_context(|| file.display().to_string())?,
        (None, None) => Vec::new(),
    };
    let base = app::base(config).await?;
    let line = Arc::new(app::line(config)?);
    for question in &questions {
        let asked = ask(&line, &base.index, question);
        if options.json {
            json_line(&asked)?;
        } else {
            print(question, &asked);
        }
    }
    Ok(true)
}

fn ask(line: &Arc<Line>, index: &Index, question: &str) -> Asked {
    let Some(turn) = switchboard::ask(line, index, question) else {
        return Asked {
            decision: "clarify",
            entry: None,
            version: None,
            service_public: Vec::new(),
            probability: 0.0,
            candidates: Vec::new(),
            reason: Reason::NotHeard,
            say: String::new(),
        };
    };
    Asked {
        decision: match turn.decision {
            Decision::Answer => "answer",
            Decision::Confirm => "confirm",
            Decision::Escalate => "escalate",
            // The line asks the caller for more: a greeting, a command, something not understood.
            Decision::Clarify | Decision::Command | Decision::Reprompt => "clarify",
        },
        probability: turn.probability.or(turn.candidates.first().map(|c| c.probability)).unwrap_or(0.0),
        entry: turn.entry,
        version: turn.version,
        service_public: turn.service_public,
        candidates: turn.candidates,
        reason: turn.reason,
        say: turn.said,
    }
}

fn print(question: &str, asked: &Asked) {
    printed!("« {question} »");
    printed!("  décision : {} ({:?}), probabilité {:.2}", asked.decision, asked.reason, asked.probability);
    for candidate in &asked.candidates {
        printed!("  {:.2} {} {}", candidate.probability, candidate.entry, candidate.service_public.join(" "));
    }
    printed!("  dit : {}", asked.say);
}

/// The `text` column of a file of questions; empty lines are no questions.
pub fn read_questions(file: &Path) -> anyhow::Result<Vec<String>> {
    let bytes = std::fs::read(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => anyhow::anyhow!("fichier introuvable"),
        _ => anyhow::anyhow!("fichier illisible ({error})"),
    })?;
    if let Err(error) = std::str::from_utf8(&bytes) {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow::bail!("ligne {line} : ce ne sont pas des caractères UTF-8. Remède : enregistrez le fichier en UTF-8");
    }
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).flexible(true).from_reader(bytes.as_slice());
    let headers = reader.headers()?.clone();
    let column = headers.iter().position(|name| name.trim() == "text").with_context(|| {
        let found: Vec<_> = headers.iter().collect();
        format!("la première ligne doit nommer une colonne « text » ; colonnes lues : {}", found.join(", "))
    })?;
    reader
        .records()
        .map(|record| {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let text = record.get(column).with_context(|| format!("ligne {line} : la colonne « text » manque"))?;
            Ok(text.trim().to_owned())
        })
        .collect()
}
