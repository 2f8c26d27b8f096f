//! Who is speaking: turns, pauses and interruptions, on made-up voices and noises.

use std::f64::consts::TAU;
use std::time::Duration;

use standardiste::turn::{Detector, Settings, Verdict};

const MS: usize = 16;
const FRAME: usize = 320;

/// A reproducible noise between −1 and 1.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    }
}

/// A voice that says one syllable every 200 ms, each ended by a closed mouth: harmonics of a moving
/// pitch under two formants that change with the syllable.
fn voice(milliseconds: usize) -> Vec<i16> {
    const VOWELS: [(f64, f64); 4] = [(700.0, 1_200.0), (300.0, 2_200.0), (500.0, 1_700.0), (350.0, 800.0)];
    let mut phase = 0.0;
    (0..milliseconds * MS)
        .map(|n| {
            let t = n as f64 / 16_000.0;
            let syllable = (t / 0.2) as usize;
            let within = t / 0.2 - syllable as f64;
            let envelope = (within * 8.0).min((0.85 - within) * 6.0).clamp(0.0, 1.0);
            let pitch = 120.0 + 25.0 * (TAU * 1.3 * t).sin() - 15.0 * within;
            phase += pitch / 16_000.0;
            let (f1, f2) = VOWELS[syllable % 4];
            let near = |f: f64, formant: f64| (-((f - formant) / 180.0).powi(2)).exp();
            let sound: f64 = (1..28)
                .map(|h| {
                    let f = f64::from(h) * pitch;
                    (near(f, f1) + 0.5 * near(f, f2) + 0.05) * (TAU * phase * f64::from(h)).sin()
                })
                .sum();
            (sound * envelope * 4_000.0) as i16
        })
        .collect()
}

fn silence(milliseconds: usize) -> Vec<i16> {
    let mut noise = Noise(7);
    (0..milliseconds * MS).map(|_| (noise.next() * 15.0) as i16).collect()
}

fn hiss(milliseconds: usize, amplitude: f64) -> Vec<i16> {
    let mut noise = Noise(1);
    (0..milliseconds * MS).map(|_| (noise.next() * amplitude) as i16).collect()
}

fn cough(milliseconds: usize) -> Vec<i16> {
    let decay = |n: usize| 1.0 - n as f64 / (milliseconds * MS) as f64;
    hiss(milliseconds, 12_000.0).into_iter().enumerate().map(|(n, s)| (f64::from(s) * decay(n)) as i16).collect()
}

/// What is told, with the end of the frame it is told at, milliseconds.
fn hear(detector: &mut Detector, sound: &[i16]) -> Vec<(usize, Verdict)> {
    let frames = sound.chunks_exact(FRAME).enumerate();
    frames.filter_map(|(i, frame)| detector.push(frame).map(|verdict| ((i + 1) * 20, verdict))).collect()
}

fn kinds(told: &[(usize, Verdict)]) -> String {
    told.iter()
        .map(|(_, verdict)| match verdict {
            Verdict::SpeechStarted => 'S',
            Verdict::BargeIn => 'B',
            Verdict::Paused => 'P',
            Verdict::Resumed => 'R',
            Verdict::Ended { .. } => 'E',
            Verdict::TooLong => 'L',
        })
        .collect()
}

fn when(told: &[(usize, Verdict)], kind: char) -> usize {
    let at = kinds(told).find(kind).unwrap_or_else(|| panic!("no {kind} in {told:?}"));
    told[at].0
}

fn detector() -> Detector {
    let mut detector = Detector::new(Settings::default());
    assert_eq!(hear(&mut detector, &silence(1_000)), []);
    detector
}

#[test]
fn a_sentence_is_one_turn_and_its_end_is_dated() {
    let mut detector = detector();
    let told = hear(&mut detector, &[voice(1_600), silence(1_000)].concat());
    assert_eq!(kinds(&told), "SBPE", "{told:?}");
    // The network needs a syllable to believe in this made-up voice; real ones start within 120 ms.
    assert!(when(&told, 'S') <= 340, "{told:?}");
    assert!(when(&told, 'B') <= when(&told, 'S') + 240, "{told:?}");
    assert!((1_740..=1_860).contains(&when(&told, 'P')), "{told:?}");
    assert!((2_040..=2_160).contains(&when(&told, 'E')), "{told:?}");
    let spoke_until = 2_600 - 20 * detector.last_voice_frames_ago().unwrap() as usize;
    assert!((1_540..=1_640).contains(&spoke_until), "{spoke_until}");
}

#[test]
fn the_utterance_holds_the_sentence_with_air_around_it() {
    let mut detector = detector();
    hear(&mut detector, &[voice(1_600), silence(1_000)].concat());
    let utterance = detector.utterance();
    let milliseconds = utterance.len() / MS;
    assert!((1_950..=2_150).contains(&milliseconds), "{milliseconds}");
    let first = utterance.iter().position(|s| s.unsigned_abs() > 500).unwrap() / MS;
    assert!((200..=320).contains(&first), "{first}");
    assert!(utterance.last().unwrap().unsigned_abs() < 50);
    detector.reset();
    assert!(detector.utterance().is_empty() && detector.last_voice_frames_ago().is_none());
}

#[test]
fn the_words_before_a_pause_are_at_hand_when_it_is_told() {
    let mut detector = detector();
    let sound = [voice(1_000), silence(300)].concat();
    let mut early = Vec::new();
    for frame in sound.chunks_exact(FRAME) {
        if detector.push(frame) == Some(Verdict::Paused) {
            early = detector.utterance();
        }
    }
    assert!(early.len() > 1_200 * MS, "{}", early.len() / MS);
}

#[test]
fn going_on_after_a_pause_is_the_same_turn() {
    let mut detector = detector();
    let told = hear(&mut detector, &[voice(1_000), silence(300), voice(1_000), silence(1_000)].concat());
    assert_eq!(kinds(&told), "SBPRPE", "{told:?}");
    let Verdict::Ended { voiced_ms, silence_ms } = told[5].1 else { panic!() };
    assert!((1_300..=2_000).contains(&voiced_ms), "{voiced_ms}");
    assert!((350..=520).contains(&silence_ms), "{silence_ms}");
    assert!(detector.utterance().len() > 2_500 * MS);
}

#[test]
fn a_caller_who_hesitates_is_given_more_time() {
    let mut detector = detector();
    let hesitation = [voice(600), silence(450)].concat();
    hear(&mut detector, &[hesitation.repeat(8), silence(1_500)].concat());
    let patient = detector.end_of_turn();
    assert!(patient > Duration::from_millis(600), "{patient:?}");
    detector.reset();
    assert_eq!(detector.end_of_turn(), patient, "what was learned outlives the turn");
}

#[test]
fn a_caller_cut_off_too_early_is_given_more_time() {
    let mut detector = detector();
    let before = detector.end_of_turn();
    let told = hear(&mut detector, &[voice(800), silence(800), voice(800), silence(1_500)].concat());
    assert_eq!(kinds(&told), "SBPESBPE", "{told:?}");
    assert!(detector.end_of_turn() > before);
}

#[test]
fn a_fluent_caller_is_answered_sooner_but_never_at_once() {
    let mut detector = detector();
    for _ in 0..20 {
        hear(&mut detector, &[voice(800), silence(1_500)].concat());
        detector.reset();
    }
    let quick = detector.end_of_turn();
    assert!((350..=355).contains(&quick.as_millis()), "{quick:?}");
}

#[test]
fn a_cough_does_not_interrupt() {
    for length in [100, 150, 200] {
        let mut detector = detector();
        let told = hear(&mut detector, &[cough(length), silence(1_500)].concat());
        assert!(!kinds(&told).contains('B'), "{length} ms: {told:?}");
    }
}

#[test]
fn a_click_is_nothing() {
    let mut detector = detector();
    let mut sound = silence(2_000);
    (0..10).for_each(|n| sound[n * 3_000 + 50] = 30_000);
    assert_eq!(hear(&mut detector, &sound), []);
}

#[test]
fn steady_noise_holds_the_turn_for_little_more_than_a_second() {
    for amplitude in [300.0, 3_000.0] {
        let mut detector = detector();
        let told = hear(&mut detector, &hiss(20_000, amplitude));
        let speaking = if kinds(&told).contains('E') { when(&told, 'E') } else { 0 };
        assert!(speaking < 2_200, "{told:?}");
        assert!(kinds(&told).len() <= 4, "{told:?}");
    }
}

#[test]
fn a_dial_tone_is_not_a_caller() {
    let mut detector = detector();
    let tone: Vec<i16> =
        (0..20_000 * MS).map(|n| (8_000.0 * (TAU * 440.0 * n as f64 / 16_000.0).sin()) as i16).collect();
    let told = hear(&mut detector, &tone);
    assert!(kinds(&told).matches('S').count() <= 1, "{told:?}");
    assert!(!detector.speaking());
}

#[test]
fn mains_hum_under_a_voice_changes_nothing() {
    let mut detector = Detector::new(Settings::default());
    let hum = |sound: Vec<i16>| -> Vec<i16> {
        let add = |(n, s): (usize, &i16)| s.saturating_add((2_000.0 * (TAU * 50.0 * n as f64 / 16_000.0).sin()) as i16);
        sound.iter().enumerate().map(add).collect()
    };
    let told = hear(&mut detector, &hum([silence(4_000), voice(1_600), silence(1_500)].concat()));
    assert_eq!(kinds(&told), "SBPE", "{told:?}");
}

#[test]
fn a_voice_over_noise_is_still_heard_to_its_end() {
    let mut detector = Detector::new(Settings::default());
    let sound = [silence(4_000), voice(1_600), silence(2_000)].concat();
    let noisy: Vec<i16> = sound.iter().zip(hiss(7_600, 300.0)).map(|(a, b)| a + b).collect();
    hear(&mut detector, &noisy[..4_000 * MS]);
    detector.reset();
    let told = hear(&mut detector, &noisy[4_000 * MS..]);
    assert_eq!(kinds(&told), "SBPE", "{told:?}");
}

#[test]
fn a_caller_who_never_stops_is_told_once() {
    let mut detector = detector();
    let told = hear(&mut detector, &voice(45_000));
    assert_eq!(kinds(&told).matches('L').count(), 1, "{told:?}");
    let at = when(&told, 'L');
    assert!((20_000..=20_100).contains(&at), "{at}");
    assert!(detector.utterance().len() <= 31_000 * MS, "the sound kept is bounded");
}

#[test]
fn silence_for_ever_is_nothing() {
    let mut detector = detector();
    assert_eq!(hear(&mut detector, &silence(60_000)), []);
    assert_eq!(hear(&mut detector, &vec![0; 60_000 * MS]), []);
    assert!(detector.utterance().is_empty());
}
