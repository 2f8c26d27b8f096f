//! `say` writes a WAV that plays.

use crate::program::{Program, sound};

#[test]
fn a_text_becomes_a_wav_at_a_speaking_level_and_pace() {
    let program = Program::new();
    let path = program.say("dit.wav", "Bonjour. Le CNI coûte 25 € à 14 h 30.");
    let samples = sound(&path);
    let seconds = samples.len() as f32 / 16_000.0;
    assert!((2.0..12.0).contains(&seconds), "{seconds} s");
    let rms = (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64).sqrt();
    assert!(rms > 500.0, "level {rms}");
}

#[test]
fn an_empty_text_a_speed_out_of_range_and_a_folder_that_is_not_there_are_refused() {
    let program = Program::new();
    let path = program.path("dit.wav").display().to_string();
    for (arguments, told) in [
        (["say", " ", "-o", &path].to_vec(), "le texte est vide"),
        (["say", "Bonjour.", "--speed", "9", "-o", &path].to_vec(), "la vitesse va de 0.5 à 2"),
        (["say", "Bonjour.", "-o", "nulle/part.wav"].to_vec(), "nulle/part.wav"),
    ] {
        let ran = program.run(&arguments);
        assert_eq!(ran.status, 1, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(told), "{arguments:?}: {}", ran.err);
    }
    assert!(!program.path("dit.wav").exists());
}
