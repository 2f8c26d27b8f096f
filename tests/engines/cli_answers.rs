//! `answers`: a folder is published whole or not at all.

use std::fs;
use std::path::Path;

use crate::program::Program;

/// The delivered answers, copied where a test may spoil them.
pub fn copied(program: &Program) -> String {
    let delivered = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/answers");
    for file in fs::read_dir(delivered).unwrap() {
        let file = file.unwrap();
        program.write(&format!("reponses/{}", file.file_name().to_string_lossy()), fs::read(file.path()).unwrap());
    }
    program.path("reponses").display().to_string()
}

#[test]
fn a_broken_folder_is_refused_with_file_and_line_and_what_is_published_stays() {
    let program = Program::new();
    let folder = copied(&program);
    program.done(&["answers", "import", &folder]);
    let before = program.done(&["answers", "list"]).out;
    assert!(before.contains("acte-naissance") && before.contains("F1427"), "{before}");

    let pacs = fs::read_to_string(program.path("reponses/pacs.md")).unwrap();
    let without_label: String = pacs.lines().filter(|line| !line.starts_with("label")).collect::<Vec<_>>().join("\n");
    let broken = [
        ("reponses/pacs.md", without_label.into_bytes(), "label"),
        ("reponses/pacs.md", pacs.replace("id = \"pacs\"", "id = \"passeport\"").into_bytes(), "ligne 2"),
        ("reponses/pacs.md", b"+++\nid = \"pacs\"\ntitle = \"caf\xe9\"\n+++\n".to_vec(), "ligne 3"),
    ];
    for (name, content, told) in broken {
        program.write(name, content);
        for command in [["answers", "import", &folder], ["answers", "check", &folder]] {
            let ran = program.run(&command);
            assert_eq!(ran.status, 1, "{command:?}: {}", ran.out);
            assert!(ran.err.contains("pacs.md") && ran.err.contains(told), "{told}: {}", ran.err);
        }
        assert_eq!(program.done(&["answers", "list"]).out, before);
    }

    program.write("reponses/pacs.md", pacs.replace("title = \"", "title = \"Ici : "));
    program.done(&["answers", "import", &folder]);
    let after = program.done(&["answers", "list"]).out;
    let line = after.lines().find(|line| line.starts_with("pacs ")).expect("pacs is listed");
    assert!(
        line.contains("Ici : ") && line.split_whitespace().nth(1) == Some("2"),
        "a mended folder is published: {after}"
    );
}

#[test]
fn an_empty_or_absent_folder_is_refused() {
    let program = Program::new();
    fs::create_dir(program.path("vide")).unwrap();
    for folder in [program.path("vide"), program.path("absent")] {
        let folder = folder.display().to_string();
        let ran = program.run(&["answers", "import", &folder]);
        assert_eq!(ran.status, 1);
        assert!(ran.err.contains(&folder), "{}", ran.err);
    }
}

#[test]
fn the_delivered_answers_have_nothing_to_correct() {
    let ran = Program::new().run(&["answers", "check"]);
    assert_eq!(ran.status, 0, "{}", ran.out);
    assert!(ran.out.contains(" 0 à corriger"), "{}", ran.out);
}

#[test]
fn an_answer_past_its_review_is_told() {
    let program = Program::new();
    let folder = copied(&program);
    let pacs = fs::read_to_string(program.path("reponses/pacs.md")).unwrap();
    let old: Vec<&str> =
        pacs.lines().map(|line| if line.starts_with("review") { "review = 2021-01-01" } else { line }).collect();
    program.write("reponses/pacs.md", old.join("\n"));
    let ran = program.run(&["answers", "check", &folder]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("pacs") && ran.out.contains("à relire depuis le 2021-01-01"), "{}", ran.out);
}

#[test]
fn faults_are_told_one_a_line_in_groups_or_as_json_and_advice_alone_is_no_failure() {
    let program = Program::new();
    let folder = copied(&program);
    let pacs = fs::read_to_string(program.path("reponses/pacs.md")).unwrap();
    program.write("reponses/pacs.md", pacs.replace("review = ", "review = 2026-01-01 # "));
    let told = program.run(&["answers", "check", &folder]);
    assert_eq!(told.status, 1);
    assert!(told.out.contains("À corriger — dates (1)") && told.out.contains("pacs.md, ligne "), "{}", told.out);
    let found = program.run(&["answers", "check", &folder, "--json"]).json();
    let review = found.iter().find(|finding| finding["group"] == "review").unwrap();
    assert_eq!((review["level"].as_str(), review["entry"].as_str()), (Some("fault"), Some("pacs")));
    let line = review["line"].as_u64().unwrap() as usize;
    let written = fs::read_to_string(program.path("reponses/pacs.md")).unwrap();
    assert!(written.lines().nth(line - 1).unwrap().starts_with("review = 2026-01-01"));

    program.write(
        "reponses/pacs.md",
        pacs.replace("status = \"published\"", "status = \"draft\"").replace("review = ", "review = 2026-01-01 # "),
    );
    let draft = program.run(&["answers", "check", &folder]);
    assert_eq!(draft.status, 0, "a draft is not finished: {}", draft.out);
    assert!(draft.out.contains("À voir — dates"), "{}", draft.out);
}

#[test]
fn a_fiche_and_a_table_become_drafts_that_are_listed_and_never_published_as_they_are() {
    let mut program = Program::new();
    let folder = copied(&program);
    program.set("ANSWERS__FOLDER", &folder);
    program.done(&["answers", "import"]);
    let fiche = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fiches/F14807.json").display().to_string();
    let table =
        program.write("base.csv", b"identifiant;titre;questions;r\xe9ponse\ncimetiere;Cimeti\xe8re;une tombe;Venez.\n");
    let broken = program.write("fiche.xml", "<Publication>\n<Texte></Publication>");
    let refused = program.run(&["answers", "import", &fiche, &table, &broken]);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("fiche.xml, ligne 2"), "{}", refused.err);
    assert!(!program.path("reponses/cimetiere.md").exists(), "all or nothing");

    program.done(&["answers", "import", &fiche, &table]);
    let listed = program.done(&["answers", "list", "--json"]).json();
    let drafts: Vec<_> = listed.iter().filter(|entry| entry["status"] == "draft").collect();
    assert_eq!(drafts.len(), 2, "{listed:#?}");
    assert!(drafts.iter().any(|entry| entry["service_public"][0] == "F14807"));
    let published = listed.iter().filter(|entry| entry["status"] == "published").count();
    assert_eq!(published, listed.len() - 2);
    // Their questions find nothing.
    let asked = program.done(&["ask", "--json", "je voudrais une tombe au cimetière"]).json();
    assert_ne!(asked[0]["entry"], "cimetiere");
    let again = program.run(&["answers", "import", &table]);
    assert!(again.status == 1 && again.err.contains("existe déjà"), "staff's work is not overwritten: {}", again.err);

    // The folder with its drafts is published as before, and `check` says what they lack.
    program.done(&["answers", "import"]);
    let check = program.run(&["answers", "check"]);
    assert_eq!(check.status, 0, "{}", check.out);
    assert!(check.out.contains("cimetiere.md") && check.out.contains("« label » manque"), "{}", check.out);
    let cimetiere = fs::read_to_string(program.path("reponses/cimetiere.md")).unwrap();
    program.write("reponses/cimetiere.md", cimetiere.replace("draft", "published"));
    let refused = program.run(&["answers", "import"]);
    assert!(
        refused.status == 1 && refused.err.contains("cimetiere.md") && refused.err.contains("label"),
        "{}",
        refused.err
    );
}

#[test]
fn the_hours_are_said_of_the_moment() {
    let program = Program::new();
    let asked = program.done(&["ask", "--json", "vous êtes ouverts aujourd'hui"]).json();
    let say = asked[0]["say"].as_str().unwrap();
    assert_eq!(asked[0]["entry"], "hours");
    assert!(say.starts_with("La mairie est ") && !say.contains("{{"), "{say}");
    assert!(say.contains("du lundi au vendredi de 8 h 30 à 12 h"), "{say}");
}
