//! Calls, turns and messages as rows.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Row, query};

use super::personal::{Purged, oldest};
use crate::call::{CallEnd, CallStart, Message, TurnRecord};

/// One thing that happened in a call.
#[derive(Debug, Clone)]
pub enum Record {
    Began(CallStart),
    /// A turn may be recorded again, once more is known of it: the last record stands.
    Turn {
        call: String,
        turn: Box<TurnRecord>,
    },
    Ended {
        call: String,
        end: CallEnd,
    },
    Message(Message),
}

impl Record {
    pub fn call(&self) -> &str {
        match self {
            Self::Began(start) => &start.id,
            Self::Turn { call, .. } | Self::Ended { call, .. } => call,
            Self::Message(message) => &message.call,
        }
    }
}

/// A call as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCall {
    pub start: CallStart,
    /// None while it lasts.
    pub end: Option<CallEnd>,
}

/// What the human who takes a call is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub call: StoredCall,
    pub turns: Vec<TurnRecord>,
    pub messages: Vec<Message>,
}

pub async fn write(connection: &mut SqliteConnection, record: &Record) -> sqlx::Result<()> {
    match record {
        Record::Began(start) => {
            query(
                "INSERT INTO call (id, started_at, channel, caller, callee, signalling_id, handover_token)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(&start.id)
            .bind(time(start.at))
            .bind(&start.channel)
            .bind(&start.from)
            .bind(&start.to)
            .bind(&start.signalling_id)
            .bind(&start.handover_token)
            .execute(connection)
            .await?;
        }
        Record::Turn { call, turn } => write_turn(connection, call, turn).await?,
        Record::Ended { call, end } => {
            query("UPDATE call SET ended_at = ?, how = ?, handed_over = ?, destination = ?, handover_way = ? WHERE id = ?")
                .bind(time(end.at))
                .bind(&end.how)
                .bind(end.handed_over.as_ref().map(word).transpose()?)
                .bind(&end.destination)
                .bind(end.way.as_ref().map(word).transpose()?)
                .bind(call)
                .execute(connection)
                .await?;
        }
        Record::Message(message) => {
            query(
                "INSERT INTO message (call, at, name, name_confirmed, number, number_confirmed, text)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(&message.call)
            .bind(time(message.at))
            .bind(&message.name)
            .bind(message.name_confirmed)
            .bind(&message.number)
            .bind(message.number_confirmed)
            .bind(&message.text)
            .execute(connection)
            .await?;
        }
    }
    Ok(())
}

async fn write_turn(connection: &mut SqliteConnection, call: &str, turn: &TurnRecord) -> sqlx::Result<()> {
    query(
        // Not OR REPLACE: it would erase the turn first, and with it what was judged of it.
        "INSERT INTO turn (call, turn, at, heard, word_probabilities, hearing_confidence, decision, reason, entry,
             version, service_public, probability, candidates, said, interrupted, voice_to_voice_ms, stages)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (call, turn) DO UPDATE SET at = excluded.at, heard = excluded.heard,
             word_probabilities = excluded.word_probabilities, hearing_confidence = excluded.hearing_confidence,
             decision = excluded.decision, reason = excluded.reason, entry = excluded.entry, version = excluded.version,
             service_public = excluded.service_public, probability = excluded.probability,
             candidates = excluded.candidates, said = excluded.said, interrupted = excluded.interrupted,
             voice_to_voice_ms = excluded.voice_to_voice_ms, stages = excluded.stages",
    )
    .bind(call)
    .bind(turn.turn)
    .bind(time(turn.at))
    .bind(&turn.heard)
    .bind(json(&turn.word_probabilities)?)
    .bind(turn.hearing_confidence)
    .bind(word(&turn.decision)?)
    .bind(word(&turn.reason)?)
    .bind(&turn.entry)
    .bind(turn.version)
    .bind(json(&turn.service_public)?)
    .bind(turn.probability)
    .bind(json(&turn.candidates)?)
    .bind(&turn.said)
    .bind(turn.interrupted)
    .bind(turn.voice_to_voice_ms)
    .bind(json(&turn.stages)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the calls that a former process left open, at the last sign of life of each. Gives their number.
pub async fn interrupt(connection: &mut SqliteConnection) -> sqlx::Result<u64> {
    let done = query(
        "UPDATE call SET how = 'interrupted',
             ended_at = coalesce((SELECT max(at) FROM turn WHERE turn.call = call.id), started_at)
         WHERE ended_at IS NULL",
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Erases the calls that began before `calls`, with their turns, those under way excepted, and the messages left before
/// `messages`. Says how many, and what is left.
pub async fn purge(connection: &mut SqliteConnection, calls: Timestamp, messages: Timestamp) -> sqlx::Result<Purged> {
    let left = query("DELETE FROM message WHERE at < ?").bind(time(messages)).execute(&mut *connection).await?;
    let done = query("DELETE FROM call WHERE started_at < ? AND ended_at IS NOT NULL")
        .bind(time(calls))
        .execute(&mut *connection)
        .await?;
    let oldest_call =
        oldest(&mut *connection, "SELECT started_at AS oldest FROM call ORDER BY started_at LIMIT 1").await?;
    let oldest_message = oldest(connection, "SELECT at AS oldest FROM message ORDER BY at LIMIT 1").await?;
    Ok(Purged { calls: done.rows_affected(), messages: left.rows_affected(), oldest_call, oldest_message })
}

pub async fn by_id(readers: &SqlitePool, id: &str) -> sqlx::Result<Option<StoredCall>> {
    query("SELECT * FROM call WHERE id = ?")
        .bind(id)
        .fetch_optional(readers)
        .await?
        .map(|row| read_call(&row))
        .transpose()
}

/// Newest first.
pub async fn latest(readers: &SqlitePool, limit: u32) -> sqlx::Result<Vec<StoredCall>> {
    let rows =
        query("SELECT * FROM call ORDER BY started_at DESC, id DESC LIMIT ?").bind(limit).fetch_all(readers).await?;
    rows.iter().map(read_call).collect()
}

pub async fn turns(readers: &SqlitePool, call: &str) -> sqlx::Result<Vec<TurnRecord>> {
    let rows = query("SELECT * FROM turn WHERE call = ? ORDER BY turn").bind(call).fetch_all(readers).await?;
    rows.iter().map(read_turn).collect()
}

pub async fn summary(readers: &SqlitePool, token: &str) -> sqlx::Result<Option<Summary>> {
    let Some(row) = query("SELECT * FROM call WHERE handover_token = ?").bind(token).fetch_optional(readers).await?
    else {
        return Ok(None);
    };
    let call = read_call(&row)?;
    let turns = turns(readers, &call.start.id).await?;
    let messages = messages(readers, &call.start.id).await?;
    Ok(Some(Summary { call, turns, messages }))
}

pub async fn messages(readers: &SqlitePool, call: &str) -> sqlx::Result<Vec<Message>> {
    let rows = query("SELECT * FROM message WHERE call = ? ORDER BY id").bind(call).fetch_all(readers).await?;
    rows.iter().map(read_message).collect()
}

pub fn read_message(row: &SqliteRow) -> sqlx::Result<Message> {
    Ok(Message {
        call: row.try_get("call")?,
        at: read_time(row, "at")?,
        name: row.try_get("name")?,
        name_confirmed: row.try_get("name_confirmed")?,
        number: row.try_get("number")?,
        number_confirmed: row.try_get("number_confirmed")?,
        text: row.try_get("text")?,
    })
}

fn read_call(row: &SqliteRow) -> sqlx::Result<StoredCall> {
    let start = CallStart {
        id: row.try_get("id")?,
        at: read_time(row, "started_at")?,
        channel: row.try_get("channel")?,
        from: row.try_get("caller")?,
        to: row.try_get("callee")?,
        signalling_id: row.try_get("signalling_id")?,
        handover_token: row.try_get("handover_token")?,
    };
    let end = match row.try_get::<Option<String>, _>("how")? {
        None => None,
        Some(how) => Some(CallEnd {
            at: read_time(row, "ended_at")?,
            how,
            handed_over: row.try_get::<Option<String>, _>("handed_over")?.map(|word| read_word(&word)).transpose()?,
            destination: row.try_get("destination")?,
            way: row.try_get::<Option<String>, _>("handover_way")?.map(|word| read_word(&word)).transpose()?,
        }),
    };
    Ok(StoredCall { start, end })
}

fn read_turn(row: &SqliteRow) -> sqlx::Result<TurnRecord> {
    Ok(TurnRecord {
        turn: row.try_get("turn")?,
        at: read_time(row, "at")?,
        heard: row.try_get("heard")?,
        word_probabilities: read_json(row.try_get("word_probabilities")?)?,
        hearing_confidence: row.try_get("hearing_confidence")?,
        decision: read_word(row.try_get("decision")?)?,
        entry: row.try_get("entry")?,
        version: row.try_get("version")?,
        service_public: read_json(row.try_get("service_public")?)?,
        probability: row.try_get("probability")?,
        reason: read_word(row.try_get("reason")?)?,
        candidates: read_json(row.try_get("candidates")?)?,
        said: row.try_get("said")?,
        interrupted: row.try_get("interrupted")?,
        voice_to_voice_ms: row.try_get("voice_to_voice_ms")?,
        stages: read_json(row.try_get("stages")?)?,
        personal: Vec::new(),
    })
}

/// Of one width, so that the order of the letters is the order of time.
pub fn time(at: Timestamp) -> String {
    format!("{at:.9}")
}

pub fn read_time(row: &SqliteRow, column: &str) -> sqlx::Result<Timestamp> {
    row.try_get::<&str, _>(column)?.parse().map_err(|error: jiff::Error| sqlx::Error::Decode(error.into()))
}

/// A time that may not have come yet.
pub fn read_time_if_any(row: &SqliteRow, column: &str) -> sqlx::Result<Option<Timestamp>> {
    row.try_get::<Option<&str>, _>(column)?.map(|_| read_time(row, column)).transpose()
}

fn json<T: Serialize>(value: &T) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn read_json<T: DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// A closed word as its JSON name without quotes, for a reader with `sqlite3` at hand.
fn word<T: Serialize>(value: &T) -> sqlx::Result<String> {
    json(value).map(|text| text.trim_matches('"').to_owned())
}

fn read_word<T: DeserializeOwned>(word: &str) -> sqlx::Result<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|error| sqlx::Error::Decode(error.into()))
}
