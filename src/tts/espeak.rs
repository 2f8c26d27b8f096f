//! Text to phonemes, by espeak-ng.
//!
//! espeak-ng keeps its voice and its text in global variables, so one lock guards it. `espeak-rs`, which piper-rs would
//! use, has no lock and finds its data through the environment only; this is the same library called with both.

use std::ffi::{CStr, CString, c_char, c_void};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::Error;

/// The folder that espeak-ng looks for inside the one it is given.
const DATA_FOLDER: &str = "espeak-ng-data";
/// Where Debian and others install it, after the program's own folder.
const SYSTEM_FOLDERS: [&str; 6] = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share",
    "/usr/local/share",
];
/// More clauses than any sentence has: espeak-ng must not keep us for ever.
const MAX_CLAUSES: usize = 2_000;

static STARTED: OnceLock<Result<(), Error>> = OnceLock::new();
/// The voice that espeak-ng is set to: setting it reads its files again.
static ONE_AT_A_TIME: Mutex<Option<CString>> = Mutex::new(None);

/// Starts espeak-ng once for the process. `data`: the folder that holds `espeak-ng-data`.
pub(super) fn start(data: Option<&Path>) -> Result<(), Error> {
    STARTED.get_or_init(|| initialize(&find_data(data)?)).clone()
}

fn find_data(given: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(folder) = given {
        // Both the folder itself and its parent are natural answers to « where is espeak-ng-data? ».
        let folder = if folder.ends_with(DATA_FOLDER) { folder.parent().unwrap_or(folder) } else { folder };
        return match folder.join(DATA_FOLDER).is_dir() {
            true => Ok(folder.to_owned()),
            false => Err(Error::Espeak(format!("pas de dossier {DATA_FOLDER} dans {}", folder.display()))),
        };
    }
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
    beside
        .into_iter()
        .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
        .find(|folder| folder.join(DATA_FOLDER).is_dir())
        .ok_or_else(|| Error::Espeak(format!("dossier {DATA_FOLDER} introuvable")))
}

fn initialize(folder: &Path) -> Result<(), Error> {
    let path = CString::new(folder.as_os_str().as_encoded_bytes())
        .map_err(|_| Error::Espeak(format!("chemin impossible : {}", folder.display())))?;
    // SAFETY: the path lives through the call, which copies it; OnceLock makes it the only call.
    let rate = unsafe {
        espeak_rs_sys::espeak_Initialize(
            espeak_rs_sys::espeak_AUDIO_OUTPUT_AUDIO_OUTPUT_RETRIEVAL,
            0,
            path.as_ptr(),
            espeak_rs_sys::espeakINITIALIZE_DONT_EXIT as i32,
        )
    };
    if rate <= 0 {
        return Err(Error::Espeak(format!("données illisibles dans {}", folder.display())));
    }
    Ok(())
}

/// The phonemes of `text` in espeak-ng's `voice`, one string a sentence, with the punctuation that ends each clause.
pub(super) fn phonemes(text: &str, voice: &str) -> Result<Vec<String>, Error> {
    STARTED.get().cloned().unwrap_or_else(|| start(None))?;
    let name = CString::new(voice).map_err(|_| Error::Espeak("nom de voix impossible".into()))?;
    let mut set = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if set.as_ref() != Some(&name) {
        *set = None;
        // SAFETY: initialised above, the name lives through the call, and the lock makes it the only one under way.
        if unsafe { espeak_rs_sys::espeak_SetVoiceByName(name.as_ptr()) } != espeak_rs_sys::espeak_ERROR_EE_OK {
            return Err(Error::Espeak(format!("voix « {voice} » inconnue")));
        }
        *set = Some(name);
    }
    let mut sentences = Vec::new();
    let mut sentence = String::new();
    for line in text.lines() {
        let line = CString::new(line.replace('\0', " ")).map_err(|_| Error::Engine("NUL in text".into()))?;
        for clause in clauses(&line) {
            sentence.push_str(&without_language_marks(&clause));
            if sentence.trim_end().ends_with(['.', '?', '!']) {
                sentences.push(std::mem::take(&mut sentence));
            }
        }
        if !sentence.trim().is_empty() {
            sentences.push(std::mem::take(&mut sentence));
        }
    }
    Ok(sentences)
}

fn clauses(line: &CStr) -> Vec<String> {
    let mut at: *const c_char = line.as_ptr();
    let mut clauses = Vec::new();
    while !at.is_null() && clauses.len() < MAX_CLAUSES {
        // SAFETY: `at` stays inside `line` or becomes null; the result is read before the next call; the lock is held.
        let clause = unsafe {
            let clause = espeak_rs_sys::espeak_TextToPhonemes(
                ptr::from_mut(&mut at).cast::<*const c_void>(),
                espeak_rs_sys::espeakCHARS_UTF8 as i32,
                espeak_rs_sys::espeakINITIALIZE_PHONEME_IPA as i32,
            );
            if clause.is_null() {
                break;
            }
            CStr::from_ptr(clause).to_string_lossy().into_owned()
        };
        clauses.push(clause);
    }
    clauses
}

/// espeak-ng writes `(en)` where it takes a word for a foreign one.
fn without_language_marks(phonemes: &str) -> String {
    let mut inside = false;
    phonemes
        .chars()
        .filter(|&c| {
            let keep = !inside && c != '(' && c != ')';
            inside = if inside { c != ')' } else { c == '(' };
            keep
        })
        .collect()
}
