//! The published base: each entry's current version, and every text it ever had.

use std::collections::HashSet;
use std::path::Path;

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Row, query, query_scalar};

use super::calls::time;
use super::error::Error;
use super::transaction;

/// One entry of the base to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    pub id: String,
    pub title: String,
    /// `draft`, `proposed`, `published`, `withdrawn`.
    pub status: String,
    /// The whole entry as JSON; a change of it is a new version, a change of its spacing or key order is none.
    pub document: String,
    pub author: String,
    /// Empty until somebody approves.
    pub approver: String,
}

/// An entry in service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    pub id: String,
    /// From 1.
    pub version: u32,
    /// JSON.
    pub document: String,
}

/// An entry as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryListing {
    pub id: String,
    pub version: u32,
    pub status: String,
    pub title: String,
    pub author: String,
    pub approver: String,
    /// When this version was first published.
    pub since: Timestamp,
    /// JSON.
    pub document: String,
}

/// What a publication is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole base: what is not given is withdrawn.
    Whole,
    /// Drafts to add: the other entries stay as they are.
    Drafts,
}

/// The status of the entries that the line may say.
const PUBLISHED: &str = "published";
/// The status of an entry that staff have not finished.
const DRAFT: &str = "draft";
/// The status of an entry that the base no longer has.
const WITHDRAWN: &str = "withdrawn";

/// Replaces the whole base or adds drafts to it, all of them or nothing. Gives the generation, which grows when something
/// changed.
pub async fn publish(
    connection: &mut SqliteConnection,
    path: &Path,
    rows: &[EntryRow],
    scope: Scope,
) -> Result<u64, Error> {
    let documents = rows.iter().map(canonical).collect::<Result<Vec<_>, _>>()?;
    let mut seen = HashSet::new();
    if let Some(row) = rows.iter().find(|row| !seen.insert(row.id.as_str())) {
        return Err(Error::TwiceTheSame { entry: row.id.clone() });
    }
    let fault = |error: sqlx::Error| Error::of(path, &error);
    if scope == Scope::Drafts
        && let Some((entry, status)) = in_use(connection, rows).await.map_err(fault)?
    {
        return Err(Error::InUse { entry, status });
    }
    replace(connection, rows, &documents, scope).await.map_err(fault)
}

/// An entry of `rows` that the base has already, and not as a draft; with its status.
async fn in_use(connection: &mut SqliteConnection, rows: &[EntryRow]) -> sqlx::Result<Option<(String, String)>> {
    for row in rows {
        let status: Option<String> = query_scalar("SELECT status FROM entry WHERE id = ?")
            .bind(&row.id)
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(status) = status.filter(|status| ![DRAFT, WITHDRAWN].contains(&status.as_str())) {
            return Ok(Some((row.id.clone(), status)));
        }
    }
    Ok(None)
}

async fn replace(
    connection: &mut SqliteConnection,
    rows: &[EntryRow],
    documents: &[String],
    scope: Scope,
) -> sqlx::Result<u64> {
    transaction::begin(connection).await?;
    match replace_all(connection, rows, documents, scope).await {
        Ok((current, false)) => {
            transaction::undo(connection).await;
            Ok(current)
        }
        done => transaction::end(connection, done.map(|(current, _)| current + 1)).await,
    }
}

/// Gives the generation found, and whether this one differs.
async fn replace_all(
    connection: &mut SqliteConnection,
    rows: &[EntryRow],
    documents: &[String],
    scope: Scope,
) -> sqlx::Result<(u64, bool)> {
    let current: i64 =
        query_scalar("SELECT coalesce(max(generation), 0) FROM publication").fetch_one(&mut *connection).await?;
    let generation = current + 1;
    query("INSERT INTO publication (generation, at) VALUES (?, ?)")
        .bind(generation)
        .bind(time(Timestamp::now()))
        .execute(&mut *connection)
        .await?;
    let mut changed = scope == Scope::Whole && withdraw_the_others(connection, rows).await? > 0;
    for (row, document) in rows.iter().zip(documents) {
        changed |= put(connection, row, document, generation).await?;
    }
    Ok((current.unsigned_abs(), changed))
}

async fn withdraw_the_others(connection: &mut SqliteConnection, rows: &[EntryRow]) -> sqlx::Result<u64> {
    let kept: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let known: Vec<String> =
        query_scalar("SELECT id FROM entry WHERE status <> ?").bind(WITHDRAWN).fetch_all(&mut *connection).await?;
    let mut withdrawn = 0;
    for id in known.iter().filter(|id| !kept.contains(id.as_str())) {
        query("UPDATE entry SET status = ? WHERE id = ?").bind(WITHDRAWN).bind(id).execute(&mut *connection).await?;
        withdrawn += 1;
    }
    Ok(withdrawn)
}

/// Gives whether anything changed.
async fn put(connection: &mut SqliteConnection, row: &EntryRow, document: &str, generation: i64) -> sqlx::Result<bool> {
    let last = query("SELECT version, document FROM entry_version WHERE entry = ? ORDER BY version DESC LIMIT 1")
        .bind(&row.id)
        .fetch_optional(&mut *connection)
        .await?;
    let (version, new) = match last {
        None => (1, true),
        Some(last) => {
            let version: u32 = last.try_get("version")?;
            if last.try_get::<&str, _>("document")? == document { (version, false) } else { (version + 1, true) }
        }
    };
    if new {
        query(
            "INSERT INTO entry_version (entry, version, generation, title, author, approver, document)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.id)
        .bind(version)
        .bind(generation)
        .bind(&row.title)
        .bind(&row.author)
        .bind(&row.approver)
        .bind(document)
        .execute(&mut *connection)
        .await?;
    }
    let done = query(
        "INSERT INTO entry (id, version, status, title, author, approver) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, title = excluded.title,
             author = excluded.author, approver = excluded.approver
         WHERE (version, status, title, author, approver)
             <> (excluded.version, excluded.status, excluded.title, excluded.author, excluded.approver)",
    )
    .bind(&row.id)
    .bind(version)
    .bind(&row.status)
    .bind(&row.title)
    .bind(&row.author)
    .bind(&row.approver)
    .execute(&mut *connection)
    .await?;
    Ok(new || done.rows_affected() > 0)
}

/// Keys in order, no spacing.
fn canonical(row: &EntryRow) -> Result<String, Error> {
    serde_json::from_str::<serde_json::Value>(&row.document)
        .map(|document| document.to_string())
        .map_err(|error| Error::Document { entry: row.id.clone(), detail: error.to_string() })
}

/// What the line may say, by identifier.
pub async fn published(readers: &SqlitePool) -> sqlx::Result<Vec<StoredEntry>> {
    let rows = query(
        "SELECT entry.id, entry.version, document FROM entry
         JOIN entry_version ON entry_version.entry = entry.id AND entry_version.version = entry.version
         WHERE status = ? ORDER BY entry.id",
    )
    .bind(PUBLISHED)
    .fetch_all(readers)
    .await?;
    let read = |row: &sqlx::sqlite::SqliteRow| {
        Ok(StoredEntry { id: row.try_get("id")?, version: row.try_get("version")?, document: row.try_get("document")? })
    };
    rows.iter().map(read).collect()
}

/// The whole base, withdrawn entries included, by identifier.
pub async fn all(readers: &SqlitePool) -> sqlx::Result<Vec<EntryListing>> {
    let rows = query(
        "SELECT entry.*, publication.at AS since, document FROM entry
         JOIN entry_version ON entry_version.entry = entry.id AND entry_version.version = entry.version
         JOIN publication ON publication.generation = entry_version.generation
         ORDER BY entry.id",
    )
    .fetch_all(readers)
    .await?;
    let read = |row: &sqlx::sqlite::SqliteRow| {
        Ok(EntryListing {
            id: row.try_get("id")?,
            version: row.try_get("version")?,
            status: row.try_get("status")?,
            title: row.try_get("title")?,
            author: row.try_get("author")?,
            approver: row.try_get("approver")?,
            since: super::calls::read_time(row, "since")?,
            document: row.try_get("document")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Identifier and title of all that the base ever had, by title.
pub async fn titles(readers: &SqlitePool) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as("SELECT id, title FROM entry ORDER BY title, id").fetch_all(readers).await
}

/// One version's document, in service or not: what a transcript refers to.
pub async fn version(readers: &SqlitePool, entry: &str, version: u32) -> sqlx::Result<Option<String>> {
    query_scalar("SELECT document FROM entry_version WHERE entry = ? AND version = ?")
        .bind(entry)
        .bind(version)
        .fetch_optional(readers)
        .await
}

/// 0 before the first publication.
pub async fn generation(readers: &SqlitePool) -> sqlx::Result<u64> {
    let generation: i64 =
        query_scalar("SELECT coalesce(max(generation), 0) FROM publication").fetch_one(readers).await?;
    Ok(generation.unsigned_abs())
}
