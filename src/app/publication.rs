//! The base of a running service: what is published elsewhere is built aside and put in service for the next calls.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;
use tracing::{info, warn};

use super::base::{Base, Edition, build, stored_base};
use super::settings;
use crate::answers::{self, Index};
use crate::config::Config;
use crate::store::Store;
use crate::switchboard::Generations;

/// How often the store is asked for its generation, one indexed row. Staff who publish see it in service within this.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A base that could not be built is tried again this often: what was wrong may be a disk or a configuration mended.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// What is told of each generation put in service, for instance so that the voice learns its sentences.
pub type OnNew = Box<dyn Fn(&Index) + Send + Sync>;

/// Why the base in service is not the one that is published, in French; none when it is.
#[derive(Debug, Clone, Default)]
pub struct Fault(Arc<Mutex<Option<String>>>);

impl Fault {
    pub fn told(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives whether this is news.
    fn set(&self, fault: Option<String>) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let news = *told != fault;
        *told = fault;
        news
    }
}

/// Follows the store, and keeps [`Generations`] up to date.
pub struct Publication {
    config: Config,
    store: Store,
    generations: Generations,
    on_new: OnNew,
    fault: Fault,
    serving: Edition,
    /// The edition that could not be built, and when it is tried again.
    failed: Option<(Edition, Instant)>,
}

impl Publication {
    /// `base` is in service already, in `generations`.
    pub fn new(config: Config, base: &Base, generations: Generations, on_new: OnNew) -> Self {
        let publication = Self {
            config,
            store: base.store.clone(),
            generations,
            on_new,
            fault: Fault::default(),
            serving: base.edition,
            failed: None,
        };
        publication.measure(&base.index);
        publication
    }

    /// Where others read why the base in service is not the one published.
    pub fn fault(&self) -> Fault {
        self.fault.clone()
    }

    /// Follows until it is dropped: every two seconds, and at once when told by SIGHUP.
    pub async fn follow(mut self) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = match signal(SignalKind::hangup()) {
            Ok(told) => Some(told),
            Err(error) => {
                warn!(%error, "SIGHUP cannot be listened to: the base is followed all the same");
                None
            }
        };
        loop {
            let hung_up = async {
                match &mut told {
                    Some(told) => told.recv().await,
                    None => std::future::pending().await,
                }
            };
            let again = tokio::select! {
                _ = tick.tick() => false,
                _ = hung_up => true,
            };
            match settings::today(&self.config) {
                Ok(today) => self.look(today, again).await,
                Err(error) => self.keep(None, &error),
            }
        }
    }

    /// Puts what may be said on the day `today` in service, if it is not yet; `again` even if it is, with the search's
    /// words read anew.
    ///
    /// A base that cannot be built leaves the one in service where it is, and says why in [`Publication::fault`].
    pub async fn look(&mut self, today: Date, again: bool) {
        let edition = match self.store.generation().await {
            Ok(generation) => Edition { generation, day: today },
            Err(error) => return self.keep(None, &error.into()),
        };
        if !again && edition == self.serving {
            self.fault.set(None);
            return;
        }
        let just_failed = self.failed.is_some_and(|(failed, until)| failed == edition && Instant::now() < until);
        if !again && just_failed {
            return;
        }
        match self.build(edition).await {
            Ok(index) => {
                self.generations.swap(Arc::clone(&index));
                self.serving = edition;
                self.failed = None;
                self.fault.set(None);
                self.measure(&index);
                let entries = index.topics().count();
                info!(generation = edition.generation, entries, "a new base is in service for the next calls");
                (self.on_new)(&index);
            }
            Err(error) => self.keep(Some(edition), &error),
        }
    }

    async fn build(&self, edition: Edition) -> anyhow::Result<Arc<Index>> {
        let published = stored_base(&self.store).await?;
        let config = self.config.clone();
        tokio::task::spawn_blocking(move || build(&config, published, edition.day)).await?
    }

    fn keep(&mut self, failed: Option<Edition>, error: &anyhow::Error) {
        metrics::counter!("standardiste_base_failures_total").increment(1);
        self.failed = failed.map(|edition| (edition, Instant::now() + TRY_AGAIN));
        let serving = self.serving.generation;
        let which = failed.map(|edition| format!(" n° {}", edition.generation)).unwrap_or_default();
        let why = match error.downcast_ref() {
            Some(answers::Error::Empty) => "aucune réponse publiée n'est valable aujourd'hui".to_owned(),
            _ => format!("{error:#}"),
        };
        let told = format!("la base publiée{which} n'a pas pu être mise en service, la n° {serving} y reste : {why}");
        if self.fault.set(Some(told)) {
            warn!(
                serving,
                error = format!("{error:#}"),
                "the published base could not be put in service; the one in service stays"
            );
        }
    }

    fn measure(&self, index: &Index) {
        metrics::gauge!("standardiste_base_generation").set(self.serving.generation as f64);
        metrics::gauge!("standardiste_base_entries").set(index.topics().count() as f64);
    }
}
