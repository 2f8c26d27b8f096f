//! A misused command line, explained in French.

use clap::error::{ContextKind, ErrorKind};

/// Prints help or version as asked, or what is wrong with the command line; gives the exit status.
pub fn explain(error: &clap::Error) -> u8 {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nobody is left to tell when standard output is closed.
        let _ = error.print();
        return 0;
    }
    let given = |kind| error.get(kind).map(ToString::to_string);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => {
            format!("l'option « {} » est inconnue", given(ContextKind::InvalidArg).unwrap_or_default())
        }
        ErrorKind::InvalidSubcommand => {
            format!("la commande « {} » est inconnue", given(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "il manque une commande".to_owned()
        }
        ErrorKind::MissingRequiredArgument => {
            format!("il manque {}", given(ContextKind::InvalidArg).unwrap_or_else(|| "un argument".into()))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!(
            "la valeur « {} » ne convient pas à {}",
            given(ContextKind::InvalidValue).unwrap_or_default(),
            given(ContextKind::InvalidArg).unwrap_or_default()
        ),
        ErrorKind::ArgumentConflict => {
            format!(
                "{} ne va pas avec {}",
                given(ContextKind::InvalidArg).unwrap_or_default(),
                given(ContextKind::PriorArg).unwrap_or_default()
            )
        }
        _ => "la commande est mal écrite".to_owned(),
    };
    eprintln!("standardiste : {what}.");
    let nearest = given(ContextKind::SuggestedSubcommand).or_else(|| given(ContextKind::SuggestedArg));
    if let Some(nearest) = nearest {
        eprintln!("Vouliez-vous dire « {nearest} » ?");
    }
    eprintln!("Pour l'aide : standardiste --help, ou standardiste COMMANDE --help.");
    2
}
