//! Shared by the configuration's tests: a folder with a file in it, and an environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use standardiste::config::{Config, ConfigError};

/// A configuration file alone in its folder.
pub struct File {
    _folder: tempfile::TempDir,
    pub path: PathBuf,
}

pub fn file(text: impl AsRef<[u8]>) -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.toml");
    std::fs::write(&path, text).unwrap();
    File { _folder: folder, path }
}

pub fn environment(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    variables.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

pub fn load(file: &Path, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let home = [("HOME", "/home/anne")];
    Config::load(Some(file), environment(&[&home, variables].concat()))
}

/// What every configuration must say, on one line so that the others begin at the second.
pub const TOWN: &str = "mairie.nom = \"Lyon\"\n";

/// Loads a correct configuration.
pub fn good(text: &str, variables: &[(&str, &str)]) -> Config {
    load(&file(format!("{TOWN}{text}")).path, variables).unwrap_or_else(|error| panic!("{error}"))
}

/// Loads a wrong one, and gives its problems as `line : …` or `variable NAME : …`.
pub fn problems(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let file = file(format!("{TOWN}{text}"));
    match load(&file.path, variables) {
        Err(ConfigError::Problems(problems)) => problems
            .iter()
            .map(|problem| problem.to_string().replace(&format!("{}:", file.path.display()), ""))
            .collect(),
        other => panic!("expected problems, got {other:?}"),
    }
}

/// The repository's own file.
pub fn delivered() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/standardiste.toml")
}
