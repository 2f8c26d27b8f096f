//! `eval`: each question is asked as a fresh call's first, and what was decided is counted, told, kept and drawn.

use serde_json::Value;

use crate::program::Program;
use crate::speaking::cache;

const QUESTIONS: &str = "id\tkind\tnote\texpected\ttext\n\
    a\tin\t\tF1427|F1432\tJe voudrais un acte de naissance.\n\
    b\tlocal\t\thours\tQuels sont vos horaires d'ouverture ?\n\
    c\thuman\t\tescalate\tUn agent s'il vous plaît.\n\
    d\tdistress\t\tescalate\tJe ne veux plus vivre.\n\
    e\tout\t\tescalate\tJe voudrais une pizza aux quatre fromages.\n\
    f\tin\t\tF99999\tJe voudrais un acte de mariage.\n";

fn cases(program: &Program, arguments: &[&str]) -> (Value, String) {
    let file = program.write("questions.tsv", QUESTIONS);
    let json = program.path("resultat.json").display().to_string();
    let mut all = vec!["eval", &file, "--json", &json];
    all.extend(arguments);
    let told = program.done(&all).out;
    (serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap(), told)
}

#[test]
fn decisions_are_counted_told_and_kept() {
    let program = Program::new();
    let plots = program.path("courbes").display().to_string();
    let (report, told) = cases(&program, &["--plots", &plots]);
    let outcomes: Vec<&str> =
        report["cases"].as_array().unwrap().iter().map(|case| case["outcome"].as_str().unwrap()).collect();
    assert!(outcomes[..5].iter().all(|outcome| ["right", "needless_question"].contains(outcome)), "{report:#}");
    assert_eq!(report["all"]["questions"], 6);
    assert!(!["right", "needless_question"].contains(&outcomes[5]), "no entry has that fiche: {report:#}");
    assert_eq!((&report["handed_over"], &report["distress_found"]), (&1.0.into(), &1.0.into()));
    for part in ["décisions justes", "par sorte", "par thème", "couverture", "calibrage", "les pires erreurs"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    for name in ["fiabilite.svg", "risque.svg"] {
        let drawing = std::fs::read_to_string(program.path("courbes").join(name)).unwrap();
        assert!(
            drawing.starts_with("<svg") && drawing.contains("<title") && drawing.ends_with("</svg>\n"),
            "{drawing}"
        );
    }
}

#[test]
fn spoken_questions_are_heard_once_and_judged_as_in_a_call() {
    let mut program = Program::new();
    let own = program.path("cache");
    std::fs::create_dir_all(&own).unwrap();
    for part in ["models", "onnxruntime", "voices"] {
        std::os::unix::fs::symlink(cache().join(part), own.join(part)).unwrap();
    }
    program.set("CACHE", &own.display().to_string());
    let file = program.write("dites.tsv", "id\tkind\texpected\ttext\nh\tlocal\thours\tQuels sont vos horaires ?\n");
    let json = program.path("dit.json").display().to_string();
    let arguments = ["eval", &file, "--spoken", "--noise", "20", "--noise-kind", "blanc", "--json", &json];
    program.done(&arguments);
    let first = std::fs::read(&json).unwrap();
    let report: Value = serde_json::from_slice(&first).unwrap();
    let case = &report["cases"][0];
    assert!(case["heard"]["text"].as_str().unwrap().to_lowercase().contains("horaire"), "{report:#}");
    assert!(report["condition"].as_str().unwrap().contains("blanc"), "{report:#}");
    let begun = std::time::Instant::now();
    program.done(&arguments);
    assert!(begun.elapsed().as_secs() < 20, "what was heard is kept");
    assert_eq!(std::fs::read(&json).unwrap(), first);
}

#[test]
fn a_file_that_is_wrong_is_refused_with_its_line() {
    let program = Program::new();
    for (content, told) in [
        ("id\ttext\na\tun acte\n", "il manque kind, expected"),
        ("id\tkind\texpected\ttext\na\tin\tF1427\n", "ligne 2 : la colonne « text » manque"),
        ("id\tkind\texpected\ttext\na\tin\t\tun acte\n", "ligne 2 : la colonne « expected » est vide"),
        ("id\tkind\texpected\ttext\na\tin\tF1427\tun acte\na\tin\tF1427\tun acte\n", "ligne 3"),
        ("id\tkind\texpected\ttext\n", "aucune question"),
    ] {
        let file = program.write("faux.tsv", content);
        let ran = program.run(&["eval", &file]);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{content:?}");
        assert!(ran.err.contains("faux.tsv") && ran.err.contains(told), "{content:?}: {}", ran.err);
    }
    let file = program.write("bon.tsv", QUESTIONS);
    assert_eq!(program.run(&["eval", &file, "--noise", "10"]).status, 2, "noise is for what is spoken");
    let ran = program.run(&["eval", &file, "--spoken", "--speed", "9"]);
    assert!(ran.status == 1 && ran.err.contains("la vitesse va de 0.5 à 2"), "{}", ran.err);
}
