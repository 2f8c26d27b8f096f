//! The delivered base in a database, made once for all tests of this process: each of them would read, publish and learn
//! the same.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use standardiste::answers::Index;
use standardiste::app;
use standardiste::config::Config;
use tempfile::TempDir;

struct Ready {
    folder: TempDir,
    /// As long as it lives, equal bases share what is learned of it.
    _index: Arc<Index>,
}

/// Where `folder` has its database.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("calls.sqlite")
}

/// The same, with the delivered base published in it.
pub fn with_base(folder: &Path) -> PathBuf {
    static READY: OnceLock<Ready> = OnceLock::new();
    // A thread of its own: whoever asks is in a runtime already.
    let ready = READY.get_or_init(|| std::thread::spawn(make).join().expect("the delivered base"));
    std::fs::copy(database(ready.folder.path()), database(folder)).expect("a copy of the database");
    database(folder)
}

/// The delivered configuration with these keys, `WEB__MAX_WRITTEN`.
pub fn delivered(keys: impl IntoIterator<Item = (String, String)>) -> Config {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/standardiste.toml");
    let keys = keys.into_iter().map(|(key, value)| (format!("STANDARDISTE_{key}"), value));
    let environment = std::env::vars().chain(keys).map(|(key, value)| (key.into(), value.into()));
    Config::load(Some(&file), environment).expect("the delivered configuration")
}

fn make() -> Ready {
    let folder = TempDir::new().expect("a folder");
    let config = delivered([("STORAGE__DATABASE".to_owned(), database(folder.path()).display().to_string())]);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let index = runtime.block_on(async {
        let base = app::base(&config).await.expect("the delivered base");
        base.store.close().await;
        base.index
    });
    Ready { folder, _index: index }
}
