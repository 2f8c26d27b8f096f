//! Reads a ggml Whisper file's headers before whisper.cpp does: the library does not check what it reads, so a
//! truncated file would load half-empty weights or abort the process.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::Error;

/// `ggml` in little-endian, the first four bytes.
const MAGIC: u32 = 0x6767_6d6c;
/// Tensors outside the layers: encoder positions, two convolutions, last norm; decoder positions, embedding, norm.
const FIXED_TENSORS: u64 = 7 + 4;
const TENSORS_PER_ENCODER_LAYER: u64 = 15;
const TENSORS_PER_DECODER_LAYER: u64 = 24;
/// Bounds of any Whisper published so far (large: 32 layers, 1280 wide, 51,866 tokens), with room to spare.
const MOST_LAYERS: i32 = 128;
const LONGEST_NAME: i32 = 256;
const LARGEST_VOCABULARY: i32 = 1 << 20;
const LONGEST_TOKEN: i32 = 4096;

/// What a model file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// `tiny`, `base`, `small`, `medium`, `large`, or the number of encoder layers.
    pub size: String,
    pub multilingual: bool,
    pub bytes: u64,
    pub tensors: u64,
}

/// Walks the whole file without reading the weights. Errors name the file and what is wrong with it.
pub fn check(path: &Path) -> Result<ModelInfo, Error> {
    walk(path).map_err(|problem| Error::Model { path: path.to_owned(), problem })
}

fn walk(path: &Path) -> Result<ModelInfo, String> {
    let file = File::open(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => "the file does not exist".to_owned(),
        _ => format!("cannot be opened ({e})"),
    })?;
    let bytes = file.metadata().map_err(|e| format!("cannot be read ({e})"))?.len();
    let mut r = Reader { inner: BufReader::with_capacity(1 << 16, file), at: 0, bytes };
    if r.u32()? != MAGIC {
        return Err("not a ggml Whisper file (wrong first bytes)".to_owned());
    }
    let mut h = [0i32; 11];
    for value in &mut h {
        *value = r.i32()?;
    }
    let [n_vocab, _, _, _, n_audio_layer, _, _, _, n_text_layer, ..] = h;
    if !(1..=MOST_LAYERS).contains(&n_audio_layer) || !(1..=MOST_LAYERS).contains(&n_text_layer) {
        return Err(format!("damaged header ({n_audio_layer} encoder and {n_text_layer} decoder layers)"));
    }
    let (n_mel, n_fft) = (r.bounded("mel bands", 1024)?, r.bounded("mel width", 4096)?);
    r.skip(n_mel * n_fft * 4)?;
    for _ in 0..r.bounded("vocabulary size", LARGEST_VOCABULARY)? {
        let length = r.bounded("token length", LONGEST_TOKEN)?;
        r.skip(length)?;
    }
    let expected = FIXED_TENSORS
        + n_audio_layer as u64 * TENSORS_PER_ENCODER_LAYER
        + n_text_layer as u64 * TENSORS_PER_DECODER_LAYER;
    let mut tensors = 0;
    while r.at < r.bytes {
        r.tensor().map_err(|e| format!("{e}, in tensor {} of {expected}", tensors + 1))?;
        tensors += 1;
    }
    if tensors != expected {
        return Err(format!("incomplete: {tensors} tensors of {expected} in {bytes} bytes"));
    }
    let size = match n_audio_layer {
        4 => "tiny".to_owned(),
        6 => "base".to_owned(),
        12 => "small".to_owned(),
        24 => "medium".to_owned(),
        32 => "large".to_owned(),
        n => format!("{n} layers"),
    };
    Ok(ModelInfo { size, multilingual: n_vocab >= 51_865, bytes, tensors })
}

struct Reader {
    inner: BufReader<File>,
    at: u64,
    bytes: u64,
}

impl Reader {
    fn u32(&mut self) -> Result<u32, String> {
        let mut b = [0; 4];
        self.inner.read_exact(&mut b).map_err(|_| self.truncated(4))?;
        self.at += 4;
        Ok(u32::from_le_bytes(b))
    }

    fn i32(&mut self) -> Result<i32, String> {
        Ok(self.u32()? as i32)
    }

    fn bounded(&mut self, what: &str, most: i32) -> Result<u64, String> {
        let n = self.i32()?;
        if !(0..=most).contains(&n) {
            return Err(format!("damaged: {what} {n} at byte {}", self.at - 4));
        }
        Ok(n as u64)
    }

    fn skip(&mut self, n: u64) -> Result<(), String> {
        if n > self.bytes.saturating_sub(self.at) {
            return Err(self.truncated(n));
        }
        self.inner
            .seek_relative(n as i64)
            .or_else(|_| self.inner.seek(SeekFrom::Start(self.at + n)).map(drop))
            .map_err(|e| format!("cannot be read ({e})"))?;
        self.at += n;
        Ok(())
    }

    fn tensor(&mut self) -> Result<(), String> {
        let dims = self.bounded("dimensions", 4)?;
        let name = self.bounded("name length", LONGEST_NAME)?;
        let kind = self.u32()?;
        let mut elements: u64 = 1;
        for _ in 0..dims {
            elements = elements.saturating_mul(self.bounded("dimension", i32::MAX)?);
        }
        self.skip(name)?;
        let (block, block_bytes) = block(kind).ok_or(format!("damaged: weights of unknown type {kind}"))?;
        if !elements.is_multiple_of(block) {
            return Err(format!("damaged: {elements} weights in blocks of {block}"));
        }
        self.skip((elements / block).saturating_mul(block_bytes))
    }

    fn truncated(&self, wanted: u64) -> String {
        format!("truncated: {} bytes on disk, at least {} expected", self.bytes, self.at.saturating_add(wanted))
    }
}

/// Weights and bytes of one block of a ggml type (`ggml_type` in ggml.h).
fn block(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (1, 4),
        1 | 30 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        _ => return None,
    })
}
