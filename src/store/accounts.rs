//! The people of the console, their roles, and the links that let them in for the first time.

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Row, query, query_scalar};

use super::audit::{self, Deed};
use super::calls::{read_time, read_time_if_any, time};
use super::sessions::TokenHash;
use super::{Error, Store};

/// What somebody is there for; one person may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Writes the answers.
    Writer,
    /// Approves them.
    Approver,
    /// Follows and reviews the calls.
    Supervisor,
    /// Makes the accounts.
    Administrator,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Writer, Self::Approver, Self::Supervisor, Self::Administrator];

    /// As it is kept, and as the form sends it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Writer => "redacteur",
            Self::Approver => "valideur",
            Self::Supervisor => "superviseur",
            Self::Administrator => "administrateur",
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub login: String,
    pub name: String,
    pub roles: Vec<Role>,
    /// Whether one-key shortcuts are on.
    pub shortcuts: bool,
    pub created_at: Timestamp,
    /// The last time that they entered.
    pub seen_at: Option<Timestamp>,
    pub disabled_at: Option<Timestamp>,
    /// False until the invitation was accepted.
    pub has_password: bool,
}

/// An account with what proves it.
#[derive(Clone)]
pub struct Secret {
    pub account: Account,
    /// argon2id, PHC form.
    pub password: Option<String>,
}

/// A link to choose a password with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Empty when the person chooses it.
    pub login: String,
    pub roles: Vec<Role>,
    pub made_by: String,
    pub expires_at: Timestamp,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    Done,
    /// Used, expired or never made.
    Unknown,
    /// Another account has this login.
    Taken,
}

/// What became of a change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Done,
    Unknown,
    /// An account has this login already.
    Taken,
    /// Nobody would be left to make accounts.
    LastAdministrator,
}

impl Store {
    /// By name.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        let rows = query("SELECT * FROM account ORDER BY name, login").fetch_all(&self.0.readers).await;
        let rows = rows.map_err(self.reading())?;
        rows.iter().map(read_account).collect::<sqlx::Result<_>>().map_err(self.reading())
    }

    pub async fn account(&self, login: &str) -> Result<Option<Secret>, Error> {
        let row = query("SELECT * FROM account WHERE login = ?").bind(login).fetch_optional(&self.0.readers).await;
        row.map_err(self.reading())?
            .map(|row| Ok(Secret { account: read_account(&row)?, password: row.try_get("password")? }))
            .transpose()
            .map_err(self.reading())
    }

    /// Makes an account without a password; an invitation gives it one.
    pub async fn add_account(&self, login: &str, name: &str, roles: &[Role], deed: Deed) -> Result<Saved, Error> {
        let (login, name, roles) = (login.to_owned(), name.to_owned(), words(roles));
        self.change(move |connection| {
            Box::pin(async move {
                let done = query(
                    "INSERT INTO account (login, name, roles, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                )
                .bind(login)
                .bind(name)
                .bind(roles)
                .bind(time(Timestamp::now()))
                .execute(&mut *connection)
                .await?;
                if done.rows_affected() == 0 {
                    return Ok(Saved::Taken);
                }
                audit::write(connection, &deed).await?;
                Ok(Saved::Done)
            })
        })
        .await
    }

    /// Changes an account; whoever loses a right loses it at the next request, for sessions read the account each time.
    pub async fn save_account(
        &self,
        login: &str,
        name: &str,
        roles: &[Role],
        enabled: bool,
        deed: Deed,
    ) -> Result<Saved, Error> {
        let (login, name, roles) = (login.to_owned(), name.to_owned(), roles.to_vec());
        self.change(move |connection| {
            Box::pin(async move {
                let stays = enabled && roles.contains(&Role::Administrator);
                if !stays && is_last_administrator(connection, &login).await? {
                    return Ok(Saved::LastAdministrator);
                }
                let done = query(
                    "UPDATE account SET name = ?, roles = ?,
                         disabled_at = CASE WHEN ? THEN NULL ELSE coalesce(disabled_at, ?) END WHERE login = ?",
                )
                .bind(name)
                .bind(words(&roles))
                .bind(enabled)
                .bind(time(Timestamp::now()))
                .bind(&login)
                .execute(&mut *connection)
                .await?;
                if done.rows_affected() == 0 {
                    return Ok(Saved::Unknown);
                }
                if !enabled {
                    forget_ways_in(connection, &login).await?;
                }
                audit::write(connection, &deed).await?;
                Ok(Saved::Done)
            })
        })
        .await
    }

    /// Turns one-key shortcuts on or off.
    pub async fn set_shortcuts(&self, login: &str, on: bool, deed: Deed) -> Result<(), Error> {
        let login = login.to_owned();
        self.change(move |connection| {
            Box::pin(async move {
                let sql = query("UPDATE account SET shortcuts = ? WHERE login = ?");
                sql.bind(on).bind(login).execute(&mut *connection).await?;
                audit::write(connection, &deed).await
            })
        })
        .await
    }

    /// A new password; every session of the account but `kept` ends.
    pub async fn set_password(&self, login: &str, hash: String, kept: TokenHash, deed: Deed) -> Result<(), Error> {
        let login = login.to_owned();
        self.change(move |connection| {
            Box::pin(async move {
                let sql = query("UPDATE account SET password = ? WHERE login = ?");
                sql.bind(hash).bind(&login).execute(&mut *connection).await?;
                let sql = query("DELETE FROM session WHERE login = ? AND token_hash <> ?");
                sql.bind(&login).bind(kept.as_slice()).execute(&mut *connection).await?;
                audit::write(connection, &deed).await
            })
        })
        .await
    }

    /// Makes an invitation; a former one of the same account is void.
    pub async fn invite(&self, token: TokenHash, invitation: Invitation, deed: Deed) -> Result<(), Error> {
        self.change(move |connection| {
            Box::pin(async move {
                let sql = query("DELETE FROM invitation WHERE login = ?");
                sql.bind(&invitation.login).execute(&mut *connection).await?;
                query(
                    "INSERT INTO invitation (token_hash, login, roles, made_by, made_at, expires_at)
                     VALUES (?, ?, ?, ?, ?, ?)",
                )
                .bind(token.as_slice())
                .bind(&invitation.login)
                .bind(words(&invitation.roles))
                .bind(&invitation.made_by)
                .bind(time(Timestamp::now()))
                .bind(time(invitation.expires_at))
                .execute(&mut *connection)
                .await?;
                audit::write(connection, &deed).await
            })
        })
        .await
    }

    /// None when it was used, has expired at `now`, or never was.
    pub async fn invitation(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Invitation>, Error> {
        let sql = query("SELECT * FROM invitation WHERE token_hash = ? AND expires_at > ?");
        let row = sql.bind(token.as_slice()).bind(time(now)).fetch_optional(&self.0.readers).await;
        row.map_err(self.reading())?.map(|row| read_invitation(&row)).transpose().map_err(self.reading())
    }

    /// Uses an invitation up: the account has this password from now on, and is made when there is none. `login` and
    /// `name` count only where the invitation leaves them open.
    pub async fn accept(
        &self,
        token: TokenHash,
        now: Timestamp,
        login: &str,
        name: &str,
        hash: String,
        deed: Deed,
    ) -> Result<Accepted, Error> {
        let (login, name) = (login.to_owned(), name.to_owned());
        self.change(move |connection| {
            Box::pin(async move {
                let sql = query("SELECT * FROM invitation WHERE token_hash = ? AND expires_at > ?");
                let row = sql.bind(token.as_slice()).bind(time(now)).fetch_optional(&mut *connection).await?;
                let Some(invitation) = row.map(|row| read_invitation(&row)).transpose()? else {
                    return Ok(Accepted::Unknown);
                };
                let done = if invitation.login.is_empty() {
                    query(
                        "INSERT INTO account (login, name, roles, password, created_at) VALUES (?, ?, ?, ?, ?)
                         ON CONFLICT DO NOTHING",
                    )
                    .bind(&login)
                    .bind(name)
                    .bind(words(&invitation.roles))
                    .bind(hash)
                    .bind(time(now))
                } else {
                    query("UPDATE account SET password = ? WHERE login = ? AND disabled_at IS NULL")
                        .bind(hash)
                        .bind(&invitation.login)
                };
                if done.execute(&mut *connection).await?.rows_affected() == 0 {
                    let taken = invitation.login.is_empty();
                    return Ok(if taken { Accepted::Taken } else { Accepted::Unknown });
                }
                let login = if invitation.login.is_empty() { &login } else { &invitation.login };
                forget_ways_in(connection, login).await?;
                let sql = query("DELETE FROM invitation WHERE token_hash = ?");
                sql.bind(token.as_slice()).execute(&mut *connection).await?;
                audit::write(connection, &deed).await?;
                Ok(Accepted::Done)
            })
        })
        .await
    }
}

async fn forget_ways_in(connection: &mut SqliteConnection, login: &str) -> sqlx::Result<()> {
    query("DELETE FROM session WHERE login = ?").bind(login).execute(&mut *connection).await?;
    query("DELETE FROM invitation WHERE login = ?").bind(login).execute(connection).await.map(drop)
}

async fn is_last_administrator(connection: &mut SqliteConnection, login: &str) -> sqlx::Result<bool> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT login, roles FROM account WHERE disabled_at IS NULL AND password IS NOT NULL")
            .fetch_all(connection)
            .await?;
    let mut able = rows.iter().filter(|(_, roles)| read_roles(roles).contains(&Role::Administrator)).peekable();
    Ok(able.peek().is_some() && able.all(|(able, _)| able == login))
}

fn words(roles: &[Role]) -> String {
    let chosen: Vec<_> = Role::ALL.into_iter().filter(|role| roles.contains(role)).map(Role::word).collect();
    chosen.join(" ")
}

fn read_roles(words: &str) -> Vec<Role> {
    words.split(' ').filter_map(Role::named).collect()
}

fn read_invitation(row: &SqliteRow) -> sqlx::Result<Invitation> {
    Ok(Invitation {
        login: row.try_get("login")?,
        roles: read_roles(row.try_get("roles")?),
        made_by: row.try_get("made_by")?,
        expires_at: read_time(row, "expires_at")?,
    })
}

pub fn read_account(row: &SqliteRow) -> sqlx::Result<Account> {
    Ok(Account {
        login: row.try_get("login")?,
        name: row.try_get("name")?,
        roles: read_roles(row.try_get("roles")?),
        shortcuts: row.try_get("shortcuts")?,
        created_at: read_time(row, "created_at")?,
        seen_at: read_time_if_any(row, "seen_at")?,
        disabled_at: read_time_if_any(row, "disabled_at")?,
        has_password: row.try_get::<Option<String>, _>("password")?.is_some(),
    })
}

impl Store {
    /// Whether anybody can enter the console.
    pub async fn has_accounts(&self) -> Result<bool, Error> {
        query_scalar("SELECT EXISTS (SELECT 1 FROM account WHERE password IS NOT NULL AND disabled_at IS NULL)")
            .fetch_one(&self.0.readers)
            .await
            .map_err(self.reading())
    }
}
