//! Opening: look first, then migrate.

use std::fs;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use super::error::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// A command-line import beside a running service holds the lock for some milliseconds; a stuck program for ever.
const BUSY: Duration = Duration::from_secs(5);
/// Readers are the command line, the publication of answers and the hand-over page.
const READERS: u32 = 4;

/// One connection to write with, and readers beside it.
pub async fn open(path: &Path) -> Result<(SqliteConnection, SqlitePool), Error> {
    prepare(path)?;
    inspect(path).await?;
    let fault = |error: sqlx::Error| Error::of(path, &error);
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY);
    let mut writer = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // In WAL mode a committed transaction is in the operating system's hands, and outlives `kill -9`;
        // NORMAL spares a disk flush a turn, and only a power cut may take the last seconds.
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        // Erased means erased: freed pages are overwritten.
        .pragma("secure_delete", "ON")
        .connect()
        .await
        .map_err(fault)?;
    MIGRATIONS.run(&mut writer).await.map_err(|error| migration(path, error))?;
    let readers =
        SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await.map_err(fault)?;
    Ok((writer, readers))
}

fn prepare(path: &Path) -> Result<(), Error> {
    let cannot = |error: std::io::Error| Error::CannotOpen { path: path.to_owned(), detail: error.to_string() };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    if path.is_dir() {
        return Err(Error::CannotOpen { path: path.to_owned(), detail: "c'est un dossier".into() });
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // What callers said is for the service's own account; SQLite gives its side files the same rights.
        options.mode(0o600);
    }
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(cannot(error)),
        _ => Ok(()),
    }
}

/// Refuses what is not ours, or newer than us, before anything is written.
async fn inspect(path: &Path) -> Result<(), Error> {
    if fs::metadata(path).is_ok_and(|file| file.len() == 0) {
        return Ok(());
    }
    let fault = |error: sqlx::Error| Error::of(path, &error);
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY);
    let mut connection = options.connect().await.map_err(fault)?;
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(&mut connection)
        .await
        .map_err(fault)?;
    let ours = tables.iter().any(|table| table == "_sqlx_migrations");
    let found: Option<i64> = if ours {
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut connection)
            .await
            .map_err(fault)?
    } else {
        None
    };
    connection.close().await.map_err(fault)?;
    if !ours && !tables.is_empty() {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    match found {
        Some(found) if found > known => Err(Error::Newer { path: path.to_owned(), found, known }),
        _ => Ok(()),
    }
}

fn migration(path: &Path, error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Error::of(path, &error),
        MigrateError::VersionMismatch(version) | MigrateError::VersionMissing(version) => Error::Other {
            path: path.to_owned(),
            detail: format!(
                "son schéma {version} n'est pas celui de cette version de standardiste ; rendez une sauvegarde"
            ),
        },
        error => Error::Other { path: path.to_owned(), detail: error.to_string() },
    }
}
