//! A page that writes, reduced to its WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::site::Site;

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub async fn connect(site: &Site, origin: Option<&str>) -> Result<Socket, Error> {
    connect_to(site, "/ecrit", origin).await
}

/// By the site's own page, to go on with a conversation.
pub async fn back(site: &Site, key: &str, got: usize) -> Socket {
    let mut socket = connect_to(site, "/ecrit?reprise", Some(&format!("http://{}", site.address()))).await.unwrap();
    send(&mut socket, json!({"type": "reprise", "cle": key, "recu": got})).await;
    socket
}

pub async fn connect_to(site: &Site, path: &str, origin: Option<&str>) -> Result<Socket, Error> {
    let mut request = format!("ws://{}{path}", site.address()).into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("Origin", origin.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

/// A conversation whose greeting has been shown.
pub async fn greeted(site: &Site) -> Socket {
    let mut socket = connect(site, Some(&format!("http://{}", site.address()))).await.expect("a conversation");
    until(&mut socket, |message| message["etat"] == "ecoute").await;
    socket
}

/// The objects up to the one wanted, which is the last; none follow when the socket closes before.
pub async fn until(socket: &mut Socket, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut seen = Vec::new();
    loop {
        match timeout(Duration::from_secs(20), socket.next()).await.expect("something is said") {
            Some(Ok(Message::Text(text))) => {
                seen.push(serde_json::from_str(&text).expect("JSON"));
                if wanted(&seen[seen.len() - 1]) {
                    return seen;
                }
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => return seen,
            Some(Ok(_)) => {}
        }
    }
}

pub async fn send(socket: &mut Socket, value: Value) {
    socket.send(Message::text(value.to_string())).await.expect("sent");
}
