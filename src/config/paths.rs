//! Where relative paths start, and where the cache is.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::schema::section;
use super::source::variable_of;

section! {
    /// Folders that several parts share.
    Paths "paths" {
        /// Models, voices, spoken sentences. None: `$XDG_CACHE_HOME/standardiste`, or `~/.cache/standardiste`.
        /// The variable `STANDARDISTE_CACHE` goes before.
        cache: Option<PathBuf> = None;
    }
}

/// What a path in the configuration is measured from.
#[derive(Debug, Clone)]
pub struct Places {
    /// The configuration file's own folder.
    pub base: PathBuf,
    pub home: Option<PathBuf>,
    pub cache: PathBuf,
}

impl Places {
    pub fn new(base: &Path, environment: &[(OsString, OsString)]) -> Self {
        let folder = |name| variable_of(environment, name).map(PathBuf::from);
        let home = folder("HOME");
        let cache = folder("STANDARDISTE_CACHE")
            .or_else(|| {
                // The XDG base directory specification has relative values ignored.
                folder("XDG_CACHE_HOME").filter(|path| path.is_absolute()).map(|path| path.join("standardiste"))
            })
            .or_else(|| home.as_ref().map(|home| home.join(".cache/standardiste")))
            .unwrap_or_else(|| base.join("cache"));
        Self { base: base.to_owned(), cache: tidy(&base.join(cache)), home }
    }

    /// `{cache}/…` is in the cache, `~/…` in the home folder, anything else relative in the configuration file's folder.
    pub fn resolve(&self, path: &Path) -> Result<PathBuf, String> {
        let text = path.to_string_lossy();
        let resolved = if let Some(rest) = text.strip_prefix("{cache}") {
            self.cache.join(rest.trim_start_matches('/'))
        } else if text == "~" || text.starts_with("~/") {
            let home = self.home.as_ref().ok_or("« ~ » est sans valeur : la variable HOME n'est pas définie")?;
            home.join(text[1..].trim_start_matches('/'))
        } else if text.contains('$') || text.contains('{') || text.starts_with('~') {
            return Err(format!(
                "le chemin « {text} » contient un nom à remplacer ; seuls « {{cache}}/ » et « ~/ » le sont"
            ));
        } else {
            self.base.join(path)
        };
        Ok(tidy(&resolved))
    }
}

/// Takes `.` and `folder/..` out, by the letters alone: `config/../voices` reads as `voices` in messages.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidied.components().next_back(), Some(Component::Normal(_))) => {
                tidied.pop();
            }
            part => tidied.push(part),
        }
    }
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}
