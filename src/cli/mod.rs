//! The command line: serve, call, hear, ask, eval, say, check, answers, console, data, bench.
//!
//! Exit status: 0 done, 1 failed, 2 misused. What is asked for goes to standard output, the rest to standard error.

/// `println!`, but a reader who has seen enough (`| head`) ends the program quietly instead of making it panic.
macro_rules! printed {
    ($($arguments:tt)*) => { $crate::cli::print_line(format_args!($($arguments)*)) };
}

mod answers;
mod ask;
mod bench;
mod calibrate;
mod call;
mod check;
mod console;
mod data;
mod eval;
mod faults;
mod figures;
mod hear;
mod say;
mod scripted;
mod serve;
mod usage;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;

/// Shown by every help page.
const TEMPLATE: &str = "{about-with-newline}\nUtilisation : {usage}\n\n{all-args}{after-help}";

#[derive(Parser)]
#[command(
    name = "standardiste",
    version,
    about = "Standardiste répond au téléphone de l'état civil : il écoute, trouve la réponse écrite par la mairie, la dit, \
             et passe la main à un agent quand il n'est pas sûr.",
    help_template = TEMPLATE,
    subcommand_help_heading = "Commandes",
    subcommand_value_name = "COMMANDE",
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    after_help = "\nCode de sortie : 0 si tout va bien, 1 en cas d'échec, 2 si la commande est mal écrite.\n"
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Clone)]
#[command(next_help_heading = "Options")]
struct Common {
    /// Fichier de configuration. Sans lui : config/standardiste.toml, puis /etc/standardiste/standardiste.toml
    #[arg(long, global = true, value_name = "FICHIER")]
    config: Option<PathBuf>,
    /// Affiche cette aide
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// Affiche la version
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Subcommand)]
#[command(help_template = TEMPLATE, subcommand_help_heading = "Commandes")]
enum Command {
    /// Met la ligne en service : répond aux appels jusqu'à ce qu'on l'arrête
    #[command(help_template = TEMPLATE)]
    Serve,
    /// Passe un appel entier sans téléphone : chaque fichier WAV est une phrase de l'appelant
    #[command(help_template = TEMPLATE)]
    Call(call::Options),
    /// Écrit ce qui est dit dans des fichiers WAV
    #[command(help_template = TEMPLATE)]
    Hear(hear::Options),
    /// Pose une question par écrit et montre ce que la ligne déciderait
    #[command(help_template = TEMPLATE)]
    Ask(ask::Options),
    /// Évalue la ligne sur des questions dont on connaît la bonne décision, écrites ou dites
    #[command(help_template = TEMPLATE)]
    Eval(eval::Options),
    /// Dit un texte avec la voix de la ligne, dans un fichier WAV
    #[command(help_template = TEMPLATE)]
    Say(say::Options),
    /// Vérifie la configuration, les modèles, la voix, les ports et la base de données
    #[command(help_template = TEMPLATE)]
    Check,
    /// La base de réponses : importer, lister, vérifier
    #[command(help_template = TEMPLATE, subcommand_help_heading = "Commandes", subcommand_value_name = "COMMANDE", disable_help_subcommand = true)]
    Answers {
        #[command(subcommand)]
        command: answers::Command,
    },
    /// La console des agents : faire le lien du premier administrateur
    #[command(help_template = TEMPLATE, subcommand_help_heading = "Commandes", subcommand_value_name = "COMMANDE", disable_help_subcommand = true)]
    Console {
        #[command(subcommand)]
        command: console::Command,
    },
    /// Les données personnelles : ce qui est gardé d'un appelant, l'effacer, la preuve des effacements, le registre
    #[command(help_template = TEMPLATE, subcommand_help_heading = "Commandes", subcommand_value_name = "COMMANDE", disable_help_subcommand = true)]
    Data {
        #[command(subcommand)]
        command: data::Command,
    },
    /// Mesure cette machine : l'écoute, la recherche, des appels entiers
    #[command(help_template = TEMPLATE, subcommand_help_heading = "Commandes", subcommand_value_name = "COMMANDE", disable_help_subcommand = true)]
    Bench {
        #[command(subcommand)]
        command: bench::Command,
    },
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let status = status();
    leave(status)
}

/// Ends the process at once. The engines' libraries are taken down by the usual way out while a worker of theirs may still
/// be in the middle of a sentence, which was seen to end in a crash after the work was done.
fn leave(status: u8) -> ! {
    use std::io::Write;
    // Nobody is left to tell when standard output is closed.
    let _ = std::io::stdout().flush();
    let _ = std::io::stderr().flush();
    // SAFETY: ends the process without running anything; what had to be written is written.
    unsafe { libc::_exit(status.into()) }
}

fn status() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::explain(&error),
    };
    match run(cli) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(error) => {
            eprintln!("standardiste : {}", faults::told(&error));
            1
        }
    }
}

/// `false` when the command ran but what it was asked for failed, and has said so.
fn run(cli: Cli) -> anyhow::Result<bool> {
    let config = cli.common.config.as_deref();
    if let Command::Check = cli.command {
        return runtime()?.block_on(check::run(config));
    }
    let config = load(config)?;
    match cli.command {
        Command::Serve => runtime()?.block_on(serve::run(config)),
        Command::Call(options) => runtime()?.block_on(call::run(config, options)),
        Command::Hear(options) => runtime()?.block_on(hear::run(&config, options)),
        Command::Ask(options) => runtime()?.block_on(ask::run(&config, options)),
        Command::Eval(options) => runtime()?.block_on(eval::run(&config, options)),
        Command::Say(options) => runtime()?.block_on(say::run(&config, options)),
        Command::Answers { command } => runtime()?.block_on(answers::run(&config, command)),
        Command::Console { command } => runtime()?.block_on(console::run(&config, command)),
        Command::Data { command } => runtime()?.block_on(data::run(&config, command)),
        Command::Bench { command } => runtime()?.block_on(bench::run(&config, command)),
        Command::Check => unreachable!("answered above"),
    }
}

fn load(path: Option<&Path>) -> anyhow::Result<Config> {
    let config = Config::load(path, std::env::vars_os())?;
    for warning in &config.warnings {
        eprintln!("Attention : {warning}");
    }
    Ok(config)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// For [`printed!`].
fn print_line(line: std::fmt::Arguments<'_>) {
    if writeln!(std::io::stdout().lock(), "{line}").is_err() {
        std::process::exit(1);
    }
}

/// Prints one JSON object on a line of its own.
fn json_line(value: &impl serde::Serialize) -> anyhow::Result<()> {
    printed!("{}", serde_json::to_string(value)?);
    Ok(())
}
