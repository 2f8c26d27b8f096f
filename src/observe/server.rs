//! The operator's HTTP server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::metrics::Metrics;
use super::page::{self, PageClock};
use crate::store::Store;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen. Metrics and summaries are for the operator's network: this machine alone unless told otherwise.
    pub listen: SocketAddr,
    /// IANA name of the clock on the summary's page.
    pub time_zone: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            // The usual port of a service behind a proxy.
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            // Town halls of mainland France; those overseas set theirs.
            time_zone: "Europe/Paris".to_owned(),
        }
    }
}

/// Why the line is not ready, in French, a reason an item; empty when it is. Called for each request: it must be quick.
pub type Probe = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// What the server shows.
#[derive(Clone)]
pub struct Sources {
    pub store: Store,
    pub ready: Probe,
    /// What is wrong though calls are taken, in French: a published base that could not be put in service.
    pub warnings: Probe,
    /// None where nothing is measured: `/metrics` is then 404.
    pub metrics: Option<Metrics>,
}

/// In French: the administrator reads it at the start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "observe.listen : le port de {address} est déjà pris par un autre programme. Remède : arrêtez-le, ou changez observe.listen \
         (variable STANDARDISTE_OBSERVE__LISTEN)"
    )]
    PortInUse { address: SocketAddr },
    #[error(
        "observe.listen : impossible d'écouter sur {address} ({source}). Remède : donnez une adresse de cette machine"
    )]
    Listen { address: SocketAddr, source: io::Error },
}

/// Requests under way at shutdown are given this long; a browser may keep its connection open for ever.
const GRACE: Duration = Duration::from_secs(2);
/// Old samples of histograms are freed this often.
const UPKEEP: Duration = Duration::from_secs(5);

/// Bound, not yet serving.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    sources: Sources,
    clock: PageClock,
}

impl Server {
    pub async fn bind(settings: &Settings, sources: Sources) -> Result<Self, Error> {
        let address = settings.listen;
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => Error::PortInUse { address },
            _ => Error::Listen { address, source },
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, sources, clock: PageClock::new(&settings.time_zone) })
    }

    /// The address listened on, its port known.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`.
    pub async fn run(self, stop: CancellationToken) -> io::Result<()> {
        let upkeep = tokio::spawn(keep_up(self.sources.metrics.clone(), stop.clone()));
        let shared = Arc::new(Shared { sources: self.sources, clock: self.clock });
        let server = axum::serve(self.listener, router(shared)).with_graceful_shutdown(stop.clone().cancelled_owned());
        let mut server = std::pin::pin!(server.into_future());
        let served = tokio::select! {
            served = &mut server => served,
            () = stop.cancelled() => timeout(GRACE, server).await.unwrap_or(Ok(())),
        };
        upkeep.abort();
        served
    }
}

struct Shared {
    sources: Sources,
    clock: PageClock,
}

async fn keep_up(metrics: Option<Metrics>, stop: CancellationToken) {
    let Some(metrics) = metrics else { return };
    let mut tick = interval(UPKEEP);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        metrics.upkeep();
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/handover/style.css", get(style))
        .route("/handover/{token}", get(handover))
        .fallback(|| async { (StatusCode::NOT_FOUND, "not found\n") })
        .with_state(shared)
        .layer(map_response(strict))
}

async fn live() -> Json<serde_json::Value> {
    Json(json!({ "live": true, "version": env!("CARGO_PKG_VERSION") }))
}

async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    let mut reasons = (shared.sources.ready)();
    reasons.extend(shared.sources.store.fault().map(|fault| fault.to_string()));
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let warnings = (shared.sources.warnings)();
    (status, Json(json!({ "ready": reasons.is_empty(), "reasons": reasons, "warnings": warnings }))).into_response()
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    match &shared.sources.metrics {
        Some(metrics) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
        }
        None => (StatusCode::NOT_FOUND, "metrics are off\n").into_response(),
    }
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], page::STYLE)
}

async fn handover(State(shared): State<Arc<Shared>>, Path(token): Path<String>) -> Response {
    match shared.sources.store.handover(&token).await {
        Ok(Some(summary)) => Html(page::summary(&summary, &shared.clock)).into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, Html(page::unknown())).into_response(),
        Err(error) => {
            tracing::error!(%error, "a hand-over summary could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, Html(page::unavailable())).into_response()
        }
    }
}

/// Nothing is cached, framed, indexed, guessed or passed on: a summary says what a citizen said.
async fn strict(mut response: Response) -> Response {
    const STRICT: [(HeaderName, &str); 6] = [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    for (name, value) in STRICT {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
