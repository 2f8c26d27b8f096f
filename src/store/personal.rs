//! One caller's data, and the proof that what is old is erased.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Row, query};

use super::calls::{self, StoredCall, read_time, time};
use super::transaction;
use crate::call::{CallEnd, CallStart, Message, TurnRecord};

/// Reports older than this are erased too.
const REPORTED: SignedDuration = SignedDuration::from_hours(24 * 366);
/// A run that erased nothing is written at most this often.
const QUIET: SignedDuration = SignedDuration::from_hours(24);

/// What a purge did with one kind of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Purge {
    pub at: Timestamp,
    /// `transcript`, `message` or `sound`.
    pub kind: String,
    /// The limit.
    pub days: u32,
    pub erased: u64,
    /// The oldest that was left.
    pub oldest: Option<Timestamp>,
}

/// What an erasure at the purge took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    pub calls: u64,
    pub messages: u64,
    pub oldest_call: Option<Timestamp>,
    pub oldest_message: Option<Timestamp>,
}

/// Whose data is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A telephone number, written in any way: its last nine digits are compared.
    Number(String),
    /// A call's identifier.
    Call(String),
}

/// Everything that is kept of a caller.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Kept {
    pub calls: Vec<KeptCall>,
    /// Those of the calls, and those that ask to call the number back.
    pub messages: Vec<Message>,
}

/// One call, whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeptCall {
    pub start: CallStart,
    pub end: Option<CallEnd>,
    pub turns: Vec<TurnRecord>,
}

impl Kept {
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.messages.is_empty()
    }
}

/// What was erased of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    pub calls: u64,
    pub messages: u64,
}

/// The digits that tell a number: « 06 12 34 56 78 », `+33612345678` and `sip:0612345678@pbx` are one. None below six.
fn digits(number: &str) -> Option<String> {
    let user = number.split('@').next().unwrap_or_default();
    let digits: Vec<char> = user.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 6).then(|| digits[digits.len().saturating_sub(9)..].iter().collect())
}

fn is(whose: &Whose, call: &str, number: &str) -> bool {
    match whose {
        Whose::Call(id) => id == call,
        Whose::Number(wanted) => match digits(wanted) {
            Some(wanted) => digits(number) == Some(wanted),
            // An e-mail address, as in a written message.
            None => wanted.contains('@') && wanted.trim().eq_ignore_ascii_case(number.trim()),
        },
    }
}

pub async fn find(readers: &SqlitePool, whose: &Whose) -> sqlx::Result<Kept> {
    let mut kept = Kept::default();
    for row in query("SELECT id, caller FROM call ORDER BY started_at").fetch_all(readers).await? {
        let id: String = row.try_get("id")?;
        if !is(whose, &id, row.try_get("caller")?) {
            continue;
        }
        if let Some(StoredCall { start, end }) = calls::by_id(readers, &id).await? {
            kept.calls.push(KeptCall { start, end, turns: calls::turns(readers, &id).await? });
        }
    }
    for row in query("SELECT DISTINCT call FROM message ORDER BY call").fetch_all(readers).await? {
        let call: String = row.try_get("call")?;
        let of_call = kept.calls.iter().any(|one| one.start.id == call);
        let messages = calls::messages(readers, &call).await?;
        kept.messages
            .extend(messages.into_iter().filter(|message| of_call || is(whose, &message.call, &message.number)));
    }
    Ok(kept)
}

/// Erases the ended calls of `kept` with their turns, and its messages.
pub async fn erase(connection: &mut SqliteConnection, kept: &Kept) -> sqlx::Result<Erased> {
    transaction::begin(connection).await?;
    let done = erase_all(connection, kept).await;
    transaction::end(connection, done).await
}

async fn erase_all(connection: &mut SqliteConnection, kept: &Kept) -> sqlx::Result<Erased> {
    let mut erased = Erased::default();
    for call in &kept.calls {
        let done = query("DELETE FROM call WHERE id = ? AND ended_at IS NOT NULL").bind(&call.start.id);
        erased.calls += done.execute(&mut *connection).await?.rows_affected();
    }
    for message in &kept.messages {
        let done = query("DELETE FROM message WHERE call = ? AND at = ?").bind(&message.call).bind(time(message.at));
        erased.messages += done.execute(&mut *connection).await?.rows_affected();
    }
    Ok(erased)
}

/// The oldest of a table's times.
pub async fn oldest(connection: &mut SqliteConnection, sql: &'static str) -> sqlx::Result<Option<Timestamp>> {
    let row = query(sql).fetch_optional(connection).await?;
    row.map(|row| read_time(&row, "oldest")).transpose()
}

pub async fn report(connection: &mut SqliteConnection, rows: &[Purge]) -> sqlx::Result<()> {
    for row in rows {
        let since = row.at.checked_sub(QUIET).unwrap_or(Timestamp::MIN);
        let told = query("SELECT 1 FROM purge WHERE kind = ? AND days = ? AND at > ? LIMIT 1")
            .bind(&row.kind)
            .bind(row.days)
            .bind(time(since))
            .fetch_optional(&mut *connection)
            .await?;
        if row.erased == 0 && told.is_some() {
            continue;
        }
        query("INSERT INTO purge (at, kind, days, erased, oldest) VALUES (?, ?, ?, ?, ?)")
            .bind(time(row.at))
            .bind(&row.kind)
            .bind(row.days)
            .bind(i64::try_from(row.erased).unwrap_or(i64::MAX))
            .bind(row.oldest.map(time))
            .execute(&mut *connection)
            .await?;
    }
    if let Some(at) = rows.iter().map(|row| row.at).max() {
        let old = at.checked_sub(REPORTED).unwrap_or(Timestamp::MIN);
        query("DELETE FROM purge WHERE at < ?").bind(time(old)).execute(connection).await?;
    }
    Ok(())
}

/// Newest first.
pub async fn reports(readers: &SqlitePool, limit: u32) -> sqlx::Result<Vec<Purge>> {
    let rows = query("SELECT * FROM purge ORDER BY at DESC, id DESC LIMIT ?").bind(limit).fetch_all(readers).await?;
    rows.iter()
        .map(|row| {
            let oldest = match row.try_get::<Option<&str>, _>("oldest")? {
                Some(_) => Some(read_time(row, "oldest")?),
                None => None,
            };
            Ok(Purge {
                at: read_time(row, "at")?,
                kind: row.try_get("kind")?,
                days: row.try_get("days")?,
                erased: u64::try_from(row.try_get::<i64, _>("erased")?).unwrap_or_default(),
                oldest,
            })
        })
        .collect()
}
