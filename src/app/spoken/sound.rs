//! From speech to what comes out of the telephone network, and the turn that a call would cut from it.

use crate::audio::level::rms_dbfs;
use crate::audio::{Codec, CodecError, FRAME_SAMPLES, Frame, SAMPLE_RATE, resample};
use crate::turn::{self, Detector, Verdict};

/// Rate of the telephone network.
const NARROW: u32 = 8_000;
/// The caller is silent this long before speaking, ms: the detector learns the noise of the line meanwhile.
const BEFORE_MS: usize = 400;
/// And after: longer than the longest silence that ends a turn.
const AFTER_MS: usize = 1_500;
/// Between two sentences, ms, as in a call.
const BREATH_MS: usize = 220;
/// Frames this far below the loudest are no speech, dB: the level of speech is that of its words, not of its pauses.
const SPEECH_RANGE_DB: f32 = 30.0;

fn silence(millis: usize) -> Vec<i16> {
    vec![0; SAMPLE_RATE as usize * millis / 1_000]
}

pub(super) fn breath() -> Vec<i16> {
    silence(BREATH_MS)
}

/// Another pitch by playing the sound faster or slower; its length changes alike.
pub(super) fn pitched(speech: &[i16], pitch: f32) -> Vec<i16> {
    let played = (SAMPLE_RATE as f32 * pitch / 100.0).round() as u32 * 100;
    resample(speech, played, SAMPLE_RATE)
}

/// With the silence before and after.
pub(super) fn airy(speech: &[i16]) -> Vec<i16> {
    let mut sound = silence(BEFORE_MS);
    sound.extend_from_slice(speech);
    sound.extend(silence(AFTER_MS));
    sound
}

/// Speech over noise. Both levels are measured as the telephone carries them, below 4 kHz.
pub(super) fn mixed(speech: &[i16], noise: &[i16], snr_db: f32) -> Vec<i16> {
    let narrow = |sound: &[i16]| resample(&resample(sound, SAMPLE_RATE, NARROW), NARROW, SAMPLE_RATE);
    let noise = narrow(noise);
    let gain = 10f32.powf((speech_dbfs(&narrow(speech)) - snr_db - rms_dbfs(&noise)) / 20.0);
    let over = |(speech, noise): (&i16, &i16)| {
        (f32::from(*speech) + f32::from(*noise) * gain).clamp(-32_768.0, 32_767.0) as i16
    };
    speech.iter().zip(&noise).map(over).collect()
}

fn speech_dbfs(sound: &[i16]) -> f32 {
    let loudest = sound.chunks(FRAME_SAMPLES).map(rms_dbfs).fold(f32::NEG_INFINITY, f32::max);
    let spoken: Vec<i16> = sound
        .chunks(FRAME_SAMPLES)
        .filter(|frame| rms_dbfs(frame) > loudest - SPEECH_RANGE_DB)
        .flatten()
        .copied()
        .collect();
    rms_dbfs(&spoken)
}

/// Through G.711 A-law and back.
pub(super) fn telephoned(sound: &[i16]) -> Result<Vec<i16>, CodecError> {
    let (mut encoder, mut decoder) = (Codec::Pcma.encoder()?, Codec::Pcma.decoder()?);
    let mut carried = Vec::with_capacity(sound.len());
    for frame in frames(sound) {
        decoder.decode(&encoder.encode(&frame)?, &mut carried)?;
    }
    Ok(carried)
}

/// What a call would transcribe: the caller's turns, heard as one where they go on before the line has replied.
pub(super) fn first_turn(sound: &[i16], settings: &turn::Settings) -> Vec<i16> {
    let mut detector = Detector::new(settings.clone());
    let mut said = Vec::new();
    for frame in frames(sound) {
        if let Some(Verdict::Ended { .. }) = detector.push(&frame) {
            said.extend(detector.utterance());
            detector.reset();
        }
    }
    if detector.speaking() {
        said.extend(detector.utterance());
    }
    said
}

/// Whole frames; the last one is filled with silence.
fn frames(sound: &[i16]) -> impl Iterator<Item = Frame> + '_ {
    sound.chunks(FRAME_SAMPLES).map(|samples| {
        let mut frame = [0; FRAME_SAMPLES];
        frame[..samples.len()].copy_from_slice(samples);
        frame
    })
}
