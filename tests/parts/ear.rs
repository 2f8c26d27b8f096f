//! The ear: which short answer a sound is, by what the recognizer would write first.

use std::path::Path;

use standardiste::dialogue::ear::{CLASSES, Ear, Likely};
use standardiste::dialogue::grammar::{Command, Grammar, SoundThresholds};
use standardiste::dialogue::{Heard, Phrase, PhraseScore, Signs};

const GRAMMAR: &str =
    "[agent]\nphrases = [\"Un agent.\"]\n[yes]\nphrases = [\"Oui.\"]\n[goodbye]\nphrases = [\"Au revoir.\"]\n";
/// In the order of the classes: agent, repeat, slower, goodbye, yes, no, anything else.
const NOTHING: Likely = [0.0; CLASSES];

fn only(class: usize, weight: f32) -> Likely {
    let mut row = NOTHING;
    row[class] = weight;
    row
}

/// Two signs: « Ayo » tells of an agent, « Oui » of yes; the phrases' score of an agent tells a little.
fn ear() -> Ear {
    let signs = Signs { model_bytes: 7, tokens: vec![" Ayo".to_owned(), " Oui".to_owned()] };
    let mut rows = vec![only(0, 1.0), only(4, 1.0), only(0, 0.5)];
    rows.extend([NOTHING; 4]);
    // Log-likelihoods are below zero: the constant makes up for it.
    rows.push([3.5, -3.0, -3.0, -3.0, 4.0, -3.0, 0.0]);
    Ear::new(signs, rows)
}

fn heard(ayo: f32, oui: f32) -> Heard {
    Heard { signs: vec![ayo, oui], duration_ms: 900, ..Heard::default() }
}

fn judged(heard: &Heard, expected: &[Command]) -> Option<Option<Command>> {
    let grammar = Grammar::parse(GRAMMAR).unwrap().with_ear(ear());
    grammar.by_ear(heard, expected, &SoundThresholds::default())
}

#[test]
fn a_word_that_only_resembles_an_order_is_still_that_order() {
    let mut sound = heard(-0.1, -20.0);
    assert_eq!(judged(&sound, &[]), None, "not sure enough to call a human");
    let phrase = Phrase { meaning: "agent".to_owned(), text: "Un agent.".to_owned() };
    sound.phrases = vec![PhraseScore { phrase, score: 9.0 }];
    assert_eq!(judged(&sound, &[]), Some(Some(Command::Agent)));
}

#[test]
fn yes_is_an_answer_only_where_it_was_asked_for() {
    let sound = heard(-20.0, -0.1);
    let mut grammar = ear();
    assert_eq!(grammar.signs().tokens.len(), 2);
    grammar = Ear::parse(&grammar.text()).unwrap();
    assert!(grammar.judge(&sound, |_| None).is_some());
    assert_eq!(judged(&sound, &[Command::Yes, Command::No]), Some(Some(Command::Yes)));
    assert_ne!(judged(&sound, &[]), Some(Some(Command::Yes)));
}

#[test]
fn what_was_not_measured_or_lasts_too_long_is_left_to_the_phrases() {
    assert_eq!(judged(&Heard { duration_ms: 900, ..Heard::default() }, &[]), None, "another model");
    assert_eq!(judged(&Heard { duration_ms: 9_000, ..heard(-0.1, -20.0) }, &[]), None);
}

#[test]
fn the_file_is_read_back_as_it_was_written() {
    let text = ear().text();
    assert_eq!(Ear::parse(&text).unwrap().text(), text);
}

#[test]
fn a_broken_file_is_refused_with_its_line() {
    let text = ear().text();
    let line = |text: &str| Ear::parse(text).unwrap_err().line;
    assert_eq!(line(&text.replace("modèle\t7", "modèle\tgrand")), 2);
    assert_eq!(line(&text.replace("\tautre", "\tautres")), 3);
    assert_eq!(line(&text.replacen("1.000", "un", 1)), 4);
    assert_eq!(line(&text.replace("repeat\t0", "\" Tard\"\t0")), 7, "a sign after the scores");
    let cut: Vec<&str> = text.lines().take(8).collect();
    assert!(Ear::parse(&cut.join("\n")).unwrap_err().problem.contains("il manque"));
    assert_eq!(line(""), 1);
}

#[test]
fn the_delivered_ear_is_read_and_finds_yes_likelier_where_the_word_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars").join(Ear::FILE);
    let ear = Ear::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let signs = ear.signs();
    assert!(signs.model_bytes > 0 && signs.tokens.len() > 300);
    let likely = |word: &str| {
        let known = signs.tokens.iter().map(|token| if token.trim() == word { -0.05 } else { -9.0 }).collect();
        let sound = Heard { signs: known, duration_ms: 1_000, ..Heard::default() };
        ear.judge(&sound, |_| None).unwrap()
    };
    let (yes, no) = (likely("Oui"), likely("Non"));
    // What tells them apart is spread over some hundred tokens: one moves little.
    assert!(yes[4] > no[4] && no[5] > yes[5], "{yes:?} {no:?}");
}
