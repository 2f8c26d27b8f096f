//! Which web sites may embed the widget, and what browsers are told of it (CORS, and the pages' own security headers).

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

/// What a page of ours may load: itself alone.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; connect-src 'self'";
/// A preflight's answer is good for this long, seconds: two hours are the most that browsers take.
const PREFLIGHT: &str = "7200";

/// The origins that may use the server: scheme, host and port, in lower case.
#[derive(Debug, Clone)]
pub struct Origins {
    allowed: Vec<String>,
    /// For our own page.
    policy: HeaderValue,
}

impl Origins {
    /// `listen` is the address bound, `tls` whether it is spoken there; `public` and `allowed` come from the configuration.
    pub fn new(listen: SocketAddr, tls: bool, public: Option<&str>, allowed: &[String]) -> Self {
        let scheme = if tls { "https" } else { "http" };
        let mut own = vec![format!("{scheme}://{listen}")];
        if listen.ip().is_loopback() || listen.ip().is_unspecified() {
            own.push(format!("{scheme}://localhost:{}", listen.port()));
            own.push(format!("{scheme}://{}", SocketAddr::from((IpAddr::from([127, 0, 0, 1]), listen.port()))));
        }
        own.extend(public.map(normal));
        // Browsers before 2022 do not count a WebSocket to the same host as « self ».
        let sockets: Vec<String> = own.iter().map(|origin| origin.replacen("http", "ws", 1)).collect();
        let policy = HeaderValue::try_from(format!("{PAGE} {}", sockets.join(" ")));
        let allowed = own.into_iter().chain(allowed.iter().map(|origin| normal(origin))).collect();
        Self { allowed, policy: policy.unwrap_or(HeaderValue::from_static(PAGE)) }
    }

    /// Whether a request may be served. A request without an origin comes from no other site: a page of ours that reads
    /// (RFC 6454 §7.3), or no browser at all.
    pub fn permit(&self, headers: &HeaderMap) -> bool {
        headers.get(header::ORIGIN).is_none_or(|origin| self.is_allowed(origin))
    }

    /// Whether it comes from a page of an allowed origin: browsers always say it of what changes something.
    pub fn is_page(&self, headers: &HeaderMap) -> bool {
        headers.get(header::ORIGIN).is_some_and(|origin| self.is_allowed(origin))
    }

    fn is_allowed(&self, origin: &HeaderValue) -> bool {
        origin.to_str().is_ok_and(|origin| self.allowed.contains(&normal(origin)))
    }

    /// Tells the browser that a page of this origin may read the response.
    pub fn share(&self, origin: Option<&HeaderValue>, response: &mut Response) {
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = origin.filter(|origin| self.is_allowed(origin)) else { return };
        headers.entry(header::ACCESS_CONTROL_ALLOW_ORIGIN).or_insert(origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Location, ETag, Retry-After"));
    }

    /// The refusal of a site that is not allowed. Its page may read it, so that the citizen is told.
    pub fn refuse(&self, headers: &HeaderMap) -> Response {
        let mut response = Problem::forbidden_origin().into_response();
        if let Some(origin) = headers.get(header::ORIGIN) {
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
        response
    }

    /// The content policy of our own page.
    pub fn policy(&self) -> HeaderValue {
        self.policy.clone()
    }
}

/// The answer to a browser that asks before it sends.
pub fn preflight() -> Response {
    const ANSWER: [(HeaderName, HeaderValue); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PATCH, DELETE, OPTIONS")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Content-Type, If-Match")),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT)),
    ];
    (StatusCode::NO_CONTENT, ANSWER).into_response()
}

pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What every response says, unless it says something else itself.
pub fn protect(response: &mut Response, tls: bool) {
    const USUAL: [(HeaderName, &str); 5] = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("permissions-policy"), "microphone=(self), camera=(), geolocation=()"),
    ];
    let headers = response.headers_mut();
    for (name, value) in USUAL {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if tls {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
}

/// As browsers write an origin: lower case, no port when it is the scheme's own.
fn normal(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    let usual = if origin.starts_with("https://") { ":443" } else { ":80" };
    origin.strip_suffix(usual).unwrap_or(&origin).to_owned()
}
