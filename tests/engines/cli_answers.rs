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
    assert!(ran.out.contains("0 à revoir"), "{}", ran.out);
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
