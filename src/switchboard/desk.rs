//! The desk: the engines every call shares, the calls under way, and an orderly end.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{info, warn};

use super::bridge::Bridging;
use super::conversation::{self, Page, Writing};
use super::driver::{self, Observer};
use super::generations::Generations;
use crate::asr::Pool;
use crate::call::{Line, Order};
use crate::leg::sip::Dialler;
use crate::leg::{Admission, Leg};
use crate::store::Store;
use crate::tts::Voice;
use crate::turn;

/// What every call works with.
#[derive(Clone)]
pub struct Engines {
    pub line: Arc<Line>,
    pub hearing: Pool,
    pub voice: Voice,
    pub base: Generations,
    pub store: Option<Store>,
    pub turn: turn::Settings,
    /// Rings humans for a caller whose side cannot, or will not; none where there is no telephone.
    pub dialler: Option<Dialler>,
    pub bridging: Bridging,
    /// Where the hand-over page is reached by the humans' browsers, for instance `http://10.0.0.5:8080`.
    pub handover_url: Option<String>,
    /// Where the sound of calls is kept; none to keep none.
    pub audio_folder: Option<PathBuf>,
}

/// The calls under way.
#[derive(Clone)]
pub struct Desk {
    engines: Engines,
    admission: Admission,
    live: Arc<Mutex<HashMap<String, mpsc::UnboundedSender<Order>>>>,
    tasks: Arc<tokio::sync::Mutex<JoinSet<()>>>,
    closing: Arc<AtomicBool>,
}

impl Desk {
    pub fn new(engines: Engines, admission: Admission) -> Self {
        Self { engines, admission, live: Arc::default(), tasks: Arc::default(), closing: Arc::default() }
    }

    /// Serves each leg that comes in until the way in is closed.
    pub async fn serve<L: Leg>(&self, mut incoming: mpsc::Receiver<L>) {
        while let Some(leg) = incoming.recv().await {
            let desk = self.clone();
            let mut tasks = self.tasks.lock().await;
            while tasks.try_join_next().is_some() {}
            tasks.spawn(async move { desk.take(leg, Observer::default()).await });
        }
    }

    /// Serves one call to its end.
    pub async fn take<L: Leg>(&self, leg: L, observer: Observer) {
        let (orders, inbox) = mpsc::unbounded_channel();
        let id = uuid::Uuid::now_v7().to_string();
        self.live.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), orders);
        metrics::gauge!("standardiste_calls_active").increment(1.0);
        driver::drive(leg, &self.engines, id.clone(), inbox, observer).await;
        metrics::gauge!("standardiste_calls_active").decrement(1.0);
        self.live.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Serves one written conversation to its end.
    pub async fn converse(&self, writing: &Writing, page: Page) {
        let (orders, inbox) = mpsc::unbounded_channel();
        let id = uuid::Uuid::now_v7().to_string();
        self.live.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), orders);
        metrics::gauge!("standardiste_conversations_active").increment(1.0);
        if self.closing.load(Ordering::Acquire) {
            // Begun in the very moment that the others were told.
            self.order(Order::Closing);
        }
        conversation::converse(writing, page, id.clone(), inbox).await;
        metrics::gauge!("standardiste_conversations_active").decrement(1.0);
        self.live.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Calls and conversations under way.
    pub fn live(&self) -> usize {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Takes no new call, tells whoever writes, lets those under way finish within `grace`, hands the others over
    /// within `handover` more, then ends what is left.
    pub async fn shut_down(&self, grace: Duration, handover: Duration) {
        self.admission.close();
        self.closing.store(true, Ordering::Release);
        self.order(Order::Closing);
        if self.emptied(grace).await {
            return;
        }
        info!(calls = self.live(), "grace time over: handing the calls under way to a human");
        self.order(Order::Shutdown);
        if self.emptied(handover).await {
            return;
        }
        warn!(calls = self.live(), "ending the calls that nobody took");
        self.order(Order::End);
        self.emptied(Duration::from_secs(2)).await;
    }

    fn order(&self, order: Order) {
        for orders in self.live.lock().unwrap_or_else(PoisonError::into_inner).values() {
            // A call that has just ended no longer reads its orders.
            let _ = orders.send(order);
        }
    }

    async fn emptied(&self, within: Duration) -> bool {
        let empty = async {
            let mut tick = tokio::time::interval(Duration::from_millis(50));
            while self.live() > 0 {
                tick.tick().await;
            }
        };
        tokio::time::timeout(within, empty).await.is_ok()
    }
}
