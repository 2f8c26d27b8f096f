//! What is kept of callers: its purge, with a report of it, and one caller's data with the files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use tracing::info;

use crate::config::{Config, Keep};
use crate::store::{Erased, Kept, Purge, Store};

/// Erases what is older than `keep` says, and writes down what was done.
///
/// # Errors
/// The store or the folder of sounds refuses; what could be erased is.
pub async fn purge(store: &Store, keep: &Keep) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let ago = |days: u32| now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN);
    let purged = store.purge(ago(keep.transcripts_days), ago(keep.messages_days)).await?;
    let line = |kind: &str, days, erased, oldest| Purge { at: now, kind: kind.to_owned(), days, erased, oldest };
    let mut lines = vec![
        line("transcript", keep.transcripts_days, purged.calls, purged.oldest_call),
        line("message", keep.messages_days, purged.messages, purged.oldest_message),
    ];
    let (folder, days) = (keep.audio_folder.clone(), keep.audio_days);
    let sounds = tokio::task::spawn_blocking(move || erase_sounds(&folder, days)).await?;
    if let Ok((erased, oldest)) = &sounds {
        lines.push(line("sound", keep.audio_days, *erased, *oldest));
    }
    for line in lines.iter().filter(|line| line.erased > 0) {
        info!(kind = line.kind, erased = line.erased, "old data erased");
    }
    store.report_purge(lines).await?;
    sounds.with_context(|| keep.audio_folder.display().to_string())?;
    Ok(())
}

/// The WAV files of a folder; none when it is not there.
fn sounds(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let files = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let paths: std::io::Result<Vec<PathBuf>> = files.map(|file| file.map(|file| file.path())).collect();
    Ok(paths?.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "wav")).collect())
}

/// Erases the WAV files of `folder` older than `days`; gives how many, and the time of the oldest left.
fn erase_sounds(folder: &Path, days: u32) -> std::io::Result<(u64, Option<Timestamp>)> {
    let kept = Duration::from_secs(24 * 3_600 * u64::from(days));
    let (mut erased, mut oldest) = (0, None);
    for path in sounds(folder)? {
        let modified = path.metadata()?.modified()?;
        if modified.elapsed().is_ok_and(|age| age > kept) {
            std::fs::remove_file(path)?;
            erased += 1;
        } else if let Ok(at) = Timestamp::try_from(modified) {
            oldest = Some(oldest.map_or(at, |before: Timestamp| before.min(at)));
        }
    }
    Ok((erased, oldest))
}

/// The kept sound of a caller's calls.
pub fn sounds_of(config: &Config, kept: &Kept) -> std::io::Result<Vec<PathBuf>> {
    let of = |path: &PathBuf| {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        kept.calls.iter().any(|call| name.contains(&call.start.id))
    };
    Ok(sounds(&config.keep.audio_folder)?.into_iter().filter(of).collect())
}

/// Erases a caller's calls, messages and sound; gives what went, and the number of files.
///
/// # Errors
/// A file or the store refuses. The files go first: what is left in the store still names them.
pub async fn erase(config: &Config, store: &Store, kept: Kept) -> anyhow::Result<(Erased, usize)> {
    let files = sounds_of(config, &kept)?;
    for path in &files {
        std::fs::remove_file(path).with_context(|| path.display().to_string())?;
    }
    Ok((store.erase(kept).await?, files.len()))
}
