//! A base of files is read whole or refused with the place of every fault.

use std::fs;
use std::path::Path;

use standardiste::answers::{Problem, Status, Variables, load_dir};

const GOOD: &str = r#"+++
id = "acte-naissance"
title = "Demander un acte de naissance"
theme = "actes"
department = "etat-civil"
status = "published"
label = "un acte de naissance"
service_public = ["F1427"]
questions = ["je voudrais un acte de naissance", "un extrait de naissance"]
author = "État civil"
approver = "Responsable"
valid_from = 2026-01-01
review = 2027-01-01

[[source]]
fiche = "F1427"
address = "https://www.service-public.fr/particuliers/vosdroits/F1427"
checked = 2026-11-22

[[facet]]
kind = "cout"
answer = "C'est gratuit."

[[distinguish]]
entry = "acte-mariage"
question = "De naissance ou de mariage ?"
+++
L'acte de naissance se demande
à la mairie de {{mairie.nom}}.
"#;

fn variables() -> Variables {
    Variables::from([("mairie.nom".to_owned(), "Saint-Exemple".to_owned())])
}

fn problems(folder: &Path) -> Vec<Problem> {
    load_dir(folder, &variables()).expect_err("the base should be refused").0
}

/// The faults of one file made from the good one.
fn faults(change: impl FnOnce(&str) -> String) -> Vec<Problem> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acte-naissance.md"), change(GOOD)).unwrap();
    problems(folder.path())
}

#[track_caller]
fn only(problems: Vec<Problem>, line: usize, field: &str, message: &str, remedy: &str) {
    let [problem] = problems.as_slice() else { panic!("one problem expected: {problems:#?}") };
    assert_eq!((problem.line, problem.field.as_str()), (Some(line), field), "{problem}");
    assert!(problem.file.ends_with("acte-naissance.md"), "{problem}");
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.remedy.contains(remedy), "{problem}");
}

#[test]
fn a_good_file_becomes_an_entry_that_survives_json() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acte-naissance.md"), GOOD.replace('\n', "\r\n")).unwrap();
    fs::write(folder.path().join("LISEZMOI.txt"), "ignored").unwrap();
    let entries = load_dir(folder.path(), &variables()).unwrap();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.id.as_str(), entry.status), ("acte-naissance", Status::Published));
    assert_eq!(entry.facets[0].answer, "C'est gratuit.");
    assert_eq!(entry.sources[0].checked.to_string(), "2026-11-22");
    let topic = entry.topic(3, &variables()).unwrap();
    assert_eq!(topic.answer, "L'acte de naissance se demande à la mairie de Saint-Exemple.");
    assert_eq!((topic.version, topic.distinguish[0].entry.as_str()), (3, "acte-mariage"));
    let document = serde_json::to_string(entry).unwrap();
    assert_eq!(&serde_json::from_str::<standardiste::answers::Entry>(&document).unwrap(), entry);
}

#[test]
fn a_missing_field_is_named() {
    only(faults(|good| good.replace("theme = \"actes\"\n", "")), 1, "theme", "absent", "theme =");
    let facet = faults(|good| good.replace("answer = \"C'est gratuit.\"\n", ""));
    only(facet, 20, "facet.answer", "absent", "answer =");
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_one() {
    only(faults(|good| good.replace("author =", "auteur =\"x\"\nauthor =")), 10, "auteur", "inconnu", "author");
    only(faults(|good| good.replace("checked =", "cheked = 1\nchecked =")), 18, "source.cheked", "inconnu", "checked");
}

#[test]
fn a_bad_date_is_refused_at_its_line() {
    only(faults(|good| good.replace("2027-01-01", "\"31/01/2027\"")), 13, "review", "date", "2026-01-31");
    only(faults(|good| good.replace("2027-01-01", "2027-13-01")), 13, "review", "date", "2026-01-31");
    only(faults(|good| good.replace("2027-01-01", "2027-02-30")), 13, "review", "date", "2026-01-31");
}

#[test]
fn empty_questions_and_unknown_status_are_refused() {
    let empty =
        faults(|good| good.replace("[\"je voudrais un acte de naissance\", \"un extrait de naissance\"]", "[]"));
    only(empty, 9, "questions", "aucune", "huit");
    only(faults(|good| good.replace("\"published\"", "\"publised\"")), 6, "status", "publised", "published");
    only(faults(|good| good.replace("\"cout\"", "\"couts\"")), 21, "facet.kind", "couts", "cout");
}

#[test]
fn an_unknown_variable_is_refused_at_its_line() {
    let line = 2 + GOOD.lines().position(|line| line.starts_with("L'acte")).unwrap();
    only(faults(|good| good.replace("mairie.nom", "mairie.non")), line, "", "mairie.non", "[mairie]");
    let facet = faults(|good| good.replace("C'est gratuit.", "Voir {{mairie.sit}}."));
    only(facet, 22, "facet.answer", "mairie.sit", "[mairie]");
    only(faults(|good| good.replace("{{mairie.nom}}", "{{mairie.nom")), line, "", "accolades", "");
}

#[test]
fn bad_utf8_is_refused_with_its_line_and_byte() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = GOOD.as_bytes().to_vec();
    let at = GOOD.find("État").unwrap();
    bytes.splice(at..at + 2, [0xC9]);
    fs::write(folder.path().join("acte-naissance.md"), bytes).unwrap();
    only(problems(folder.path()), 10, "", &format!("octet 0xC9 à la position 11 de la ligne (octet {at}"), "UTF-8");
}

#[test]
fn a_duplicate_identifier_names_both_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acte-naissance.md"), GOOD).unwrap();
    fs::write(folder.path().join("copie.md"), GOOD).unwrap();
    let problems = problems(folder.path());
    let [duplicate] = problems.as_slice() else { panic!("{problems:#?}") };
    assert!(duplicate.file.ends_with("copie.md") && duplicate.line == Some(2), "{duplicate}");
    assert!(duplicate.message.contains("acte-naissance.md, ligne 2"), "{duplicate}");
}

#[test]
fn a_misnamed_file_is_refused() {
    only(
        faults(|good| good.replace("id = \"acte-naissance\"", "id = \"acte-mariage\"")),
        2,
        "id",
        "nom du fichier",
        "",
    );
}

#[test]
fn every_fault_of_every_file_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acte-naissance.md"), GOOD.replace("theme", "thème").replace("2027", "\"2027"))
        .unwrap();
    fs::write(folder.path().join("b.md"), "pas de fiche").unwrap();
    fs::write(folder.path().join("c.md"), "+++\nid = 3\nhandover = \"oui\"\n").unwrap();
    fs::write(folder.path().join("d.md"), "+++\nid = 3\nhandover = \"oui\"\n+++\n").unwrap();
    let problems = problems(folder.path());
    for file in ["acte-naissance.md", "b.md", "c.md", "d.md"] {
        assert!(problems.iter().any(|problem| problem.file.ends_with(file)), "{file}: {problems:#?}");
    }
    let d: Vec<_> = problems.iter().filter(|problem| problem.file.ends_with("d.md")).collect();
    assert!(d.len() >= 8, "{d:#?}");
    assert!(d.iter().any(|problem| problem.field == "handover" && problem.line == Some(3)), "{d:#?}");
}

#[test]
fn a_folder_that_is_missing_or_empty_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert!(problems(folder.path())[0].message.contains("aucune réponse"));
    assert!(problems(&folder.path().join("absent"))[0].message.contains("illisible"));
}
