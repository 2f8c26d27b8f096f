//! What is kept: calls, turns, messages and the published answers; SQLite with a write-ahead log.
//!
//! One connection writes, in one task, behind a bounded queue: a call hands over its record and never waits for a disk.
//! Records are written within milliseconds, in order, and are then safe from `kill -9`. While the disk refuses
//! (full, locked, read-only) they wait in memory and [`Store::fault`] says why; they are written once it accepts again.
//! Readers have their own connections, and never hold the writer.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::call::{CallEnd, CallStart, Message, TurnRecord};
use crate::redaction::Redactor;

mod accounts;
mod audit;
mod calls;
mod entries;
mod error;
mod messages;
mod personal;
mod redacted;
mod reviews;
mod schema;
mod search;
mod sessions;
mod transaction;
mod writer;

pub use accounts::{Accepted, Account, Invitation, Role, Saved, Secret};
pub use audit::{AuditFilter, Audited, Deed};
pub use calls::{StoredCall, Summary};
pub use entries::{EntryListing, EntryRow, StoredEntry};
pub use error::Error;
pub use messages::{MessageState, MessageTask};
pub use personal::{Erased, Kept, KeptCall, Purge, Purged, Whose};
pub use reviews::{Drawn, Judgement, ReviewCounts, Verdict};
pub use search::{CallFilter, CallLine, CallOrder, CallPage, Key};
pub use sessions::{Session, TokenHash};

use calls::Record;
use entries::Scope;
use writer::{Doing, Health, Job, Reply, Writer};

/// The database. Clones share it.
#[derive(Debug, Clone)]
pub struct Store(Arc<Inner>, Option<Redactor>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
    readers: SqlitePool,
    health: Health,
}

impl Store {
    /// Opens the database, made when there is none, and brings its schema up to date.
    ///
    /// A database of a newer version, or of another program, is refused and left as it is. Wants a tokio runtime.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let (connection, readers) = schema::open(path).await?;
        let (jobs, queue) = mpsc::channel(writer::QUEUE);
        let health = Health::default();
        let writer = Writer { path: path.to_owned(), connection, health: health.clone(), waiting: VecDeque::new() };
        tokio::spawn(writer.run(queue));
        Ok(Self(Arc::new(Inner { path: path.to_owned(), jobs, readers, health }), None))
    }

    /// Hides what is personal in every turn recorded from now on, by this handle and its clones.
    ///
    /// A message keeps its name, number and words: its caller wants to be called back.
    pub fn redacting(mut self, redactor: Option<Redactor>) -> Self {
        self.1 = redactor;
        self
    }

    /// Why calls cannot be written at the moment; none when all is well.
    pub fn fault(&self) -> Option<Error> {
        self.0.health.fault()
    }

    pub fn begin_call(&self, start: &CallStart) {
        self.record(Record::Began(start.clone()));
    }

    /// The same turn may be recorded again, once more is known of it (an interruption): the last record stands.
    pub fn record_turn(&self, call: &str, turn: &TurnRecord) {
        let turn = self.1.as_ref().map_or_else(|| turn.clone(), |redactor| redacted::turn(turn, redactor));
        self.record(Record::Turn { call: call.to_owned(), turn: Box::new(turn) });
    }

    pub fn end_call(&self, call: &str, end: &CallEnd) {
        self.record(Record::Ended { call: call.to_owned(), end: end.clone() });
    }

    /// Keeps a message, and says so only once it is kept: the caller is told the truth.
    ///
    /// The message is queued before the first poll of the future.
    pub fn leave_message(&self, message: &Message) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        let queued = self.0.jobs.try_send(Job::Record(Record::Message(message.clone()), Some(reply)));
        let store = self.clone();
        async move {
            queued.map_err(|_| store.closed())?;
            answer.await.unwrap_or_else(|_| Err(store.closed()))
        }
    }

    /// Closes the calls that an ended process left open (`how` = `interrupted`), and gives their number.
    ///
    /// For the start of the service, once its ports are bound: a second service by mistake must not end the first one's calls.
    pub async fn mark_interrupted(&self) -> Result<u64, Error> {
        self.ask(Job::Interrupt).await
    }

    /// Erases the ended calls that began before `calls` with their turns, and the messages left before `messages`; says
    /// how many, and what is left. A message outlives its call: somebody is to be called back.
    pub async fn purge(&self, calls: Timestamp, messages: Timestamp) -> Result<Purged, Error> {
        self.ask(|reply| Job::Purge { calls, messages, reply }).await
    }

    /// Writes down what a purge did; one that erased nothing is written once a day.
    pub async fn report_purge(&self, rows: Vec<Purge>) -> Result<(), Error> {
        self.ask(|reply| Job::Report(rows, reply)).await
    }

    /// What the purges did, newest first.
    pub async fn purges(&self, limit: u32) -> Result<Vec<Purge>, Error> {
        personal::reports(&self.0.readers, limit).await.map_err(self.reading())
    }

    /// Everything that is kept of a caller: their access (GDPR, art. 15).
    pub async fn kept_of(&self, whose: &Whose) -> Result<Kept, Error> {
        personal::find(&self.0.readers, whose).await.map_err(self.reading())
    }

    /// Erases what [`Self::kept_of`] found (GDPR, art. 17). A call under way stays: it is erased after its end.
    pub async fn erase(&self, kept: Kept) -> Result<Erased, Error> {
        self.ask(|reply| Job::Erase(kept, reply)).await
    }

    /// Waits until everything recorded so far is on the disk.
    pub async fn flush(&self) -> Result<(), Error> {
        self.ask(Job::Flush).await
    }

    /// Writes what waits and closes; records of other clones are given up from then on. For the end of the service.
    pub async fn close(&self) {
        // An error here is one that `fault` already told.
        let _ = self.ask(Job::Close).await;
        self.0.readers.close().await;
    }

    /// Replaces the whole base in one transaction: an unchanged document keeps its version, a changed one takes the next,
    /// an entry that is no longer there is withdrawn. Gives the generation, which grows when something changed.
    pub async fn publish(&self, rows: Vec<EntryRow>) -> Result<u64, Error> {
        self.ask(|reply| Job::Publish(rows, Scope::Whole, reply)).await
    }

    /// Adds drafts, or renews them, in one transaction; an entry of the same identifier that is no draft refuses them all.
    /// Gives the generation.
    pub async fn add_drafts(&self, rows: Vec<EntryRow>) -> Result<u64, Error> {
        self.ask(|reply| Job::Publish(rows, Scope::Drafts, reply)).await
    }

    /// The generation of the base in service; 0 before the first publication.
    pub async fn generation(&self) -> Result<u64, Error> {
        entries::generation(&self.0.readers).await.map_err(self.reading())
    }

    /// What the line may say, by identifier.
    pub async fn published(&self) -> Result<Vec<StoredEntry>, Error> {
        entries::published(&self.0.readers).await.map_err(self.reading())
    }

    /// The whole base, drafts and withdrawn entries included, by identifier.
    pub async fn entries(&self) -> Result<Vec<EntryListing>, Error> {
        entries::all(&self.0.readers).await.map_err(self.reading())
    }

    /// Identifier and title of all that the base ever had, by title.
    pub async fn entry_titles(&self) -> Result<Vec<(String, String)>, Error> {
        entries::titles(&self.0.readers).await.map_err(self.reading())
    }

    /// The document of one version of an entry, in service or not.
    pub async fn entry_version(&self, entry: &str, version: u32) -> Result<Option<String>, Error> {
        entries::version(&self.0.readers, entry, version).await.map_err(self.reading())
    }

    pub async fn call(&self, id: &str) -> Result<Option<StoredCall>, Error> {
        calls::by_id(&self.0.readers, id).await.map_err(self.reading())
    }

    /// Newest first.
    pub async fn calls(&self, limit: u32) -> Result<Vec<StoredCall>, Error> {
        calls::latest(&self.0.readers, limit).await.map_err(self.reading())
    }

    pub async fn turns(&self, call: &str) -> Result<Vec<TurnRecord>, Error> {
        calls::turns(&self.0.readers, call).await.map_err(self.reading())
    }

    pub async fn messages(&self, call: &str) -> Result<Vec<Message>, Error> {
        calls::messages(&self.0.readers, call).await.map_err(self.reading())
    }

    /// What the human who takes a call is shown; none for an unknown token.
    pub async fn handover(&self, token: &str) -> Result<Option<Summary>, Error> {
        calls::summary(&self.0.readers, token).await.map_err(self.reading())
    }

    /// Does `work` on the writer's connection, whole or not at all.
    async fn change<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> Doing<'c, sqlx::Result<T>> + Send + 'static,
    ) -> Result<T, Error> {
        let path = self.0.path.clone();
        self.ask(|reply| {
            Job::Work(Box::new(move |connection| {
                Box::pin(async move {
                    let done = match transaction::begin(connection).await {
                        Ok(()) => {
                            let done = work(connection).await;
                            transaction::end(connection, done).await
                        }
                        Err(error) => Err(error),
                    };
                    writer::answer(reply, done.map_err(|error| Error::of(&path, &error)));
                })
            }))
        })
        .await
    }

    fn record(&self, record: Record) {
        if let Err(refused) = self.0.jobs.try_send(Job::Record(record, None)) {
            writer::lost(1);
            tracing::error!(error = %refused, "the queue of records is full or closed: a record was given up");
        }
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.0.jobs.send(job(reply)).await.map_err(|_| self.closed())?;
        answer.await.unwrap_or_else(|_| Err(self.closed()))
    }

    fn closed(&self) -> Error {
        Error::Closed { path: self.0.path.clone() }
    }

    fn reading(&self) -> impl FnOnce(sqlx::Error) -> Error + '_ {
        |error| Error::of(&self.0.path, &error)
    }
}
