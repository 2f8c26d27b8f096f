//! `standardiste bench`: what this machine and these models are worth.

mod answers;
mod call;
mod commands;
mod console;
mod hear;
mod redaction;
mod usage;

use clap::Subcommand;

use crate::cli::TEMPLATE;
use crate::config::Config;

#[derive(Subcommand)]
pub enum Command {
    /// L'écoute : mots faux et temps, fenêtre coupée contre fenêtre entière, sur des phrases françaises lues par un humain
    #[command(help_template = TEMPLATE)]
    Hear(hear::Options),
    /// La recherche : temps de préparation de la base publiée et temps d'une question
    #[command(help_template = TEMPLATE)]
    Answers(answers::Options),
    /// Des appels entiers, en temps réel : délai de réponse, temps de chaque étape, calcul et mémoire
    #[command(help_template = TEMPLATE)]
    Call(call::Options),
    /// Les commandes vocales : combien sont reconnues, par plusieurs voix au téléphone, et ce qui est pris à tort pour une commande
    #[command(help_template = TEMPLATE)]
    Commands(commands::Options),
    /// La console : temps des pages, avec cent mille appels gardés et un appel en cours
    #[command(help_template = TEMPLATE)]
    Console(console::Options),
    /// L'effacement des données personnelles : ce qui est caché, et ce qui l'est à tort, sur des phrases annotées
    #[command(help_template = TEMPLATE)]
    Redaction(redaction::Options),
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Hear(options) => hear::run(config, &options),
        Command::Answers(options) => answers::run(config, &options).await,
        Command::Call(options) => call::run(config, &options).await,
        Command::Console(options) => console::run(config, &options).await,
        Command::Commands(options) => commands::run(config, &options).await,
        Command::Redaction(options) => redaction::run(config, &options),
    }
}
