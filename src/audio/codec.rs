//! The codecs of the line: payload bytes to and from 16 kHz sound.

use audio_codec::{
    Decoder as _, Encoder as _,
    g722::{G722Decoder, G722Encoder},
    pcma::{PcmaDecoder, PcmaEncoder},
    pcmu::{PcmuDecoder, PcmuEncoder},
};
use bytes::Bytes;
use opus_rs::{Application, OpusDecoder, OpusEncoder};

use super::conceal::Concealer;
use super::{FRAME_SAMPLES, Frame, Resampler, SAMPLE_RATE};

/// Sound of one payload at most, milliseconds: what Opus allows (RFC 6716 §3.2.5).
const MAX_PAYLOAD_MS: usize = 120;
const SAMPLES_PER_MS: usize = SAMPLE_RATE as usize / 1_000;
const MAX_PAYLOAD_SAMPLES: usize = MAX_PAYLOAD_MS * SAMPLES_PER_MS;
/// Wideband speech is transparent to Whisper and to the ear here, bits a second.
const OPUS_BITRATE: i32 = 24_000;
/// Of 0 to 10: a third of the work of the default 9, for 0.3 dB less on French prompts.
const OPUS_COMPLEXITY: i32 = 2;
/// Loss that the Opus encoder arms its redundancy for, percent.
const OPUS_EXPECTED_LOSS: i32 = 10;
/// More than any packet at our rate; RFC 6716 §3.4 allows 1,275 bytes a frame.
const OPUS_MAX_BYTES: usize = 1_276;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    #[error("empty {0} payload")]
    Empty(&'static str),
    #[error("{codec} payload of {bytes} bytes holds more than 120 ms")]
    TooLong { codec: &'static str, bytes: usize },
    #[error("damaged {codec} payload of {bytes} bytes: {reason}")]
    Damaged { codec: &'static str, bytes: usize, reason: &'static str },
    #[error("the {codec} codec cannot be set up: {reason}")]
    SetUp { codec: &'static str, reason: &'static str },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law, the one of European networks.
    Pcma,
    /// 7 kHz sound in 64 kbit/s.
    G722,
    Opus,
}

impl Codec {
    pub const ALL: [Codec; 4] = [Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus];

    /// The encoding's name in `a=rtpmap`.
    pub fn rtp_name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
            Codec::G722 => "G722",
            Codec::Opus => "opus",
        }
    }

    /// The codec of an `a=rtpmap` line; names are compared without case (RFC 8866 §6.6).
    pub fn from_rtp(name: &str, clock_rate: u32) -> Option<Codec> {
        Codec::ALL
            .into_iter()
            .find(|codec| codec.rtp_name().eq_ignore_ascii_case(name) && codec.clock_rate() == clock_rate)
    }

    /// The codec of a payload type that needs no `a=rtpmap` (RFC 3551 §6).
    pub fn from_static(payload_type: u8) -> Option<Codec> {
        Codec::ALL.into_iter().find(|codec| codec.static_payload_type() == Some(payload_type))
    }

    /// RFC 3551 §6; none for Opus, whose number is agreed in the SDP.
    pub fn static_payload_type(self) -> Option<u8> {
        match self {
            Codec::Pcmu => Some(0),
            Codec::Pcma => Some(8),
            Codec::G722 => Some(9),
            Codec::Opus => None,
        }
    }

    /// Ticks a second of the RTP clock. G.722 counts 8,000 for 16,000 samples, an error kept
    /// for compatibility (RFC 3551 §4.5.2); Opus always counts 48,000 (RFC 7587 §4.1).
    pub fn clock_rate(self) -> u32 {
        match self {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => 8_000,
            Codec::Opus => 48_000,
        }
    }

    /// RTP ticks of one 20 ms frame.
    pub fn ticks_per_frame(self) -> u32 {
        self.clock_rate() / 50
    }

    /// RTP ticks of sound in a payload; none when the payload cannot be one of this codec.
    pub fn ticks(self, payload: &[u8]) -> Option<u32> {
        let ticks = match self {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => u32::try_from(payload.len()).ok()?,
            Codec::Opus => opus_ticks(payload)?,
        };
        (1..=self.clock_rate() / 1_000 * MAX_PAYLOAD_MS as u32).contains(&ticks).then_some(ticks)
    }

    /// # Errors
    /// Only Opus can fail, and with the fixed parameters used here it does not.
    pub fn encoder(self) -> Result<Encoder, CodecError> {
        Encoder::new(self)
    }

    /// # Errors
    /// As [`encoder`](Self::encoder).
    pub fn decoder(self) -> Result<Decoder, CodecError> {
        Decoder::new(self)
    }
}

/// RFC 6716 §3.1: the first byte gives the length of a frame and how many there are.
fn opus_ticks(payload: &[u8]) -> Option<u32> {
    let toc = *payload.first()?;
    let configuration = u32::from(toc >> 3);
    let frame = match configuration {
        0..=11 => [480, 960, 1_920, 2_880][configuration as usize % 4],
        12..=15 => [480, 960][configuration as usize % 2],
        _ => 120 << (configuration % 4),
    };
    let count = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(payload.get(1)? & 0x3F),
    };
    Some(frame * count)
}

/// 16 kHz frames to payloads, one stream.
pub struct Encoder(EncoderState);

enum EncoderState {
    Pcmu(PcmuEncoder, Resampler),
    Pcma(PcmaEncoder, Resampler),
    G722(Box<G722Encoder>),
    Opus(Box<OpusEncoder>),
}

impl Encoder {
    fn new(codec: Codec) -> Result<Self, CodecError> {
        let down = || Resampler::new(SAMPLE_RATE, 8_000);
        Ok(Self(match codec {
            Codec::Pcmu => EncoderState::Pcmu(PcmuEncoder::new(), down()),
            Codec::Pcma => EncoderState::Pcma(PcmaEncoder::new(), down()),
            Codec::G722 => EncoderState::G722(Box::new(G722Encoder::new())),
            Codec::Opus => {
                let mut encoder = OpusEncoder::new(SAMPLE_RATE as i32, 1, Application::Voip)
                    .map_err(|reason| CodecError::SetUp { codec: "Opus", reason })?;
                encoder.bitrate_bps = OPUS_BITRATE;
                encoder.complexity = OPUS_COMPLEXITY;
                encoder.use_inband_fec = true;
                encoder.packet_loss_perc = OPUS_EXPECTED_LOSS;
                EncoderState::Opus(Box::new(encoder))
            }
        }))
    }

    /// The payload of one frame: always 20 ms.
    pub fn encode(&mut self, frame: &Frame) -> Result<Bytes, CodecError> {
        match &mut self.0 {
            EncoderState::Pcmu(encoder, down) => Ok(encoder.encode(&halve(down, frame)).into()),
            EncoderState::Pcma(encoder, down) => Ok(encoder.encode(&halve(down, frame)).into()),
            EncoderState::G722(encoder) => Ok(encoder.encode(frame).into()),
            EncoderState::Opus(encoder) => {
                let mut bytes = vec![0; OPUS_MAX_BYTES];
                let length = encoder
                    .encode_i16(frame, FRAME_SAMPLES, &mut bytes)
                    .map_err(|reason| CodecError::Damaged { codec: "Opus", bytes: 0, reason })?;
                bytes.truncate(length);
                Ok(bytes.into())
            }
        }
    }
}

fn halve(down: &mut Resampler, frame: &Frame) -> Vec<i16> {
    let mut narrow = Vec::with_capacity(FRAME_SAMPLES / 2 + 1);
    down.process(frame, &mut narrow);
    narrow
}

/// Payloads to 16 kHz sound, one stream. A payload may hold any length up to 120 ms.
pub struct Decoder {
    state: DecoderState,
    concealer: Concealer,
}

enum DecoderState {
    Pcmu(PcmuDecoder, Resampler),
    Pcma(PcmaDecoder, Resampler),
    G722(Box<G722Decoder>),
    Opus(Box<OpusDecoder>),
}

impl Decoder {
    fn new(codec: Codec) -> Result<Self, CodecError> {
        let up = || Resampler::new(8_000, SAMPLE_RATE);
        let state = match codec {
            Codec::Pcmu => DecoderState::Pcmu(PcmuDecoder::new(), up()),
            Codec::Pcma => DecoderState::Pcma(PcmaDecoder::new(), up()),
            Codec::G722 => DecoderState::G722(Box::new(G722Decoder::new())),
            Codec::Opus => DecoderState::Opus(Box::new(
                OpusDecoder::new(SAMPLE_RATE as i32, 1)
                    .map_err(|reason| CodecError::SetUp { codec: "Opus", reason })?,
            )),
        };
        Ok(Self { state, concealer: Concealer::new() })
    }

    /// Appends the sound of a payload to `out`.
    ///
    /// # Errors
    /// A damaged payload appends nothing; treat it as lost.
    pub fn decode(&mut self, payload: &[u8], out: &mut Vec<i16>) -> Result<(), CodecError> {
        let start = out.len();
        match &mut self.state {
            DecoderState::Pcmu(decoder, up) => up.process(&decoder.decode(bounded("PCMU", payload)?), out),
            DecoderState::Pcma(decoder, up) => up.process(&decoder.decode(bounded("PCMA", payload)?), out),
            DecoderState::G722(decoder) => out.extend(decoder.decode(bounded("G722", payload)?)),
            DecoderState::Opus(decoder) => {
                if payload.is_empty() {
                    return Err(CodecError::Empty("Opus"));
                }
                let mut sound = [0.0; MAX_PAYLOAD_SAMPLES];
                let length = decoder
                    .decode(payload, MAX_PAYLOAD_SAMPLES, &mut sound)
                    .map_err(|reason| CodecError::Damaged { codec: "Opus", bytes: payload.len(), reason })?;
                append(&sound[..length.min(MAX_PAYLOAD_SAMPLES)], out);
                return Ok(());
            }
        }
        self.concealer.good(&mut out[start..]);
        Ok(())
    }

    /// Appends `samples` of made-up sound in place of a lost payload; it fades to silence within 60 ms.
    ///
    /// `next` is the payload after the lost one when it is at hand: Opus may carry a copy of the loss in it.
    pub fn conceal(&mut self, samples: usize, next: Option<&[u8]>, out: &mut Vec<i16>) {
        let DecoderState::Opus(decoder) = &mut self.state else {
            self.concealer.conceal(samples, out);
            return;
        };
        // Opus conceals in steps of 2.5 ms.
        const STEP: usize = SAMPLE_RATE as usize / 400;
        let samples = samples.next_multiple_of(STEP).min(MAX_PAYLOAD_SAMPLES);
        let mut sound = [0.0; MAX_PAYLOAD_SAMPLES];
        let made = match next {
            Some(next) => decoder.decode_fec(next, samples, &mut sound),
            None => decoder.decode(&[], samples, &mut sound),
        };
        append(&sound[..made.map_or(samples, |made| made.min(MAX_PAYLOAD_SAMPLES))], out);
    }
}

fn bounded<'a>(codec: &'static str, payload: &'a [u8]) -> Result<&'a [u8], CodecError> {
    match payload.len() {
        0 => Err(CodecError::Empty(codec)),
        bytes if bytes > MAX_PAYLOAD_MS * 8 => Err(CodecError::TooLong { codec, bytes }),
        _ => Ok(payload),
    }
}

fn append(sound: &[f32], out: &mut Vec<i16>) {
    out.extend(sound.iter().map(|sample| (sample * 32_768.0) as i16));
}
