//! Calls over HTTP, in the shape of WHIP (RFC 9725).
//!
//! | request | answer |
//! |---|---|
//! | `POST /appel`, an SDP offer | `201`, our answer with all its candidates, `Location: /appel/{id}`, `ETag` |
//! | `PATCH /appel/{id}`, a whole new offer | `200`, our answer, a new `ETag`: ICE restarts when the offer's credentials are new |
//! | `DELETE /appel/{id}` | `200`: the call is over |
//!
//! Candidates are not trickled, so that a call is one request; where RFC 9725 §4.3.3 restarts ICE by a fragment
//! (`application/trickle-ice-sdpfrag`), a page sends the offer that its `restartIce()` gave it, as it is. With
//! `If-Match`, a restart is refused (412) when another has come before it. The identifier is the key to the call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{patch, post};

use super::address::Client;
use super::problem::Problem;
use super::server::App;
use crate::leg::webrtc::{BadOffer, Control, IceServer, Offer};

const SDP: &str = "application/sdp";
/// A call that is hung up is over within this; the page need not wait for more.
const ENDING: Duration = Duration::from_secs(1);
/// What cannot be set up now may be in a moment.
const AGAIN: Duration = Duration::from_secs(5);

/// The calls that pages may still speak of.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<HashMap<String, Call>>>);

#[derive(Debug, Clone)]
struct Call {
    control: Control,
    /// Number of the last description agreed on.
    version: u32,
}

impl Calls {
    /// Keeps a call until it is over; gives its identifier.
    fn keep(&self, control: Control) -> String {
        let id = uuid::Uuid::new_v4().simple().to_string();
        self.lock().insert(id.clone(), Call { control: control.clone(), version: 1 });
        let (calls, key) = (self.clone(), id.clone());
        tokio::spawn(async move {
            control.over().await;
            calls.lock().remove(&key);
        });
        id
    }

    fn find(&self, id: &str) -> Result<Call, Problem> {
        self.lock().get(id).cloned().ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND, "Appel terminé", "Cet appel n'existe pas, ou n'existe plus.")
        })
    }

    fn renewed(&self, id: &str) -> u32 {
        self.lock().get_mut(id).map_or(0, |call| {
            call.version += 1;
            call.version
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Call>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn routes() -> Router<App> {
    Router::new().route("/appel", post(begin)).route("/appel/{id}", patch(renew).delete(end))
}

async fn begin(
    State(app): State<App>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let sdp = description(&headers, body)?;
    app.begin(client, &headers)?;
    let place = app.sources.calls.enter()?;
    // What is called is the site whose page has the button.
    let to = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default().to_owned();
    // A relay is the browser's business: with one, it reaches us wherever we are.
    let stun = app.settings.ice.stun.clone();
    let ice = vec![IceServer { urls: stun, username: String::new(), credential: String::new() }];
    let (answer, leg, control) = app.sources.browsers.accept(Offer { sdp, to, ice }, place).await?;
    if app.sources.legs.try_send(leg).is_err() {
        // The leg is dropped, which ends the call.
        return Err(busy("the desk takes no more legs"));
    }
    let id = app.calls.keep(control);
    let location = HeaderValue::try_from(format!("/appel/{id}")).unwrap_or(HeaderValue::from_static("/appel"));
    let mut response = answered(StatusCode::CREATED, answer, 1);
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

async fn renew(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let call = app.calls.find(&id)?;
    let sdp = description(&headers, body)?;
    let stale = headers.get(header::IF_MATCH).is_some_and(|tag| tag != "*" && *tag != etag(call.version));
    if stale {
        let detail = "Une reprise plus récente de cet appel est déjà faite.";
        return Err(Problem::new(StatusCode::PRECONDITION_FAILED, "Reprise dépassée", detail));
    }
    let answer = call.control.offer(sdp).await?;
    Ok(answered(StatusCode::OK, answer, app.calls.renewed(&id)))
}

async fn end(State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let call = app.calls.find(&id)?;
    call.control.hang_up();
    // A page that calls again at once finds its place free.
    let _ = tokio::time::timeout(ENDING, call.control.over()).await;
    Ok(StatusCode::OK)
}

/// The request's SDP.
fn description(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<String, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(SDP) {
        let detail = "Une description d'appel (application/sdp) est attendue.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Format inconnu", detail));
    }
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::from(BadOffer::TooLong(0)),
        _ => Problem::from(BadOffer::Malformed(rejection.to_string())),
    })?;
    String::from_utf8(body.into()).map_err(|_| BadOffer::Malformed("not UTF-8".to_owned()).into())
}

fn answered(status: StatusCode, answer: String, version: u32) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(SDP)), (header::ETAG, etag(version))], answer)
        .into_response()
}

fn etag(version: u32) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

fn busy(why: &str) -> Problem {
    tracing::warn!(why, "a browser's call could not be begun");
    let detail = "L'appel n'a pas pu commencer. Réessayez dans un instant.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Indisponible", detail).after(AGAIN)
}

impl From<BadOffer> for Problem {
    fn from(error: BadOffer) -> Self {
        match error {
            BadOffer::NoOpus => {
                let detail = "Votre navigateur ne propose pas de son que nous comprenons (Opus).";
                Self::new(StatusCode::NOT_ACCEPTABLE, "Son incompatible", detail)
            }
            BadOffer::TooLong(_) => {
                let detail = "La description de l'appel est trop longue.";
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Demande trop longue", detail)
            }
            BadOffer::Malformed(_) => {
                let detail = "La description de l'appel envoyée par le navigateur ne se lit pas.";
                Self::new(StatusCode::BAD_REQUEST, "Demande illisible", detail)
            }
            BadOffer::Over => Self::new(StatusCode::NOT_FOUND, "Appel terminé", "Cet appel est terminé."),
            BadOffer::SetUp(why) => busy(&why),
        }
    }
}
