//! Loss concealment in the manner of ITU-T G.711 Appendix I, at 16 kHz and without its delay.
//!
//! A loss is filled with the last pitch period, then the last two, then three, so that a long loss
//! does not buzz; it fades by a fifth each 10 ms after the first and is silent after 60 ms. When
//! sound comes back, the two are cross-faded.

use std::f32::consts::PI;

/// Samples of 10 ms, the step of the fading.
const STEP: usize = 160;
/// The shortest pitch period looked for: 5 ms, 200 Hz (Appendix I §I.2.1).
const MIN_PITCH: usize = 80;
/// The longest: 15 ms, 66 Hz.
const MAX_PITCH: usize = 240;
/// What is compared with itself to find the pitch: 20 ms.
const MATCH: usize = 320;
/// Pitch periods repeated at most.
const MAX_PERIODS: usize = 3;
/// Sound kept: three of the longest periods and a quarter of one to smooth the seam.
const HISTORY: usize = MAX_PITCH * MAX_PERIODS + MAX_PITCH / 4;
/// Sound made up at most before silence: 60 ms.
const AUDIBLE: usize = 6 * STEP;
/// Cross-fade at the return: 4 ms, and 4 ms more for each 10 ms lost, 10 ms at most (Appendix I §I.2.7).
const RETURN_FADE: usize = 64;

#[derive(Debug, Clone)]
pub(super) struct Concealer {
    history: Vec<f32>,
    loss: Option<Loss>,
}

#[derive(Debug, Clone)]
struct Loss {
    /// Pitch period, samples.
    pitch: usize,
    /// The last one to three periods, repeated.
    cycle: Vec<f32>,
    /// Next sample of `cycle`.
    at: usize,
    /// Samples made up so far.
    made: usize,
    /// Step between the last real sample and where the cycle would have come from; decays to nothing.
    step: f32,
}

impl Concealer {
    pub(super) fn new() -> Self {
        Self { history: vec![0.0; HISTORY], loss: None }
    }

    /// Takes real sound into the history; after a loss its beginning is cross-faded with what was being made up.
    pub(super) fn good(&mut self, sound: &mut [i16]) {
        if let Some(mut loss) = self.loss.take() {
            let fade = (RETURN_FADE + loss.made / STEP * RETURN_FADE).min(STEP).min(sound.len());
            for (i, sample) in sound[..fade].iter_mut().enumerate() {
                let weight = (i + 1) as f32 / (fade + 1) as f32;
                let made = loss.next(&self.history);
                *sample = (f32::from(*sample) * weight + made * (1.0 - weight)) as i16;
            }
        }
        self.remember(sound);
    }

    pub(super) fn conceal(&mut self, samples: usize, out: &mut Vec<i16>) {
        let start = out.len();
        let history = &self.history;
        let loss = self.loss.get_or_insert_with(|| Loss::begin(history));
        out.extend((0..samples).map(|_| loss.next(history) as i16));
        debug_assert_eq!(out.len(), start + samples);
    }

    /// The history holds real sound only: what was made up is not repeated again.
    fn remember(&mut self, sound: &[i16]) {
        let keep = sound.len().min(HISTORY);
        self.history.drain(..keep);
        self.history.extend(sound[sound.len() - keep..].iter().map(|&s| f32::from(s)));
    }
}

impl Loss {
    fn begin(history: &[f32]) -> Self {
        let pitch = find_pitch(history);
        let step = history[HISTORY - 1] - history[HISTORY - 1 - pitch];
        Self { pitch, cycle: cycle(history, pitch, 1), at: 0, made: 0, step }
    }

    fn next(&mut self, history: &[f32]) -> f32 {
        if self.made >= AUDIBLE {
            self.made = self.made.saturating_add(1);
            return 0.0;
        }
        let periods = self.made / STEP + 1;
        if self.made.is_multiple_of(STEP) && (2..=MAX_PERIODS).contains(&periods) {
            // The longer cycle ends with the same period, so the place within the period is kept.
            let within = self.at % self.pitch;
            self.cycle = cycle(history, self.pitch, periods);
            self.at = within + (periods - 1) * self.pitch;
        }
        let quarter = self.pitch / 4;
        let smooth = if self.made < quarter { self.step * (1.0 - self.made as f32 / quarter as f32) } else { 0.0 };
        let value = self.cycle[self.at] + smooth;
        self.at = (self.at + 1) % self.cycle.len();
        let faded = self.made.saturating_sub(STEP) as f32 / (AUDIBLE - STEP) as f32;
        self.made += 1;
        (value * (1.0 - faded)).clamp(-32_768.0, 32_767.0)
    }
}

/// The last `periods` pitch periods, their end blended into what came before their beginning, so that they loop without a seam.
fn cycle(history: &[f32], pitch: usize, periods: usize) -> Vec<f32> {
    let length = pitch * periods;
    let quarter = pitch / 4;
    let start = HISTORY - length;
    let mut cycle = history[start..].to_vec();
    for i in 0..quarter {
        let weight = 0.5 - 0.5 * (PI * (i + 1) as f32 / (quarter + 1) as f32).cos();
        let seam = &mut cycle[length - quarter + i];
        *seam = *seam * (1.0 - weight) + history[start - quarter + i] * weight;
    }
    cycle
}

/// The lag at which the last 20 ms look most like what came before, by normalised cross-correlation.
fn find_pitch(history: &[f32]) -> usize {
    let recent = &history[HISTORY - MATCH..];
    let likeness = |lag: usize, stride: usize| {
        let earlier = &history[HISTORY - MATCH - lag..][..MATCH];
        let (mut product, mut energy) = (0.0f32, 0.0f32);
        for i in (0..MATCH).step_by(stride) {
            product += recent[i] * earlier[i];
            energy += earlier[i] * earlier[i];
        }
        product / energy.max(1.0).sqrt()
    };
    let best = |lags: &mut dyn Iterator<Item = usize>, stride: usize| {
        lags.map(|lag| (lag, likeness(lag, stride)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(MAX_PITCH, |(lag, _)| lag)
    };
    let coarse = best(&mut (MIN_PITCH..=MAX_PITCH).step_by(2), 4);
    best(&mut (coarse.saturating_sub(2).max(MIN_PITCH)..=(coarse + 2).min(MAX_PITCH)), 1)
}
