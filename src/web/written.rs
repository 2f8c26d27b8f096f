//! Written conversations over WebSocket (RFC 6455), a JSON object a message.
//!
//! | from the page | to the page |
//! |---|---|
//! | `{"type":"message","texte":"…"}`, at most 1,000 characters | `{"type":"ligne","texte":"…","tour":n,"appeler":[{"numero":"17","sms":false}]}` |
//! | `{"type":"choix","choix":n}`, from 0 | `{"type":"choix","propositions":["…"]}`, those of before go |
//! | `{"type":"fin"}` | `{"type":"source","titre":"…","adresse":"https://…","tour":n}` |
//! | | `{"type":"etat","etat":"ecoute" \| "reflechit" \| "fini","motif":"…"}` |
//! | | `{"type":"refus","motif":"…"}`: the last message was not taken, and why |
//!
//! A conversation that cannot begin is told why in its only `etat`: a page cannot read the status of a handshake.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::address::Client;
use super::problem::Problem;
use super::server::App;
use crate::leg::{Place, Status};
use crate::switchboard::{FromPage, Page, ToPage};

/// The longest message, in characters.
pub const LONGEST: usize = 1_000;
/// A frame of so many bytes holds that many characters, each escaped twice over.
const LARGEST: usize = 16 * 1024;
/// Messages that wait for their answer.
const QUEUE: usize = 8;
/// A conversation's lines on their way to the page.
const SHOWN: usize = 32;
/// Messages that cannot be taken, after which the page is no page of ours.
const MOST_REFUSED: u32 = 20;
/// Proxies cut what is silent for a minute.
const PING: Duration = Duration::from_secs(25);
/// A page that has said nothing for so long, not even to a ping, has gone.
const GONE: Duration = Duration::from_secs(80);
/// A page that takes nothing for so long has gone.
const SLOW: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Received {
    Message { texte: String },
    Choix { choix: usize },
    Fin,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Sent {
    Ligne {
        texte: String,
        tour: u32,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        appeler: Vec<Urgence>,
    },
    Source {
        titre: String,
        adresse: String,
        tour: u32,
    },
    Choix {
        propositions: Vec<String>,
    },
    Etat {
        etat: &'static str,
        motif: String,
    },
    Refus {
        motif: String,
    },
}

#[derive(Debug, Serialize)]
struct Urgence {
    numero: &'static str,
    sms: bool,
}

impl From<ToPage> for Sent {
    fn from(shown: ToPage) -> Self {
        match shown {
            ToPage::Line { turn, text, help } => {
                let appeler = help.into_iter().map(|help| Urgence { numero: help.number, sms: help.by_text });
                Self::Ligne { texte: text, tour: turn, appeler: appeler.collect() }
            }
            ToPage::Source { turn, label, address } => Self::Source { titre: label, adresse: address, tour: turn },
            ToPage::Choices(propositions) => Self::Choix { propositions },
            ToPage::Status(status) => Self::Etat { etat: word(status), motif: String::new() },
        }
    }
}

/// As the data channel of a call says it.
fn word(status: Status) -> &'static str {
    match status {
        Status::Listening => "ecoute",
        Status::Thinking => "reflechit",
        Status::Speaking => "parle",
        Status::HandingOver => "transfert",
        Status::Human => "agent",
        Status::Over => "fini",
    }
}

pub async fn begin(
    State(app): State<App>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if !app.origins.is_page(&headers) {
        return Err(Problem::forbidden_origin());
    }
    let place = app.begin(client, &headers).and_then(|()| Ok(app.sources.conversations.enter()?));
    let site = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default().to_owned();
    let socket = socket.max_message_size(LARGEST).max_frame_size(LARGEST).write_buffer_size(0);
    let taken = move |socket| async move {
        match place {
            Ok(place) => Line { app, client, socket, refused: 0 }.converse(site, place).await,
            Err(problem) => refuse(socket, problem).await,
        }
    };
    Ok(socket.on_upgrade(taken).into_response())
}

/// Tells why there is no conversation, and closes.
async fn refuse(mut socket: WebSocket, problem: Problem) {
    let told = Sent::Etat { etat: "fini", motif: problem.detail };
    if let Some(text) = json(&told) {
        let _ = timeout(SLOW, socket.send(text)).await;
    }
    close(&mut socket, close_code::AGAIN).await;
}

/// One page's socket.
struct Line {
    app: App,
    client: Client,
    socket: WebSocket,
    refused: u32,
}

/// What became of a message.
enum Taken {
    Well,
    /// The page is to be told why not.
    Not(String),
    /// The page has gone.
    Gone,
}

impl Line {
    async fn converse(mut self, site: String, place: Place) {
        let (send, sent) = mpsc::channel(QUEUE);
        let (show, mut shown) = mpsc::channel(SHOWN);
        let page = Page { sent, shown: show, site };
        let sources = self.app.sources.clone();
        let conversation = tokio::spawn(async move {
            // The place is given back when the conversation is over, not when the page has gone.
            let _place = place;
            sources.desk.converse(&sources.writing, page).await;
        });
        let mut pings = interval(PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard_at = Instant::now();
        let code = loop {
            tokio::select! {
                shown = shown.recv() => match shown {
                    Some(shown) => {
                        if !self.send(&Sent::from(shown)).await {
                            break close_code::AWAY;
                        }
                    }
                    // The conversation is over, and all of it has been shown.
                    None => break close_code::NORMAL,
                },
                message = self.socket.recv() => {
                    heard_at = Instant::now();
                    match self.take(message, &send) {
                        Taken::Well => {}
                        Taken::Gone => break close_code::NORMAL,
                        Taken::Not(motif) => {
                            self.refused += 1;
                            metrics::counter!("standardiste_web_refused_total", "reason" => "message").increment(1);
                            if self.refused > MOST_REFUSED || !self.send(&Sent::Refus { motif }).await {
                                break close_code::POLICY;
                            }
                        }
                    }
                }
                _ = pings.tick() => {
                    let ping = self.socket.send(Message::Ping(Vec::new().into()));
                    if heard_at.elapsed() > GONE || !matches!(timeout(SLOW, ping).await, Ok(Ok(()))) {
                        break close_code::AWAY;
                    }
                }
            }
        };
        // The conversation ends with its page, if it has not yet.
        drop(send);
        shown.close();
        close(&mut self.socket, code).await;
        if let Err(error) = conversation.await {
            tracing::error!(%error, "a written conversation stopped");
        }
    }

    fn take(&self, message: Option<Result<Message, axum::Error>>, send: &mpsc::Sender<FromPage>) -> Taken {
        const UNREADABLE: &str = "Ce message ne se lit pas.";
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Taken::Well,
            Some(Ok(Message::Binary(_))) => return Taken::Not(UNREADABLE.to_owned()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Taken::Gone,
        };
        // Also what is refused below costs its sender a token.
        if let Err(wait) = self.app.messages.take(self.client.0, self.app.now()) {
            let seconds = wait.as_secs() + 1;
            return Taken::Not(format!("Vous écrivez trop vite. Réessayez dans {seconds} s."));
        }
        let from_page = match serde_json::from_str(&text) {
            Ok(Received::Message { texte }) if texte.chars().count() > LONGEST => {
                return Taken::Not(format!("Votre message est trop long : {LONGEST} caractères au plus."));
            }
            Ok(Received::Message { texte }) => FromPage::Message(cleaned(&texte)),
            Ok(Received::Choix { choix }) => FromPage::Choice(choix),
            Ok(Received::Fin) => FromPage::End,
            Err(_) => return Taken::Not(UNREADABLE.to_owned()),
        };
        match send.try_send(from_page) {
            Ok(()) => Taken::Well,
            Err(mpsc::error::TrySendError::Full(_)) => {
                Taken::Not("Attendez la réponse à vos premiers messages.".to_owned())
            }
            // Its last lines are still on their way.
            Err(mpsc::error::TrySendError::Closed(_)) => Taken::Well,
        }
    }

    async fn send(&mut self, sent: &Sent) -> bool {
        let Some(text) = json(sent) else { return true };
        matches!(timeout(SLOW, self.socket.send(text)).await, Ok(Ok(())))
    }
}

async fn close(socket: &mut WebSocket, code: u16) {
    let _ = timeout(SLOW, socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() })))).await;
}

fn json(sent: &Sent) -> Option<Message> {
    serde_json::to_string(sent).ok().map(|text| Message::Text(text.into()))
}

/// Without control characters, which have no place in a transcript; lines become spaces.
fn cleaned(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
