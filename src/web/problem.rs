//! What is refused, in words that the widget can show.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::leg::Refusal;

/// What is said while the service stops, and by what it ends.
pub const CLOSING: &str = "Le service s'arrête. Réessayez dans quelques minutes.";

/// A refusal: `{titre, detail}` in French, and `Retry-After` when trying again may help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub status: StatusCode,
    pub title: &'static str,
    pub detail: String,
    pub retry_after: Option<Duration>,
}

impl Problem {
    pub fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into(), retry_after: None }
    }

    pub fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    pub fn forbidden_origin() -> Self {
        let detail =
            "Ce site n'est pas autorisé à afficher l'accueil de la mairie. Le webmestre doit demander son ajout.";
        Self::new(StatusCode::FORBIDDEN, "Site non autorisé", detail)
    }

    pub fn too_many(wait: Duration) -> Self {
        let detail = "Trop de demandes viennent de votre connexion. Attendez un peu, puis réessayez.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Trop de demandes", detail).after(wait)
    }
}

/// No place: full, or closing.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (title, detail) = match refusal.status {
            486 => ("Complet", "Toutes les places sont prises. Réessayez dans un instant."),
            _ => ("Fermé", CLOSING),
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, title, detail).after(refusal.retry_after)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(json!({ "titre": self.title, "detail": self.detail }));
        let mut response = (self.status, body).into_response();
        if let Some(wait) = self.retry_after {
            // Rounded up: whoever comes back a moment early is refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}
