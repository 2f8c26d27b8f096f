//! The one writer: calls hand it records and go on; it writes them in order, and keeps them while the disk refuses.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::calls::{self as records, Record};
use super::entries::{self, EntryRow, Scope};
use super::error::Error;
use super::personal::{self, Erased, Kept, Purge, Purged};
use super::transaction;

/// Records that may wait between the calls and the writer: 8 calls make some 2 a second.
pub const QUEUE: usize = 1024;
/// Records kept while the disk refuses them; the oldest are given up beyond.
const BACKLOG: usize = 8192;
/// Time before a refused write is tried again: short enough to catch up before the backlog is full.
const RETRY: Duration = Duration::from_secs(1);

pub type Reply<T> = oneshot::Sender<Result<T, Error>>;
pub type Doing<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;
pub type Work = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> Doing<'c, ()> + Send>;

pub enum Job {
    Record(Record, Option<Reply<()>>),
    Publish(Vec<EntryRow>, Scope, Reply<u64>),
    Interrupt(Reply<u64>),
    Purge {
        calls: Timestamp,
        messages: Timestamp,
        reply: Reply<Purged>,
    },
    /// What people change in the console; it answers by itself.
    Work(Work),
    Report(Vec<Purge>, Reply<()>),
    Erase(Kept, Reply<Erased>),
    /// Answered once everything before is written.
    Flush(Reply<()>),
    /// Answered once everything is written and the file is closed.
    Close(Reply<()>),
}

/// Why the last write failed, until one succeeds.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<Option<Error>>>);

impl Health {
    pub fn fault(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, fault: Option<Error>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

pub struct Writer {
    pub path: PathBuf,
    pub connection: SqliteConnection,
    pub health: Health,
    /// Not yet on the disk, oldest first.
    pub waiting: VecDeque<(Record, Option<Reply<()>>)>,
}

impl Writer {
    /// Ends once every sender is dropped and the queue is empty.
    pub async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let reply = loop {
            let retry = !self.waiting.is_empty() || self.health.fault().is_some();
            tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => {
                        if let Some(reply) = self.take(job, &mut jobs).await {
                            break Some(reply);
                        }
                    },
                    None => break None,
                },
                () = sleep(RETRY), if retry => self.try_again().await,
            }
        };
        self.settle().await;
        lost(self.waiting.len());
        let path = self.path;
        let done = self.connection.close().await.map_err(|error| Error::of(&path, &error));
        if let Err(error) = &done {
            tracing::warn!(%error, "the database did not close cleanly");
        }
        if let Some(reply) = reply {
            answer(reply, done);
        }
    }

    /// Takes what is queued already along with `job`, so that a burst is one transaction. Gives who asked to close.
    async fn take(&mut self, job: Job, jobs: &mut mpsc::Receiver<Job>) -> Option<Reply<()>> {
        let mut next = Some(job);
        while let Some(job) = next {
            match job {
                Job::Record(record, reply) => self.waiting.push_back((record, reply)),
                Job::Close(reply) => return Some(reply),
                Job::Publish(rows, scope, reply) => {
                    self.settle().await;
                    answer(reply, entries::publish(&mut self.connection, &self.path, &rows, scope).await);
                }
                Job::Interrupt(reply) => {
                    self.settle().await;
                    let done = records::interrupt(&mut self.connection).await;
                    answer(reply, done.map_err(|error| Error::of(&self.path, &error)));
                }
                Job::Purge { calls, messages, reply } => {
                    self.settle().await;
                    let done = records::purge(&mut self.connection, calls, messages).await;
                    answer(reply, done.map_err(|error| Error::of(&self.path, &error)));
                }
                Job::Work(work) => {
                    self.settle().await;
                    work(&mut self.connection).await;
                }
                Job::Report(rows, reply) => {
                    self.settle().await;
                    let done = personal::report(&mut self.connection, &rows).await;
                    answer(reply, done.map_err(|error| Error::of(&self.path, &error)));
                }
                Job::Erase(kept, reply) => {
                    self.settle().await;
                    let done = personal::erase(&mut self.connection, &kept).await;
                    answer(reply, done.map_err(|error| Error::of(&self.path, &error)));
                }
                Job::Flush(reply) => {
                    self.settle().await;
                    let fault = self.health.fault().filter(|_| !self.waiting.is_empty());
                    answer(reply, fault.map_or(Ok(()), Err));
                }
            }
            next = jobs.try_recv().ok();
        }
        self.settle().await;
        None
    }

    async fn try_again(&mut self) {
        if !self.waiting.is_empty() {
            self.settle().await;
        } else if self.probe().await.is_ok() {
            // Nothing waits when only a message was refused; without this the line would stay unready, uncalled, for ever.
            self.health.set(None);
        }
    }

    /// The least that really writes.
    async fn probe(&mut self) -> sqlx::Result<()> {
        transaction::begin(&mut self.connection).await?;
        let done = sqlx::query("PRAGMA user_version = 1").execute(&mut self.connection).await.map(drop);
        transaction::end(&mut self.connection, done).await
    }

    /// Writes what waits; what the disk refuses for now stays, what it will never take is given up.
    async fn settle(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let Err(error) = self.write(0..self.waiting.len()).await else {
            for (_, reply) in self.waiting.drain(..) {
                if let Some(reply) = reply {
                    answer(reply, Ok(()));
                }
            }
            self.health.set(None);
            return;
        };
        if error.passing() {
            self.postpone(&error);
            return;
        }
        // One of them is at fault: each on its own, so that the others are kept.
        while !self.waiting.is_empty() {
            let done = self.write(0..1).await;
            if let Err(error) = &done {
                if error.passing() {
                    self.postpone(error);
                    return;
                }
                let call = self.waiting.front().map_or("", |(record, _)| record.call());
                lost(1);
                tracing::error!(call, %error, "a record of this call could not be kept");
            }
            if let Some((_, Some(reply))) = self.waiting.pop_front() {
                answer(reply, done);
            }
        }
        self.health.set(None);
    }

    async fn write(&mut self, range: std::ops::Range<usize>) -> Result<(), Error> {
        self.write_all(range).await.map_err(|error| Error::of(&self.path, &error))
    }

    async fn write_all(&mut self, range: std::ops::Range<usize>) -> sqlx::Result<()> {
        transaction::begin(&mut self.connection).await?;
        let mut done = Ok(());
        for (record, _) in self.waiting.range(range) {
            done = records::write(&mut self.connection, record).await;
            if done.is_err() {
                break;
            }
        }
        transaction::end(&mut self.connection, done).await
    }

    fn postpone(&mut self, error: &Error) {
        if self.health.fault().as_ref() != Some(error) {
            tracing::error!(%error, waiting = self.waiting.len(), "calls cannot be written for now");
        }
        self.health.set(Some(error.clone()));
        // Who waits for an answer has it now, and decides what to tell the caller.
        let mut kept = VecDeque::with_capacity(self.waiting.len());
        for (record, reply) in self.waiting.drain(..) {
            match reply {
                Some(reply) => answer(reply, Err(error.clone())),
                None => kept.push_back((record, None)),
            }
        }
        let excess = kept.len().saturating_sub(BACKLOG);
        if excess > 0 {
            kept.drain(..excess);
            lost(excess);
            tracing::error!(excess, "the oldest unwritten records were given up");
        }
        self.waiting = kept;
    }
}

/// Counts records that will never be kept.
pub fn lost(records: usize) {
    metrics::counter!("standardiste_store_lost_records_total").increment(records as u64);
}

pub fn answer<T>(reply: Reply<T>, result: Result<T, Error>) {
    // Nobody waits any more when the call ended meanwhile.
    let _ = reply.send(result);
}
