//! `standardiste answers`: the base of démarches.

use std::path::PathBuf;

use clap::Subcommand;

use super::{TEMPLATE, calibrate, json_line};
use crate::answers;
use crate::answers::check::{Finding, Level};
use crate::app;
use crate::config::Config;
use crate::store::Store;

#[derive(Subcommand)]
pub enum Command {
    /// Publie les réponses d'un dossier ; ou fait des brouillons d'un tableau (.csv) ou de fiches officielles (.xml, .json)
    #[command(
        help_template = TEMPLATE,
        after_help = "\nAu moindre fichier faux, rien ne change. Les brouillons ne sont jamais dits : ils sont à compléter, puis à publier \
                      avec le dossier.\n"
    )]
    Import {
        /// Le dossier à publier (sans lui, celui de la configuration), ou les fichiers dont faire des brouillons
        #[arg(value_name = "CHEMIN", help_heading = "Arguments")]
        paths: Vec<PathBuf>,
        /// Le dossier où écrire les brouillons ; sans lui, celui de la configuration
        #[arg(long, value_name = "DOSSIER", help_heading = "Options")]
        into: Option<PathBuf>,
    },
    /// Liste toute la base : versions, états, dates
    #[command(help_template = TEMPLATE)]
    List {
        /// Un objet JSON par ligne
        #[arg(long, help_heading = "Options")]
        json: bool,
    },
    /// Relit les réponses d'un dossier : manques, longueurs, dates, sources, questions qui se confondent, mots durs à dire
    #[command(help_template = TEMPLATE, after_help = "\nCode de sortie : 1 s'il y a quelque chose à corriger, 0 s'il n'y a que des points à voir.\n")]
    Check {
        /// Le dossier ; sans lui, celui de la configuration
        #[arg(value_name = "DOSSIER", help_heading = "Arguments")]
        folder: Option<PathBuf>,
        /// Un objet JSON par ligne
        #[arg(long, help_heading = "Options")]
        json: bool,
    },
    /// Calcule ce que vaut chaque indice de la recherche, et mesure si les probabilités disent vrai
    #[command(help_template = TEMPLATE)]
    Calibrate(calibrate::Options),
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Import { paths, into } => import(config, paths, into).await,
        Command::Calibrate(options) => calibrate::run(config, options).await,
        Command::List { json } => {
            let base = app::base(config).await?;
            let listed = app::listed_base(&base.store).await?;
            if json {
                for entry in &listed {
                    json_line(entry)?;
                }
            } else {
                printed!("{}", answers::table(&listed));
            }
            Ok(true)
        }
        Command::Check { folder, json } => {
            let folder = folder.unwrap_or_else(|| config.answers.folder.clone());
            let (count, findings) = app::check_folder(config, &folder)?;
            let faults = findings.iter().filter(|finding| finding.level == Level::Fault).count();
            if json {
                for finding in &findings {
                    json_line(finding)?;
                }
            } else {
                told(&findings);
                printed!("{count} réponses relues : {faults} à corriger, {} à voir.", findings.len() - faults);
            }
            Ok(faults == 0)
        }
    }
}

/// Faults first, then advice, each by what it is about.
fn told(findings: &[Finding]) {
    for group in findings.chunk_by(|a, b| (a.level, a.group) == (b.level, b.group)) {
        let level = if group[0].level == Level::Fault { "À corriger" } else { "À voir" };
        printed!("{level} — {} ({})", group[0].group.french(), group.len());
        for finding in group {
            printed!("  {finding}");
        }
        printed!("");
    }
}

async fn import(config: &Config, paths: Vec<PathBuf>, into: Option<PathBuf>) -> anyhow::Result<bool> {
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|path| path.is_dir());
    anyhow::ensure!(
        folders.is_empty() || (files.is_empty() && folders.len() == 1 && into.is_none()),
        "un dossier se publie seul, et en entier. Remède : donnez un seul dossier, ou seulement des fichiers"
    );
    let store = Store::open(&config.storage.database).await?;
    if files.is_empty() {
        let folder = folders.into_iter().next().unwrap_or_else(|| config.answers.folder.clone());
        let count = app::import(config, &store, &folder).await?;
        let generation = store.generation().await?;
        printed!("{count} réponses lues dans {}, base publiée n° {generation}.", folder.display());
        printed!("Un service en marche la prend dans les secondes qui suivent, pour les appels à venir.");
        return Ok(true);
    }
    let folder = into.unwrap_or_else(|| config.answers.folder.clone());
    let written = app::import_drafts(config, &store, &files, &folder).await?;
    for path in &written {
        printed!("brouillon : {}", path.display());
    }
    printed!(
        "{} brouillons. Complétez-les (« standardiste answers check »), faites-les approuver, puis publiez.",
        written.len()
    );
    Ok(true)
}
