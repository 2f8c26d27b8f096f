//! Who speaks, and how their speech reaches the hearing: over G.711, cut by the detector as in a call.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::Context;

use crate::audio::{Codec, FRAME_SAMPLES, Frame, SAMPLE_RATE, resample};
use crate::turn::{Detector, Settings, Verdict};

/// Silence around what is said, frames: the end of a turn needs it.
const BEFORE: usize = 25;
const AFTER: usize = 70;
/// Bytes before the samples of a WAV that these programs write, and where it states its rate.
const HEADER: usize = 44;
const RATE: std::ops::Range<usize> = 24..28;

/// A way of saying a sentence.
#[derive(Debug, Clone, Copy)]
pub enum Speaker {
    /// The line's own voice; `pitch` above 1 is higher and shorter.
    Line { speed: f32, pitch: f32 },
    /// The program espeak-ng: its voice and its words a minute. Its `mb-` voices are MBROLA's, diphones of a person.
    Espeak { voice: &'static str, pace: u32 },
    /// The program pico2wave (SVOX Pico): a woman's voice, `pitch` as of the line's.
    Pico { pitch: f32 },
    /// A voice given by its card, by number.
    Card { number: usize, pitch: f32 },
    /// A person's recording.
    Recorded,
}

#[derive(Debug, Clone)]
pub struct Voice {
    pub name: String,
    /// The line's own voice in one of its variants.
    pub own: bool,
    pub speaker: Speaker,
}

fn line(name: &str, speed: f32, pitch: f32) -> Voice {
    Voice { name: name.to_owned(), own: true, speaker: Speaker::Line { speed, pitch } }
}

fn other(name: &str, speaker: Speaker) -> Voice {
    Voice { name: name.to_owned(), own: false, speaker }
}

fn espeak(name: &str, voice: &'static str, pace: u32) -> Voice {
    other(name, Speaker::Espeak { voice, pace })
}

/// The voices that are measured; the first is the line's as it is.
pub fn measured() -> Vec<Voice> {
    vec![
        line("la ligne", 1.0, 1.0),
        line("la ligne, lente", 0.8, 1.0),
        line("la ligne, rapide", 1.25, 1.0),
        line("la ligne, grave", 1.0, 0.88),
        line("la ligne, aiguë", 1.0, 1.12),
        other("Pico", Speaker::Pico { pitch: 1.0 }),
        other("Pico, grave", Speaker::Pico { pitch: 0.85 }),
        espeak("MBROLA fr1, homme", "mb-fr1", 150),
        espeak("MBROLA fr4, femme", "mb-fr4", 150),
        espeak("espeak-ng fr", "fr", 150),
        espeak("espeak-ng fr+f2", "fr+f2", 150),
        espeak("espeak-ng fr+m3", "fr+m3", 150),
        espeak("espeak-ng fr+f2, rapide", "fr+f2", 190),
        espeak("espeak-ng fr-be+f4", "fr-be+f4", 140),
        other("une personne (Debian)", Speaker::Recorded),
    ]
}

/// The voices that the ear learns from: none of those measured but the line's, at other paces and heights.
pub fn learned_from() -> Vec<Voice> {
    const PACES: [(f32, f32); 9] = [
        (1.0, 1.0),
        (0.9, 1.0),
        (1.12, 1.0),
        (1.0, 0.82),
        (1.0, 0.94),
        (1.0, 1.06),
        (1.0, 1.2),
        (0.85, 0.9),
        (1.15, 1.1),
    ];
    const SPEAKERS: [(&str, u32); 12] = [
        ("fr+m1", 150),
        ("fr+m7", 165),
        ("fr+f1", 140),
        ("fr+f5", 160),
        ("fr-be", 150),
        ("fr-ch+m4", 145),
        ("fr+linda", 150),
        ("fr+edward", 150),
        ("fr+Michael", 155),
        ("fr+Andrea", 150),
        ("fr+adam", 140),
        ("fr+belinda", 170),
    ];
    let lines = PACES.map(|(speed, pitch)| line(&format!("la ligne × {speed}, {pitch}"), speed, pitch));
    let espeaks = SPEAKERS.map(|(voice, pace)| espeak(&format!("espeak-ng {voice}, {pace}"), voice, pace));
    lines.into_iter().chain(espeaks).collect()
}

/// The voices of these cards, as they are and a little lower.
pub fn cards(files: &[PathBuf]) -> impl Iterator<Item = Voice> {
    files.iter().enumerate().flat_map(|(number, file)| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        [(1.0, name.clone()), (0.9, format!("{name}, grave"))]
            .map(|(pitch, name)| other(&name, Speaker::Card { number, pitch }))
    })
}

/// `samples` higher (`pitch` above 1) and shorter, or lower and longer.
pub fn pitched(samples: &[i16], pitch: f32) -> Vec<i16> {
    resample(samples, (SAMPLE_RATE as f32 * pitch) as u32, SAMPLE_RATE)
}

/// `text` by espeak-ng; `None` where the program or this voice of it is not installed.
pub fn espeak_says(text: &str, voice: &str, pace: u32) -> anyhow::Result<Option<Vec<i16>>> {
    let pace = pace.to_string();
    let Some(output) = output_of("espeak-ng", &["-v", voice, "-s", &pace, "--stdout", "--", text])? else {
        return Ok(None);
    };
    let optional = voice.starts_with("mb-");
    if optional && output.stdout.len() <= HEADER {
        return Ok(None);
    }
    samples_of("espeak-ng", text, &output.stdout, &output).map(Some)
}

/// `text` by pico2wave; `None` where the program is not installed.
pub fn pico_says(text: &str, pitch: f32) -> anyhow::Result<Option<Vec<i16>>> {
    let file = std::env::temp_dir().join(format!("{}.wav", uuid::Uuid::new_v4()));
    let path = file.to_string_lossy();
    let Some(output) = output_of("pico2wave", &["-l", "fr-FR", "-w", &path, text])? else { return Ok(None) };
    let wav = std::fs::read(&file).unwrap_or_default();
    let _ = std::fs::remove_file(&file);
    let samples = samples_of("pico2wave", text, &wav, &output)?;
    Ok(Some(if pitch == 1.0 { samples } else { pitched(&samples, pitch) }))
}

fn output_of(program: &str, arguments: &[&str]) -> anyhow::Result<Option<Output>> {
    match Command::new(program).args(arguments).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        output => Ok(Some(output.with_context(|| program.to_owned())?)),
    }
}

fn samples_of(program: &str, text: &str, wav: &[u8], output: &Output) -> anyhow::Result<Vec<i16>> {
    anyhow::ensure!(
        output.status.success() && wav.len() > HEADER,
        "{program} n'a rien dit de « {text} » : {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let rate = wav[RATE].iter().rev().fold(0, |rate, byte| (rate << 8) | u32::from(*byte));
    let samples: Vec<i16> = wav[HEADER..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    Ok(resample(&samples, rate, SAMPLE_RATE))
}

/// The utterance that a call would hear: over the telephone, from before the first voice to after the last; empty when
/// no voice was found.
pub fn over_the_telephone(samples: &[i16], settings: &Settings) -> anyhow::Result<Vec<i16>> {
    let (mut encoder, mut decoder) = (Codec::Pcma.encoder()?, Codec::Pcma.decoder()?);
    let mut sound = vec![0; BEFORE * FRAME_SAMPLES];
    sound.extend_from_slice(samples);
    sound.resize((sound.len().div_ceil(FRAME_SAMPLES) + AFTER) * FRAME_SAMPLES, 0);
    let mut narrow = Vec::with_capacity(sound.len());
    for part in sound.chunks_exact(FRAME_SAMPLES) {
        let mut frame: Frame = [0; FRAME_SAMPLES];
        frame.copy_from_slice(part);
        decoder.decode(&encoder.encode(&frame)?, &mut narrow)?;
    }
    let mut detector = Detector::new(settings.clone());
    let mut heard = Vec::new();
    for frame in narrow.chunks_exact(FRAME_SAMPLES) {
        if let Some(Verdict::Ended { .. }) = detector.push(frame) {
            heard.extend(detector.utterance());
            detector.reset();
        }
    }
    Ok(heard)
}
