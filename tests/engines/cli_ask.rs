//! `ask`: one object a question, in the file's order, with the contract's keys and the line's decisions.

use serde_json::Value;

use crate::program::{ASKED, Program, keys};

fn ask(program: &Program, question: &str) -> Value {
    let ran = program.done(&["ask", question, "--json"]);
    let mut lines = ran.json();
    assert_eq!(lines.len(), 1, "{}", ran.out);
    lines.remove(0)
}

#[test]
fn a_known_question_is_answered_with_its_entry() {
    let program = Program::new();
    let asked = ask(&program, "Je voudrais un acte de naissance.");
    assert_eq!(keys(&asked), ASKED);
    assert_eq!(asked["decision"], "answer", "{asked}");
    assert_eq!(asked["entry"], "acte-naissance");
    assert_eq!(asked["version"], 1);
    assert_eq!(asked["service_public"], serde_json::json!(["F1427"]));
    let probability = asked["probability"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&probability), "{asked}");
    let best = &asked["candidates"][0];
    assert_eq!(keys(best), ["entry", "probability", "service_public"]);
    assert_eq!(best["entry"], "acte-naissance");
    assert!(asked["say"].as_str().unwrap().len() > 40, "{asked}");
}

#[test]
fn a_vague_question_is_asked_back() {
    let program = Program::new();
    let asked = ask(&program, "C'est pour un acte.");
    assert!(["confirm", "clarify"].contains(&asked["decision"].as_str().unwrap()), "{asked}");
    assert!(asked["say"].as_str().unwrap().contains('?'), "{asked}");
}

#[test]
fn a_request_for_a_human_and_a_question_from_elsewhere_get_a_human() {
    let program = Program::new();
    let human = ask(&program, "Un agent, s'il vous plaît.");
    assert_eq!((&human["decision"], &human["reason"]), (&"escalate".into(), &"requested".into()), "{human}");
    assert_eq!(human["entry"], Value::Null);
    let pizza = ask(&program, "Je voudrais une pizza aux quatre fromages.");
    assert_eq!(pizza["decision"], "escalate", "{pizza}");
    assert_eq!(keys(&pizza), ASKED);
}

#[test]
fn what_is_no_question_still_gets_one_object() {
    let program = Program::new();
    for text in ["euh", "", "   "] {
        let asked = ask(&program, text);
        assert_eq!(keys(&asked), ASKED, "{text:?}");
        assert_eq!(asked["decision"], "clarify", "{text:?}: {asked}");
    }
}

#[test]
fn a_file_s_questions_are_answered_in_its_order_each_as_a_fresh_call() {
    let program = Program::new();
    let content = "id\ttext\tnote\n\
                   1\tJe voudrais un acte de mariage.\tsans\n\
                   2\tUn agent\t\n\
                   3\tEst-ce que vous dites « PACS » ou \"pacte\" ? C'est pour m'y pacser à l'été.\tguillemets\n\
                   4\t\"J'ai perdu ma carte d'identité.\n\
                   5\tJe voudrais un acte de mariage.\tde nouveau\n";
    let file = program.write("questions.tsv", content);
    let lines = program.done(&["ask", "--file", &file, "--json"]).json();
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| keys(line) == ASKED));
    assert_eq!(lines[0]["entry"], "acte-mariage");
    assert_eq!(lines[1]["decision"], "escalate");
    assert_eq!(lines[2]["candidates"][0]["entry"], "pacs", "{}", lines[2]);
    assert_eq!(lines[3]["candidates"][0]["entry"], "carte-identite-perdue", "{}", lines[3]);
    assert_eq!(lines[4], lines[0], "nothing is remembered from one question to the next");
}

#[test]
fn windows_line_ends_a_byte_order_mark_and_an_empty_question_change_nothing() {
    let program = Program::new();
    let plain = program.write("plain.tsv", "text\nun acte de mariage\n\nun acte de décès\n");
    let windows = program.write("windows.tsv", "\u{feff}text\r\nun acte de mariage\r\n\r\nun acte de décès\r\n");
    let plain = program.done(&["ask", "--file", &plain, "--json"]).json();
    let windows = program.done(&["ask", "--file", &windows, "--json"]).json();
    assert_eq!(plain, windows);
    let asked: Vec<_> = plain.iter().map(|line| line["candidates"][0]["entry"].as_str().unwrap()).collect();
    assert_eq!(asked, ["acte-mariage", "acte-deces"]);
}

#[test]
fn a_row_whose_question_is_blank_keeps_its_place() {
    let program = Program::new();
    let file = program.write("blank.tsv", "id\ttext\n1\tle livret de famille\n2\t\n3\tun acte de décès\n");
    let lines = program.done(&["ask", "--file", &file, "--json"]).json();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["decision"], "clarify");
}

#[test]
fn a_file_without_the_column_text_is_refused_with_the_columns_it_has() {
    let program = Program::new();
    let file = program.write("colonnes.tsv", "id\tquestion\n1\tle PACS\n");
    let ran = program.run(&["ask", "--file", &file, "--json"]);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("colonnes.tsv") && ran.err.contains("« text »"), "{}", ran.err);
    assert!(ran.err.contains("id, question"), "{}", ran.err);
}

#[test]
fn a_row_cut_before_its_text_and_bytes_that_are_no_text_are_refused_with_the_line() {
    let program = Program::new();
    let file = program.write("court.tsv", "id\ttext\n1\tle PACS\n2\n");
    let ran = program.run(&["ask", "--file", &file, "--json"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("court.tsv") && ran.err.contains("ligne 3"), "{}", ran.err);
    let file = program.write("latin.tsv", b"id\ttext\n1\tle PACS\n2\tune carte d'identit\xe9\n");
    let ran = program.run(&["ask", "--file", &file, "--json"]);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("latin.tsv") && ran.err.contains("ligne 3") && ran.err.contains("UTF-8"), "{}", ran.err);
    let ran = program.run(&["ask", "--file", "absent.tsv", "--json"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("absent.tsv"), "{}", ran.err);
}

#[test]
fn a_reader_who_has_seen_enough_ends_it_without_a_panic() {
    let program = Program::new();
    let file = program.write("longue.tsv", format!("text\n{}", "un acte de naissance\n".repeat(300)));
    let mut running = program.start(&["ask", "--file", &file, "--json"]);
    running.printed_until("\n");
    let told = running.stop_reading();
    assert!(!told.contains("panicked"), "{told}");
}
