//! `standardiste bench redaction`: how much of what is personal is hidden, and what is hidden wrongly.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::config::Config;
use crate::redaction::measure::{Score, measure, read};
use crate::redaction::{Kind, Redactor};

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Les phrases, en colonnes id, channel et text séparées par des tabulations ; ce qui est personnel y est noté [[type:mots]]
    #[arg(value_name = "FICHIER.tsv", help_heading = "Arguments")]
    file: PathBuf,
    /// Montre les phrases où quelque chose est resté, ou a été pris à tort
    #[arg(long)]
    misses: bool,
}

pub fn run(config: &Config, options: &Options) -> anyhow::Result<bool> {
    let text = |path: &std::path::Path| {
        std::fs::read_to_string(path).with_context(|| format!("{} : fichier illisible", path.display()))
    };
    let lists = config.dialogue.grammars.join(Redactor::FILE);
    let redactor = Redactor::parse(&text(&lists)?).with_context(|| lists.display().to_string())?;
    let lines = read(&text(&options.file)?).with_context(|| options.file.display().to_string())?;
    let measure = measure(&redactor, &lines);
    if options.misses {
        for miss in &measure.misses {
            printed!("{}  {}", miss.id, miss.redacted);
            for left in &miss.left {
                printed!("    resté : {left}");
            }
            for taken in &miss.taken {
                printed!("    pris à tort, en tout ou partie : {taken}");
            }
        }
        printed!("");
    }
    printed!("{} phrases", measure.lines);
    printed!(
        "{:<24}{:>8}{:>8}{:>9}{:>10}{:>8}{:>11}",
        "",
        "notés",
        "cachés",
        "rappel",
        "bon type",
        "marques",
        "précision"
    );
    let row = |name: &str, score: Score| {
        let (recall, precision) = (100.0 * score.recall(), 100.0 * score.precision());
        let Score { labelled, hidden, named, put, .. } = score;
        printed!("{name:<24}{labelled:>8}{hidden:>8}{recall:>7.1} %{named:>10}{put:>8}{precision:>9.1} %");
    };
    for kind in Kind::ALL {
        row(kind.mark(), measure.of(&[kind]));
    }
    row("numéros et identifiants", measure.of(&Kind::IDENTIFIERS));
    row("en tout", measure.of(&Kind::ALL));
    Ok(true)
}
