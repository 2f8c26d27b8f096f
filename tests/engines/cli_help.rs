//! Every command explains itself in French, and a misused one says what is wrong and exits with 2.

use crate::program::Program;

#[test]
fn every_command_has_help_in_french_and_exits_with_0() {
    let program = Program::bare();
    for command in [
        "",
        "serve",
        "call",
        "hear",
        "ask",
        "say",
        "check",
        "answers",
        "answers import",
        "answers list",
        "answers check",
        "answers calibrate",
        "eval",
        "bench",
        "bench hear",
        "bench answers",
        "bench call",
        "bench commands",
        "bench console",
        "console",
        "console invite",
    ] {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let ran = program.run(&words);
        assert_eq!(ran.status, 0, "{command}: {}", ran.err);
        assert!(ran.out.contains("Utilisation"), "{command}: {}", ran.out);
        assert!(ran.out.contains("Affiche cette aide"), "{command}: {}", ran.out);
        for english in ["Usage", "Commands:", "Print", "[default", "possible values"] {
            assert!(!ran.out.contains(english), "{command} says « {english} »: {}", ran.out);
        }
        assert_eq!(ran.err, "", "{command}");
    }
}

#[test]
fn a_misused_command_line_is_told_in_french_and_exits_with_2() {
    let program = Program::bare();
    for (arguments, told) in [
        (&[][..], "il manque une commande"),
        (&["sevre"], "la commande « sevre » est inconnue"),
        (&["ask"], "il manque"),
        (&["ask", "une question", "--file", "q.tsv"], "ne va pas avec"),
        (&["hear"], "il manque"),
        (&["say", "Bonjour."], "il manque"),
        (&["call", "--interrupt-after", "bientôt", "a.wav"], "« bientôt » ne convient pas"),
        (&["check", "--tout"], "« --tout » est inconnue"),
        (&["answers"], "il manque une commande"),
        (&["answers", "importe"], "« importe » est inconnue"),
        (&["bench", "hear", "--count", "0"], "« 0 » ne convient pas"),
    ] {
        let ran = program.run(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(told), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("Pour l'aide"), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
}

#[test]
fn a_word_nearly_right_gets_the_right_one_suggested() {
    let ran = Program::bare().run(&["sevre"]);
    assert!(ran.err.contains("Vouliez-vous dire « serve » ?"), "{}", ran.err);
}

#[test]
fn the_version_is_printed() {
    let ran = Program::bare().run(&["--version"]);
    assert_eq!(ran.status, 0);
    assert_eq!(ran.out.trim(), concat!("standardiste ", env!("CARGO_PKG_VERSION")));
}
