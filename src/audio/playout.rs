//! Payloads of any length in, one 20 ms frame a tick out.

use super::level;
use super::{Codec, CodecError, Decoder, FRAME_SAMPLES, Frame, SAMPLE_RATE, SILENCE};

/// A frame below this may be dropped or repeated without anybody hearing it, dBFS.
const QUIET_DBFS: f32 = -45.0;
/// Cross-fade where sound was left out: 5 ms.
const SPLICE: usize = SAMPLE_RATE as usize / 200;

/// The caller's sound, cut into frames.
///
/// At each tick: while it [`wants`](Self::wants) sound, give it what the jitter buffer pops by
/// [`play`](Self::play), [`skip`](Self::skip) or [`conceal`](Self::conceal), and stop when the buffer
/// is empty; then [`take`](Self::take) the frame.
pub struct Playout {
    decoder: Decoder,
    clock_rate: u32,
    ready: Vec<Piece>,
    /// The beginning of sound that was left out, to be cross-faded into what follows.
    splice: Vec<i16>,
    quiet: bool,
}

#[derive(Clone, Copy)]
struct Piece {
    sample: i16,
    made_up: bool,
}

/// One tick's sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    pub frame: Frame,
    /// More than half of it was made up for a loss.
    pub concealed: bool,
    /// Nothing was there to play: silence.
    pub empty: bool,
}

impl Playout {
    /// # Errors
    /// As [`Codec::decoder`].
    pub fn new(codec: Codec) -> Result<Self, CodecError> {
        Ok(Self {
            decoder: codec.decoder()?,
            clock_rate: codec.clock_rate(),
            ready: Vec::with_capacity(4 * FRAME_SAMPLES),
            splice: Vec::new(),
            quiet: true,
        })
    }

    /// Less than a frame is ready.
    pub fn wants(&self) -> bool {
        self.ready.len() < FRAME_SAMPLES
    }

    /// The last frame taken was near silence: the moment for the jitter buffer to change its depth.
    pub fn quiet(&self) -> bool {
        self.quiet
    }

    /// # Errors
    /// A damaged payload is replaced by 20 ms of made-up sound, and reported so that it can be counted.
    pub fn play(&mut self, payload: &[u8]) -> Result<(), CodecError> {
        let mut sound = Vec::with_capacity(FRAME_SAMPLES);
        match self.decoder.decode(payload, &mut sound) {
            Ok(()) => {
                self.join(&mut sound);
                self.push(&sound, false);
                Ok(())
            }
            Err(error) => {
                self.make_up(FRAME_SAMPLES, None);
                Err(error)
            }
        }
    }

    /// Decodes a payload for the decoder's memory and leaves its sound out: the buffer gets shallower.
    ///
    /// # Errors
    /// As [`play`](Self::play), with nothing made up.
    pub fn skip(&mut self, payload: &[u8]) -> Result<(), CodecError> {
        let mut sound = Vec::with_capacity(FRAME_SAMPLES);
        self.decoder.decode(payload, &mut sound)?;
        self.join(&mut sound);
        sound.truncate(SPLICE);
        self.splice = sound;
        Ok(())
    }

    /// Makes up `ticks` of the RTP clock; `next` is the payload after the lost one, when it is at hand.
    pub fn conceal(&mut self, ticks: u32, next: Option<&[u8]>) {
        let samples = u64::from(ticks) * u64::from(SAMPLE_RATE) / u64::from(self.clock_rate);
        self.make_up((samples as usize).clamp(FRAME_SAMPLES / 8, 6 * FRAME_SAMPLES), next);
    }

    /// The tick's frame. When less than a frame is ready, the rest of it is silence.
    pub fn take(&mut self) -> Played {
        let length = self.ready.len().min(FRAME_SAMPLES);
        let mut frame = SILENCE;
        let mut made_up = 0;
        for (slot, piece) in frame.iter_mut().zip(self.ready.drain(..length)) {
            *slot = piece.sample;
            made_up += usize::from(piece.made_up);
        }
        self.quiet = level::rms_dbfs(&frame) < QUIET_DBFS;
        Played { frame, concealed: made_up > FRAME_SAMPLES / 2, empty: length == 0 }
    }

    fn make_up(&mut self, samples: usize, next: Option<&[u8]>) {
        let mut sound = Vec::with_capacity(samples);
        self.decoder.conceal(samples, next, &mut sound);
        self.push(&sound, true);
    }

    fn join(&mut self, sound: &mut [i16]) {
        let length = self.splice.len().min(sound.len());
        for (i, (sample, left)) in sound.iter_mut().zip(self.splice.drain(..)).enumerate() {
            let weight = (i + 1) as f32 / (length + 1) as f32;
            *sample = (f32::from(*sample) * weight + f32::from(left) * (1.0 - weight)) as i16;
        }
    }

    fn push(&mut self, sound: &[i16], made_up: bool) {
        self.ready.extend(sound.iter().map(|&sample| Piece { sample, made_up }));
    }
}
