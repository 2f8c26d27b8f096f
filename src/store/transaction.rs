//! Transactions in plain SQL.
//!
//! sqlx counts their depth itself, and after a commit that the disk refused its count no longer agrees with SQLite,
//! which has rolled back already: every later transaction is then refused. Here SQLite alone knows.

use sqlx::query;
use sqlx::sqlite::SqliteConnection;

/// Takes the lock at once, where the busy timeout applies; a deferred transaction that reads first fails without waiting.
pub async fn begin(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    query("BEGIN IMMEDIATE").execute(connection).await.map(drop)
}

/// Commits when `done` went well and the disk accepts; otherwise leaves the database as it was.
pub async fn end<T>(connection: &mut SqliteConnection, done: sqlx::Result<T>) -> sqlx::Result<T> {
    let done = match done {
        Ok(value) => query("COMMIT").execute(&mut *connection).await.map(|_| value),
        failed => failed,
    };
    if done.is_err() {
        undo(connection).await;
    }
    done
}

pub async fn undo(connection: &mut SqliteConnection) {
    // Fails when SQLite has rolled back by itself, which is what is wanted.
    let _ = query("ROLLBACK").execute(connection).await;
}
