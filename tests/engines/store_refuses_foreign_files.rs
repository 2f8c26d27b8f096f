//! A database that is not for this version is refused with a remedy, and not a byte of it changes.

use std::fs;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use standardiste::store::{Error, Store};

async fn run(path: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.sqlite");
    let store = Store::open(&path).await.unwrap();
    store.flush().await.unwrap();
    store.close().await;
    run(
        &path,
        "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
         VALUES (9999, 'from the future', datetime(), 1, x'00', 1)",
    )
    .await;
    let before = fs::read(&path).unwrap();
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, Error::Newer { found: 9999, .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("plus récente") && text.contains("sauvegarde") && text.contains("line.sqlite"), "{text}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn another_program_s_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.sqlite");
    run(&path, "CREATE TABLE invoice (id INTEGER)").await;
    let before = fs::read(&path).unwrap();
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, Error::Foreign { .. }), "{error:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.sqlite");
    fs::write(&path, "Ceci n'est pas une base de données. ".repeat(100)).unwrap();
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, Error::Corrupted { .. }), "{error:?}");
    assert!(error.to_string().contains("abîmée"), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told_with_the_key_to_change() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = Store::open(&folder.path().join("file/line.sqlite")).await.unwrap_err();
    assert!(matches!(error, Error::CannotOpen { .. }), "{error:?}");
    assert!(error.to_string().contains("storage.database"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_service_s_account_may_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.sqlite");
    let store = Store::open(&path).await.unwrap();
    store.flush().await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
