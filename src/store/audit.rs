//! Who saw or changed what: rows that nobody rewrites.

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row, Sqlite, query};

use super::calls::{read_time, time};
use super::{Error, Store};

/// Something that somebody did, to be written in the same transaction as what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// A login; empty for somebody who has not proven who they are.
    pub who: String,
    /// Where the request came from; empty for the command line.
    pub address: String,
    /// A word of the console's, for instance `appel.lu`.
    pub action: &'static str,
    /// What it was done to: a call's identifier, a login.
    pub object: String,
    /// More about it, in French; never what a caller said.
    pub detail: String,
}

/// A deed as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    pub id: i64,
    pub at: Timestamp,
    pub who: String,
    pub address: String,
    pub action: String,
    pub object: String,
    pub detail: String,
}

/// Empty words stand for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub who: String,
    /// The beginning of an action: `compte.` for all that was done to accounts.
    pub action: String,
    pub object: String,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Store {
    pub async fn audit(&self, deed: Deed) -> Result<(), Error> {
        self.change(move |connection| Box::pin(async move { write(connection, &deed).await })).await
    }

    /// Newest first, those before the row `before`.
    pub async fn audited(&self, filter: &AuditFilter, before: Option<i64>, limit: u32) -> Result<Vec<Audited>, Error> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT * FROM audit WHERE id < ");
        sql.push_bind(before.unwrap_or(i64::MAX));
        if !filter.who.is_empty() {
            sql.push(" AND who = ").push_bind(&filter.who);
        }
        if !filter.action.is_empty() {
            sql.push(" AND substr(action, 1, length(").push_bind(&filter.action);
            sql.push(")) = ").push_bind(&filter.action);
        }
        if !filter.object.is_empty() {
            sql.push(" AND object = ").push_bind(&filter.object);
        }
        if let Some(from) = filter.from {
            sql.push(" AND at >= ").push_bind(time(from));
        }
        if let Some(to) = filter.to {
            sql.push(" AND at < ").push_bind(time(to));
        }
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(limit);
        let rows = sql.build().fetch_all(&self.0.readers).await.map_err(self.reading())?;
        rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(self.reading())
    }

    /// Forgets the sessions begun before `sessions`, the invitations that have expired by `now`, and the deeds that the
    /// law does not want kept any longer than a year.
    pub async fn forget_accesses(&self, sessions: Timestamp, now: Timestamp) -> Result<(), Error> {
        self.change(move |connection| {
            Box::pin(async move {
                query("DELETE FROM session WHERE begun_at < ?").bind(time(sessions)).execute(&mut *connection).await?;
                query("DELETE FROM invitation WHERE expires_at < ?").bind(time(now)).execute(&mut *connection).await?;
                query("DELETE FROM audit WHERE julianday(at) < julianday('now') - 365.5").execute(connection).await?;
                Ok(())
            })
        })
        .await
    }
}

pub async fn write(connection: &mut SqliteConnection, deed: &Deed) -> sqlx::Result<()> {
    query("INSERT INTO audit (at, who, address, action, object, detail) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(time(Timestamp::now()))
        .bind(&deed.who)
        .bind(&deed.address)
        .bind(deed.action)
        .bind(&deed.object)
        .bind(&deed.detail)
        .execute(connection)
        .await
        .map(drop)
}

fn read(row: &SqliteRow) -> sqlx::Result<Audited> {
    Ok(Audited {
        id: row.try_get("id")?,
        at: read_time(row, "at")?,
        who: row.try_get("who")?,
        address: row.try_get("address")?,
        action: row.try_get("action")?,
        object: row.try_get("object")?,
        detail: row.try_get("detail")?,
    })
}
