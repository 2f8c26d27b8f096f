//! How soon a voice interrupts, in time of the sound and not of the machine: recorded prompts, and coughs.

use standardiste::asr::evaluate;
use standardiste::turn::{Detector, Settings, Verdict};

use crate::sounds;

const FRAME: usize = 320;
const FRAME_MS: usize = 20;
/// What is still queued in the leg when the playback is paused: two frames.
const QUEUED_MS: usize = 40;

fn as_samples(sound: &[f32]) -> Vec<i16> {
    sound.iter().map(|sample| (sample * 32_767.0) as i16).collect()
}

/// Milliseconds from the beginning of the sound to the interruption, after a second of a line's faint noise.
fn interrupts_after(sound: &[i16]) -> Option<usize> {
    let mut state = 7_u64;
    let mut faint = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % 41) as i16 - 20
    };
    let mut detector = Detector::new(Settings::default());
    for _ in 0..50 {
        let quiet: Vec<i16> = (0..FRAME).map(|_| faint()).collect();
        detector.push(&quiet);
    }
    sound.chunks_exact(FRAME).enumerate().find_map(|(at, frame)| {
        let frame: Vec<i16> = frame.iter().map(|sample| sample.saturating_add(faint())).collect();
        (detector.push(&frame) == Some(Verdict::BargeIn)).then_some((at + 1) * FRAME_MS)
    })
}

/// Milliseconds to the first 10 ms above −45 dBFS: where an ear would say that the word begins.
fn first_sound(sound: &[i16]) -> Option<usize> {
    let power = |chunk: &[i16]| chunk.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / chunk.len() as f64;
    let loud = |chunk: &[i16]| 10.0 * (power(chunk) / 32_768.0_f64.powi(2)).log10() > -45.0;
    Some(sound.chunks_exact(160).position(loud)? * 10)
}

#[test]
fn a_voice_stops_the_line_within_300_ms_of_its_first_sound() {
    let mut delays: Vec<(isize, String)> = Vec::new();
    for (name, words) in evaluate::sample(sounds::prompts(), 150, 2_026) {
        let sound = as_samples(&sounds::prompt(&name));
        let Some(first) = first_sound(&sound) else { continue };
        if sound.len() / 16 < first + 500 {
            continue;
        }
        let after = interrupts_after(&sound).unwrap_or_else(|| panic!("{name} never interrupts: « {words} »"));
        delays.push(((after + QUEUED_MS) as isize - first as isize, name));
    }
    delays.sort();
    let percentile = |part: f64| &delays[(delays.len() as f64 * part) as usize];
    println!("{} prompts: median {:?}, 95th percentile {:?}", delays.len(), percentile(0.5), percentile(0.95));
    assert!(delays.len() > 100, "{} prompts", delays.len());
    assert!(percentile(0.95).0 <= 300, "95th percentile: {:?}; slowest: {:?}", percentile(0.95), delays.last());
}

#[test]
fn a_cough_does_not_stop_the_line() {
    for noise in ["pinknoise", "whitenoise", "brownnoise"] {
        for (seconds, fade) in [("0.2", "0.17"), ("0.3", "0.25"), ("0.4", "0.34")] {
            for throat in ["400", "700", "1200"] {
                let effects = ["synth", seconds, noise, "fade", "l", "0.01", seconds, fade, "bandpass", throat, "1.5q"];
                let loud_twice = ["norm", "-6", "pad", "0.1", "0.4", "repeat", "1"];
                let cough = sounds::sox(&["-n", "-r", "8000"], &[&effects[..], &loud_twice[..]].concat());
                let after = interrupts_after(&as_samples(&cough));
                assert_eq!(after, None, "{noise}, {seconds} s, {throat} Hz");
            }
        }
    }
}
