//! The pages' style and script, compiled in.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../console/console.css");
const SCRIPT: &str = include_str!("../../console/console.js");
const ICON: &str = include_str!("../../console/icone.svg");

/// With the version that its content gives it, so that a browser may keep it for ever.
static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| format!("/console.css?v={}", version(STYLE)));
static SCRIPT_ADDRESS: LazyLock<String> = LazyLock::new(|| format!("/console.js?v={}", version(SCRIPT)));

fn version(content: &str) -> String {
    Sha256::digest(content.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

pub fn style_address() -> &'static str {
    &STYLE_ADDRESS
}

pub fn script_address() -> &'static str {
    &SCRIPT_ADDRESS
}

/// Whether this very content will be at this address for ever.
pub fn is_versioned(path: &str, query: Option<&str>) -> bool {
    let Some(query) = query else { return false };
    let whole = format!("{path}?{query}");
    whole == *STYLE_ADDRESS || whole == *SCRIPT_ADDRESS
}

pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

pub async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}

pub async fn icon() -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml")], ICON).into_response()
}
