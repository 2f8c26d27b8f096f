//! Sound as samples: frames, codecs, resampling, level, loss concealment, WAV.
//!
//! Inside the house sound has one shape: mono, 16 kHz, signed 16 bits, in frames of 20 ms.
//!
//! What comes from the network goes through a [`Playout`]: payloads of any length in, one
//! [`Frame`] a tick out, losses made up. What goes out is one [`Encoder::encode`] a frame.

mod codec;
mod conceal;
mod crossing;
pub mod level;
mod playout;
mod resample;
mod ringback;
pub mod wav;

pub use codec::{Codec, CodecError, Decoder, Encoder};
pub use crossing::{Crossing, DEEPEST};
pub use playout::{Played, Playout};
pub use resample::{Resampler, resample};
pub use ringback::Ringback;

/// Samples a second of every frame inside the house.
pub const SAMPLE_RATE: u32 = 16_000;
/// Milliseconds of one frame.
pub const FRAME_MS: u64 = 20;
/// Samples of one frame: 20 ms at 16 kHz.
pub const FRAME_SAMPLES: usize = 320;

/// 20 ms of mono sound at 16 kHz.
pub type Frame = [i16; FRAME_SAMPLES];

/// A frame of digital silence.
pub const SILENCE: Frame = [0; FRAME_SAMPLES];
