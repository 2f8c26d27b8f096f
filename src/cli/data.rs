//! `standardiste data`: one caller's data, the proof of the purges, the register.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{TEMPLATE, json_line};
use crate::app::{data, register};
use crate::config::Config;
use crate::store::{Kept, Store, Whose};

#[derive(Subcommand)]
pub enum Command {
    /// Ce qui est gardé d'un appelant : ses appels, ses messages, leur son
    #[command(help_template = TEMPLATE)]
    Find(Person),
    /// Écrit en JSON tout ce qui est gardé d'un appelant
    #[command(help_template = TEMPLATE)]
    Export(Person),
    /// Efface tout ce qui est gardé d'un appelant ; sans --yes, montre seulement ce qui le serait
    #[command(help_template = TEMPLATE)]
    Erase {
        #[command(flatten)]
        person: Person,
        /// Efface pour de bon
        #[arg(long, help_heading = "Options")]
        yes: bool,
    },
    /// Ce que les effacements automatiques ont effacé, et le plus ancien de ce qui reste
    #[command(help_template = TEMPLATE)]
    Report {
        /// Un objet JSON par ligne
        #[arg(long, help_heading = "Options")]
        json: bool,
    },
    /// Le registre des traitements (RGPD, article 30), en Markdown, d'après la configuration
    #[command(help_template = TEMPLATE)]
    Register {
        /// Où l'écrire ; sans cela, il est affiché
        #[arg(value_name = "FICHIER.md", help_heading = "Arguments")]
        file: Option<PathBuf>,
    },
}

/// Who is meant.
#[derive(Args)]
#[command(next_help_heading = "Options")]
#[group(required = true, multiple = false)]
pub struct Person {
    /// Le numéro de téléphone, écrit comme on veut ; ou l'adresse électronique laissée dans un message
    #[arg(long, value_name = "NUMÉRO")]
    number: Option<String>,
    /// L'identifiant d'un appel
    #[arg(long, value_name = "APPEL")]
    call: Option<String>,
}

impl Person {
    fn whose(self) -> anyhow::Result<Whose> {
        match (self.number, self.call) {
            (Some(number), _) => {
                let digits = number.chars().filter(char::is_ascii_digit).count();
                anyhow::ensure!(
                    digits >= 6 || number.contains('@'),
                    "« {number} » n'est pas un numéro de téléphone entier, ni une adresse électronique"
                );
                Ok(Whose::Number(number))
            }
            (None, Some(call)) => Ok(Whose::Call(call)),
            (None, None) => anyhow::bail!("donnez --number ou --call"),
        }
    }
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<bool> {
    if let Command::Register { file } = &command {
        return write(config, file.as_deref());
    }
    let store = Store::open(&config.storage.database).await?;
    let done = on_store(config, &store, command).await;
    store.close().await;
    done
}

async fn on_store(config: &Config, store: &Store, command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Find(person) => {
            let kept = store.kept_of(&person.whose()?).await?;
            show(config, &kept)?;
        }
        Command::Export(person) => json_line(&store.kept_of(&person.whose()?).await?)?,
        Command::Erase { person, yes } => {
            let kept = store.kept_of(&person.whose()?).await?;
            show(config, &kept)?;
            if kept.is_empty() {
                return Ok(true);
            }
            if !yes {
                printed!("Rien n'est effacé. Ajoutez --yes pour effacer.");
                return Ok(true);
            }
            let under_way = kept.calls.iter().filter(|call| call.end.is_none()).count();
            let (erased, files) = data::erase(config, store, kept).await?;
            printed!("Effacés : {} appels, {} messages, {files} fichiers de son.", erased.calls, erased.messages);
            if under_way > 0 {
                printed!("{under_way} appels sont en cours : recommencez quand ils seront finis.");
                return Ok(false);
            }
        }
        Command::Report { json } => report(store, json).await?,
        Command::Register { .. } => {}
    }
    Ok(true)
}

fn day(at: Timestamp) -> String {
    at.strftime("%d/%m/%Y %H:%M UTC").to_string()
}

fn show(config: &Config, kept: &Kept) -> anyhow::Result<()> {
    if kept.is_empty() {
        printed!("Rien n'est gardé de cet appelant.");
        return Ok(());
    }
    for call in &kept.calls {
        printed!("appel    {}  {}  {} échanges", day(call.start.at), call.start.id, call.turns.len());
    }
    for message in &kept.messages {
        printed!("message  {}  {}", day(message.at), message.call);
    }
    for path in data::sounds_of(config, kept)? {
        printed!("son      {}", path.display());
    }
    Ok(())
}

/// Purges shown: a year of quiet days for three kinds.
const SHOWN: u32 = 1_100;

async fn report(store: &Store, json: bool) -> anyhow::Result<()> {
    let purges = store.purges(SHOWN).await?;
    if json {
        return purges.iter().try_for_each(json_line);
    }
    if purges.is_empty() {
        printed!("Aucun effacement automatique n'a encore eu lieu : il se fait quand la ligne est en service.");
    }
    for purge in &purges {
        let kind = match purge.kind.as_str() {
            "transcript" => "texte des appels",
            "message" => "messages",
            _ => "son",
        };
        let left = purge
            .oldest
            .map_or_else(|| "rien ne reste".to_owned(), |at| format!("le plus ancien qui reste : {}", day(at)));
        printed!(
            "{}  {kind:<17} limite {:>4} jours, effacés : {:>5} ; {left}",
            day(purge.at),
            purge.days,
            purge.erased
        );
    }
    Ok(())
}

fn write(config: &Config, file: Option<&std::path::Path>) -> anyhow::Result<bool> {
    let text = register::markdown(config);
    match file {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("{} : impossible à écrire", path.display()))?;
            printed!("Registre écrit : {}", path.display());
        }
        None => printed!("{}", text.trim_end()),
    }
    Ok(true)
}
