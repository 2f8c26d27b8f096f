//! `hear`: any WAV is heard; a file that cannot be is told, and the others go on.

use standardiste::audio::{resample, wav};

use crate::program::{Program, keys, sound};

const KEYS: [&str; 5] = ["asr_ms", "confidence", "duration_s", "file", "text"];

#[test]
fn a_bad_file_is_told_and_the_others_are_heard() {
    let program = Program::new();
    let good = program.say("bon.wav", "Je voudrais un acte de naissance.");
    let samples = sound(&good);
    let wide = resample(&samples, 16_000, 44_100);
    let stereo = program.path("stereo.wav");
    wav::write_stereo(&stereo, &wide, &wide, 44_100).unwrap();
    let stereo = stereo.display().to_string();
    let bytes = std::fs::read(&good).unwrap();
    let cut = program.write("tronque.wav", &bytes[..bytes.len() / 2]);
    let damaged = program.write("abime.wav", "RIFF et puis plus rien de bon".repeat(20));
    let empty = program.write("vide.wav", "");
    let files = [good.as_str(), &damaged, &empty, &stereo, &cut, "absent.wav", &good];
    let mut arguments = vec!["hear", "--json"];
    arguments.extend(files);
    let ran = program.run(&arguments);
    assert_eq!(ran.status, 1, "{}\n{}", ran.out, ran.err);
    let lines = ran.json();
    let named: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(named, files, "one object a file, in their order");
    for heard in [0, 3, 6] {
        let line = &lines[heard];
        assert_eq!(keys(line), KEYS);
        assert!(line["text"].as_str().unwrap().to_lowercase().contains("naissance"), "{line}");
        let seconds = samples.len() as f64 / 16_000.0;
        assert!((line["duration_s"].as_f64().unwrap() - seconds).abs() < 0.1, "{line}");
        assert!((0.0..=1.0).contains(&line["confidence"].as_f64().unwrap()), "{line}");
        assert!(line["asr_ms"].as_u64().is_some(), "{line}");
    }
    for refused in [1, 2, 4, 5] {
        assert_eq!(keys(&lines[refused]), ["error", "file"], "{}", lines[refused]);
        assert!(ran.err.contains(named[refused]), "{}", ran.err);
    }
    assert!(lines[2]["error"].as_str().unwrap().contains("vide"), "{}", lines[2]);
    assert!(lines[4]["error"].as_str().unwrap().contains("tronqué"), "{}", lines[4]);
    assert!(lines[5]["error"].as_str().unwrap().contains("introuvable"), "{}", lines[5]);
}

#[test]
fn files_that_are_all_good_exit_with_0() {
    let program = Program::new();
    let good = program.say("bon.wav", "Le livret de famille.");
    let ran = program.done(&["hear", &good]);
    assert!(ran.out.starts_with(&good), "{}", ran.out);
}
