//! The service: telephone, browser, desk, observation; from start to orderly stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Fault, Publication, data, known_sentences, ready, settings};
use crate::answers::Index;
use crate::config::{self, Config};
use crate::console;
use crate::leg::Admission;
use crate::leg::sip::{self, Standing};
use crate::leg::webrtc;
use crate::observe::{self, Format, Metrics, Sources};
use crate::store::Store;
use crate::switchboard::{Desk, Engines, Writing};
use crate::tts::Voice;
use crate::web;

/// After the grace, the calls under way get this long to reach a human.
const HANDOVER_TIME: Duration = Duration::from_secs(30);
/// Browsers' calls that may wait for the desk.
const BACKLOG: usize = 64;
/// Old calls are looked for this often. When nothing is to be kept, a call is erased within this time of its end: the
/// human who takes it over must be able to read its summary.
const PURGE_EVERY: Duration = Duration::from_secs(900);

/// The line in service.
pub struct Service {
    desk: Desk,
    telephone: sip::Server,
    store: Store,
    stopping: Arc<AtomicBool>,
    stop_observing: CancellationToken,
    observing: JoinHandle<std::io::Result<()>>,
    serving: JoinHandle<((), ())>,
    browsers: webrtc::Server,
    /// The console, when it is on.
    consoling: Option<JoinHandle<std::io::Result<()>>>,
    /// The web server, when it is on.
    browsing: Option<JoinHandle<std::io::Result<()>>>,
    stop_browsing: CancellationToken,
    /// Written conversations; they take none of the telephone's places.
    conversations: Admission,
    upkeep: JoinHandle<()>,
    publishing: JoinHandle<()>,
    grace: Duration,
    /// Where health, metrics and summaries are.
    pub observed_at: std::net::SocketAddr,
    /// Where browsers come, when they may.
    pub browsed_at: Option<std::net::SocketAddr>,
    /// Where staff come, when they may.
    pub consoled_at: Option<std::net::SocketAddr>,
    pub voice: Voice,
}

/// How a service ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Calls that were cut.
    pub cut: usize,
}

impl Service {
    /// Starts everything; the line answers when this returns.
    ///
    /// # Errors
    /// Whatever is missing, taken or wrong, named with what to do.
    pub async fn start(config: &Config) -> anyhow::Result<Self> {
        let metrics = Metrics::install();
        let parts = ready(config).await?;
        let store = parts.base.store.clone();
        let on_new = {
            let (line, voice) = (Arc::clone(&parts.engines.line), parts.voice.clone());
            Box::new(move |index: &Index| voice.warm(known_sentences(&line, index)))
        };
        on_new(&parts.base.index);
        let publication = Publication::new(config.clone(), &parts.base, parts.engines.base.clone(), on_new);
        let stopping = Arc::new(AtomicBool::new(false));
        let registration = Arc::new(OnceLock::new());
        let observer = observe::Server::bind(
            &observe::Settings { listen: config.observe.listen, time_zone: config.observe.time_zone.clone() },
            Sources {
                store: store.clone(),
                ready: probe(&stopping, &registration),
                warnings: warnings(publication.fault()),
                metrics,
            },
        )
        .await?;
        let observed_at = observer.address();

        let retry_after = Duration::from_secs(config.calls.retry_after_s.into());
        let admission = Admission::new(config.calls.max_calls, retry_after);
        let conversations = Admission::new(config.web.max_written, retry_after);
        let (telephone, incoming) = sip::Server::start(settings::sip(config)?, admission.clone()).await?;
        // Nothing was set before: there is one telephone.
        let _ = registration.set(telephone.registration());
        let engines = Engines { dialler: Some(telephone.dialler()), ..parts.engines };
        let line = Arc::clone(&engines.line);
        let writing = Writing {
            line: Arc::new(engines.line.written(Duration::from_secs(config.web.idle_s.into()))),
            base: engines.base.clone(),
            store: engines.store.clone(),
        };
        let desk = Desk::new(engines, admission.clone());
        let browsers = webrtc::Server::new(settings::webrtc(config));
        let (legs, browsing_legs) = mpsc::channel(BACKLOG);
        let browser = match settings::web(config)? {
            Some(settings) => {
                let sources = web::Sources {
                    desk: desk.clone(),
                    line,
                    town: web::Town {
                        name: config.mairie.name().to_owned(),
                        telephone: config.mairie.values.get("telephone").cloned().unwrap_or_default(),
                    },
                    calls: admission.part(config.web.calls(&config.calls)),
                    conversations: conversations.clone(),
                    writing,
                    browsers: browsers.clone(),
                    legs,
                };
                Some(web::Server::bind(settings, sources).await?)
            }
            None => None,
        };
        let browsed_at = browser.as_ref().map(web::Server::address);
        let console = match settings::console(config)? {
            Some(settings) => Some(console::Server::bind(settings, console::Sources { store: store.clone() }).await?),
            None => None,
        };
        let consoled_at = console.as_ref().map(console::Server::address);
        let interrupted = store.mark_interrupted().await?;
        if interrupted > 0 {
            warn!(calls = interrupted, "calls were under way when the service last stopped: marked as interrupted");
        }
        let stop_browsing = CancellationToken::new();
        let browsing = browser.map(|browser| tokio::spawn(browser.run(stop_browsing.clone())));
        let stop_observing = CancellationToken::new();
        let consoling = console.map(|console| tokio::spawn(console.run(stop_browsing.clone())));
        let observing = tokio::spawn(observer.run(stop_observing.clone()));
        let serving = tokio::spawn({
            let desk = desk.clone();
            async move { tokio::join!(desk.serve(incoming), desk.serve(browsing_legs)) }
        });
        let upkeep = tokio::spawn(purge(store.clone(), config.keep.clone()));
        let publishing = tokio::spawn(publication.follow());
        info!(sip = %telephone.address(), observe = %observed_at, web = ?browsed_at, console = ?consoled_at, "the line is in service");
        Ok(Self {
            desk,
            telephone,
            store,
            stopping,
            stop_observing,
            observing,
            serving,
            browsers,
            consoling,
            browsing,
            stop_browsing,
            conversations,
            upkeep,
            publishing,
            grace: Duration::from_secs(config.calls.shutdown_grace_s.into()),
            observed_at,
            browsed_at,
            consoled_at,
            voice: parts.voice,
        })
    }

    pub fn sip_address(&self) -> std::net::SocketAddr {
        self.telephone.address()
    }

    /// No new call; those under way finish, or are handed over; then everything stops.
    pub async fn stop(self) -> Stopped {
        self.stopping.store(true, Ordering::Release);
        info!(calls = self.desk.live(), "stopping: no new calls");
        self.conversations.close();
        self.desk.shut_down(self.grace, HANDOVER_TIME).await;
        let cut = self.desk.live();
        tokio::join!(self.telephone.shutdown(), self.browsers.shutdown());
        self.stop_browsing.cancel();
        if let Some(Ok(Err(error))) = match self.browsing {
            Some(browsing) => Some(browsing.await),
            None => None,
        } {
            warn!(%error, "the web server ended badly");
        }
        self.serving.abort();
        self.upkeep.abort();
        self.publishing.abort();
        if let Some(consoling) = self.consoling
            && let Ok(Err(error)) = consoling.await
        {
            warn!(%error, "the console ended badly");
        }
        self.store.close().await;
        self.voice.stop_warming().await;
        self.stop_observing.cancel();
        if let Ok(Err(error)) = self.observing.await {
            warn!(%error, "the observation server ended badly");
        }
        info!("stopped");
        Stopped { cut }
    }
}

fn probe(stopping: &Arc<AtomicBool>, registration: &Arc<OnceLock<watch::Receiver<Standing>>>) -> observe::Probe {
    let (stopping, registration) = (Arc::clone(stopping), Arc::clone(registration));
    Arc::new(move || {
        let mut reasons = Vec::new();
        if stopping.load(Ordering::Acquire) {
            reasons.push("le service s'arrête : il ne prend plus d'appels".to_owned());
        }
        match registration.get().map(|standing| standing.borrow().clone()) {
            None => reasons.push("le téléphone n'est pas encore en service".to_owned()),
            Some(Standing::Trying) => reasons.push("l'inscription au standard est en cours".to_owned()),
            Some(Standing::Failed(why)) => reasons.push(format!("le standard refuse l'inscription : {why}")),
            Some(Standing::Unused | Standing::Registered) => {}
        }
        reasons
    })
}

fn warnings(fault: Fault) -> observe::Probe {
    Arc::new(move || fault.told().into_iter().collect())
}

/// Erases what was kept for longer than was told to the callers, again and again.
async fn purge(store: Store, keep: config::Keep) {
    let mut tick = tokio::time::interval(PURGE_EVERY);
    loop {
        tick.tick().await;
        if let Err(error) = data::purge(&store, &keep).await {
            warn!(%error, "old data could not be erased");
        }
    }
}

/// Logs to standard error as configured.
pub fn log(config: &Config) -> anyhow::Result<()> {
    let format = match config.observe.log_format {
        config::LogFormat::Json => Format::Json,
        config::LogFormat::Text => Format::Text,
    };
    Ok(observe::init_logging(format, &config.observe.log_level)?)
}

/// The provider of cryptography for everything in the process; two would be a panic at the first TLS connection.
pub fn install_crypto() {
    // An error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
