//! Payloads to sound and back, on every codec of the line.

use std::f64::consts::TAU;

use opus_rs::{Application, OpusEncoder};
use proptest::prelude::*;
use standardiste::audio::{Codec, FRAME_SAMPLES, Frame, Playout, level};

fn tone(hertz: f64, samples: usize, amplitude: f64) -> Vec<i16> {
    (0..samples).map(|n| (amplitude * (TAU * hertz * n as f64 / 16_000.0).sin()) as i16).collect()
}

/// Amplitude at one frequency (Goertzel).
fn amplitude(samples: &[i16], hertz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, &sample) in samples.iter().enumerate() {
        let angle = TAU * hertz * n as f64 / 16_000.0;
        re += f64::from(sample) * angle.cos();
        im += f64::from(sample) * angle.sin();
    }
    2.0 * re.hypot(im) / samples.len() as f64
}

fn frames(samples: &[i16]) -> Vec<Frame> {
    samples.as_chunks::<FRAME_SAMPLES>().0.to_vec()
}

fn through(codec: Codec, samples: &[i16]) -> Vec<i16> {
    let (mut encoder, mut playout) = (codec.encoder().unwrap(), Playout::new(codec).unwrap());
    frames(samples)
        .iter()
        .flat_map(|frame| {
            playout.play(&encoder.encode(frame).unwrap()).unwrap();
            playout.take().frame
        })
        .collect()
}

#[test]
fn every_codec_keeps_a_voice_frequency_at_its_level() {
    for codec in Codec::ALL {
        for hertz in [300.0, 1_000.0, 3_000.0] {
            let out = through(codec, &tone(hertz, 32_000, 8_000.0));
            let ratio = amplitude(&out[16_000..], hertz) / 8_000.0;
            assert!((0.75..1.2).contains(&ratio), "{codec:?} {hertz} Hz: {ratio}");
        }
    }
}

#[test]
fn a_telephone_codec_lets_nothing_fold_back_into_the_voice() {
    for hertz in [4_400.0, 5_000.0, 7_000.0] {
        let out = through(Codec::Pcma, &tone(hertz, 32_000, 8_000.0));
        let folded = amplitude(&out[16_000..], 8_000.0 - hertz) / 8_000.0;
        assert!(folded < 0.01, "{hertz} Hz: {folded}");
        assert!(amplitude(&out[16_000..], hertz) / 8_000.0 < 0.01);
    }
}

#[test]
fn a_frame_is_a_payload_of_twenty_milliseconds() {
    let sound = tone(440.0, 20 * FRAME_SAMPLES, 5_000.0);
    for codec in Codec::ALL {
        let mut encoder = codec.encoder().unwrap();
        for frame in frames(&sound) {
            let payload = encoder.encode(&frame).unwrap();
            assert_eq!(codec.ticks(&payload), Some(codec.ticks_per_frame()), "{codec:?}");
            assert!(codec == Codec::Opus || payload.len() == 160);
        }
    }
}

#[test]
fn payloads_of_any_length_become_frames_of_twenty_milliseconds() {
    let sound = tone(700.0, 9_600, 6_000.0);
    let mut encoder = Codec::Pcma.encoder().unwrap();
    let bytes: Vec<u8> = frames(&sound).iter().flat_map(|frame| encoder.encode(frame).unwrap()).collect();
    let whole = through(Codec::Pcma, &sound);
    for milliseconds in [10, 20, 30, 40, 60] {
        let mut playout = Playout::new(Codec::Pcma).unwrap();
        let mut payloads = bytes.chunks(milliseconds * 8);
        let mut out = Vec::new();
        while out.len() < whole.len() {
            while playout.wants() {
                playout.play(payloads.next().unwrap()).unwrap();
            }
            let played = playout.take();
            assert!(!played.empty && !played.concealed);
            out.extend(played.frame);
        }
        assert_eq!(out, whole, "{milliseconds} ms");
    }
}

#[test]
fn a_browsers_stereo_opus_is_heard_at_sixteen_kilohertz() {
    let mut browser = OpusEncoder::new(48_000, 2, Application::Audio).unwrap();
    browser.bitrate_bps = 64_000;
    let mut playout = Playout::new(Codec::Opus).unwrap();
    let mut out = Vec::new();
    for frame in 0..50 {
        let pcm: Vec<f32> = (frame * 960..(frame + 1) * 960)
            .map(|n| (0.25 * (TAU * 1_000.0 * f64::from(n) / 48_000.0).sin()) as f32)
            .flat_map(|sample| [sample, sample])
            .collect();
        let mut payload = [0; 1_500];
        let length = browser.encode(&pcm, 960, &mut payload).unwrap();
        assert_eq!(Codec::Opus.ticks(&payload[..length]), Some(960));
        playout.play(&payload[..length]).unwrap();
        out.extend(playout.take().frame);
    }
    let ratio = amplitude(&out[8_000..], 1_000.0) / (0.25 * 32_768.0);
    assert!((0.85..1.15).contains(&ratio), "{ratio}");
}

#[test]
fn a_codec_is_found_by_its_name_and_by_its_number() {
    assert_eq!(Codec::from_rtp("pcma", 8_000), Some(Codec::Pcma));
    assert_eq!(Codec::from_rtp("OPUS", 48_000), Some(Codec::Opus));
    assert_eq!(Codec::from_rtp("opus", 16_000), None);
    assert_eq!(Codec::from_rtp("G729", 8_000), None);
    assert_eq!([0, 8, 9, 18].map(Codec::from_static), [Some(Codec::Pcmu), Some(Codec::Pcma), Some(Codec::G722), None]);
}

#[test]
fn an_impossible_payload_is_refused_and_its_place_filled() {
    for codec in Codec::ALL {
        assert_eq!(codec.ticks(&[]), None);
        let mut playout = Playout::new(codec).unwrap();
        assert!(playout.play(&[]).is_err());
        assert!(!playout.wants());
        assert!(playout.play(&[0xFF; 1_400]).is_err());
    }
    assert_eq!(Codec::Pcma.ticks(&[0; 961]), None);
}

#[test]
fn nothing_to_play_is_silence() {
    let played = Playout::new(Codec::Pcma).unwrap().take();
    assert!(played.empty && !played.concealed);
    assert_eq!(level::rms_dbfs(&played.frame), level::SILENCE_DBFS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_payload_makes_a_decoder_panic(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8)) {
        for codec in Codec::ALL {
            let mut playout = Playout::new(codec).unwrap();
            for (i, payload) in payloads.iter().enumerate() {
                let _ = playout.play(payload);
                if i % 3 == 2 { playout.conceal(codec.ticks_per_frame(), Some(payload)); }
                if i % 4 == 3 { let _ = playout.skip(payload); }
                playout.take();
            }
        }
    }
}
