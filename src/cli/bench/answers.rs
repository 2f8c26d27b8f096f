//! `standardiste bench answers`: how long the published base takes to be indexed and searched.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use crate::answers::{Index, Query, Versioned};
use crate::app;
use crate::cli::ask::read_questions;
use crate::cli::figures::Spread;
use crate::cli::json_line;
use crate::config::Config;

const BUILDS: usize = 5;
/// As many as a call asks for.
const LIMIT: usize = 4;

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Des questions séparées par des tabulations, colonne « text ». Sans lui : celles de la base elle-même
    #[arg(long, value_name = "FICHIER.tsv")]
    file: Option<PathBuf>,
    /// Un objet JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Measured {
    entries: usize,
    build_ms: Option<Spread>,
    search_ms: Option<Spread>,
}

pub async fn run(config: &Config, options: &Options) -> anyhow::Result<bool> {
    let base = app::base(config).await?;
    let today = jiff::Zoned::now().date();
    let mut published = app::stored_base(&base.store).await?;
    published.retain(|versioned| versioned.entry.speakable_on(today));
    let questions = match &options.file {
        Some(file) => read_questions(file).with_context(|| file.display().to_string())?,
        None => published.iter().flat_map(|versioned| versioned.entry.questions.clone()).collect(),
    };
    let (build_ms, index) = builds(config, &published)?;
    let measured = Measured { entries: published.len(), build_ms, search_ms: searches(&index, &questions)? };
    if options.json {
        json_line(&measured)?;
        return Ok(true);
    }
    printed!("{} réponses publiées", measured.entries);
    for (name, spread) in [("préparation de la base", measured.build_ms), ("recherche", measured.search_ms)] {
        match spread {
            Some(spread) => printed!("  {name}, en ms : {spread:.2}"),
            None => printed!("  {name} : aucune question"),
        }
    }
    Ok(true)
}

fn builds(config: &Config, published: &[Versioned]) -> anyhow::Result<(Option<Spread>, Arc<Index>)> {
    let variables = app::variables(config);
    let language = Arc::new(app::language(config)?);
    let settings = app::searching(config)?;
    let build = || Index::build(published, &variables, Arc::clone(&language), settings.clone());
    let index = build()?;
    let mut times = Vec::new();
    for _ in 0..BUILDS {
        let begun = Instant::now();
        build()?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok((Spread::of(times), index))
}

fn searches(index: &Index, questions: &[String]) -> anyhow::Result<Option<Spread>> {
    let mut times = Vec::new();
    for text in questions {
        let begun = Instant::now();
        index.search(&Query { text, hearing_confidence: 1.0, current: None, acoustic: &[], limit: LIMIT })?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Spread::of(times))
}
