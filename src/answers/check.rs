//! What staff should look at before publishing: nothing here stops an import.

use std::collections::HashSet;

use jiff::civil::Date;

use super::entry::{Entry, Status};
use super::index::Versioned;
use super::language::LanguageData;
use super::problem::{Problem, nearest};
use super::variables::{Variables, fill};

/// Ways of asking below which an entry is found by luck.
const LEAST_QUESTIONS: usize = 8;
/// Words that an ear follows in one answer.
const MOST_WORDS: usize = 70;
/// Words of a sentence, exclusive.
const MOST_WORDS_A_SENTENCE: usize = 20;
/// Likeness (Dice on distinct words, 0 to 1) from which two ways of asking are one.
const SAME_QUESTION: f32 = 0.99;

/// Everything worth a look in the entries, as of `today`.
pub fn check(base: &[Versioned], variables: &Variables, language: &LanguageData, today: Date) -> Vec<Problem> {
    let mut problems = Vec::new();
    for versioned in base {
        check_entry(&versioned.entry, variables, today, &mut problems);
    }
    let entries: Vec<&Entry> = base.iter().map(|versioned| &versioned.entry).collect();
    check_neighbours(&entries, &mut problems);
    check_ambiguous(&entries, language, &mut problems);
    problems
}

fn check_entry(entry: &Entry, variables: &Variables, today: Date, problems: &mut Vec<Problem>) {
    let mut note = |field: &str, message: String, remedy: &str| {
        problems.push(Problem::new(&entry.id, None, field, message, remedy));
    };
    let count = entry.questions.len();
    if count < LEAST_QUESTIONS {
        let message = format!("{count} façons de demander.");
        note("questions", message, "Il en faut au moins huit, dites comme on parle.");
    }
    if entry.sources.is_empty() && !entry.service_public.is_empty() {
        note("source", "aucune source.".into(), "Indiquez la fiche lue, son adresse et la date de lecture.");
    }
    for fiche in &entry.service_public {
        let cited = entry.sources.iter().any(|source| source.fiche.as_ref() == Some(fiche));
        if !cited && !entry.sources.is_empty() {
            note("source", format!("la fiche {fiche} n'a pas de source."), "Ajoutez une [[source]] pour elle.");
        }
    }
    if entry.review < today {
        note(
            "review",
            format!("à relire depuis le {}.", entry.review),
            "Relisez-la, puis changez la date de relecture.",
        );
    }
    if entry.status == Status::Published && !entry.speakable_on(today) {
        note("valid_until", "publiée, mais hors de sa période de validité.".into(), "Elle n'est pas dite aujourd'hui.");
    }
    check_spoken("", &entry.answer, variables, &mut note);
    for facet in &entry.facets {
        check_spoken(&format!("facet {}", facet.kind), &facet.answer, variables, &mut note);
    }
}

fn check_spoken(field: &str, text: &str, variables: &Variables, note: &mut impl FnMut(&str, String, &str)) {
    // The town's own values may be long (opening hours); what the author wrote is what is judged, a variable being a word.
    let filled = fill(text, variables).is_ok();
    let words = text.split_whitespace().count();
    if words > MOST_WORDS {
        note(field, format!("réponse de {words} mots."), "Au téléphone, 70 mots au plus : gardez l'essentiel.");
    }
    for sentence in text.split_inclusive(['.', '!', '?']).filter(|sentence| filled && !sentence.trim().is_empty()) {
        let words = sentence.split_whitespace().count();
        if words >= MOST_WORDS_A_SENTENCE {
            let start: Vec<&str> = sentence.split_whitespace().take(5).collect();
            let message = format!("phrase de {words} mots (« {}… »).", start.join(" "));
            note(field, message, "Coupez-la : moins de vingt mots par phrase.");
        }
    }
    if let Some(sign) = text.chars().find(|c| matches!(c, '(' | ')' | '[' | ']' | '/' | '*' | '#' | '|')) {
        let message = format!("le signe « {sign} » ne se dit pas.");
        note(field, message, "Écrivez ce qu'il faut entendre.");
    }
}

fn check_neighbours(entries: &[&Entry], problems: &mut Vec<Problem>) {
    let ids: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    for entry in entries {
        for other in entry.distinguish.iter().filter(|other| !ids.contains(other.entry.as_str())) {
            let message = format!("la démarche « {} » n'existe pas.", other.entry);
            let remedy = match nearest(&other.entry, ids.iter().copied()) {
                Some(near) => format!("Vouliez-vous dire « {near} » ?"),
                None => "Écrivez l'identifiant d'une autre réponse.".to_owned(),
            };
            problems.push(Problem::new(&entry.id, None, "distinguish.entry", message, remedy));
        }
    }
}

/// Pairs of entries that share a way of asking.
fn check_ambiguous(entries: &[&Entry], language: &LanguageData, problems: &mut Vec<Problem>) {
    let mut asked: Vec<(usize, &str, HashSet<String>)> = Vec::new();
    for (rank, entry) in entries.iter().enumerate() {
        for question in &entry.questions {
            let words: HashSet<String> = language.analyzer.terms(question).into_iter().map(|term| term.stem).collect();
            if words.is_empty() {
                let message = format!("« {question} » ne contient que des mots vides.");
                problems.push(Problem::new(&entry.id, None, "questions", message, "Ajoutez-y le nom de la démarche."));
                continue;
            }
            for (other, text, theirs) in asked.iter().filter(|(other, ..)| *other != rank) {
                let both = words.intersection(theirs).count() as f32;
                if 2.0 * both / (words.len() + theirs.len()) as f32 >= SAME_QUESTION {
                    let message = format!("« {question} » demande aussi « {} » (« {text} »).", entries[*other].id);
                    let remedy = "Précisez l'une des deux, ou retirez-la.";
                    problems.push(Problem::new(&entry.id, None, "questions", message, remedy));
                }
            }
            asked.push((rank, question, words));
        }
    }
}
