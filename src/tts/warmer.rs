//! Fills the cache in the background with what will be said.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use super::pool::{Factory, Job, Pool, speak};
use super::voice::Shelf;
use super::{Key, Synthesizer};

/// How often the warmer looks whether it is still wanted while a live sentence is spoken.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// One thread of the lowest priority, with an engine of its own that is let go when nothing is left to warm.
pub(super) struct Warmer {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    factory: Factory,
    shelf: Arc<Shelf>,
    live: Weak<Pool>,
}

#[derive(Default)]
struct State {
    closed: bool,
    running: bool,
    queue: VecDeque<Job>,
    /// Queued or being spoken.
    pending: HashSet<Key>,
}

impl Warmer {
    pub(super) fn new(factory: Factory, shelf: Arc<Shelf>, live: &Arc<Pool>) -> Self {
        let live = Arc::downgrade(live);
        Self { shared: Arc::new(Shared { state: Mutex::default(), factory, shelf, live }) }
    }

    /// Adds sentences; those already waiting are not added twice.
    pub(super) fn add(&self, jobs: impl IntoIterator<Item = Job>) {
        let mut state = self.shared.state();
        for job in jobs {
            if state.pending.insert(job.key) {
                state.queue.push_back(job);
            }
        }
        if state.running || state.queue.is_empty() {
            return;
        }
        let shared = self.shared.clone();
        match thread::Builder::new().name("voice-warm".into()).spawn(move || shared.work()) {
            Ok(_) => state.running = true,
            Err(error) => tracing::error!(%error, "the voice cache cannot be filled"),
        }
    }

    /// Sentences not yet in the cache.
    pub(super) fn pending(&self) -> usize {
        self.shared.state().pending.len()
    }

    /// Gives up what is left; false while the sentence under way is not finished.
    pub(super) fn stop(&self) -> bool {
        let mut state = self.shared.state();
        state.closed = true;
        state.queue.clear();
        !state.running
    }
}

impl Drop for Warmer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        step_back();
        let mut engine: Option<Box<dyn Synthesizer>> = None;
        while let Some(job) = self.next() {
            if !self.shelf.has(&job.key) && self.live_calls_are_served() {
                match speak(&mut engine, &self.factory, &job) {
                    Ok(spoken) => self.shelf.store(&job.key, &spoken),
                    Err(error) => tracing::warn!(%error, "a sentence was not warmed"),
                }
            }
            self.state().pending.remove(&job.key);
        }
        drop(engine);
        give_memory_back();
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        let job = if state.closed { None } else { state.queue.pop_front() };
        // Under the same lock as `add` looks at it, so that nothing added now is left lying.
        state.running = job.is_some();
        job
    }

    /// Waits while a caller's sentence is spoken; false when the voice was shut down meanwhile.
    fn live_calls_are_served(&self) -> bool {
        loop {
            let Some(live) = self.live.upgrade() else { return false };
            if self.state().closed {
                return false;
            }
            if live.wait_idle(LOOK_AGAIN) {
                return true;
            }
        }
    }
}

/// The allocator keeps what the engine freed (some 100 MB) unless it is told that nothing like it comes soon.
fn give_memory_back() {
    // SAFETY: no argument to get wrong; glibc locks its own arenas.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Gives this thread, and those its engine starts, the lowest priority: a live call takes the processor at once.
fn step_back() {
    const LOWEST: i32 = 19;
    // SAFETY: a plain system call on this thread (0); on Linux a priority belongs to a thread.
    if unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, LOWEST) } != 0 {
        tracing::warn!("the voice cache is filled at normal priority");
    }
}
