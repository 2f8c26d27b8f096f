//! Messages left by callers, as a list of things to do.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, query, query_as};

use super::audit::{self, Deed};
use super::calls::{read_message, read_time_if_any, time};
use super::{Error, Store};
use crate::call::Message;

/// Which messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MessageState {
    #[default]
    Waiting,
    Done,
}

/// A message, and who sees to it.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageTask {
    pub id: i64,
    pub message: Message,
    /// Whether its call is still kept.
    pub has_call: bool,
    /// A login.
    pub assigned_to: Option<String>,
    pub done_at: Option<Timestamp>,
    pub done_by: Option<String>,
}

impl Store {
    /// Those that wait oldest first, those done newest first; from after the row `after` on.
    pub async fn message_tasks(
        &self,
        state: MessageState,
        assigned_to: Option<&str>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<MessageTask>, Error> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT message.*, EXISTS (SELECT 1 FROM call WHERE call.id = message.call) AS has_call FROM message WHERE ",
        );
        match state {
            MessageState::Waiting => sql.push("done_at IS NULL AND id > ").push_bind(after.unwrap_or(0)),
            MessageState::Done => sql.push("done_at IS NOT NULL AND id < ").push_bind(after.unwrap_or(i64::MAX)),
        };
        if let Some(login) = assigned_to {
            sql.push(" AND assigned_to = ").push_bind(login);
        }
        sql.push(match state {
            MessageState::Waiting => " ORDER BY id LIMIT ",
            MessageState::Done => " ORDER BY id DESC LIMIT ",
        });
        sql.push_bind(limit);
        let rows = sql.build().fetch_all(&self.0.readers).await.map_err(self.reading())?;
        rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(self.reading())
    }

    /// How many wait, and how many of them `login` sees to.
    pub async fn waiting_messages(&self, login: &str) -> Result<(i64, i64), Error> {
        query_as("SELECT count(*), coalesce(sum(assigned_to = ?), 0) FROM message WHERE done_at IS NULL")
            .bind(login)
            .fetch_one(&self.0.readers)
            .await
            .map_err(self.reading())
    }

    /// Gives a message to somebody, or to nobody in particular. False when there is no such message.
    pub async fn assign_message(&self, id: i64, login: Option<String>, deed: Deed) -> Result<bool, Error> {
        self.change(move |connection| {
            Box::pin(async move {
                let sql = query("UPDATE message SET assigned_to = ? WHERE id = ?");
                let done = sql.bind(login).bind(id).execute(&mut *connection).await?.rows_affected();
                if done > 0 {
                    audit::write(connection, &deed).await?;
                }
                Ok(done > 0)
            })
        })
        .await
    }

    /// Says that a message was seen to, or (`by` none) that it was not after all.
    pub async fn finish_message(&self, id: i64, by: Option<String>, deed: Deed) -> Result<bool, Error> {
        self.change(move |connection| {
            Box::pin(async move {
                let at = by.as_ref().map(|_| time(Timestamp::now()));
                let sql = query("UPDATE message SET done_at = ?, done_by = ? WHERE id = ?");
                let done = sql.bind(at).bind(by).bind(id).execute(&mut *connection).await?.rows_affected();
                if done > 0 {
                    audit::write(connection, &deed).await?;
                }
                Ok(done > 0)
            })
        })
        .await
    }
}

fn read(row: &SqliteRow) -> sqlx::Result<MessageTask> {
    Ok(MessageTask {
        id: row.try_get("id")?,
        message: read_message(row)?,
        has_call: row.try_get("has_call")?,
        assigned_to: row.try_get("assigned_to")?,
        done_at: read_time_if_any(row, "done_at")?,
        done_by: row.try_get("done_by")?,
    })
}
