//! A turn without what is personal: the one place that every transcript goes through on its way to the disk.

use crate::call::{Reason, TurnRecord};
use crate::redaction::{Kind, Redactor};

/// The turn as it may be kept. What the line says is its own approved words, with the town hall's number and address, but
/// for a message, which it reads back.
pub fn turn(turn: &TurnRecord, redactor: &Redactor) -> TurnRecord {
    let mut kept = turn.clone();
    let whole = turn.personal.iter().find(|(_, words)| !turn.heard.is_empty() && *words == turn.heard);
    if let Some((kind, _)) = whole {
        kept.heard = kind.mark().to_owned();
        kept.word_probabilities =
            turn.word_probabilities.first().map(|(_, p)| (kept.heard.clone(), *p)).into_iter().collect();
    } else {
        kept.heard = redactor.redact(&turn.heard).into_owned();
        kept.word_probabilities = redactor.redact_words(&turn.heard, &turn.word_probabilities);
    }
    if turn.reason == Reason::Message || !turn.personal.is_empty() {
        for (kind, words) in &turn.personal {
            kept.said = without(&kept.said, words, *kind);
        }
        kept.said = redactor.redact(&kept.said).into_owned();
    }
    kept
}

/// `said` with a mark for `words`; an interruption may have left only their beginning, at the end.
fn without(said: &str, words: &str, kind: Kind) -> String {
    if words.is_empty() {
        return said.to_owned();
    }
    let replaced = said.replace(words, kind.mark());
    let cut = words.char_indices().map(|(at, _)| at).skip(2).filter(|at| replaced.ends_with(&words[..*at])).last();
    match cut {
        Some(cut) => format!("{}{}", &replaced[..replaced.len() - cut], kind.mark()),
        None => replaced,
    }
}
