//! Voice or not, frame by frame: a small neural network's opinion, and the level above the line's noise.
//!
//! The network alone takes steady noise at −20 dBFS and music for voice; the level alone takes every
//! slammed door. Speech is both: it looks like voice, and it stands out of a floor that it leaves
//! free several times a second.

use std::collections::VecDeque;

use earshot::Detector as Network;

/// The network wants 16 ms at 16 kHz.
const CHUNK: usize = 256;
/// Scores that begin voice and keep it. The network says some 0.5 of noise and 0.9 of speech; it is
/// slow to let go, but the level is not.
const ENTER: f32 = 0.6;
const STAY: f32 = 0.5;
/// Voice stands out of the floor by this much, dB, to begin and to go on. Chosen on French prompts in
/// pink noise: two more decibels cut four times as many turns short at a ratio of 5 dB, and steady
/// noise starts none either way.
const ENTER_MARGIN: f32 = 8.0;
const STAY_MARGIN: f32 = 5.0;
/// Below this nobody speaks into a telephone, dBFS.
const FAINTEST: f32 = -55.0;
/// The floor of a line that is digitally silent, and of one that has not been heard yet, dBFS.
const LOWEST_FLOOR: f32 = -65.0;
/// The floor is the least level of the last 3 s: longer than any syllable or word without a dip,
/// shorter than a turn that noise could hold.
const FLOOR_BLOCKS: usize = 10;
const FLOOR_BLOCK_FRAMES: u32 = 15;
/// Frames averaged before the least is taken; one quiet frame within noise is not the floor.
const SMOOTHING: f32 = 0.4;
/// A second in which the level stays within 6 dB is a tone, a fan or hiss: speech varies by 10 dB and
/// more. It lets go of steady noise before the floor has risen to it.
const STEADY_FRAMES: usize = 50;
const STEADY_RANGE: f32 = 6.0;
/// One-pole high-pass at some 150 Hz: hum and wind are not voice. 1 − 2π·150 / 16,000.
const HIGH_PASS: f32 = 0.941;

/// What one frame holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    pub(super) voice: bool,
    /// It stands out of the noise, voice or not: perhaps the beginning of a word.
    pub(super) loud: bool,
}

pub(super) struct Activity {
    network: Box<Network>,
    pending: Vec<i16>,
    score: f32,
    voiced: bool,
    floor: Floor,
    levels: VecDeque<f32>,
    high_pass: HighPass,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            network: Box::default(),
            pending: Vec::with_capacity(2 * CHUNK),
            score: 0.0,
            voiced: false,
            floor: Floor::new(),
            levels: VecDeque::with_capacity(STEADY_FRAMES + 1),
            high_pass: HighPass::default(),
        }
    }

    pub(super) fn hear(&mut self, frame: &[i16]) -> Heard {
        self.pending.extend_from_slice(frame);
        let mut chunks = self.pending.chunks_exact(CHUNK);
        for chunk in &mut chunks {
            self.score = self.network.predict_i16(chunk);
        }
        self.pending = chunks.remainder().to_vec();
        let level = self.high_pass.level(frame);
        let floor = self.floor.follow(level);
        let (score, margin) = if self.voiced { (STAY, STAY_MARGIN) } else { (ENTER, ENTER_MARGIN) };
        let loud = level >= (floor + margin).max(FAINTEST) && !self.steady(level);
        self.voiced = self.score >= score && loud;
        Heard { voice: self.voiced, loud }
    }

    fn steady(&mut self, level: f32) -> bool {
        self.levels.push_back(level);
        if self.levels.len() <= STEADY_FRAMES {
            return false;
        }
        self.levels.pop_front();
        let (least, most) = self.levels.iter().fold((f32::MAX, f32::MIN), |(a, b), &l| (a.min(l), b.max(l)));
        most - least < STEADY_RANGE
    }
}

/// Minimum statistics: the least smoothed level of the last blocks.
struct Floor {
    smoothed: f32,
    blocks: VecDeque<f32>,
    block: f32,
    left: u32,
}

impl Floor {
    fn new() -> Self {
        Self {
            smoothed: LOWEST_FLOOR,
            blocks: std::iter::repeat_n(LOWEST_FLOOR, FLOOR_BLOCKS).collect(),
            block: f32::MAX,
            left: FLOOR_BLOCK_FRAMES,
        }
    }

    fn follow(&mut self, level: f32) -> f32 {
        self.smoothed += (level - self.smoothed) * SMOOTHING;
        self.block = self.block.min(self.smoothed);
        self.left -= 1;
        if self.left == 0 {
            self.blocks.pop_front();
            self.blocks.push_back(self.block);
            self.block = f32::MAX;
            self.left = FLOOR_BLOCK_FRAMES;
        }
        self.blocks.iter().copied().fold(self.block, f32::min).max(LOWEST_FLOOR)
    }
}

#[derive(Default)]
struct HighPass {
    input: f32,
    output: f32,
}

impl HighPass {
    /// RMS of the filtered frame, dBFS.
    fn level(&mut self, frame: &[i16]) -> f32 {
        let mut power = 0.0;
        for &sample in frame {
            let sample = f32::from(sample);
            self.output = HIGH_PASS * (self.output + sample - self.input);
            self.input = sample;
            power += self.output * self.output;
        }
        let mean = power / frame.len().max(1) as f32;
        10.0 * (mean.max(1.0) / (32_768.0 * 32_768.0)).log10()
    }
}
