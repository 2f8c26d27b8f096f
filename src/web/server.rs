//! The server: its routes, and what every request goes through.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::address::{Client, citizen, is_forwarded};
use super::listener::{Listener, Peer};
use super::origin::{Origins, is_preflight, preflight, protect};
use super::problem::Problem;
use super::rates::Rates;
use super::settings::{Error, Settings};
use super::tls::Certificate;
use super::{files, state, whip, written};
use crate::call::Line;
use crate::leg::Admission;
use crate::leg::webrtc::{self, WebRtcLeg};
use crate::switchboard::{Desk, Writing};

/// A request's answer is ready within this; conversations go on after theirs.
const LONGEST: Duration = Duration::from_secs(20);
/// An SDP offer has 3 to 6 kB.
const LARGEST: usize = 64 * 1024;
/// Requests of one address a minute, of any kind but the widget's files.
const REQUESTS: u32 = 240;

/// What the server works with.
#[derive(Clone)]
pub struct Sources {
    pub desk: Desk,
    pub line: Arc<Line>,
    pub town: Town,
    /// The browsers' part of the line's places.
    pub calls: Admission,
    /// Written conversations, which take no place of the telephone's.
    pub conversations: Admission,
    pub writing: Writing,
    /// Takes browsers' calls.
    pub browsers: webrtc::Server,
    /// To the desk.
    pub legs: mpsc::Sender<WebRtcLeg>,
}

/// What the widget says of the town.
#[derive(Debug, Clone, Default)]
pub struct Town {
    pub name: String,
    /// Where to call when nothing else works; empty for none.
    pub telephone: String,
}

/// What every request's handler has at hand.
pub type App = Arc<Shared>;

pub struct Shared {
    pub settings: Settings,
    pub sources: Sources,
    pub origins: Origins,
    /// Calls and conversations that an address may begin.
    pub begun: Rates,
    /// Messages that an address may write.
    pub messages: Rates,
    pub calls: whip::Calls,
    pub threads: written::Threads,
    requests: Rates,
    started: Instant,
    told_of_proxy: AtomicBool,
}

impl Shared {
    /// The clock of the rates.
    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Lets `client` begin a call or a conversation, from a page of an allowed origin and not too often.
    pub fn begin(&self, client: Client, headers: &axum::http::HeaderMap) -> Result<(), Problem> {
        if !self.origins.is_page(headers) {
            return Err(Problem::forbidden_origin());
        }
        self.begun.take(client.0, self.now()).map_err(Problem::too_many)
    }
}

/// Bound, not yet serving.
pub struct Server {
    listener: Listener,
    address: SocketAddr,
    app: App,
}

impl Server {
    pub async fn bind(settings: Settings, sources: Sources) -> Result<Self, Error> {
        let address = settings.listen;
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => Error::PortInUse { address },
            _ => Error::Listen { address, source },
        };
        let tls = match &settings.tls {
            Some(files) => {
                let certificate = Certificate::read(files)?;
                let acceptor = certificate.acceptor()?;
                Some((certificate, acceptor))
            }
            None => None,
        };
        let tcp = TcpListener::bind(address).await.map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        let origins = Origins::new(address, tls.is_some(), settings.public_url.as_deref(), &settings.allowed_origins);
        let listener = Listener { tcp, tls, proxies: settings.proxies.clone() };
        let app = Arc::new(Shared {
            origins,
            begun: Rates::new(settings.begun_per_minute),
            messages: Rates::new(settings.messages_per_minute),
            calls: whip::Calls::default(),
            threads: written::Threads::default(),
            requests: Rates::new(REQUESTS),
            started: Instant::now(),
            told_of_proxy: AtomicBool::new(false),
            settings,
            sources,
        });
        Ok(Self { listener, address, app })
    }

    /// The address listened on, its port known.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`. Conversations end with the desk, not with this.
    pub async fn run(self, stop: CancellationToken) -> io::Result<()> {
        self.listener.run(router(self.app), stop).await
    }
}

fn router(app: App) -> Router {
    let files = Router::new()
        .route("/", get(files::page))
        .route("/demonstration.css", get(files::page_style))
        .route("/icone.svg", get(files::icon))
        .route("/widget.js", get(files::script))
        .route("/widget.css", get(files::style));
    let doors = Router::new()
        .route("/etat", get(state::state))
        .route("/ecrit", get(written::begin))
        .merge(whip::routes())
        .layer(from_fn_with_state(Arc::clone(&app), watched));
    files
        .merge(doors)
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "Introuvable", "Il n'y a rien à cette adresse.") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Méthode refusée", "Cette adresse ne se demande pas ainsi.")
        })
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn_with_state(Arc::clone(&app), received))
        .with_state(app)
}

/// Everything that is received: patience, and what browsers are told.
async fn received(State(app): State<App>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = if is_preflight(request.method(), request.headers()) {
        match app.origins.permit(request.headers()) {
            true => preflight(),
            false => app.origins.refuse(request.headers()),
        }
    } else {
        let late =
            || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Trop long", "Le service est trop lent. Réessayez.");
        timeout(LONGEST, next.run(request)).await.unwrap_or_else(|_| late().into_response())
    };
    app.origins.share(origin.as_ref(), &mut response);
    protect(&mut response, app.settings.tls.is_some());
    response
}

/// What does more than hand out a file: who asks, from which site, how often.
async fn watched(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    if !app.origins.permit(headers) {
        metrics::counter!("standardiste_web_refused_total", "reason" => "origin").increment(1);
        return app.origins.refuse(headers);
    }
    let client = Client(citizen(peer, headers, &app.settings.proxies));
    if client.0 == peer.to_canonical() && is_forwarded(headers) && !app.told_of_proxy.swap(true, Ordering::Relaxed) {
        tracing::warn!(%peer, "requests are forwarded by a machine that is not in web.proxies: its word is not believed, and all its citizens are counted as one");
    }
    if let Err(wait) = app.requests.take(client.0, app.now()) {
        metrics::counter!("standardiste_web_refused_total", "reason" => "rate").increment(1);
        return Problem::too_many(wait).into_response();
    }
    request.extensions_mut().insert(client);
    next.run(request).await
}
