//! Entries whose ways of asking meet: the same words to the search, so that neither can be told from the other.

use std::collections::HashMap;

use super::{Finding, Group, Notes};
use crate::answers::analysis::{Term, Weight};
use crate::answers::entry::Entry;
use crate::answers::filed::{Filed, Place};
use crate::answers::language::LanguageData;

pub(super) fn check(base: &[&Filed], language: &LanguageData, findings: &mut Vec<Finding>) {
    // By its words: the first way of asking so, and its entry.
    let mut whole: HashMap<String, (usize, &str)> = HashMap::new();
    let mut meaning: HashMap<String, (usize, &str)> = HashMap::new();
    for (rank, filed) in base.iter().enumerate() {
        for question in &filed.entry.questions {
            let mut notes = Notes { filed, findings };
            let place = Place::Words("questions", question);
            let terms = language.analyzer.terms(question);
            if terms.is_empty() {
                let message = format!("« {question} » ne contient que des mots vides.");
                notes.fault(Group::Ambiguous, place, message, "Ajoutez-y le nom de la démarche.");
                continue;
            }
            let (other, text) = *whole.entry(words(&terms, |_| true)).or_insert((rank, question));
            let strong = words(&terms, |weight| weight != Weight::Weak);
            let (near, near_text) = *meaning.entry(strong).or_insert((rank, question));
            if other != rank {
                let message = format!("« {question} » demande aussi « {} » (« {text} »).", base[other].entry.id);
                notes.fault(Group::Ambiguous, place, message, "Précisez l'une des deux, ou retirez-la.");
            } else if near != rank && !told_apart(&filed.entry, &base[near].entry) {
                let message =
                    format!("« {question} » ressemble à « {near_text} », qui demande « {} ».", base[near].entry.id);
                let remedy = "Précisez l'une des deux, ou dites par un [[distinguish]] la question qui les départage.";
                notes.advice(Group::Ambiguous, place, message, remedy);
            }
        }
    }
}

/// The distinct words, in an order of their own.
fn words(terms: &[Term], wanted: impl Fn(Weight) -> bool) -> String {
    let mut stems: Vec<&str> = terms.iter().filter(|term| wanted(term.weight)).map(|term| term.stem.as_str()).collect();
    stems.sort_unstable();
    stems.dedup();
    stems.join(" ")
}

fn told_apart(one: &Entry, other: &Entry) -> bool {
    let names = |from: &Entry, to: &Entry| from.distinguish.iter().any(|distinguish| distinguish.entry == to.id);
    names(one, other) || names(other, one)
}
