//! A written conversation whose socket ends without a word: who may come back to it, and what they are shown.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::support::site::Site;
use crate::support::written::{Socket, back, connect, connect_to, send, until};

async fn site() -> Site {
    Site::open(&[("WEB__MAX_WRITTEN", "2"), ("WEB__CALLS_PER_MINUTE", "600"), ("WEB__MESSAGES_PER_MINUTE", "600")])
        .await
}

/// A conversation whose greeting has been shown, its key, and how much of it has come.
async fn begun(site: &Site) -> (Socket, String, usize) {
    let mut socket = connect(site, Some(&format!("http://{}", site.address()))).await.expect("a conversation");
    let seen = until(&mut socket, |message| message["etat"] == "ecoute").await;
    assert_eq!(seen[0]["type"], "debut", "{seen:?}");
    let key = seen[0]["cle"].as_str().expect("a key").to_owned();
    (socket, key, seen.len() - 1)
}

fn listens(message: &Value) -> bool {
    message["etat"] == "ecoute"
}

/// A question that has been answered; gives what was shown.
async fn asked(socket: &mut Socket, question: &str) -> Vec<Value> {
    send(socket, json!({"type": "message", "texte": question})).await;
    until(socket, |message| message["etat"] == "reflechit")
        .await
        .into_iter()
        .chain(until(socket, listens).await)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_shown_once_and_the_conversation_goes_on() {
    let site = site().await;
    let (mut socket, key, greeting) = begun(&site).await;
    let answer = asked(&mut socket, "Comment obtenir un acte de naissance ?").await;
    drop(socket);

    // The last two did not come through.
    let mut socket = back(&site, &key, greeting + answer.len() - 2).await;
    let seen = until(&mut socket, listens).await;
    assert_eq!(seen[0], json!({"type": "reprise", "recu": 1}));
    assert_eq!(seen[1..], answer[answer.len() - 2..]);

    // The follow-up is still of the same subject, and its button means what it did.
    let choices = answer.iter().rfind(|message| message["type"] == "choix").expect("buttons");
    let texts = choices["propositions"].as_array().expect("texts");
    let cost =
        texts.iter().position(|text| text.as_str().is_some_and(|text| text.contains("coûte"))).expect("a button");
    send(&mut socket, json!({"type": "choix", "choix": cost})).await;
    let said = until(&mut socket, |message| message["type"] == "choix").await;
    assert!(said[0]["texte"].as_str().is_some_and(|text| text.contains("gratuit")), "{said:?}");

    // A page that opens another socket before its first is seen to be dead is the same page.
    let mut other = back(&site, &key, 0).await;
    let all = until(&mut other, |message| message["texte"].as_str().is_some_and(|text| text.contains("gratuit"))).await;
    assert_eq!(all[0], json!({"type": "reprise", "recu": 2}));
    assert!(all[1]["texte"].as_str().is_some_and(|text| text.contains("Bonjour")), "{all:?}");
    assert!(
        until(&mut socket, |_| false).await.iter().all(|message| message["type"] != "ligne"),
        "the first one is over"
    );
    site.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_known_begins_anew_and_one_that_is_over_too() {
    let site = site().await;
    let mut stranger = back(&site, "0123456789abcdef0123456789abcdef", 3).await;
    let seen = until(&mut stranger, listens).await;
    assert_eq!(seen[0]["type"], "debut", "{seen:?}");
    send(&mut stranger, json!({"type": "fin"})).await;
    until(&mut stranger, |_| false).await;

    let key = seen[0]["cle"].as_str().expect("a key").to_owned();
    let mut again = back(&site, &key, 0).await;
    let seen = until(&mut again, listens).await;
    assert!(seen[0]["type"] == "debut" && seen[0]["cle"] != key.as_str(), "{seen:?}");

    // Neither a key in the wrong place nor what is no key is anything.
    send(&mut again, json!({"type": "reprise", "cle": key, "recu": 0})).await;
    let seen = until(&mut again, |message| message["type"] == "refus").await;
    assert_eq!(seen.len(), 1, "{seen:?}");
    match connect_to(&site, "/ecrit?reprise", Some("https://evil.example")).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("{other:?}"),
    }
    site.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_away_does_not_hold_a_stop() {
    let site = site().await;
    let (mut socket, _, _) = begun(&site).await;
    asked(&mut socket, "Comment obtenir un acte de naissance ?").await;
    drop(socket);
    let begun = Instant::now();
    site.close().await;
    assert!(begun.elapsed() < Duration::from_secs(20), "held for {:?}", begun.elapsed());
}
