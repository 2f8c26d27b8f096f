//! Written conversations over WebSocket (RFC 6455), a JSON object a message.
//!
//! | from the page | to the page |
//! |---|---|
//! | `{"type":"message","texte":"…"}`, at most 1,000 characters | `{"type":"ligne","texte":"…","tour":n,"appeler":[{"numero":"17","sms":false}]}` |
//! | `{"type":"choix","choix":n}`, from 0 | `{"type":"choix","propositions":["…"]}`, those of before go |
//! | `{"type":"fin"}` | `{"type":"source","titre":"…","adresse":"https://…","tour":n}` |
//! | | `{"type":"etat","etat":"ecoute" \| "reflechit" \| "fini","motif":"…"}` |
//! | | `{"type":"refus","motif":"…"}`: the last message was not taken, and why |
//! | | `{"type":"debut","cle":"…"}`: first of a new conversation; its key, to come back with |
//! | `{"type":"reprise","cle":"…","recu":n}`, first on `/ecrit?reprise` | `{"type":"reprise","recu":n}`, then what was missed |
//!
//! A conversation that cannot begin is told why in its only `etat`: a page cannot read the status of a handshake.
//!
//! **Coming back.** A socket that ends without a word, or with the code [`COMES_BACK`], leaves its conversation waiting for
//! [`KEPT`]. The page opens another one with the key and what it has got: `recu` counts the lines, sources, choices and
//! states, on our side the messages and choices. What it missed is sent again, and it sends again what we missed. A key
//! that is not known any more begins a new conversation (`debut`). A newcomer who finds no place takes the place of whoever
//! has been away for longest.

mod line;
mod message;
mod threads;

use std::time::Duration;

use axum::Extension;
use axum::extract::ws::{WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, sleep};

use super::address::Client;
use super::problem::Problem;
use super::server::App;
use crate::leg::{Place, Refusal};
use line::{Line, close, send};
use message::LARGEST;
use message::Sent;
pub use threads::Threads;

/// A conversation without its page is kept for so long: a tunnel, a lift, a telephone that changes networks.
pub const KEPT: Duration = Duration::from_secs(120);
/// The code of a page that closes its socket to open another.
pub const COMES_BACK: u16 = 4001;
/// A place is given back within this by a conversation that is given up.
const GIVEN_BACK: Duration = Duration::from_secs(1);

/// A page's socket, and where it comes from.
pub struct Arrival {
    socket: WebSocket,
    client: Client,
}

pub async fn begin(
    State(app): State<App>,
    Extension(client): Extension<Client>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if !app.origins.is_page(&headers) {
        return Err(Problem::forbidden_origin());
    }
    let back = query.as_deref() == Some("reprise");
    let socket = socket.max_message_size(LARGEST).max_frame_size(LARGEST).write_buffer_size(0);
    let taken = move |socket| async move {
        let mut arrival = Arrival { socket, client };
        if back {
            match app.threads.take_back(arrival).await {
                Some(stranger) => arrival = stranger,
                None => return,
            }
        }
        let site = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default().to_owned();
        let place = match app.begin(client, &headers) {
            Ok(()) => place(&app).await.map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        match place {
            Ok(place) => Line::new(app).converse(arrival, site, place).await,
            Err(problem) => refuse(arrival.socket, problem).await,
        }
    };
    Ok(socket.on_upgrade(taken).into_response())
}

/// A place, if need be that of a conversation whose page has gone.
async fn place(app: &App) -> Result<Place, Refusal> {
    let until = Instant::now() + GIVEN_BACK;
    let mut given_up = false;
    loop {
        match app.sources.conversations.enter() {
            Err(refusal) if refusal.status == 486 && Instant::now() < until => {
                given_up = given_up || app.threads.give_up_oldest();
                if !given_up {
                    return Err(refusal);
                }
                sleep(Duration::from_millis(10)).await;
            }
            entered => return entered,
        }
    }
}

/// Tells why there is no conversation, and closes.
async fn refuse(mut socket: WebSocket, problem: Problem) {
    let told = Sent::Etat { etat: "fini", motif: problem.detail };
    send(&mut socket, &told.json()).await;
    close(&mut socket, close_code::AGAIN).await;
}
