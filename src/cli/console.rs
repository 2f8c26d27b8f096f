//! `standardiste console`: the staff's console.

use anyhow::bail;
use clap::Subcommand;

use super::TEMPLATE;
use crate::app;
use crate::config::Config;
use crate::console;
use crate::store::{Role, Store};

#[derive(Subcommand)]
pub enum Command {
    /// Affiche un lien qui crée un compte d'administrateur : valable une fois, pendant une heure
    #[command(
        help_template = TEMPLATE,
        after_help = "\nPour le premier compte, ou quand plus aucun administrateur ne peut entrer. Le service peut tourner. Un nouveau lien \
                      annule le précédent.\n"
    )]
    Invite {
        /// D'autres rôles pour cette personne : redacteur, valideur, superviseur ; séparés par des virgules
        #[arg(long, value_name = "RÔLES", value_delimiter = ',', help_heading = "Options")]
        also: Vec<String>,
    },
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Invite { also } => invite(config, also).await,
    }
}

async fn invite(config: &Config, also: Vec<String>) -> anyhow::Result<bool> {
    let mut roles = vec![Role::Administrator];
    for word in also {
        let Some(role) = Role::named(word.trim()) else {
            bail!("le rôle « {word} » n'existe pas. Remède : redacteur, valideur, superviseur");
        };
        roles.push(role);
    }
    if !config.console.enabled {
        eprintln!("Attention : la console est éteinte ([console] enabled = false) ; le lien n'y mènera pas.");
    }
    let store = Store::open(&config.storage.database).await?;
    let path = console::invite_administrator(&store, roles).await?;
    store.close().await;
    printed!("{}{path}", app::console_url(config).trim_end_matches('/'));
    eprintln!("Ouvrez ce lien dans un navigateur : il crée le compte. Il vaut une fois, pendant une heure.");
    Ok(true)
}
