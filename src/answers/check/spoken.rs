//! What the ear cannot follow, and what the voice cannot say.

use std::sync::LazyLock;

use regex::Regex;

use super::{Group, Notes};
use crate::answers::entry::{Entry, Status};
use crate::answers::filed::Place;
use crate::answers::variables::{Variables, fill};
use crate::french;

/// Words that an ear follows in one answer.
const MOST_WORDS: usize = 70;
/// Words of a sentence, exclusive.
const MOST_WORDS_A_SENTENCE: usize = 20;

/// The end of a sentence; the dot of an address is none.
static END: LazyLock<Regex> = LazyLock::new(|| pattern(r"[.!?…]+[\s»]+|\n\s*\n"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:https?://|www\.)\S+"));
static CLUSTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b\w*[bcdfghjklmnpqrstvwxzç]{5,}\w*\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|_| unreachable!("a constant of the program"))
}

pub(super) fn check(entry: &Entry, variables: &Variables, notes: &mut Notes<'_>) {
    text(&entry.answer, variables, Place::Answer, notes);
    for facet in &entry.facets {
        text(&facet.answer, variables, |words| Place::Facet(&facet.kind, words), notes);
    }
    // Said too: « Vous demandez bien … ? ».
    pronounceable(&entry.label, |_| Place::Field("label"), notes);
    for other in &entry.distinguish {
        pronounceable(&other.question, |_| Place::Words("distinguish", &other.question), notes);
    }
}

fn text<'a>(text: &'a str, variables: &Variables, at: impl Fn(&'a str) -> Place<'a>, notes: &mut Notes<'_>) {
    // What the author wrote is what is judged, a variable being a word: the town's own values may be long.
    let words = text.split_whitespace().count();
    if words > MOST_WORDS {
        let message = format!("réponse de {words} mots.");
        let remedy = "Au téléphone, 70 mots au plus : gardez l'essentiel.";
        notes.fault(Group::TooLong, at(""), message, remedy);
    }
    // A draft of a fiche is written for the eye, and says so already.
    let fiche = notes.filed.entry.status == Status::Draft && crate::answers::drafts::unsorted(text).is_some();
    for sentence in END.split(text).filter(|_| !fiche) {
        let words = sentence.split_whitespace().count();
        if words >= MOST_WORDS_A_SENTENCE {
            let start: Vec<&str> = sentence.split_whitespace().take(5).collect();
            let message = format!("phrase de {words} mots (« {}… »).", start.join(" "));
            notes.fault(
                Group::TooLong,
                at(sentence.trim_start()),
                message,
                "Coupez-la : moins de vingt mots par phrase.",
            );
        }
    }
    if !fiche {
        pronounceable(text, &at, notes);
    }
    let own = french::unpronounceable(&VARIABLE.replace_all(text, " "));
    if let Ok(filled) = fill(text, variables)
        && let Some(word) = french::unpronounceable(&filled).first()
        && own.is_empty()
    {
        let message = format!("une variable donne « {word} », que la voix ne sait pas dire.");
        notes.advice(Group::Unpronounceable, at(""), message, "Corrigez la section [mairie] de la configuration.");
    }
}

fn pronounceable<'a>(text: &'a str, at: impl Fn(&'a str) -> Place<'a>, notes: &mut Notes<'_>) {
    let written = VARIABLE.replace_all(text, " ");
    let near = |word: &str| at(text.find(word).and_then(|start| text.get(start..)).unwrap_or_default());
    if let Some(found) = ADDRESS.find(&written) {
        let message = format!("l'adresse « {} » serait épelée.", found.as_str());
        notes.fault(
            Group::Unpronounceable,
            near(found.as_str()),
            message,
            "Nommez le site, ou prenez la variable {{mairie.site}}.",
        );
        return;
    }
    if let Some(sign) = written.chars().find(|c| matches!(c, '(' | ')' | '[' | ']' | '/' | '*' | '#' | '|' | '<' | '>'))
    {
        let message = format!("le signe « {sign} » ne se dit pas.");
        notes.fault(Group::Unpronounceable, near(&sign.to_string()), message, "Écrivez ce qu'il faut entendre.");
        return;
    }
    for word in french::unpronounceable(&written) {
        let message = format!("la voix ne sait pas dire « {word} ».");
        notes.fault(Group::Unpronounceable, near(&word), message, "Écrivez-le comme on le dit.");
    }
    for word in french::unknown_acronyms(&written) {
        let message = format!("le sigle « {word} » n'est pas connu : la voix l'épelle ou le lit au hasard.");
        let remedy = "Écrivez-le en toutes lettres, ou ajoutez-le à grammars/acronyms.toml.";
        notes.advice(Group::Unpronounceable, near(&word), message, remedy);
    }
    if let Some(found) = CLUSTER.find(&written) {
        let message = format!("« {} » est dur à dire et à entendre.", found.as_str());
        notes.advice(Group::Unpronounceable, near(found.as_str()), message, "Préférez un mot courant.");
    }
}

static VARIABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{\{[^}]*\}\}"));
