//! The tone a caller hears while a telephone rings.

use super::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE, SILENCE};

/// Hz (ITU-T E.180 supplement 2, France).
const PITCH: u32 = 440;
/// 1.5 s of tone, 3.5 s of silence, in frames.
const ON: u32 = 1_500 / FRAME_MS as u32;
const PERIOD: u32 = 5_000 / FRAME_MS as u32;
/// −20 dBFS at its peaks: clearly heard, softer than the line's voice.
const AMPLITUDE: f32 = 3_277.0;
/// The tone comes and goes within 5 ms: a sudden edge is a click.
const EDGE: u32 = SAMPLE_RATE / 200;

/// The French ringing tone, frame by frame, beginning with the tone.
#[derive(Debug, Clone, Default)]
pub struct Ringback {
    frame: u32,
}

impl Ringback {
    /// The next 20 ms.
    pub fn frame(&mut self) -> Frame {
        let index = self.frame;
        self.frame = (self.frame + 1) % PERIOD;
        if index >= ON {
            return SILENCE;
        }
        let (first, last) = (index * FRAME_SAMPLES as u32, ON * FRAME_SAMPLES as u32);
        let mut frame = SILENCE;
        for (sample, at) in frame.iter_mut().zip(first..) {
            let edge = at.min(last - 1 - at).min(EDGE) as f32 / EDGE as f32;
            // Whole periods a second: the phase of a long tone loses nothing.
            let phase = (at * PITCH % SAMPLE_RATE) as f32 / SAMPLE_RATE as f32;
            *sample = (AMPLITUDE * edge * (phase * std::f32::consts::TAU).sin()) as i16;
        }
        frame
    }
}
