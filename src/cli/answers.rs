//! `standardiste answers`: the base of démarches.

use std::path::PathBuf;

use clap::Subcommand;

use super::{TEMPLATE, calibrate};
use crate::answers::{self, Versioned};
use crate::app;
use crate::config::Config;
use crate::store::Store;

#[derive(Subcommand)]
pub enum Command {
    /// Publie les réponses d'un dossier ; au moindre fichier faux, rien ne change
    #[command(help_template = TEMPLATE)]
    Import {
        /// Le dossier ; sans lui, celui de la configuration
        #[arg(value_name = "DOSSIER", help_heading = "Arguments")]
        folder: Option<PathBuf>,
    },
    /// Liste les réponses publiées
    #[command(help_template = TEMPLATE)]
    List,
    /// Relit les réponses d'un dossier : manques, longueurs, dates, sources, questions trop proches
    #[command(help_template = TEMPLATE)]
    Check {
        /// Le dossier ; sans lui, celui de la configuration
        #[arg(value_name = "DOSSIER", help_heading = "Arguments")]
        folder: Option<PathBuf>,
    },
    /// Calcule ce que vaut chaque indice de la recherche, et mesure si les probabilités disent vrai
    #[command(help_template = TEMPLATE)]
    Calibrate(calibrate::Options),
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Import { folder } => {
            let folder = folder.unwrap_or_else(|| config.answers.folder.clone());
            let store = Store::open(&config.storage.database).await?;
            let count = app::import(config, &store, &folder).await?;
            let generation = store.generation().await?;
            printed!("{count} réponses lues dans {}, base publiée n° {generation}.", folder.display());
            printed!("Un service en marche la prend dans les secondes qui suivent, pour les appels à venir.");
            Ok(true)
        }
        Command::Calibrate(options) => calibrate::run(config, options).await,
        Command::List => {
            let base = app::base(config).await?;
            printed!("{}", answers::table(&app::stored_base(&base.store).await?));
            Ok(true)
        }
        Command::Check { folder } => {
            let folder = folder.unwrap_or_else(|| config.answers.folder.clone());
            let entries = app::read_folder(config, &folder)?;
            let count = entries.len();
            let base: Vec<Versioned> = entries.into_iter().map(|entry| Versioned { entry, version: 1 }).collect();
            let today = app::today(config)?;
            let problems = answers::check(&base, &app::variables(config), &app::language(config)?, today);
            for problem in &problems {
                printed!("{problem}");
            }
            printed!("{count} réponses relues, {} à revoir.", problems.len());
            Ok(problems.is_empty())
        }
    }
}
