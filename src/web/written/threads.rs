//! The conversations under way, by the keys that their pages come back with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::Message;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::Arrival;
use super::message::{LARGEST, Received};

/// A page that comes back says so at once.
const PRESENTATION: Duration = Duration::from_secs(5);
/// Sockets of one page that wait to be taken.
const WAITING: usize = 2;

/// What a conversation may be given from outside.
pub enum Back {
    /// Its page by another socket, and how many messages it has got.
    Page(Box<Arrival>, u64),
    /// Its place is wanted by somebody who is there.
    GiveUp,
}

#[derive(Clone, Default)]
pub struct Threads(Arc<Mutex<HashMap<String, Thread>>>);

struct Thread {
    back: mpsc::Sender<Back>,
    /// Since when it has been without its page.
    lost: Option<Instant>,
}

/// A conversation's entry; dropped, its key is forgotten.
pub struct Entry {
    threads: Threads,
    pub key: String,
    pub back: mpsc::Receiver<Back>,
}

impl Threads {
    pub fn enter(&self) -> Entry {
        let key = uuid::Uuid::new_v4().simple().to_string();
        let (sender, back) = mpsc::channel(WAITING);
        self.lock().insert(key.clone(), Thread { back: sender, lost: None });
        Entry { threads: self.clone(), key, back }
    }

    /// Hands a page that comes back to its conversation; given back when that is not known, or not any more.
    pub async fn take_back(&self, mut arrival: Arrival) -> Option<Arrival> {
        let presented = match timeout(PRESENTATION, arrival.socket.recv()).await {
            Ok(Some(Ok(Message::Text(text)))) if text.len() <= LARGEST => serde_json::from_str(&text).ok(),
            _ => None,
        };
        let Some(Received::Reprise { cle, recu }) = presented else { return Some(arrival) };
        let back = self.lock().get(&cle).map(|thread| thread.back.clone());
        let Some(back) = back else { return Some(arrival) };
        match back.try_send(Back::Page(Box::new(arrival), recu)) {
            Ok(()) => None,
            Err(mpsc::error::TrySendError::Full(back) | mpsc::error::TrySendError::Closed(back)) => match back {
                Back::Page(arrival, _) => Some(*arrival),
                Back::GiveUp => None,
            },
        }
    }

    /// Whether a conversation waits for its page, and would give its place.
    pub fn has_lost(&self) -> bool {
        self.lock().values().any(|thread| thread.lost.is_some())
    }

    /// Ends the conversation that has been without its page for longest; whether there was one.
    pub fn give_up_oldest(&self) -> bool {
        let mut threads = self.lock();
        let lost = threads.iter().filter_map(|(key, thread)| Some((thread.lost?, key.clone()))).min();
        let Some(thread) = lost.and_then(|(_, key)| threads.remove(&key)) else { return false };
        thread.back.try_send(Back::GiveUp).is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Thread>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// The page has gone, or is back.
    pub fn is_lost(&self, lost: bool) {
        if let Some(thread) = self.threads.lock().get_mut(&self.key) {
            thread.lost = lost.then(Instant::now);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.threads.lock().remove(&self.key);
    }
}
