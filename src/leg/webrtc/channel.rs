//! The messages of the data channel, JSON texts (`docs/ARCHITECTURE.md`, « The browser's call »).

use serde::{Deserialize, Serialize};

use crate::leg::{Caption, Gone, Side, Status};

/// The channel's label; the browser makes it.
pub const LABEL: &str = "standardiste";
/// What a page has to say fits in this.
const LARGEST: usize = 256;

/// What the page asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Key(char),
    HangUp,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Message {
    #[serde(rename = "touche")]
    Key { touche: String },
    #[serde(rename = "raccrocher")]
    HangUp {},
}

/// Reads a message of the page; none when it is not one of ours.
pub fn read(data: &[u8]) -> Option<Asked> {
    if data.len() > LARGEST {
        return None;
    }
    match serde_json::from_slice(data).ok()? {
        Message::HangUp {} => Some(Asked::HangUp),
        Message::Key { touche } => {
            let mut keys = touche.chars();
            let key = keys.next()?.to_ascii_uppercase();
            let one = keys.next().is_none() && matches!(key, '0'..='9' | '*' | '#' | 'A'..='D');
            one.then_some(Asked::Key(key))
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Said<'a> {
    #[serde(rename = "sous-titre")]
    Caption { cote: &'a str, texte: &'a str, tour: u32, r#final: bool },
    #[serde(rename = "etat")]
    Status { etat: &'a str, motif: &'a str },
}

pub fn caption(caption: &Caption) -> String {
    let cote = match caption.side {
        Side::Line => "ligne",
        Side::Caller => "appelant",
    };
    json(&Said::Caption { cote, texte: &caption.text, tour: caption.turn, r#final: caption.last })
}

pub fn status(status: Status) -> String {
    let etat = match status {
        Status::Listening => "ecoute",
        Status::Thinking => "reflechit",
        Status::Speaking => "parle",
        Status::HandingOver => "transfert",
        Status::Human => "agent",
        Status::Over | Status::Closed => "fini",
    };
    json(&Said::Status { etat, motif: "" })
}

/// The last message of a call, with why it ends; `closing`: because the service stops.
pub fn over(gone: &Gone, closing: bool) -> String {
    let motif = match gone {
        Gone::Us if closing => "fermeture",
        Gone::Caller => "appelant",
        Gone::Us => "ligne",
        Gone::MediaTimeout => "connexion",
        Gone::Fault(_) | Gone::Declined => "panne",
    };
    json(&Said::Status { etat: "fini", motif })
}

fn json(said: &Said<'_>) -> String {
    // Strings and numbers always serialise.
    serde_json::to_string(said).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_the_end_are_read_and_nothing_else() {
        assert_eq!(read(br#"{"type":"touche","touche":"5"}"#), Some(Asked::Key('5')));
        assert_eq!(read(br#"{"type":"touche","touche":"d"}"#), Some(Asked::Key('D')));
        assert_eq!(read(br#"{"type":"raccrocher"}"#), Some(Asked::HangUp));
        for other in [
            &br#"{"type":"touche","touche":""}"#[..],
            br#"{"type":"touche","touche":"55"}"#,
            br#"{"type":"touche","touche":5}"#,
            br#"{"type":"autre"}"#,
            b"",
            b"\xFF\x00",
            b"[[[[[[",
        ] {
            assert_eq!(read(other), None, "{}", String::from_utf8_lossy(other));
        }
        let long = format!(r#"{{"type":"touche","touche":"5","x":"{}"}}"#, "a".repeat(300));
        assert_eq!(read(long.as_bytes()), None);
    }

    #[test]
    fn captions_and_states_are_told_as_the_page_reads_them() {
        let said = Caption { side: Side::Line, text: "Dites « oui ».".into(), turn: 2, last: true };
        assert_eq!(
            caption(&said),
            r#"{"type":"sous-titre","cote":"ligne","texte":"Dites « oui ».","tour":2,"final":true}"#
        );
        assert_eq!(status(Status::Thinking), r#"{"type":"etat","etat":"reflechit","motif":""}"#);
        assert_eq!(over(&Gone::Us, true), r#"{"type":"etat","etat":"fini","motif":"fermeture"}"#);
        assert_eq!(over(&Gone::MediaTimeout, true), r#"{"type":"etat","etat":"fini","motif":"connexion"}"#);
    }
}
