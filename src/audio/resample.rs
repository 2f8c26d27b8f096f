//! Rate conversion by one polyphase filter: a Kaiser-windowed sinc with a short, constant delay.

use std::f64::consts::PI;

/// Zero crossings of the sinc on each side, counted at the lower of the two rates. Twenty put the
/// delay at 2.5 ms for 8 kHz (1.25 ms for 16 kHz) and the transition band at some 800 Hz.
const LOBES: usize = 20;
/// Kaiser's shape: about 63 dB of stop-band attenuation, below the noise of G.711.
const BETA: f64 = 6.0;
/// Cut-off as a part of the lower Nyquist frequency: 8 kHz sound keeps 3.4 kHz and loses 4.2 kHz.
const CUTOFF: f64 = 0.95;
/// Phases kept at most. Every rate that telephones and voices use needs fewer; an odd rate such as
/// 44,101 Hz falls on the nearest phase, with noise some 60 dB down.
const MAX_PHASES: u64 = 1_024;

/// A streaming resampler: feed any number of samples, take what they make.
///
/// Its output is late by [`delay`](Self::delay) and otherwise has exactly `to / from` as many samples.
#[derive(Debug, Clone)]
pub struct Resampler {
    from: u64,
    to: u64,
    phases: u64,
    taps: usize,
    /// One row a phase, each `taps` long, oldest sample first.
    filter: Vec<f32>,
    /// The last `taps` input samples and those of the current call.
    window: Vec<f32>,
    /// Where the next output sample lies after the first sample of the next call, in `1 / to` of an input sample.
    position: u64,
}

impl Resampler {
    /// `from`, `to`: samples a second; 0 is taken as 1.
    pub fn new(from: u32, to: u32) -> Self {
        let (from, to) = (u64::from(from.max(1)), u64::from(to.max(1)));
        let divisor = gcd(from, to);
        let (from, to) = (from / divisor, to / divisor);
        let phases = to.min(MAX_PHASES);
        // In input samples, the filter stretches when the rate falls.
        let stretch = (from as f64 / to as f64).max(1.0);
        let half = (LOBES as f64 * stretch).ceil();
        let taps = if from == to { 1 } else { 2 * half as usize };
        let cutoff = CUTOFF / stretch;
        let mut filter = vec![1.0; phases as usize * taps];
        if from != to {
            for (phase, row) in filter.chunks_exact_mut(taps).enumerate() {
                let offset = phase as f64 / phases as f64;
                for (tap, weight) in row.iter_mut().enumerate() {
                    let x = tap as f64 - (half - 1.0) - offset;
                    *weight = (sinc(x * cutoff) * kaiser(x / half)) as f32;
                }
                let sum: f32 = row.iter().sum();
                row.iter_mut().for_each(|weight| *weight /= sum);
            }
        }
        Self { from, to, phases, taps, filter, window: vec![0.0; taps], position: 0 }
    }

    /// Appends to `out` what `input` makes.
    pub fn process(&mut self, input: &[i16], out: &mut Vec<i16>) {
        if self.from == self.to {
            out.extend_from_slice(input);
            return;
        }
        self.window.extend(input.iter().map(|&sample| f32::from(sample)));
        let end = input.len() as u64 * self.to;
        while self.position < end {
            let index = (self.position / self.to) as usize;
            let phase = (self.position % self.to * self.phases / self.to) as usize;
            let row = &self.filter[phase * self.taps..][..self.taps];
            let heard = &self.window[index + 1..][..self.taps];
            out.push(dot(row, heard).round() as i16);
            self.position += self.from;
        }
        self.position -= end;
        self.window.drain(..input.len());
    }

    /// How late the output is, in output samples, to the nearest.
    pub fn delay(&self) -> usize {
        if self.from == self.to {
            return 0;
        }
        ((self.taps as u64 / 2 * self.to * 2 + self.from) / (2 * self.from)) as usize
    }
}

/// Converts a whole sound at once, its delay taken away: `input.len() * to / from` samples, rounded up.
pub fn resample(input: &[i16], from: u32, to: u32) -> Vec<i16> {
    if from == to || input.is_empty() {
        return input.to_vec();
    }
    let mut resampler = Resampler::new(from, to);
    let wanted = (input.len() as u64 * resampler.to).div_ceil(resampler.from) as usize;
    let half = resampler.taps / 2;
    // An output sample stands for the input half a filter before it.
    resampler.position = half as u64 * resampler.to;
    let mut out = Vec::with_capacity(wanted + 2);
    resampler.process(input, &mut out);
    resampler.process(&vec![0; half + 1], &mut out);
    out.truncate(wanted);
    out
}

/// Eight running sums let the compiler use vector registers, which a strict left-to-right sum forbids.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_blocks, b_blocks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_blocks.zip(b_blocks) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Kaiser's window over `-1..=1`.
fn kaiser(x: f64) -> f64 {
    bessel_i0(BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(BETA)
}

fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
        if term < sum * 1e-12 {
            break;
        }
    }
    sum
}
