//! The prompts file is refused with its lines, and the delivered one is right.

use standardiste::dialogue::prompts::Prompts;

const DELIVERED: &str = include_str!("../../config/prompts.toml");

#[test]
fn the_delivered_file_is_complete() {
    Prompts::parse(DELIVERED).expect("the delivered prompts");
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_the_nearest() {
    let faults = Prompts::parse(&DELIVERED.replace("confirm.ask =", "confirm.aks =")).expect_err("a bad key");
    let fault = faults.iter().find(|fault| fault.problem.contains("confirm.aks")).expect("named");
    assert!(fault.line > 1 && fault.remedy.contains("confirm.ask"), "{fault}");
}

#[test]
fn an_unknown_variable_is_refused_with_those_that_exist() {
    let faults = Prompts::parse(&DELIVERED.replace("bien {label}", "bien {libelle}")).expect_err("a bad variable");
    assert!(faults[0].problem.contains("{libelle}") && faults[0].remedy.contains("label"), "{:?}", faults);
}

#[test]
fn an_empty_sentence_is_refused() {
    let faults = Prompts::parse(&DELIVERED.replace("\"Que puis-je faire pour vous ?\"", "\" \"")).expect_err("empty");
    assert!(faults[0].problem.contains("greeting.question"), "{faults:?}");
}

#[test]
fn broken_toml_is_refused_with_its_line() {
    let faults = Prompts::parse("goodbye = \"au revoir\"\nshutdown = ").expect_err("broken");
    assert_eq!(faults[0].line, 2, "{faults:?}");
}
