//! One conversation and its page's sockets, one after the other.

use std::collections::VecDeque;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::message::{Sent, UNREADABLE, read};
use super::threads::{Back, Entry};
use super::{Arrival, COMES_BACK, KEPT};
use crate::leg::Place;
use crate::switchboard::{FromPage, Page, ToPage};
use crate::web::server::App;

/// Messages that wait for their answer.
const QUEUE: usize = 8;
/// A conversation's lines on their way to the page.
const SHOWN: usize = 32;
/// What was shown last, for a page that has missed it: more than eight answers with their choices and states.
const REMEMBERED: usize = 128;
/// Messages that cannot be taken, after which the page is no page of ours.
const MOST_REFUSED: u32 = 20;
/// Proxies cut what is silent for a minute.
const PING: Duration = Duration::from_secs(25);
/// A page that has said nothing for so long, not even to a ping, has gone.
const GONE: Duration = Duration::from_secs(80);
/// A page that takes nothing for so long has gone.
const SLOW: Duration = Duration::from_secs(10);
/// How often a conversation without its page looks whether the service stops.
const LOOK: Duration = Duration::from_secs(1);

/// The conversation's side of its page.
pub struct Line {
    app: App,
    /// What was shown last, and how much had been before it.
    shown: VecDeque<String>,
    forgotten: u64,
    /// Messages and choices that the page has sent.
    received: u64,
    refused: u32,
}

/// How a socket ended.
enum After {
    /// The conversation is over, or its page has left it.
    Over(u16),
    /// The page may come back.
    Lost,
    /// The page has come back before its old socket was seen to be dead.
    Moved(Box<Arrival>, u64),
}

/// What became of a message.
enum Taken {
    Well,
    /// The page is to be told why not.
    Not(String),
    Ended(After),
}

impl Line {
    pub fn new(app: App) -> Self {
        Self { app, shown: VecDeque::new(), forgotten: 0, received: 0, refused: 0 }
    }

    pub async fn converse(mut self, arrival: Arrival, site: String, place: Place) {
        let (send, sent) = mpsc::channel(QUEUE);
        let (show, mut shown) = mpsc::channel(SHOWN);
        let page = Page { sent, shown: show, site };
        let sources = self.app.sources.clone();
        let conversation = tokio::spawn(async move {
            // The place is given back when the conversation is over, not when the page has gone.
            let _place = place;
            sources.desk.converse(&sources.writing, page).await;
        });
        let mut entry = self.app.threads.enter();
        let mut arrival = arrival;
        let begun = Sent::Debut { cle: entry.key.clone() };
        let mut after = match self::send(&mut arrival.socket, &begun.json()).await {
            true => self.attend(&mut arrival, &send, &mut shown, &mut entry).await,
            false => After::Lost,
        };
        loop {
            let (back, got) = match after {
                After::Over(code) => {
                    close(&mut arrival.socket, code).await;
                    break;
                }
                After::Moved(back, got) => (*back, got),
                After::Lost => {
                    drop(arrival);
                    match self.wait(&mut shown, &mut entry).await {
                        Some(back) => back,
                        None => break,
                    }
                }
            };
            arrival = back;
            after = match self.catch_up(&mut arrival.socket, got).await {
                true => self.attend(&mut arrival, &send, &mut shown, &mut entry).await,
                false => After::Lost,
            };
        }
        // The conversation ends with its page, if it has not yet.
        drop((send, entry));
        shown.close();
        if let Err(error) = conversation.await {
            tracing::error!(%error, "a written conversation stopped");
        }
    }

    /// Carries messages both ways for as long as the socket lives.
    async fn attend(
        &mut self,
        arrival: &mut Arrival,
        send: &mpsc::Sender<FromPage>,
        shown: &mut mpsc::Receiver<ToPage>,
        entry: &mut Entry,
    ) -> After {
        let mut pings = interval(PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard_at = Instant::now();
        loop {
            tokio::select! {
                shown = shown.recv() => match shown {
                    Some(shown) => {
                        let text = self.remember(shown);
                        if !self::send(&mut arrival.socket, &text).await {
                            return After::Lost;
                        }
                    }
                    // The conversation is over, and all of it has been shown.
                    None => return After::Over(close_code::NORMAL),
                },
                message = arrival.socket.recv() => {
                    heard_at = Instant::now();
                    match self.take(message, arrival, send) {
                        Taken::Well => {}
                        Taken::Ended(after) => return after,
                        Taken::Not(motif) => {
                            self.refused += 1;
                            metrics::counter!("standardiste_web_refused_total", "reason" => "message").increment(1);
                            if self.refused > MOST_REFUSED {
                                return After::Over(close_code::POLICY);
                            }
                            if !self::send(&mut arrival.socket, &Sent::Refus { motif }.json()).await {
                                return After::Lost;
                            }
                        }
                    }
                }
                Some(back) = entry.back.recv() => match back {
                    Back::Page(arrival, got) => return After::Moved(arrival, got),
                    Back::GiveUp => return After::Over(close_code::AWAY),
                },
                _ = pings.tick() => {
                    let ping = arrival.socket.send(Message::Ping(Vec::new().into()));
                    if heard_at.elapsed() > GONE || !matches!(timeout(SLOW, ping).await, Ok(Ok(()))) {
                        return After::Lost;
                    }
                }
            }
        }
    }

    /// Waits for the page to come back; none when it has not in time, or nothing is left to come back to.
    async fn wait(&mut self, shown: &mut mpsc::Receiver<ToPage>, entry: &mut Entry) -> Option<(Arrival, u64)> {
        tracing::info!("a page has gone without a word: its conversation waits");
        entry.is_lost(true);
        let until = Instant::now() + KEPT;
        let mut looks = interval(LOOK);
        let back = loop {
            tokio::select! {
                back = entry.back.recv() => match back {
                    Some(Back::Page(arrival, got)) => break Some((*arrival, got)),
                    Some(Back::GiveUp) | None => break None,
                },
                shown = shown.recv() => match shown {
                    Some(shown) => drop(self.remember(shown)),
                    None => break None,
                },
                _ = looks.tick() => {
                    if self.app.sources.conversations.is_closed() {
                        break None;
                    }
                }
                () = sleep_until(until) => break None,
            }
        };
        entry.is_lost(false);
        tracing::info!(back = back.is_some(), "a conversation has waited for its page");
        let outcome = if back.is_some() { "back" } else { "gone" };
        metrics::counter!("standardiste_web_lost_total", "outcome" => outcome).increment(1);
        back
    }

    /// Shows a page that is back what it has missed; `got`: how much it has.
    async fn catch_up(&mut self, socket: &mut WebSocket, got: u64) -> bool {
        if !send(socket, &Sent::Reprise { recu: self.received }.json()).await {
            return false;
        }
        let known = usize::try_from(got.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        for text in self.shown.iter().skip(known) {
            if !send(socket, text).await {
                return false;
            }
        }
        true
    }

    fn remember(&mut self, shown: ToPage) -> String {
        let text = Sent::from(shown).json();
        if self.shown.len() == REMEMBERED {
            self.shown.pop_front();
            self.forgotten += 1;
        }
        self.shown.push_back(text.clone());
        text
    }

    fn take(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        arrival: &Arrival,
        send: &mpsc::Sender<FromPage>,
    ) -> Taken {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Taken::Well,
            Some(Ok(Message::Binary(_))) => return Taken::Not(UNREADABLE.to_owned()),
            Some(Ok(Message::Close(Some(CloseFrame { code: COMES_BACK, .. })))) => return Taken::Ended(After::Lost),
            Some(Ok(Message::Close(_))) => return Taken::Ended(After::Over(close_code::NORMAL)),
            Some(Err(_)) | None => return Taken::Ended(After::Lost),
        };
        self.received += 1;
        // Also what is refused below costs its sender a token.
        if let Err(wait) = self.app.messages.take(arrival.client.0, self.app.now()) {
            let seconds = wait.as_secs() + 1;
            return Taken::Not(format!("Vous écrivez trop vite. Réessayez dans {seconds} s."));
        }
        let from_page = match read(&text) {
            Ok(from_page) => from_page,
            Err(motif) => return Taken::Not(motif),
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
}

pub async fn send(socket: &mut WebSocket, text: &str) -> bool {
    matches!(timeout(SLOW, socket.send(Message::Text(text.into()))).await, Ok(Ok(())))
}

pub async fn close(socket: &mut WebSocket, code: u16) {
    let _ = timeout(SLOW, socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() })))).await;
}
