//! The widget and the demonstration page, compiled in.

use std::sync::LazyLock;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::server::App;

/// A file with the version that its content gives it.
struct File {
    content: String,
    kind: &'static str,
    version: String,
}

impl File {
    fn new(content: String, kind: &'static str) -> Self {
        let hash = Sha256::digest(content.as_bytes());
        let version = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { content, kind, version }
    }
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const HTML: &str = "text/html; charset=utf-8";

static SCRIPT: LazyLock<File> = LazyLock::new(|| File::new(include_str!("../../web/widget.js").to_owned(), JAVASCRIPT));
static STYLE: LazyLock<File> = LazyLock::new(|| File::new(include_str!("../../web/widget.css").to_owned(), CSS));
static PAGE_STYLE: LazyLock<File> =
    LazyLock::new(|| File::new(include_str!("../../web/demonstration.css").to_owned(), CSS));
static ICON: LazyLock<File> = LazyLock::new(|| File::new(include_str!("../../web/icone.svg").to_owned(), SVG));
static PAGE: LazyLock<File> =
    LazyLock::new(|| File::new(include_str!("../../web/demonstration.html").to_owned(), HTML));

/// `?v=`: the version that the page was made with.
#[derive(Deserialize)]
pub struct Version {
    v: Option<String>,
}

pub async fn script(headers: HeaderMap, Query(asked): Query<Version>) -> Response {
    embedded(&SCRIPT, &headers, &asked)
}

pub async fn style(headers: HeaderMap, Query(asked): Query<Version>) -> Response {
    embedded(&STYLE, &headers, &asked)
}

pub async fn page_style(headers: HeaderMap, Query(asked): Query<Version>) -> Response {
    cached(&PAGE_STYLE, &headers, &asked)
}

pub async fn icon(headers: HeaderMap, Query(asked): Query<Version>) -> Response {
    cached(&ICON, &headers, &asked)
}

pub async fn page(State(app): State<App>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, PAGE.kind)], PAGE.content.as_str()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, app.origins.policy());
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    response
}

/// A file that other sites' pages load, with or without `crossorigin` and `integrity`.
fn embedded(file: &'static File, headers: &HeaderMap, asked: &Version) -> Response {
    let mut response = cached(file, headers, asked);
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn cached(file: &'static File, headers: &HeaderMap, asked: &Version) -> Response {
    let tag = format!("\"{}\"", file.version);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let known = known.flat_map(|tags| tags.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag);
    let lasting = match asked.v.as_deref() == Some(&file.version) {
        true => "public, max-age=31536000, immutable",
        // The two lines of a web site name no version: a new widget is there within ten minutes.
        false => "public, max-age=600, stale-while-revalidate=86400",
    };
    let head = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, lasting)];
    match known {
        true => (StatusCode::NOT_MODIFIED, head).into_response(),
        false => (head, [(header::CONTENT_TYPE, file.kind)], file.content.as_str()).into_response(),
    }
}
