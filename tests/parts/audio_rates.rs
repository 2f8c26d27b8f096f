//! Changing the sample rate, and measuring the level.

use std::f64::consts::TAU;

use proptest::prelude::*;
use standardiste::audio::{Resampler, level, resample};

fn tone(hertz: f64, rate: u32, samples: usize) -> Vec<i16> {
    (0..samples).map(|n| (8_000.0 * (TAU * hertz * n as f64 / f64::from(rate)).sin()) as i16).collect()
}

/// How far the signal stands above what is left when it is taken away, dB.
fn purity(sound: &[i16], expected: &[i16]) -> f64 {
    let power = |x: f64, y: f64| x + y * y;
    let signal = expected.iter().map(|&s| f64::from(s)).fold(0.0, power);
    let error = sound.iter().zip(expected).map(|(a, b)| f64::from(*a) - f64::from(*b)).fold(0.0, power);
    10.0 * (signal / error.max(1.0)).log10()
}

#[test]
fn a_tone_is_the_same_tone_at_another_rate() {
    for (from, to) in [
        (8_000, 16_000),
        (16_000, 8_000),
        (24_000, 16_000),
        (48_000, 16_000),
        (16_000, 48_000),
        (44_100, 16_000),
        (22_050, 16_000),
        (11_025, 16_000),
    ] {
        let out = resample(&tone(1_000.0, from, from as usize), from, to);
        let expected = tone(1_000.0, to, to as usize);
        assert_eq!(out.len(), expected.len(), "{from} to {to}");
        let middle = to as usize / 10..to as usize * 9 / 10;
        let purity = purity(&out[middle.clone()], &expected[middle]);
        assert!(purity > 45.0, "{from} to {to}: {purity} dB");
    }
}

#[test]
fn an_odd_rate_is_converted_too() {
    let out = resample(&tone(440.0, 44_101, 44_101), 44_101, 16_000);
    assert_eq!(out.len(), 16_000);
    assert!((level::rms_dbfs(&out[2_000..14_000]) + 15.26).abs() < 0.2);
}

#[test]
fn sound_that_the_new_rate_cannot_hold_is_removed() {
    let out = resample(&tone(5_000.0, 16_000, 16_000), 16_000, 8_000);
    assert!(level::rms_dbfs(&out[500..7_500]) < -65.0);
    let out = resample(&tone(11_000.0, 48_000, 48_000), 48_000, 16_000);
    assert!(level::rms_dbfs(&out[500..15_500]) < -65.0);
}

#[test]
fn the_delay_is_short_and_constant() {
    for (from, to, most) in [(8_000, 16_000, 2.6), (16_000, 8_000, 2.6), (24_000, 16_000, 1.4), (48_000, 16_000, 1.4)] {
        let mut resampler = Resampler::new(from, to);
        let mut impulse = vec![0i16; from as usize / 10];
        impulse[from as usize / 50] = 30_000;
        let mut out = Vec::new();
        resampler.process(&impulse, &mut out);
        let peak = (0..out.len()).max_by_key(|&n| out[n].unsigned_abs()).unwrap();
        let delay = (peak as f64 / f64::from(to) - 0.02) * 1_000.0;
        let told = resampler.delay() as f64 / f64::from(to) * 1_000.0;
        assert!((0.0..most).contains(&delay), "{from} to {to}: {delay} ms");
        assert!((delay - told).abs() < 0.1, "{delay} told {told}");
    }
}

#[test]
fn loud_sound_is_clipped_and_not_wrapped() {
    let square: Vec<i16> = (0..1_600).map(|n| if n / 40 % 2 == 0 { i16::MAX } else { i16::MIN }).collect();
    let out = resample(&square, 16_000, 8_000);
    let signs = out.windows(2).filter(|pair| (pair[0] > 0) != (pair[1] > 0)).count();
    assert!(signs <= 41, "{signs}");
}

#[test]
fn levels_are_told_in_decibels_of_full_scale() {
    assert_eq!(level::rms_dbfs(&[]), level::SILENCE_DBFS);
    assert_eq!(level::rms_dbfs(&[0; 100]), level::SILENCE_DBFS);
    assert!(level::rms_dbfs(&[i16::MIN; 100]).abs() < 0.01);
    assert!((level::peak_dbfs(&[0, -3_277, 5]) + 20.0).abs() < 0.01);
    assert_eq!(level::peak_dbfs(&[]), level::SILENCE_DBFS);
    assert_eq!(level::first_audible(&[0, 10, -400, 5_000], -40.0), Some(2));
    assert_eq!(level::first_audible(&[0, 10], -40.0), None);
}

proptest! {
    #[test]
    fn pieces_make_the_same_sound_as_the_whole(cuts in prop::collection::vec(1usize..700, 1..12), rates in prop::sample::select(vec![(8_000u32, 16_000u32), (16_000, 8_000), (24_000, 16_000), (48_000, 16_000), (44_100, 16_000)])) {
        let sound = tone(600.0, rates.0, cuts.iter().sum());
        let mut whole = Vec::new();
        Resampler::new(rates.0, rates.1).process(&sound, &mut whole);
        let (mut pieces, mut resampler, mut rest) = (Vec::new(), Resampler::new(rates.0, rates.1), &sound[..]);
        for cut in cuts {
            let (piece, left) = rest.split_at(cut);
            resampler.process(piece, &mut pieces);
            rest = left;
        }
        prop_assert_eq!(pieces, whole);
    }
}
