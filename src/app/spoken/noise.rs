//! Noise that is the same at every run: its seed is the question it is laid under.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// Peak of what is made here; the level is set when it is mixed.
const PEAK: f32 = 12_000.0;

fn seeded(seed: &str) -> StdRng {
    StdRng::from_seed(Sha256::digest(seed).into())
}

/// As much energy at every frequency.
pub(super) fn white(length: usize, seed: &str) -> Vec<i16> {
    let mut random = seeded(seed);
    (0..length).map(|_| (random.random_range(-1.0..1.0_f32) * PEAK) as i16).collect()
}

/// As much energy in every octave, as in a street or a room: white noise through Paul Kellet's filter.
pub(super) fn pink(length: usize, seed: &str) -> Vec<i16> {
    const POLES: [(f32, f32); 3] = [(0.997_65, 0.099_046), (0.963, 0.296_516_4), (0.57, 1.052_691_3)];
    let mut random = seeded(seed);
    let mut states = [0.0_f32; 3];
    let sample = |_| {
        let white = random.random_range(-1.0..1.0_f32);
        for (state, (pole, gain)) in states.iter_mut().zip(POLES) {
            *state = *state * pole + white * gain;
        }
        let sum = states.iter().sum::<f32>() + white * 0.1848;
        (sum / 4.0 * PEAK).clamp(-32_000.0, 32_000.0) as i16
    };
    (0..length).map(sample).collect()
}

/// A part of `sound`, repeated; where it begins depends on the seed.
pub(super) fn repeated(sound: &[i16], length: usize, seed: &str) -> Vec<i16> {
    if sound.is_empty() {
        return vec![0; length];
    }
    let start = seeded(seed).random_range(0..sound.len());
    sound.iter().cycle().skip(start).take(length).copied().collect()
}

/// Voices laid one over the other, each repeated until the longest ends.
pub(super) fn together(voices: &[Vec<i16>]) -> Vec<i16> {
    let longest = voices.iter().map(Vec::len).max().unwrap_or(0);
    let share = (voices.len().max(1) as f32).sqrt();
    let at = |time: usize| {
        let sum: f32 = voices.iter().filter(|v| !v.is_empty()).map(|voice| f32::from(voice[time % voice.len()])).sum();
        (sum / share).clamp(-32_000.0, 32_000.0) as i16
    };
    (0..longest).map(at).collect()
}
