//! The workers that speak for live calls.
//!
//! Requests are served in order. One sentence asked for twice is spoken once. A worker whose engine panics gets a
//! fresh engine; one whose engine stalls is left behind and another takes its place.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::voice::Shelf;
use super::{Error, Key, Spoken, Synthesizer, shape};

/// Makes an engine; called again after one failed.
pub type Factory = Arc<dyn Fn() -> Result<Box<dyn Synthesizer>, Error> + Send + Sync>;

/// Sentences waiting at most: at some 2 s each, those further back would be too late anyway.
const MAX_WAITING: usize = 32;
/// Engines left behind at most; each may hold the memory of a whole voice for ever.
const MAX_ABANDONED: usize = 3;

pub(super) type Reply = Result<Arc<Spoken>, Error>;

#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) key: Key,
    pub(super) words: String,
    pub(super) speed: f32,
}

pub(super) struct Pool {
    shared: Arc<Shared>,
    workers: usize,
    stall: Duration,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    factory: Factory,
    shelf: Arc<Shelf>,
}

#[derive(Default)]
struct State {
    closed: bool,
    queue: VecDeque<Job>,
    /// Who waits for a sentence, whether queued or being spoken.
    waiting: HashMap<Key, Vec<oneshot::Sender<Reply>>>,
    /// What each worker speaks, and since when.
    speaking: HashMap<u64, (Key, Instant)>,
    abandoned: Vec<u64>,
    next_worker: u64,
}

impl Pool {
    /// `first`: an engine already made, so that a voice that cannot be loaded stops the start.
    pub(super) fn start(
        first: Box<dyn Synthesizer>,
        factory: Factory,
        shelf: Arc<Shelf>,
        workers: usize,
        stall: Duration,
    ) -> Self {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), factory, shelf });
        let mut first = Some(first);
        let workers = workers.max(1);
        for _ in 0..workers {
            shared.clone().spawn(first.take());
        }
        Self { shared, workers, stall }
    }

    /// Asks for a sentence. Dropping the receiver before a worker takes it cancels it.
    pub(super) fn speak(&self, job: Job) -> Result<oneshot::Receiver<Reply>, Error> {
        let (reply, receiver) = oneshot::channel();
        let mut state = self.shared.state();
        if state.closed {
            return Err(Error::Closed);
        }
        // Spoken since the caller of this looked; memory is filled before those who wait are answered.
        if let Some(known) = self.shared.shelf.recall(&job.key) {
            drop(reply.send(Ok(known)));
            return Ok(receiver);
        }
        if let Some(others) = state.waiting.get_mut(&job.key) {
            others.push(reply);
            return Ok(receiver);
        }
        if state.abandoned.len() >= MAX_ABANDONED && state.stalled(self.stall).len() >= self.workers {
            // Nobody is left to speak it: the caller is told at once rather than after the time limit.
            return Err(Error::Late(self.stall));
        }
        if state.queue.len() >= MAX_WAITING {
            state.drop_unwanted();
        }
        if state.queue.len() >= MAX_WAITING {
            return Err(Error::Full);
        }
        state.waiting.insert(job.key, vec![reply]);
        state.queue.push_back(job);
        drop(state);
        self.shared.changed.notify_all();
        Ok(receiver)
    }

    /// A caller's patience ended: replaces the workers whose engines have stalled.
    pub(super) fn relieve(&self) {
        let mut state = self.shared.state();
        for worker in state.stalled(self.stall) {
            if state.abandoned.len() >= MAX_ABANDONED {
                tracing::error!("too many speech engines have stalled; no more are started");
                return;
            }
            tracing::error!(worker, "a speech engine has stalled and is replaced");
            if let Some((key, _)) = state.speaking.remove(&worker) {
                state.answer(&key, Err(Error::Late(self.stall)));
            }
            state.abandoned.push(worker);
            self.shared.clone().spawn_locked(&mut state, None);
        }
    }

    /// Waits until no live sentence is queued or being spoken, at most for `limit`. False when it is not so.
    pub(super) fn wait_idle(&self, limit: Duration) -> bool {
        let busy = |state: &mut State| !state.closed && (!state.queue.is_empty() || !state.speaking.is_empty());
        let waited = self.shared.changed.wait_timeout_while(self.shared.state(), limit, busy);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !busy(&mut state)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.closed = true;
        state.queue.clear();
        // Dropping the senders tells those who wait.
        state.waiting.clear();
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl State {
    fn stalled(&self, limit: Duration) -> Vec<u64> {
        let late = self.speaking.iter().filter(|(_, (_, since))| since.elapsed() >= limit);
        late.map(|(worker, _)| *worker).collect()
    }

    fn answer(&mut self, key: &Key, reply: Reply) {
        for waiter in self.waiting.remove(key).unwrap_or_default() {
            // Whoever no longer listens has hung up.
            drop(waiter.send(reply.clone()));
        }
    }

    /// Forgets queued sentences that nobody waits for any more.
    fn drop_unwanted(&mut self) {
        let waiting = &mut self.waiting;
        self.queue.retain(|job| {
            let wanted = waiting.get(&job.key).is_some_and(|all| all.iter().any(|one| !one.is_closed()));
            if !wanted {
                waiting.remove(&job.key);
            }
            wanted
        });
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(self: Arc<Self>, engine: Option<Box<dyn Synthesizer>>) {
        let shared = self.clone();
        shared.spawn_locked(&mut self.state(), engine);
    }

    fn spawn_locked(self: Arc<Self>, state: &mut State, engine: Option<Box<dyn Synthesizer>>) {
        let worker = state.next_worker;
        state.next_worker += 1;
        let started = thread::Builder::new().name(format!("voice-{worker}")).spawn(move || self.work(worker, engine));
        if let Err(error) = started {
            tracing::error!(%error, "a speech worker cannot be started");
        }
    }

    fn work(&self, worker: u64, mut engine: Option<Box<dyn Synthesizer>>) {
        while let Some(job) = self.next(worker) {
            let spoken = speak(&mut engine, &self.factory, &job).map(Arc::new);
            if let Ok(spoken) = &spoken {
                self.shelf.remember(job.key, spoken.clone());
            }
            let mut state = self.state();
            if let Some(at) = state.abandoned.iter().position(|&gone| gone == worker) {
                state.abandoned.swap_remove(at);
                return;
            }
            state.answer(&job.key, spoken.clone());
            drop(state);
            // After the reply, so that the caller does not wait for the disk.
            if let Ok(spoken) = &spoken {
                self.shelf.store(&job.key, spoken);
            }
            self.state().speaking.remove(&worker);
            self.changed.notify_all();
        }
    }

    /// The next sentence that somebody still waits for; none when the pool is closed.
    fn next(&self, worker: u64) -> Option<Job> {
        let mut state = self.state();
        loop {
            if state.closed {
                return None;
            }
            state.drop_unwanted();
            if let Some(job) = state.queue.pop_front() {
                state.speaking.insert(worker, (job.key, Instant::now()));
                return Some(job);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Speaks one sentence, making the engine first if there is none; a panic throws the engine away.
pub(super) fn speak(engine: &mut Option<Box<dyn Synthesizer>>, factory: &Factory, job: &Job) -> Result<Spoken, Error> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut ready = match engine.take() {
            Some(ready) => ready,
            None => factory()?,
        };
        let samples = ready.synthesize(&job.words, job.speed);
        *engine = Some(ready);
        samples
    }));
    match outcome {
        Ok(samples) => Ok(Spoken { samples: shape(&samples?) }),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            tracing::error!(panic = said, "a speech engine panicked and is replaced");
            Err(Error::Panicked(said.to_owned()))
        }
    }
}
