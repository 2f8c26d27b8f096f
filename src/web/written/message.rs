//! What a page and its conversation say to each other.

use serde::{Deserialize, Serialize};

use crate::leg::Status;
use crate::switchboard::{FromPage, ToPage};
use crate::web::problem::CLOSING;

/// The longest message, in characters.
pub const LONGEST: usize = 1_000;
/// A frame of so many bytes holds that many characters, each escaped twice over.
pub const LARGEST: usize = 16 * 1024;

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Received {
    Message { texte: String },
    Choix { choix: usize },
    Fin,
    Reprise { cle: String, recu: u64 },
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Sent {
    Debut {
        cle: String,
    },
    Reprise {
        recu: u64,
    },
    Ligne {
        texte: String,
        tour: u32,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        appeler: Vec<Urgence>,
    },
    Source {
        titre: String,
        adresse: String,
        tour: u32,
    },
    Choix {
        propositions: Vec<String>,
    },
    Etat {
        etat: &'static str,
        motif: String,
    },
    Refus {
        motif: String,
    },
}

#[derive(Debug, Serialize)]
pub struct Urgence {
    numero: &'static str,
    sms: bool,
}

impl Sent {
    pub fn json(&self) -> String {
        // Strings and numbers always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<ToPage> for Sent {
    fn from(shown: ToPage) -> Self {
        match shown {
            ToPage::Line { turn, text, help } => {
                let appeler = help.into_iter().map(|help| Urgence { numero: help.number, sms: help.by_text });
                Self::Ligne { texte: text, tour: turn, appeler: appeler.collect() }
            }
            ToPage::Source { turn, label, address } => Self::Source { titre: label, adresse: address, tour: turn },
            ToPage::Choices(propositions) => Self::Choix { propositions },
            ToPage::Status(status) => {
                let motif = if status == Status::Closed { CLOSING.to_owned() } else { String::new() };
                Self::Etat { etat: word(status), motif }
            }
        }
    }
}

/// As the data channel of a call says it.
fn word(status: Status) -> &'static str {
    match status {
        Status::Listening => "ecoute",
        Status::Thinking => "reflechit",
        Status::Speaking => "parle",
        Status::HandingOver => "transfert",
        Status::Human => "agent",
        Status::Over | Status::Closed => "fini",
    }
}

/// Reads what a conversation may be told; an error is why not, for the page.
pub fn read(text: &str) -> Result<FromPage, String> {
    match serde_json::from_str(text) {
        Ok(Received::Message { texte }) if texte.chars().count() > LONGEST => {
            Err(format!("Votre message est trop long : {LONGEST} caractères au plus."))
        }
        Ok(Received::Message { texte }) => Ok(FromPage::Message(cleaned(&texte))),
        Ok(Received::Choix { choix }) => Ok(FromPage::Choice(choix)),
        Ok(Received::Fin) => Ok(FromPage::End),
        Ok(Received::Reprise { .. }) | Err(_) => Err(UNREADABLE.to_owned()),
    }
}

pub const UNREADABLE: &str = "Ce message ne se lit pas.";

/// Without control characters, which have no place in a transcript; lines become spaces.
fn cleaned(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
