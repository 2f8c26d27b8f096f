//! The shape of a spoken sentence: how loud, and how much silence around it.

use super::SAMPLE_RATE;

/// −3 dBFS: loud on a telephone, with room for the codecs' overshoot.
const PEAK: f32 = 0.707 * 32_767.0;
/// More gain than this would make noise out of silence: 12 dB.
const MAX_GAIN: f32 = 4.0;
/// Speech is what lies within 46 dB of the peak; a soft « s » does, the engine's own noise does not.
const SPEECH_UNDER_PEAK: f32 = 0.005;
/// A breath before the first sound: enough to keep a soft consonant, too short to be heard as a delay.
const LEAD_MS: usize = 30;
/// The last sound dies away.
const TAIL_MS: usize = 60;
/// Long enough to make no click, too short to be heard.
const FADE_MS: usize = 4;

/// Trims the silence around a 16 kHz sound and brings its peak near −3 dBFS. A silent sound becomes empty.
pub fn shape(samples: &[i16]) -> Vec<i16> {
    let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
    // Below this there is no speech at all, only rounding.
    if peak < 50 {
        return Vec::new();
    }
    let audible = (f32::from(peak) * SPEECH_UNDER_PEAK).max(8.0) as u16;
    let is_speech = |s: &i16| s.unsigned_abs() > audible;
    let first = samples.iter().position(is_speech).unwrap_or(0);
    let last = samples.iter().rposition(is_speech).unwrap_or(samples.len() - 1);
    let start = first.saturating_sub(in_samples(LEAD_MS));
    let end = (last + 1 + in_samples(TAIL_MS)).min(samples.len());
    let gain = (PEAK / f32::from(peak)).min(MAX_GAIN);
    let mut shaped: Vec<i16> = samples[start..end].iter().map(|&s| (f32::from(s) * gain).round() as i16).collect();
    fade(&mut shaped);
    shaped
}

fn fade(samples: &mut [i16]) {
    let length = in_samples(FADE_MS).min(samples.len() / 2);
    for i in 0..length {
        let share = i as f32 / length as f32;
        samples[i] = (f32::from(samples[i]) * share) as i16;
        let from_end = samples.len() - 1 - i;
        samples[from_end] = (f32::from(samples[from_end]) * share) as i16;
    }
}

fn in_samples(ms: usize) -> usize {
    ms * SAMPLE_RATE as usize / 1_000
}
