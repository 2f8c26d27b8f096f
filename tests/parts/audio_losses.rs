//! What is heard when the network loses a packet.

use std::f64::consts::TAU;

use bytes::Bytes;
use standardiste::audio::{Codec, FRAME_SAMPLES, Frame, Playout, level};

/// A voice-like sound: 125 Hz and its harmonics, falling.
fn voice(frames: usize) -> Vec<Frame> {
    let sample = |n: usize| {
        let t = n as f64 / 16_000.0;
        (1..20).map(|h| 6_000.0 / f64::from(h) * (TAU * 125.0 * f64::from(h) * t + f64::from(h)).sin()).sum::<f64>()
    };
    let sound: Vec<i16> = (0..frames * FRAME_SAMPLES).map(|n| sample(n) as i16).collect();
    sound.as_chunks::<FRAME_SAMPLES>().0.to_vec()
}

fn payloads(codec: Codec, frames: &[Frame]) -> Vec<Bytes> {
    let mut encoder = codec.encoder().unwrap();
    frames.iter().map(|frame| encoder.encode(frame).unwrap()).collect()
}

/// Plays with the given frames lost.
fn play(codec: Codec, payloads: &[Bytes], lost: std::ops::Range<usize>) -> Vec<Frame> {
    let mut playout = Playout::new(codec).unwrap();
    (0..payloads.len())
        .map(|i| {
            if lost.contains(&i) {
                let next = (i + 1 == lost.end).then(|| &payloads[i + 1][..]);
                playout.conceal(codec.ticks_per_frame(), next);
            } else {
                playout.play(&payloads[i]).unwrap();
            }
            let played = playout.take();
            assert_eq!(played.concealed, lost.contains(&i));
            played.frame
        })
        .collect()
}

/// Largest step between neighbouring samples: a click shows here.
fn steepest(sound: &[i16]) -> i32 {
    sound.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap()
}

fn similarity(a: &[i16], b: &[i16]) -> f64 {
    let dot = |x: &[i16], y: &[i16]| x.iter().zip(y).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn one_lost_frame_of_a_vowel_sounds_like_the_vowel() {
    for codec in [Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus] {
        let payloads = payloads(codec, &voice(60));
        let whole = play(codec, &payloads, 0..0);
        let patched = play(codec, &payloads, 40..41);
        let likeness = similarity(&whole[40], &patched[40]);
        assert!(likeness > 0.85, "{codec:?}: {likeness}");
        let change = level::rms_dbfs(&patched[40]) - level::rms_dbfs(&whole[40]);
        assert!(change.abs() < 3.0, "{codec:?}: {change} dB");
    }
}

#[test]
fn a_loss_makes_no_click() {
    for codec in [Codec::Pcma, Codec::G722] {
        let payloads = payloads(codec, &voice(60));
        let usual = steepest(play(codec, &payloads, 0..0)[10..].as_flattened());
        for lost in [40..41, 40..43, 40..50] {
            let patched = play(codec, &payloads, lost.clone());
            let steep = steepest(patched[38..].as_flattened());
            assert!(f64::from(steep) < 1.3 * f64::from(usual), "{codec:?} {lost:?}: {steep} instead of {usual}");
        }
    }
}

#[test]
fn a_long_loss_fades_to_silence_within_sixty_milliseconds() {
    for codec in [Codec::Pcmu, Codec::Pcma, Codec::G722] {
        let payloads = payloads(codec, &voice(60));
        let patched = play(codec, &payloads, 40..50);
        let levels: Vec<f32> = (39..50).map(|i| level::rms_dbfs(&patched[i])).collect();
        assert!(levels[..4].is_sorted_by(|a, b| a > b), "{codec:?} {levels:?}");
        assert!(levels[4..].iter().all(|&level| level == level::SILENCE_DBFS), "{codec:?} {levels:?}");
        assert!(level::rms_dbfs(&patched[51]) > -20.0);
    }
}

#[test]
fn a_loss_in_silence_is_silence() {
    for codec in Codec::ALL {
        let payloads = payloads(codec, &[[0; FRAME_SAMPLES]; 20]);
        let patched = play(codec, &payloads, 10..12);
        assert!(patched[2..].iter().all(|frame| level::rms_dbfs(frame) < -60.0), "{codec:?}");
    }
}

#[test]
fn a_frame_left_out_makes_no_click() {
    let payloads = payloads(Codec::Pcma, &voice(60));
    let mut playout = Playout::new(Codec::Pcma).unwrap();
    let mut sound = Vec::new();
    for (i, payload) in payloads.iter().enumerate() {
        if i == 40 {
            playout.skip(payload).unwrap();
            continue;
        }
        playout.play(payload).unwrap();
        sound.extend(playout.take().frame);
    }
    assert_eq!(sound.len(), 59 * FRAME_SAMPLES);
    let usual = steepest(&sound[10 * FRAME_SAMPLES..39 * FRAME_SAMPLES]);
    assert!(steepest(&sound[39 * FRAME_SAMPLES..]) < usual * 13 / 10);
}
