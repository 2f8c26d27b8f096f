//! The French ringing tone: 440 Hz, 1.5 s of every 5.

use standardiste::audio::{FRAME_SAMPLES, Frame, Ringback, SAMPLE_RATE, SILENCE, level};

fn frames(count: usize) -> Vec<Frame> {
    let mut tone = Ringback::default();
    (0..count).map(|_| tone.frame()).collect()
}

#[test]
fn it_sounds_for_a_second_and_a_half_and_is_silent_for_three_and_a_half() {
    let frames = frames(750);
    for (index, frame) in frames.iter().enumerate() {
        let sounds = index % 250 < 75;
        assert_eq!(*frame != SILENCE, sounds, "frame {index}");
    }
    assert_eq!(frames[..250], frames[250..500], "every five seconds the same");
}

#[test]
fn it_is_440_hertz_and_softer_than_the_voice() {
    let samples: Vec<i16> = frames(75).concat();
    let rises = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
    assert!((658..=661).contains(&rises), "{rises} periods in 1.5 s");
    let peak = level::peak_dbfs(&samples);
    assert!((-20.5..=-19.5).contains(&peak), "{peak} dBFS");
}

#[test]
fn it_begins_and_ends_without_a_click() {
    let samples: Vec<i16> = frames(76).concat();
    let steepest = samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap();
    // The steepest slope of the tone itself.
    let slope = 3_277.0 * 440.0 * std::f32::consts::TAU / SAMPLE_RATE as f32;
    assert!(steepest <= slope as i32 + 2, "{steepest} > {slope}");
    assert!(samples[..4].iter().chain(&samples[75 * FRAME_SAMPLES - 4..]).all(|sample| sample.abs() < 200));
}
