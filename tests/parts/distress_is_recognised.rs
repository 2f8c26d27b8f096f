//! Words of danger or despair are recognised before anything else, in clear and in paraphrase; grief, loss, old stories
//! and figures of speech are not danger. `tests/data/distress.tsv`: `lot-1`, half of which the rules were written
//! on; the later lots were written after, to be hard, and each widened the rules once it had been measured.

use standardiste::dialogue::grammar::{Command, Danger, Grammar};

use crate::support::grammar;

struct Said {
    danger: &'static str,
    text: &'static str,
}

fn said() -> impl Iterator<Item = Said> {
    include_str!("../data/distress.tsv").lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        Said { danger: fields[2], text: fields[3] }
    })
}

fn told(grammar: &Grammar, text: &str) -> Option<Danger> {
    match grammar.by_words(text) {
        Some(Command::Distress(danger)) => Some(danger),
        _ => None,
    }
}

#[test]
fn every_danger_is_recognised() {
    let grammar = grammar();
    let dangers: Vec<Said> = said().filter(|said| said.danger != "none").collect();
    assert!(dangers.len() >= 200, "{}", dangers.len());
    let missed: Vec<&str> =
        dangers.iter().filter(|said| told(&grammar, said.text).is_none()).map(|said| said.text).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn one_in_a_hundred_ordinary_sentences_at_most_is_taken_for_danger() {
    let grammar = grammar();
    let ordinary: Vec<Said> = said().filter(|said| said.danger == "none").collect();
    assert!(ordinary.len() >= 300, "{}", ordinary.len());
    let taken: Vec<&str> =
        ordinary.iter().filter(|said| told(&grammar, said.text).is_some()).map(|said| said.text).collect();
    assert!(taken.len() * 100 <= ordinary.len(), "{taken:#?}");
}

#[test]
fn the_number_said_is_that_of_the_danger() {
    let grammar = grammar();
    let named = |danger: &str| match danger {
        "suicide" => Danger::Suicide,
        "medical" => Danger::Medical,
        "fire" => Danger::Fire,
        "violence" => Danger::Violence,
        "child" => Danger::Child,
        _ => Danger::Other,
    };
    let dangers: Vec<Said> = said().filter(|said| said.danger != "none").collect();
    let another = |said: &&Said| told(&grammar, said.text) != Some(named(said.danger));
    let others: Vec<&str> = dangers.iter().filter(another).map(|said| said.text).collect();
    assert!(others.len() * 100 <= dangers.len() * 8, "{others:#?}");
}

#[test]
fn only_danger_in_the_questions_handed_out_is_danger() {
    let grammar = grammar();
    for line in include_str!("../data/questions_dev.tsv").lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(told(&grammar, fields[3]).is_some(), fields[1] == "distress", "{}", fields[3]);
    }
    let outside = include_str!("../../config/calibration/outside.txt");
    for text in outside.lines().filter(|line| !line.starts_with('#')) {
        assert_eq!(told(&grammar, text), None, "{text}");
    }
}

#[test]
fn what_is_harmless_hides_no_danger_beside_it() {
    let grammar = grammar();
    assert_eq!(
        told(&grammar, "C'est pour l'acte de décès de mon père, et je veux mourir aussi."),
        Some(Danger::Suicide)
    );
    assert_eq!(told(&grammar, "Un feu d'artifice a mal tourné, il y a le feu dans la grange."), Some(Danger::Fire));
}

#[test]
fn a_pattern_that_can_never_be_heard_is_refused_with_its_line() {
    let fault =
        Grammar::parse("[\"distress.fire\"]\nvariants = [\n  \"l'incendie|feu\",\n]\n").expect_err("two words in one");
    assert!(fault.line == 3 && fault.problem.contains("l'incendie|feu"), "{fault}");
}
