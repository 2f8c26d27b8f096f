//! WAV files of every kind, and those that are not.

use std::f64::consts::TAU;

use proptest::prelude::*;
use standardiste::audio::level;
use standardiste::audio::wav::{self, WavError};

const PCM: u16 = 1;
const ADPCM_IMA: u16 = 0x11;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;

fn tone(rate: u32, samples: usize) -> impl Iterator<Item = f64> {
    (0..samples).map(move |n| 0.5 * (TAU * 440.0 * n as f64 / f64::from(rate)).sin())
}

fn file(format: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut bytes = b"RIFF".to_vec();
    // Compressed formats carry the length of their extra parameters: none.
    let extra: &[u8] = if matches!(format, A_LAW | MU_LAW) { &[0, 0] } else { &[] };
    bytes.extend((36 + extra.len() as u32 + data.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend((16 + extra.len() as u32).to_le_bytes());
    bytes.extend([format.to_le_bytes(), channels.to_le_bytes()].concat());
    bytes.extend([rate.to_le_bytes(), (rate * u32::from(block)).to_le_bytes()].concat());
    bytes.extend([&block.to_le_bytes(), &bits.to_le_bytes(), extra].concat());
    bytes.extend(b"data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}

fn pcm16(rate: u32, samples: usize) -> Vec<u8> {
    let data: Vec<u8> = tone(rate, samples).flat_map(|s| ((s * 32_767.0) as i16).to_le_bytes()).collect();
    file(PCM, 1, rate, 16, &data)
}

/// One second of a tone at −9 dBFS, whatever the file.
fn is_the_tone(bytes: &[u8]) {
    let sound = wav::read(bytes).unwrap();
    assert_eq!(sound.len(), 16_000);
    let level = level::rms_dbfs(&sound[1_000..15_000]);
    assert!((level + 9.03).abs() < 0.3, "{level}");
}

#[test]
fn every_rate_becomes_sixteen_kilohertz() {
    for rate in [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000] {
        is_the_tone(&pcm16(rate, rate as usize));
    }
}

#[test]
fn every_sample_format_is_read() {
    let each = |write: &dyn Fn(f64) -> Vec<u8>| tone(16_000, 16_000).flat_map(write).collect::<Vec<u8>>();
    is_the_tone(&file(PCM, 1, 16_000, 8, &each(&|s| vec![(s * 127.0 + 128.0) as u8])));
    is_the_tone(&file(PCM, 1, 16_000, 24, &each(&|s| ((s * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec())));
    is_the_tone(&file(PCM, 1, 16_000, 32, &each(&|s| ((s * 2_147_483_647.0) as i32).to_le_bytes().to_vec())));
    is_the_tone(&file(FLOAT, 1, 16_000, 32, &each(&|s| (s as f32).to_le_bytes().to_vec())));
    is_the_tone(&file(FLOAT, 1, 16_000, 64, &each(&|s| s.to_le_bytes().to_vec())));
}

#[test]
fn telephone_recordings_are_read() {
    use standardiste::audio::Codec;
    for (format, codec) in [(A_LAW, Codec::Pcma), (MU_LAW, Codec::Pcmu)] {
        let mut encoder = codec.encoder().unwrap();
        let samples: Vec<i16> = tone(16_000, 16_000).map(|s| (s * 32_767.0) as i16).collect();
        let data: Vec<u8> = samples.as_chunks().0.iter().flat_map(|frame| encoder.encode(frame).unwrap()).collect();
        is_the_tone(&file(format, 1, 8_000, 8, &data));
    }
}

#[test]
fn adpcm_is_read() {
    // IMA blocks of 256 bytes, all zero differences: silence of the right length.
    let blocks = 10u32;
    let samples_a_block = 505u16;
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
    bytes.extend(20u32.to_le_bytes());
    for word in [ADPCM_IMA, 1, 8_000, 0, 4_055, 0, 256, 4, 2, samples_a_block] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(b"data");
    bytes.extend((256 * blocks).to_le_bytes());
    bytes.extend(vec![0; 256 * blocks as usize]);
    let length = bytes.len() as u32 - 8;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    let sound = wav::read_raw(&bytes).unwrap();
    assert_eq!((sound.rate, sound.samples.len()), (8_000, 5_050));
    assert!(level::peak_dbfs(&sound.samples) < -50.0);
}

#[test]
fn channels_are_averaged() {
    let data: Vec<u8> = tone(16_000, 16_000)
        .flat_map(|s| [(s * 32_767.0) as i16, (s * 32_767.0) as i16].map(i16::to_le_bytes).concat())
        .collect();
    is_the_tone(&file(PCM, 2, 16_000, 16, &data));
    let opposite: Vec<u8> = tone(16_000, 16_000)
        .flat_map(|s| [(s * 32_767.0) as i16, (s * -32_767.0) as i16].map(i16::to_le_bytes).concat())
        .collect();
    assert!(level::peak_dbfs(&wav::read(&file(PCM, 2, 16_000, 16, &opposite)).unwrap()) < -85.0);
}

#[test]
fn what_is_written_is_read_back() {
    let samples: Vec<i16> = (0..1_000).map(|n| (n * 31 % 2_000 - 1_000) as i16).collect();
    let sound = wav::read_raw(&wav::encode(&samples, 24_000).unwrap()).unwrap();
    assert_eq!((sound.samples, sound.rate), (samples.clone(), 24_000));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("call.wav");
    wav::write_stereo(&path, &samples, &samples[..500], 16_000).unwrap();
    let stereo = wav::read_raw(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(stereo.samples.len(), 1_000);
    assert_eq!(stereo.samples[100], samples[100]);
    assert_eq!(stereo.samples[802], samples[802] / 2);
    wav::write(&path, &samples, 16_000).unwrap();
    assert_eq!(wav::read(&std::fs::read(&path).unwrap()).unwrap(), samples);
    assert!(matches!(wav::write(folder.path().join("no/such.wav"), &samples, 16_000), Err(WavError::Io(_))));
}

#[test]
fn an_empty_file_says_so() {
    assert!(matches!(wav::read(&[]), Err(WavError::Empty)));
}

#[test]
fn a_file_that_is_not_wav_says_so() {
    for bytes in [&b"RIFF"[..], b"ID3\x04 some music that is not a WAV file", b"RIFF\0\0\0\0AVI LIST....", b"bonjour"] {
        assert!(matches!(wav::read(bytes), Err(WavError::NotWav)), "{bytes:?}");
    }
}

#[test]
fn a_file_cut_short_says_how_much_is_missing() {
    let whole = pcm16(16_000, 1_000);
    let Err(WavError::Truncated { declared: 2_000, present: 1_000 }) = wav::read(&whole[..1_044]) else { panic!() };
    assert!(matches!(wav::read(&whole[..44]), Err(WavError::Truncated { .. })));
    assert!(matches!(wav::read(&whole[..30]), Err(WavError::NoSound)));
    assert!(matches!(wav::read(&pcm16(16_000, 0)), Err(WavError::NoSound)));
}

#[test]
fn a_file_streamed_before_its_length_was_known_is_read_to_its_end() {
    let mut bytes = pcm16(16_000, 16_000);
    bytes[4..8].copy_from_slice(&[0xFF; 4]);
    bytes[40..44].copy_from_slice(&[0xFF; 4]);
    is_the_tone(&bytes);
}

#[test]
fn a_nonsense_header_is_damage() {
    for (rate, bits, channels) in [(0, 16, 1), (16_000, 0, 1), (16_000, 16, 0), (16_000, 13, 1), (4_000_000_000, 8, 1)]
    {
        let mut bytes = pcm16(16_000, 100);
        bytes[22..24].copy_from_slice(&u16::to_le_bytes(channels));
        bytes[24..28].copy_from_slice(&u32::to_le_bytes(rate));
        bytes[34..36].copy_from_slice(&u16::to_le_bytes(bits));
        let read = wav::read(&bytes);
        assert!(
            matches!(read, Err(WavError::Damaged(_) | WavError::Unsupported(_))),
            "{rate} {bits} {channels}: {read:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(at in prop::collection::vec((0usize..60, any::<u8>()), 0..6), tail in prop::collection::vec(any::<u8>(), 0..300), format in 0u16..32) {
        let mut bytes = file(format, 1, 8_000, 16, &tail);
        for (index, byte) in at {
            if let Some(slot) = bytes.get_mut(index) { *slot = byte; }
        }
        let _ = wav::read(&bytes);
    }
}
