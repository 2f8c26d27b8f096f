//! What a WebSocket may be sent by somebody who is no page of ours.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::site::Site;
use crate::support::written::{Socket, connect, greeted, send, until};

async fn refused(socket: &mut Socket, message: Message, words: &str) {
    socket.send(message).await.expect("sent");
    let seen = until(socket, |message| message["type"] == "refus").await;
    let last = seen.last().expect("a refusal");
    assert!(last["motif"].as_str().is_some_and(|motif| motif.contains(words)), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_messages_are_refused_and_the_conversation_goes_on() {
    let site =
        Site::open(&[("WEB__MAX_WRITTEN", "2"), ("WEB__CALLS_PER_MINUTE", "600"), ("WEB__MESSAGES_PER_MINUTE", "60")])
            .await;

    for origin in [None, Some("https://evil.example"), Some("null")] {
        match connect(&site, origin).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin:?}"),
            other => panic!("{origin:?}: {other:?}"),
        }
    }

    let mut socket = greeted(&site).await;
    let long = "é".repeat(1_001);
    refused(&mut socket, Message::text(json!({"type": "message", "texte": long}).to_string()), "trop long").await;
    refused(&mut socket, Message::text("pas du JSON"), "ne se lit pas").await;
    refused(&mut socket, Message::text(r#"{"type":"autre"}"#), "ne se lit pas").await;
    refused(&mut socket, Message::text(r#"{"type":"choix","choix":-1}"#), "ne se lit pas").await;
    refused(&mut socket, Message::binary(vec![0u8; 100]), "ne se lit pas").await;
    // A choice that is not offered is nothing.
    send(&mut socket, json!({"type": "choix", "choix": 99})).await;
    send(
        &mut socket,
        json!({"type": "message", "texte": "\u{0}\u{7}\nComment obtenir\u{202e} un acte de naissance ?"}),
    )
    .await;
    let seen = until(&mut socket, |message| message["type"] == "source").await;
    assert!(seen.iter().any(|m| m["texte"].as_str().is_some_and(|t| t.starts_with("L'acte de naissance"))), "{seen:?}");

    // Thousand characters of what looks like words are answered in time.
    let many = "mariage naissance décès ".repeat(41);
    let begun = Instant::now();
    send(&mut socket, json!({"type": "message", "texte": many})).await;
    until(&mut socket, |message| message["etat"] == "ecoute" && begun.elapsed() > Duration::ZERO).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());

    // A flood is told to slow down, then cut; what was queued is answered in order before.
    for n in 0..200 {
        if socket
            .send(Message::text(json!({"type": "message", "texte": format!("merci {n}")}).to_string()))
            .await
            .is_err()
        {
            break;
        }
    }
    let seen = until(&mut socket, |_| false).await;
    assert!(seen.iter().any(|m| m["type"] == "refus"), "{seen:?}");
    let turns: Vec<u64> = seen.iter().filter_map(|m| m["tour"].as_u64()).collect();
    assert!(turns.is_sorted(), "{turns:?}");
    site.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_too_large_closes_and_whoever_vanishes_gives_the_place_back() {
    let site = Site::open(&[("WEB__MAX_WRITTEN", "2"), ("WEB__CALLS_PER_MINUTE", "600")]).await;
    let mut socket = greeted(&site).await;
    let _ = socket.send(Message::text("x".repeat(200_000))).await;
    assert!(until(&mut socket, |_| false).await.is_empty(), "it is closed without a word");

    for _ in 0..10 {
        // Gone without a close frame, as when a telephone enters a tunnel.
        let (first, second) = (greeted(&site).await, greeted(&site).await);
        let mut third = connect(&site, Some(&format!("http://{}", site.address()))).await.expect("a handshake");
        let seen = until(&mut third, |message| message["etat"] == "fini").await;
        assert!(seen[0]["motif"].as_str().is_some_and(|motif| motif.contains("places sont prises")), "{seen:?}");
        drop((first, second));
        let begun = Instant::now();
        loop {
            let mut next = connect(&site, Some(&format!("http://{}", site.address()))).await.expect("a handshake");
            let seen = until(&mut next, |message| message["type"] == "etat").await;
            if seen.last().is_some_and(|message| message["etat"] == "ecoute") {
                send(&mut next, json!({"type": "fin"})).await;
                until(&mut next, |_| false).await;
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(5), "the places were not given back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    site.close().await;
}
