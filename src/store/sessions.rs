//! Sessions: a browser that has proven whose it is.

use jiff::Timestamp;
use sqlx::query;

use super::accounts::{Account, read_account};
use super::audit::{self, Deed};
use super::calls::{read_time, time};
use super::{Error, Store};

/// SHA-256 of a token; the token itself is nowhere but in the browser.
pub type TokenHash = [u8; 32];

#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    pub account: Account,
    pub begun_at: Timestamp,
    /// To the minute.
    pub seen_at: Timestamp,
}

impl Store {
    /// Begins a session of `login`.
    pub async fn begin_session(&self, token: TokenHash, login: &str, now: Timestamp, deed: Deed) -> Result<(), Error> {
        let login = login.to_owned();
        self.change(move |connection| {
            Box::pin(async move {
                query("INSERT INTO session (token_hash, login, begun_at, seen_at) VALUES (?, ?, ?, ?)")
                    .bind(token.as_slice())
                    .bind(&login)
                    .bind(time(now))
                    .bind(time(now))
                    .execute(&mut *connection)
                    .await?;
                query("UPDATE account SET seen_at = ? WHERE login = ?")
                    .bind(time(now))
                    .bind(&login)
                    .execute(&mut *connection)
                    .await?;
                audit::write(connection, &deed).await
            })
        })
        .await
    }

    /// The session of a token, begun after `oldest` and seen after `idle`, of an account that may still enter.
    pub async fn session(
        &self,
        token: &TokenHash,
        oldest: Timestamp,
        idle: Timestamp,
    ) -> Result<Option<Session>, Error> {
        let row = query(
            "SELECT account.*, session.begun_at AS session_begun, session.seen_at AS session_seen
             FROM session JOIN account ON account.login = session.login
             WHERE token_hash = ? AND session.begun_at > ? AND session.seen_at > ? AND disabled_at IS NULL",
        )
        .bind(token.as_slice())
        .bind(time(oldest))
        .bind(time(idle))
        .fetch_optional(&self.0.readers)
        .await
        .map_err(self.reading())?;
        row.map(|row| {
            Ok(Session {
                account: read_account(&row)?,
                begun_at: read_time(&row, "session_begun")?,
                seen_at: read_time(&row, "session_seen")?,
            })
        })
        .transpose()
        .map_err(self.reading())
    }

    pub async fn touch_session(&self, token: TokenHash, now: Timestamp) -> Result<(), Error> {
        self.change(move |connection| {
            Box::pin(async move {
                query("UPDATE session SET seen_at = ? WHERE token_hash = ?")
                    .bind(time(now))
                    .bind(token.as_slice())
                    .execute(connection)
                    .await
                    .map(drop)
            })
        })
        .await
    }

    pub async fn end_session(&self, token: TokenHash, deed: Deed) -> Result<(), Error> {
        self.change(move |connection| {
            Box::pin(async move {
                query("DELETE FROM session WHERE token_hash = ?")
                    .bind(token.as_slice())
                    .execute(&mut *connection)
                    .await?;
                audit::write(connection, &deed).await
            })
        })
        .await
    }
}
