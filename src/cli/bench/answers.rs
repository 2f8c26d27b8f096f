//! `standardiste bench answers`: how long the published base takes to be indexed and searched, as it is and grown.

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
    /// Tailles auxquelles la base est aussi agrandie, de variantes inventées de ses réponses. Sans cela : 500,20000
    #[arg(long, value_name = "NOMBRE", value_delimiter = ',', default_value = "500,20000", hide_default_value = true)]
    grow: Vec<usize>,
    /// Un objet JSON par taille
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
    let sizes =
        [published.len()].into_iter().chain(options.grow.iter().copied().filter(|size| *size > published.len()));
    for size in sizes {
        let base = grown(&published, size);
        let times = if size == published.len() { BUILDS } else { 1 };
        let (build_ms, index) = builds(config, &base, times)?;
        let measured = Measured { entries: size, build_ms, search_ms: searches(&index, &questions)? };
        if options.json {
            json_line(&measured)?;
            continue;
        }
        printed!("{} réponses", measured.entries);
        for (name, spread) in [("préparation de la base", measured.build_ms), ("recherche", measured.search_ms)] {
            match spread {
                Some(spread) => printed!("  {name}, en ms : {spread:.2}"),
                None => printed!("  {name} : aucune question"),
            }
        }
    }
    Ok(true)
}

/// The base with variants of its entries up to `size`: each copy is asked with an invented word of its own besides, so
/// that both the common words and the vocabulary grow.
fn grown(published: &[Versioned], size: usize) -> Vec<Versioned> {
    let mut base = published.to_vec();
    let copies = (1..).flat_map(|copy| published.iter().map(move |versioned| (copy, versioned)));
    for (copy, versioned) in copies.take(if published.is_empty() { 0 } else { size.saturating_sub(base.len()) }) {
        let mut variant = versioned.clone();
        let name = invented(copy);
        variant.entry.id = format!("{}-{copy}", versioned.entry.id);
        variant.entry.label = format!("{} {name}", versioned.entry.label);
        for question in &mut variant.entry.questions {
            *question = format!("{question} {name}");
        }
        base.push(variant);
    }
    base
}

/// A word that no French dictionary has, another for each number.
fn invented(number: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "lo", "du", "mi", "ra", "te", "fon", "ché", "ju", "ga", "pel", "no", "vi", "sar", "cou", "zan"];
    let digit = |at: u32| SYLLABLES[(number / SYLLABLES.len().pow(at)) % SYLLABLES.len()];
    (0..4).rev().map(digit).collect()
}

fn builds(config: &Config, base: &[Versioned], times: usize) -> anyhow::Result<(Option<Spread>, Arc<Index>)> {
    let variables = app::variables(config);
    let language = Arc::new(app::language(config)?);
    let settings = app::searching(config)?;
    let build = || {
        let begun = Instant::now();
        let index = Index::build(base, &variables, Arc::clone(&language), settings.clone())?;
        anyhow::Ok((begun.elapsed().as_secs_f64() * 1e3, index))
    };
    // The first one learns how the words sound.
    let (_, mut index) = build()?;
    let mut spent = Vec::new();
    for _ in 0..times {
        let (time, built) = build()?;
        spent.push(time);
        index = built;
    }
    Ok((Spread::of(spent), index))
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
