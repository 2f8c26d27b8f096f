//! The weights of the evidence are those that the delivered files give, and what was heard is read as it was written.

use std::path::Path;

use standardiste::answers::calibrate::{Settings, fit};
use standardiste::app::calibration::{Files, HeardFile, HeardQuestion, Known};
use standardiste::config::Config;

fn delivered() -> (Files, Known) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/standardiste.toml");
    let config = Config::load(Some(&file), std::env::vars_os()).unwrap();
    let files = Files::of(&config);
    let known = Known::read(&config, &files).unwrap_or_else(|error| panic!("{error:#}"));
    (files, known)
}

#[test]
fn the_committed_weights_are_those_of_the_fit() {
    let (files, known) = delivered();
    let heard = HeardFile::read(&files.heard).unwrap();
    let fitted = fit(&known.index, &known.examples(&heard), &Settings::default()).unwrap();
    assert!(
        fitted.loss_before - fitted.loss < 0.05,
        "run « standardiste answers calibrate » and commit what it writes: {fitted:?}"
    );
}

#[test]
fn the_calibration_learns_from_what_was_handed_out_for_tuning_and_never_from_the_last_fresh_questions() {
    let (_, known) = delivered();
    let text = |line: &str| line.split('\t').nth(3).map(str::to_owned);
    let holds = |file: &str| file.lines().skip(1).filter_map(text).filter(|text| known.holds(text)).count();
    assert_eq!(holds(include_str!("../data/questions_dev.tsv")), 70);
    assert_eq!(holds(include_str!("../data/questions_final3_2026-11-22.tsv")), 0);
}

#[test]
fn a_longer_run_speaks_what_a_shorter_one_spoke_and_more() {
    let (_, known) = delivered();
    let (short, long) = (known.to_speak(50), known.to_speak(200));
    assert_eq!((short.len(), long.len()), (50, 200));
    assert_eq!(short[..], long[..50]);
}

#[test]
fn what_was_heard_teaches_the_same_answer_as_what_was_asked() {
    let (_, known) = delivered();
    let asked = known.base[0].questions[0].clone();
    let question = HeardQuestion {
        key: known.base[0].id.clone(),
        condition: "v1.00 h1.00 sans bruit".into(),
        confidence: 0.5,
        asked: asked.clone(),
        sound: vec![("acte-mariage".into(), -0.75)],
        heard: "ce que la ligne a entendu".into(),
    };
    let silent = HeardQuestion { heard: String::new(), ..question.clone() };
    let stale = HeardQuestion { asked: "une question retirée de la base".into(), ..question.clone() };
    let written = known.examples(&HeardFile::default());
    let all = known.examples(&HeardFile { questions: vec![question, silent, stale] });
    let heard = &all[written.len()..];
    let same: Vec<_> = written.iter().filter(|example| example.text == asked).collect();
    assert!(!same.is_empty() && heard.len() == same.len());
    for (heard, written) in heard.iter().zip(same) {
        assert_eq!((&heard.right, heard.hidden), (&written.right, written.hidden));
        assert_eq!(heard.hearing_confidence, 0.5);
        assert_eq!(heard.acoustic, [("acte-mariage".to_owned(), -0.75)]);
    }
}

#[test]
fn the_file_of_what_was_heard_is_read_as_written_and_refused_with_its_line() {
    let file = HeardFile {
        questions: vec![HeardQuestion {
            key: "d01".into(),
            condition: "v1.15 h1.00 rose 20 dB".into(),
            confidence: 0.625,
            asked: "Je voudrais un acte.".into(),
            sound: vec![("acte-mariage".into(), -0.75), ("acte-deces".into(), 1.5)],
            heard: "je voudrais un acte".into(),
        }],
    };
    let text = file.to_text();
    assert_eq!(HeardFile::parse(&text).unwrap(), file);
    for wrong in [
        "d02\tv1\tbeaucoup\tun acte\t\tun acte\n",
        "d02\tv1\t1.5\tun acte\t\tun acte\n",
        "d02\tv1\t0.5\tun acte\n",
        "d02\tv1\t0.5\tun acte\tpacs\tun acte\n",
    ] {
        let told = HeardFile::parse(&format!("{text}{wrong}")).unwrap_err().to_string();
        assert!(told.starts_with("ligne 3"), "{told}");
    }
    assert!(HeardFile::parse("key\ttext\n").is_err());
}
