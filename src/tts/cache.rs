//! The spoken sentences kept on disk, bounded, and safe against a crash half-way.
//!
//! One file a sentence, named by its key: `STDV`, the version, the number of samples (both 32 bits, little endian),
//! the SHA-256 of the samples, then the samples (16 bits, little endian, 16 kHz mono). It is written under another
//! name, flushed and renamed, so a crash leaves at most a temporary file; what does not match its header is removed.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::Error;
use super::manifest::hex;

const MAGIC: &[u8; 4] = b"STDV";
/// Changes when the same text would sound otherwise: the format, the shape, the way text becomes phonemes.
const VERSION: u32 = 1;
const HEADER: usize = 4 + 4 + 4 + 32;
const EXTENSION: &str = "voice";
const HALF_WRITTEN: &str = "tmp";

/// What a sound depends on: the voice's files, the speed, and the words as they are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// `percent`: the speed in hundredths. `words`: after they were made speakable.
    pub fn new(voice: &[u8; 32], percent: u32, words: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(VERSION.to_le_bytes());
        digest.update(voice);
        digest.update(percent.to_le_bytes());
        digest.update(words.as_bytes());
        Self(digest.finalize().into())
    }
}

#[derive(Debug)]
struct Index {
    bytes: u64,
    files: HashMap<PathBuf, (u64, SystemTime)>,
}

/// The folder of spoken sentences.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    limit: u64,
    index: Mutex<Index>,
    /// Makes temporary names unique within the process.
    written: AtomicU64,
}

impl Disk {
    /// Opens (or makes) the folder, removes what a crash left half-written, and brings it under `limit` bytes.
    pub fn open(folder: &Path, limit: u64) -> Result<Self, Error> {
        let failed = |e: io::Error| Error::Cache { path: folder.to_owned(), problem: e.to_string() };
        fs::create_dir_all(folder).map_err(failed)?;
        let mut index = Index { bytes: 0, files: HashMap::new() };
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            match path.extension().and_then(|e| e.to_str()) {
                Some(HALF_WRITTEN) => drop(fs::remove_file(&path)),
                Some(EXTENSION) => {
                    // Another process may have removed it since.
                    let Ok(status) = fs::metadata(&path) else { continue };
                    index.bytes += status.len();
                    index.files.insert(path, (status.len(), status.modified().unwrap_or(SystemTime::UNIX_EPOCH)));
                }
                _ => {}
            }
        }
        let disk = Self { folder: folder.to_owned(), limit, index: Mutex::new(index), written: AtomicU64::new(0) };
        disk.evict(&mut disk.index());
        Ok(disk)
    }

    /// The sound kept under `key`; a damaged file is removed and counts as absent.
    pub fn get(&self, key: &Key) -> Option<Vec<i16>> {
        let path = self.path(key);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a spoken sentence cannot be read");
                return None;
            }
        };
        let Some(samples) = decode(&bytes) else {
            tracing::warn!(path = %path.display(), "a damaged spoken sentence is thrown away");
            self.forget(&path);
            return None;
        };
        self.touch(&path, bytes.len() as u64);
        Some(samples)
    }

    /// Keeps a sound, then removes the ones unused for longest until the folder is within its bound.
    pub fn put(&self, key: &Key, samples: &[i16]) -> Result<(), Error> {
        let path = self.path(key);
        let bytes = encode(samples);
        if bytes.len() as u64 > self.limit {
            return Ok(());
        }
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("{}-{number}.{HALF_WRITTEN}", std::process::id()));
        write_whole(&temporary, &path, &bytes).map_err(|e| {
            drop(fs::remove_file(&temporary));
            Error::Cache { path: path.clone(), problem: e.to_string() }
        })?;
        let mut index = self.index();
        index.record(path, bytes.len() as u64);
        self.evict(&mut index);
        Ok(())
    }

    /// Bytes kept.
    pub fn bytes(&self) -> u64 {
        self.index().bytes
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(hex(&key.0)).with_extension(EXTENSION)
    }

    fn touch(&self, path: &Path, size: u64) {
        // So that the next start knows which sentences were used; a failure only makes it forget.
        if let Ok(file) = File::options().append(true).open(path) {
            drop(file.set_modified(SystemTime::now()));
        }
        self.index().record(path.to_owned(), size);
    }

    fn forget(&self, path: &Path) {
        drop(fs::remove_file(path));
        let mut index = self.index();
        if let Some((size, _)) = index.files.remove(path) {
            index.bytes -= size;
        }
    }

    fn evict(&self, index: &mut Index) {
        if index.bytes <= self.limit {
            return;
        }
        let mut oldest: Vec<(PathBuf, u64, SystemTime)> =
            index.files.iter().map(|(path, (size, used))| (path.clone(), *size, *used)).collect();
        oldest.sort_by_key(|(_, _, used)| *used);
        for (path, size, _) in oldest {
            if index.bytes <= self.limit {
                break;
            }
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(path = %path.display(), %error, "an old spoken sentence cannot be removed");
                }
                _ => {
                    index.files.remove(&path);
                    index.bytes -= size;
                }
            }
        }
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        // Counters only: what a panic left is still usable.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    fn record(&mut self, path: PathBuf, size: u64) {
        self.bytes += size;
        if let Some((old, _)) = self.files.insert(path, (size, SystemTime::now())) {
            self.bytes -= old;
        }
    }
}

fn write_whole(temporary: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(temporary, path)
}

fn encode(samples: &[i16]) -> Vec<u8> {
    let sound: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let mut bytes = Vec::with_capacity(HEADER + sound.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&(samples.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&Sha256::digest(&sound));
    bytes.extend_from_slice(&sound);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Vec<i16>> {
    let (header, sound) = bytes.split_at_checked(HEADER)?;
    let number = |at: usize| Some(u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let right = header.starts_with(MAGIC)
        && number(4)? == VERSION
        && number(8)? as usize * 2 == sound.len()
        && header[12..] == Sha256::digest(sound)[..];
    right.then(|| sound.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect())
}
