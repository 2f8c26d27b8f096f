//! A fixed number of threads that hear, one utterance each at a time.
//!
//! An utterance waits in a bounded queue, is heard by one worker, and is answered once: by its worker, or by the
//! minder when its time is over. The minder also replaces a worker that does not come back from a cancelled
//! utterance; the lost thread is left alone and its late answer dropped. Lost threads still hold memory and perhaps
//! a core, so at most as many are replaced as there are workers: past that the pool shrinks and says so in the log.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Error, Recognizer, Settings, Weights, Whisper};
use crate::dialogue::{Expectation, Heard, Refused, Shortlist};

/// Preparing scores every phrase on noise: longer than an utterance, and nobody waits on the telephone.
const PREPARE_LIMIT: Duration = Duration::from_secs(120);
/// How long dropping the pool waits for its workers, which stop at their next cancellation point.
const STOP_WAIT: Duration = Duration::from_secs(5);

type Reply = Result<Heard, Error>;
type Factory = dyn Fn() -> Result<Box<dyn Recognizer>, Error> + Send + Sync;

/// The workers. Clones share them; dropping the last one stops them.
#[derive(Clone)]
pub struct Pool(Arc<Owner>);

/// How busy the pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    pub waiting: usize,
    pub running: usize,
    pub workers: usize,
}

/// An utterance being heard. Dropping it cancels the work and frees the worker.
#[must_use = "dropping a hearing cancels it"]
pub struct Hearing {
    reply: oneshot::Receiver<Reply>,
    cancel: Arc<AtomicBool>,
    shared: Arc<Shared>,
}

struct Owner {
    shared: Arc<Shared>,
    time_limit: Duration,
    queue: usize,
}

struct Shared {
    state: Mutex<State>,
    /// Workers wait here for work, the minder for deadlines, the owner for the end.
    changed: Condvar,
    factory: Box<Factory>,
    stall: Duration,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    running: HashMap<u64, Running>,
    next_worker: u64,
    alive: usize,
    /// Replacements still allowed.
    spares: usize,
    stopped: bool,
}

struct Job {
    work: Work,
    deadline: Instant,
    cancel: Arc<AtomicBool>,
    reply: oneshot::Sender<Reply>,
}

enum Work {
    Hear { samples: Vec<i16>, expect: Expectation, shortlist: Option<Shortlist> },
    Prepare(Vec<Expectation>),
}

struct Running {
    deadline: Instant,
    cancel: Arc<AtomicBool>,
    /// When the cancelled worker will be taken for lost; set once its time is over.
    lost_at: Option<Instant>,
    /// Taken by whoever answers.
    reply: Option<oneshot::Sender<Reply>>,
    duration_ms: u32,
    begun: Instant,
}

impl Pool {
    /// Loads the model, once, and starts the workers.
    pub fn start(settings: Settings) -> Result<Self, Error> {
        let weights = Weights::load(&settings)?;
        Self::with(&settings, move || Ok(Box::new(Whisper::new(&weights)?)))
    }

    /// Starts workers that each have a recognizer from `factory`; a worker whose recognizer panicked takes a new one.
    pub fn with<F>(settings: &Settings, factory: F) -> Result<Self, Error>
    where
        F: Fn() -> Result<Box<dyn Recognizer>, Error> + Send + Sync + 'static,
    {
        let workers = settings.workers.max(1);
        let first: Vec<_> = (0..workers).map(|_| factory()).collect::<Result<_, _>>()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State { spares: workers, ..State::default() }),
            changed: Condvar::new(),
            factory: Box::new(factory),
            stall: settings.stall,
        });
        let owner =
            Owner { shared: Arc::clone(&shared), time_limit: settings.time_limit, queue: settings.queue.max(1) };
        for recognizer in first {
            shared.spawn_worker(&mut shared.lock(), Some(recognizer))?;
        }
        let minder = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("hearing-minder".to_owned())
            .spawn(move || minder.mind())
            .map_err(|e| Error::Engine(format!("cannot start a thread ({e})")))?;
        Ok(Self(Arc::new(owner)))
    }

    /// Hears an utterance: mono, 16 kHz. Answers within [`Settings::time_limit`], at worst with
    /// [`Refused::TimeLimit`]. Errors: [`Error::Busy`] when too many wait, [`Error::Panicked`], [`Error::Engine`].
    pub fn hear(&self, samples: Vec<i16>, expect: Expectation) -> Hearing {
        self.submit(Work::Hear { samples, expect, shortlist: None }, self.0.time_limit)
    }

    /// The same; what the shortlist makes of the words is then judged on the sound.
    pub fn hear_among(&self, samples: Vec<i16>, expect: Expectation, shortlist: Shortlist) -> Hearing {
        self.submit(Work::Hear { samples, expect, shortlist: Some(shortlist) }, self.0.time_limit)
    }

    /// Does ahead of time what these expectations will need; without it their first use is slower by some 100 ms.
    pub async fn prepare(&self, expect: Vec<Expectation>) -> Result<(), Error> {
        self.submit(Work::Prepare(expect), PREPARE_LIMIT).await.map(drop)
    }

    pub fn load(&self) -> Load {
        let state = self.0.shared.lock();
        Load { waiting: state.queue.len(), running: state.running.len(), workers: state.alive }
    }

    fn submit(&self, work: Work, limit: Duration) -> Hearing {
        let shared = &self.0.shared;
        let cancel = Arc::new(AtomicBool::new(false));
        let (reply, receiver) = oneshot::channel();
        let mut state = shared.lock();
        let refused = if state.alive == 0 {
            Some(Error::Stopped)
        } else if state.queue.len() >= self.0.queue {
            Some(Error::Busy(state.queue.len()))
        } else {
            None
        };
        match refused {
            Some(error) => drop(reply.send(Err(error))),
            None => {
                let deadline = Instant::now() + limit;
                state.queue.push_back(Job { work, deadline, cancel: Arc::clone(&cancel), reply });
                shared.changed.notify_all();
            }
        }
        Hearing { reply: receiver, cancel, shared: Arc::clone(shared) }
    }
}

impl Future for Hearing {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reply> {
        Pin::new(&mut self.reply).poll(context).map(|reply| reply.unwrap_or(Err(Error::Stopped)))
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.cancel.store(true, Ordering::Release);
        self.shared.lock().queue.retain(|job| !job.cancel.load(Ordering::Acquire));
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stopped = true;
        state.queue.clear();
        for running in state.running.values() {
            running.cancel.store(true, Ordering::Release);
        }
        self.shared.changed.notify_all();
        let end = Instant::now() + STOP_WAIT;
        while state.alive > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                tracing::warn!(workers = state.alive, "hearing workers did not stop in time");
                return;
            }
            state = match self.shared.changed.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic in an engine never happens under this lock, so the state is whole even if poisoned.
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn spawn_worker(self: &Arc<Self>, state: &mut State, recognizer: Option<Box<dyn Recognizer>>) -> Result<(), Error> {
        let id = state.next_worker;
        let shared = Arc::clone(self);
        std::thread::Builder::new()
            .name(format!("hearing-{id}"))
            .spawn(move || shared.work(id, recognizer))
            .map_err(|e| Error::Engine(format!("cannot start a thread ({e})")))?;
        state.next_worker += 1;
        state.alive += 1;
        Ok(())
    }

    fn work(&self, id: u64, mut recognizer: Option<Box<dyn Recognizer>>) {
        while let Some((work, cancel)) = self.take(id) {
            let result = match self.recognizer(&mut recognizer) {
                Ok(recognizer) => catch_unwind(AssertUnwindSafe(|| perform(recognizer.as_mut(), &work, &cancel)))
                    .unwrap_or_else(|panic| Err(Error::Panicked(message(panic.as_ref())))),
                Err(error) => Err(error),
            };
            if matches!(result, Err(Error::Panicked(_))) {
                tracing::error!(worker = id, error = ?result, "hearing engine panicked");
                let broken = recognizer.take();
                // Its state is unknown: even dropping it may panic.
                let _ = catch_unwind(AssertUnwindSafe(|| drop(broken)));
            }
            let mut state = self.lock();
            let Some(running) = state.running.remove(&id) else {
                return;
            };
            self.changed.notify_all();
            drop(state);
            if let Some(reply) = running.reply {
                let _ = reply.send(result);
            }
        }
        self.lock().alive -= 1;
        self.changed.notify_all();
    }

    fn recognizer<'a>(
        &self,
        current: &'a mut Option<Box<dyn Recognizer>>,
    ) -> Result<&'a mut Box<dyn Recognizer>, Error> {
        match current {
            Some(recognizer) => Ok(recognizer),
            None => {
                let built = catch_unwind(AssertUnwindSafe(|| (self.factory)()))
                    .unwrap_or_else(|panic| Err(Error::Panicked(message(panic.as_ref()))))?;
                Ok(current.insert(built))
            }
        }
    }

    /// Waits for the next utterance; `None` when the pool stops.
    fn take(&self, id: u64) -> Option<(Work, Arc<AtomicBool>)> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            if let Some(job) = state.queue.pop_front() {
                let duration_ms = match &job.work {
                    Work::Hear { samples, .. } => (samples.len() * 1000 / super::SAMPLE_RATE) as u32,
                    Work::Prepare(_) => 0,
                };
                let running = Running {
                    deadline: job.deadline,
                    cancel: Arc::clone(&job.cancel),
                    lost_at: None,
                    reply: Some(job.reply),
                    duration_ms,
                    begun: Instant::now(),
                };
                state.running.insert(id, running);
                self.changed.notify_all();
                return Some((job.work, job.cancel));
            }
            state = self.changed.wait(state).unwrap_or_else(|e| e.into_inner());
        }
    }

    /// Answers what is late and replaces who is lost, until the pool stops.
    fn mind(self: Arc<Self>) {
        let mut state = self.lock();
        while !state.stopped {
            let now = Instant::now();
            self.answer_late(&mut state, now);
            self.replace_lost(&mut state, now);
            let next = state
                .queue
                .iter()
                .map(|job| job.deadline)
                .chain(state.running.values().map(|r| r.lost_at.unwrap_or(r.deadline)))
                .min();
            state = match next {
                None => self.changed.wait(state).unwrap_or_else(|e| e.into_inner()),
                Some(at) => match self.changed.wait_timeout(state, at.saturating_duration_since(now)) {
                    Ok((state, _)) => state,
                    Err(poisoned) => poisoned.into_inner().0,
                },
            };
        }
    }

    fn answer_late(&self, state: &mut State, now: Instant) {
        while let Some(at) = state.queue.iter().position(|job| job.deadline <= now) {
            if let Some(job) = state.queue.remove(at) {
                let _ = job.reply.send(Ok(late(0, Duration::ZERO)));
            }
        }
        for running in state.running.values_mut().filter(|r| r.lost_at.is_none() && r.deadline <= now) {
            running.cancel.store(true, Ordering::Release);
            running.lost_at = Some(now + self.stall);
            if let Some(reply) = running.reply.take() {
                let _ = reply.send(Ok(late(running.duration_ms, now - running.begun)));
            }
        }
    }

    fn replace_lost(self: &Arc<Self>, state: &mut State, now: Instant) {
        let lost: Vec<u64> =
            state.running.iter().filter(|(_, r)| r.lost_at.is_some_and(|at| at <= now)).map(|(&id, _)| id).collect();
        for id in lost {
            state.running.remove(&id);
            state.alive -= 1;
            if state.spares == 0 {
                tracing::error!(worker = id, left = state.alive, "hearing worker stalled and cannot be replaced again");
                continue;
            }
            state.spares -= 1;
            tracing::error!(worker = id, "hearing worker stalled; replaced");
            if let Err(error) = self.spawn_worker(state, None) {
                tracing::error!(%error, "hearing worker not replaced");
            }
        }
    }
}

fn perform(recognizer: &mut dyn Recognizer, work: &Work, cancel: &AtomicBool) -> Reply {
    match work {
        Work::Hear { samples, expect, shortlist } => {
            let samples: Vec<f32> = samples.iter().map(|&s| f32::from(s) / 32768.0).collect();
            recognizer.hear(&samples, expect, shortlist.as_ref(), cancel)
        }
        Work::Prepare(expect) => recognizer.prepare(expect).map(|()| Heard::default()),
    }
}

fn late(duration_ms: u32, spent: Duration) -> Heard {
    Heard { refused: Some(Refused::TimeLimit), duration_ms, asr_ms: spent.as_millis() as u32, ..Heard::default() }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
