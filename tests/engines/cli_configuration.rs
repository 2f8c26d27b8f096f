//! Without a sound configuration nothing starts, and the message is enough to mend it.

use crate::program::Program;

#[test]
fn without_a_file_it_says_where_it_looked() {
    let program = Program::bare();
    for command in [&["serve"][..], &["ask", "un acte de naissance"], &["check"], &["answers", "list"]] {
        let ran = program.run(command);
        let told = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.status, 1, "{command:?}: {told}");
        for place in ["config/standardiste.toml", "/etc/standardiste/standardiste.toml", "--config"] {
            assert!(told.contains(place), "{command:?}: {told}");
        }
    }
}

#[test]
fn a_named_file_that_is_not_there_is_named() {
    let ran = Program::bare().run(&["--config", "ailleurs.toml", "answers", "list"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("ailleurs.toml"), "{}", ran.err);
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_the_nearest_known_one() {
    let program = Program::bare();
    let file = program.write("ligne.toml", "[mairie]\nnom = \"Saint-Aubin\"\n\n[calls]\nmax_cals = 4\n");
    for command in [&["serve"][..], &["check"], &["ask", "le PACS"]] {
        let mut arguments = vec!["--config", file.as_str()];
        arguments.extend(command);
        let ran = program.run(&arguments);
        let told = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.status, 1, "{command:?}: {told}");
        assert!(told.contains("ligne.toml:5") && told.contains("max_cals"), "{command:?}: {told}");
        assert!(told.contains("max_calls"), "{command:?}: {told}");
    }
}

#[test]
fn an_ill_typed_variable_is_refused_by_its_own_name() {
    let mut program = Program::new();
    program.set("CALLS__MAX_CALLS", "beaucoup");
    let ran = program.run(&["ask", "le PACS"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("STANDARDISTE_CALLS__MAX_CALLS") && ran.err.contains("beaucoup"), "{}", ran.err);
}
