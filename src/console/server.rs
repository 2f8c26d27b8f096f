//! The server: bound, served, stopped; and what every request's handler has at hand.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::attempts::Attempts;
use super::frame::Trouble;
use super::settings::{Error, Settings};
use super::words::Clock;
use super::{doors, files};
use crate::store::Store;

/// What the console works with.
#[derive(Clone)]
pub struct Sources {
    pub store: Store,
}

/// Requests under way at shutdown are given this long; a browser may keep its connection open for ever.
const GRACE: Duration = Duration::from_secs(2);
/// A page is ready within this, or never.
const LONGEST: Duration = Duration::from_secs(20);
/// Ended sessions and old deeds are looked for this often.
const UPKEEP: Duration = Duration::from_secs(3_600);

/// What every handler has at hand.
pub type App = Arc<Shared>;

pub struct Shared {
    pub settings: Settings,
    pub store: Store,
    pub clock: Clock,
    pub attempts: Attempts,
    /// How browsers name us: scheme, host and port.
    own: Vec<String>,
    started: Instant,
}

impl Shared {
    /// The clock of the attempts.
    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Whether people come by HTTPS, which a reverse proxy speaks.
    pub fn is_encrypted(&self) -> bool {
        self.own.first().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// Over HTTPS `__Host-`, which a browser takes only from this very host and only encrypted (RFC 6265bis §4.1.3.2).
    /// In the clear, which the configuration allows on loopback alone, that prefix does not exist.
    pub fn cookie_name(&self) -> &'static str {
        if self.is_encrypted() { "__Host-standardiste" } else { "standardiste" }
    }

    pub fn is_own(&self, origin: &str) -> bool {
        self.own.iter().any(|own| own.eq_ignore_ascii_case(origin))
    }

    /// Where a page is, for a link that is told outside of the pages.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.own.first().map_or("", String::as_str))
    }
}

/// Bound, not yet serving.
pub struct Server {
    listener: TcpListener,
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
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let app = Arc::new(Shared {
            own: origins(settings.public_url.as_deref(), address),
            clock: Clock::new(&settings.time_zone),
            store: sources.store,
            attempts: Attempts::default(),
            started: Instant::now(),
            settings,
        });
        Ok(Self { listener, address, app })
    }

    /// The address listened on, its port known.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`.
    pub async fn run(self, stop: CancellationToken) -> io::Result<()> {
        let upkeep = tokio::spawn(keep_up(Arc::clone(&self.app), stop.clone()));
        let router = router(self.app).into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(self.listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        let mut server = std::pin::pin!(server.into_future());
        let served = tokio::select! {
            served = &mut server => served,
            () = stop.cancelled() => timeout(GRACE, server).await.unwrap_or(Ok(())),
        };
        upkeep.abort();
        served
    }
}

/// The one told to people first.
fn origins(public: Option<&str>, address: SocketAddr) -> Vec<String> {
    let mut own: Vec<String> = public.map(|url| url.trim_end_matches('/').to_ascii_lowercase()).into_iter().collect();
    if public.is_none() {
        own.push(format!("http://{address}"));
        own.push(format!("http://localhost:{}", address.port()));
    }
    own
}

async fn keep_up(app: App, stop: CancellationToken) {
    let mut tick = interval(UPKEEP);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        let now = Timestamp::now();
        let longest = SignedDuration::try_from(app.settings.longest).unwrap_or(SignedDuration::MAX);
        let oldest = now.checked_sub(longest).unwrap_or(Timestamp::MIN);
        if let Err(error) = app.store.forget_accesses(oldest, now).await {
            tracing::warn!(%error, "ended sessions could not be forgotten");
        }
    }
}

fn router(app: App) -> Router {
    doors::router(&app)
        .fallback(|| async { Trouble::not_found() })
        .method_not_allowed_fallback(|| async { Trouble::not_found() })
        .layer(from_fn_with_state(Arc::clone(&app), received))
        .with_state(app)
}

/// Everything that is received: patience, and what browsers are told. Nothing is cached, framed, indexed or guessed, and
/// nothing is loaded from elsewhere.
async fn received(State(app): State<App>, request: Request, next: Next) -> Response {
    const STRICT: [(HeaderName, &str); 8] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not `no-referrer`, with which browsers send `Origin: null` along with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "microphone=(), camera=(), geolocation=()"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    let path = request.uri().path();
    let lasting = files::is_versioned(path, request.uri().query());
    let mut response = timeout(LONGEST, next.run(request)).await.unwrap_or_else(|_| Trouble::late().into_response());
    // What axum itself refuses (a form without a field, a number that is none) it says in English, in plain text.
    let status = response.status();
    let bare =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let trouble = response.extensions_mut().remove::<Trouble>();
    let trouble = trouble.or_else(|| (status.is_client_error() && bare).then(|| Trouble::misshapen(status)));
    if let Some(trouble) = trouble {
        response = trouble.page(&app).await;
    }
    let headers = response.headers_mut();
    for (name, value) in STRICT {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if app.is_encrypted() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}
