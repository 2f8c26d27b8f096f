//! French word vectors: near in meaning, near in space (Bojanowski et al. 2017), in the file that `scripts/models` makes.

use std::fmt;
use std::fs;

use std::path::{Path, PathBuf};

/// First bytes of the file.
const MAGIC: &[u8; 8] = b"SWRD1\0\0\0";
/// Bytes before the rows: the magic, and three counts.
const HEADER: usize = 8 + 3 * 4;
/// Seed of the words' hash in the file.
const SEED: u64 = 1;

#[derive(Debug, thiserror::Error)]
pub enum VectorsError {
    #[error(
        "the word vectors {} cannot be read: {error}; run ./scripts/run to make them, or set [answers] words", path.display()
    )]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("the word vectors {} are damaged: {problem}; run ./scripts/run to make them again", path.display())]
    Damaged { path: PathBuf, problem: String },
}

/// A vector of length 1 for each of some 500,000 words; words that hardly differ share one.
pub struct Vectors {
    dimensions: usize,
    /// What a byte of each row is worth.
    scales: Vec<f32>,
    /// Row after row.
    bytes: Vec<i8>,
    /// Hashes of the words, sorted, and the row of each.
    keys: Vec<u64>,
    rows: Vec<u16>,
}

impl fmt::Debug for Vectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} words in {} dimensions", self.keys.len(), self.dimensions)
    }
}

impl Vectors {
    /// # Errors
    /// A file that cannot be read, is cut short, or is not one of ours.
    pub fn load(path: &Path) -> Result<Self, VectorsError> {
        let data = fs::read(path).map_err(|error| VectorsError::Unreadable { path: path.to_owned(), error })?;
        Self::parse(&data).map_err(|problem| VectorsError::Damaged { path: path.to_owned(), problem })
    }

    fn parse(data: &[u8]) -> Result<Self, String> {
        if data.len() < HEADER || &data[..8] != MAGIC {
            return Err("it does not begin as one".to_owned());
        }
        let count = |at: usize| u32::from_le_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]) as usize;
        let (dimensions, rows, keys) = (count(8), count(12), count(16));
        let wanted = HEADER as u128 + rows as u128 * (4 + dimensions as u128) + keys as u128 * 10;
        if data.len() as u128 != wanted {
            return Err(format!("{} bytes instead of {wanted}", data.len()));
        }
        let (table, names) = data[HEADER..].split_at(rows * (4 + dimensions));
        let (mut scales, mut bytes) = (Vec::with_capacity(rows), Vec::with_capacity(rows * dimensions));
        for row in table.chunks_exact(4 + dimensions) {
            scales.push(f32::from_le_bytes([row[0], row[1], row[2], row[3]]));
            bytes.extend(row[4..].iter().map(|byte| byte.cast_signed()));
        }
        let (hashes, places) = names.split_at(keys * 8);
        let hashes = hashes.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok().map(u64::from_le_bytes)).collect();
        let places: Vec<u16> = places.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        if places.iter().any(|row| usize::from(*row) >= rows) {
            return Err("a word has a vector that is not there".to_owned());
        }
        Ok(Self { dimensions, scales, bytes, keys: hashes, rows: places })
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Whether the word, in lower case and with its accents, has a vector.
    pub fn knows(&self, word: &str) -> bool {
        self.row(word).is_some()
    }

    /// Adds the word's vector, times `weight`, to `sum` of [`dimensions`](Self::dimensions) numbers; an unknown word
    /// adds nothing.
    pub fn add(&self, word: &str, weight: f32, sum: &mut [f32]) {
        let Some(row) = self.row(word) else { return };
        let scale = self.scales[row] * weight;
        let bytes = &self.bytes[row * self.dimensions..][..self.dimensions];
        for (sum, byte) in sum.iter_mut().zip(bytes) {
            *sum += scale * f32::from(*byte);
        }
    }

    fn row(&self, word: &str) -> Option<usize> {
        let at = self.keys.binary_search(&murmur(word.as_bytes(), SEED)).ok()?;
        self.rows.get(at).map(|row| usize::from(*row))
    }
}

/// MurmurHash64A (Austin Appleby, 2008, public domain): the names of the words in the file.
fn murmur(bytes: &[u8], seed: u64) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(M);
    let chunks = bytes.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        let mut part = chunk.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte)).wrapping_mul(M);
        part ^= part >> 47;
        hash = (hash ^ part.wrapping_mul(M)).wrapping_mul(M);
    }
    if !rest.is_empty() {
        let part = rest.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        hash = (hash ^ part).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 47)).wrapping_mul(M);
    hash ^ (hash >> 47)
}
