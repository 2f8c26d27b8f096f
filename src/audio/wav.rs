//! WAV files: any common one in, 16-bit PCM out.

use std::io::{self, Cursor};
use std::path::Path;

use hound::{SampleFormat, WavSpec, WavWriter};
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::{FormatOptions, TrackType, probe::Hint};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::{SAMPLE_RATE, resample};

/// Rates outside are a damaged header rather than sound, samples a second.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// A header that was written before the length was known says this or more, bytes (streamed WAV).
const UNKNOWN_LENGTH: u32 = 0x7FFF_0000;

#[derive(Debug, thiserror::Error)]
pub enum WavError {
    #[error("the file is empty; record it again")]
    Empty,
    #[error("this is not a WAV file (no RIFF/WAVE header); convert it to WAV first")]
    NotWav,
    #[error("the WAV file is cut short: {declared} bytes of sound announced, {present} present; copy it again")]
    Truncated { declared: u32, present: u32 },
    #[error("the WAV file holds no sound")]
    NoSound,
    #[error("the WAV file is damaged: {0}")]
    Damaged(String),
    #[error("this kind of WAV is not supported: {0}; convert it to 16-bit PCM")]
    Unsupported(String),
    #[error("the WAV file cannot be written: {0}")]
    Write(#[from] hound::Error),
    #[error("the WAV file cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// Mono sound at its own rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    pub samples: Vec<i16>,
    /// Samples a second.
    pub rate: u32,
}

/// Reads any WAV (PCM of 8 to 32 bits, float, A-law, µ-law, ADPCM; any rate; channels are averaged) to 16 kHz mono.
pub fn read(bytes: &[u8]) -> Result<Vec<i16>, WavError> {
    let sound = read_raw(bytes)?;
    Ok(resample(&sound.samples, sound.rate, SAMPLE_RATE))
}

/// As [`read`], without changing the rate.
pub fn read_raw(bytes: &[u8]) -> Result<Sound, WavError> {
    check_container(bytes)?;
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes.to_vec())), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(Hint::new().with_extension("wav"), stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(explain)?;
    let track = format.default_track(TrackType::Audio).ok_or(WavError::NoSound)?;
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio()).ok_or(WavError::NoSound)?;
    let rate = parameters.sample_rate.ok_or_else(|| WavError::Damaged("no sample rate".into()))?;
    if !RATES.contains(&rate) {
        return Err(WavError::Damaged(format!("a sample rate of {rate} Hz")));
    }
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(explain)?;
    let mut samples = Vec::new();
    let mut interleaved: Vec<f32> = Vec::new();
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(Symphonia::IoError(e)) if e.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(e) => return Err(explain(e)),
        };
        let buffer = decoder.decode(&packet).map_err(explain)?;
        let channels = buffer.num_planes().max(1);
        buffer.copy_to_vec_interleaved(&mut interleaved);
        samples.extend(interleaved.chunks_exact(channels).map(|frame| {
            let mean = frame.iter().sum::<f32>() / channels as f32;
            (mean * 32_768.0).round() as i16
        }));
    }
    if samples.is_empty() {
        return Err(WavError::NoSound);
    }
    Ok(Sound { samples, rate })
}

/// Writes mono 16-bit PCM.
pub fn write(path: impl AsRef<Path>, samples: &[i16], rate: u32) -> Result<(), WavError> {
    Ok(std::fs::write(path, encode(samples, rate)?)?)
}

/// The bytes of a mono 16-bit PCM file.
pub fn encode(samples: &[i16], rate: u32) -> Result<Vec<u8>, WavError> {
    encode_interleaved(samples.iter().copied(), 1, rate)
}

/// Writes both sides of a call: the caller on the left, the line on the right. The shorter side is completed with silence.
pub fn write_stereo(path: impl AsRef<Path>, caller: &[i16], line: &[i16], rate: u32) -> Result<(), WavError> {
    let at = |side: &[i16], i: usize| side.get(i).copied().unwrap_or(0);
    let pairs = (0..caller.len().max(line.len())).flat_map(|i| [at(caller, i), at(line, i)]);
    Ok(std::fs::write(path, encode_interleaved(pairs, 2, rate)?)?)
}

fn encode_interleaved(samples: impl Iterator<Item = i16>, channels: u16, rate: u32) -> Result<Vec<u8>, WavError> {
    let spec = WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec)?;
    for sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()?;
    Ok(bytes.into_inner())
}

/// Walks the RIFF chunks: the decoder would take a file cut short for a short file.
fn check_container(bytes: &[u8]) -> Result<(), WavError> {
    if bytes.is_empty() {
        return Err(WavError::Empty);
    }
    if bytes.len() < 12 || !bytes.starts_with(b"RIFF") || &bytes[8..12] != b"WAVE" {
        return Err(WavError::NotWav);
    }
    let mut rest = &bytes[12..];
    let mut described = false;
    while let Some((head, body)) = rest.split_at_checked(8) {
        let declared = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        match &head[..4] {
            b"data" if !described => return Err(WavError::Damaged("sound before its description (fmt chunk)".into())),
            b"data" if declared == 0 => return Err(WavError::NoSound),
            b"data" if declared < UNKNOWN_LENGTH && declared as usize > body.len() => {
                return Err(WavError::Truncated { declared, present: body.len() as u32 });
            }
            b"data" => return Ok(()),
            b"fmt " => described = true,
            _ => {}
        }
        let length = declared as usize + (declared as usize & 1);
        rest = body.get(length..).unwrap_or_default();
    }
    Err(WavError::NoSound)
}

fn explain(error: Symphonia) -> WavError {
    match error {
        Symphonia::Unsupported(what) => WavError::Unsupported(what.to_owned()),
        other => WavError::Damaged(other.to_string()),
    }
}
