//! What the sound itself says about speech: its level, and whether anything in it is voiced.

use super::SAMPLE_RATE;

const FRAME: usize = SAMPLE_RATE / 50;
/// Autocorrelation window: two periods of the lowest voice.
const WINDOW: usize = SAMPLE_RATE / 25;
/// Pitch of human voices, hertz.
const LOWEST_PITCH: usize = 70;
const HIGHEST_PITCH: usize = 400;
/// Normalised autocorrelation above which a frame is voiced.
const VOICED: f32 = 0.6;
/// A frame quieter than this below full scale is silence, decibels; telephone speech is −10 to −35.
const SILENT_DB: f32 = -55.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Level of the loudest 20 ms, decibels below full scale.
    pub peak_db: f32,
    /// Milliseconds that are neither silent nor unvoiced.
    pub voiced_ms: u32,
    /// Voiced part of what is not silent, 0 to 1.
    pub voiced_share: f32,
}

pub fn evidence(samples: &[f32]) -> Evidence {
    let mut peak_db = -120.0f32;
    let (mut loud, mut voiced) = (0u32, 0u32);
    for (at, frame) in samples.chunks(FRAME).enumerate() {
        let db = level_db(frame);
        peak_db = peak_db.max(db);
        if db < SILENT_DB {
            continue;
        }
        loud += 1;
        let end = (at * FRAME + WINDOW).min(samples.len());
        if periodicity(&samples[at * FRAME..end]) >= VOICED {
            voiced += 1;
        }
    }
    Evidence { peak_db, voiced_ms: voiced * 20, voiced_share: voiced as f32 / loud.max(1) as f32 }
}

fn level_db(frame: &[f32]) -> f32 {
    let power = frame.iter().map(|s| s * s).sum::<f32>() / frame.len().max(1) as f32;
    10.0 * power.max(1e-12).log10()
}

/// The highest normalised autocorrelation over the lags of a voice, at 8 kHz: pitch needs no more.
fn periodicity(window: &[f32]) -> f32 {
    let half: Vec<f32> = window.chunks_exact(2).map(|p| (p[0] + p[1]) / 2.0).collect();
    let mean = half.iter().sum::<f32>() / half.len().max(1) as f32;
    let half: Vec<f32> = half.iter().map(|s| s - mean).collect();
    let rate = SAMPLE_RATE / 2;
    let mut best = 0.0f32;
    for lag in rate / HIGHEST_PITCH..=rate / LOWEST_PITCH {
        if lag * 2 > half.len() {
            break;
        }
        let (a, b) = (&half[..half.len() - lag], &half[lag..]);
        let (mut ab, mut aa, mut bb) = (0.0f32, 1e-9f32, 1e-9f32);
        for (x, y) in a.iter().zip(b) {
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        best = best.max(ab / (aa * bb).sqrt());
    }
    best
}
