//! The widget in a real Chromium, served by the whole service: what is proven is in `browser/widget.mjs`.

use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row};

use crate::support::free_port;
use crate::support::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_accessible_and_a_conversation_ends_with_a_message_for_staff() {
    let other = free_port();
    let origin = format!("http://127.0.0.1:{other}");
    let site = Site::open(&[
        ("WEB__ALLOWED_ORIGINS", &origin),
        ("WEB__CALLS_PER_MINUTE", "600"),
        ("WEB__MESSAGES_PER_MINUTE", "600"),
    ])
    .await;
    let scenarios = ["states_of_writing", "conversation", "keyboard", "other_site"];
    let printed = site.visited(&scenarios, &[("SITE_PORT", other.to_string())], Duration::from_secs(240)).await;
    assert_eq!(printed.lines().filter(|line| line.starts_with("ok ")).count(), scenarios.len(), "{printed}");

    let (_folder, database) = site.close().await;
    let mut connection = SqliteConnectOptions::new().filename(&database).connect().await.expect("the database");
    let message =
        sqlx::query("SELECT message.*, channel, handed_over FROM message JOIN call ON call.id = message.call")
            .fetch_one(&mut connection)
            .await
            .expect("one message");
    assert_eq!(message.get::<String, _>("name"), "Camille Martin-Dubois");
    assert_eq!(message.get::<String, _>("number"), "camille.martin@exemple.fr");
    assert_eq!(message.get::<String, _>("text"), "Mon acte a une faute sur le prénom de ma mère.");
    assert_eq!(message.get::<String, _>("channel"), "written");
    assert_eq!(message.get::<String, _>("handed_over"), "requested");
    let call: String = message.get("call");
    let turns = sqlx::query("SELECT heard, said, entry, reason FROM turn WHERE call = ? ORDER BY turn")
        .bind(&call)
        .fetch_all(&mut connection)
        .await
        .expect("its turns");
    let first = &turns[0];
    assert_eq!(first.get::<String, _>("heard"), "Comment obtenir un acte de naissance ?");
    assert_eq!(first.get::<String, _>("entry"), "acte-naissance");
    assert!(first.get::<String, _>("said").starts_with("L'acte de naissance se demande à la mairie"));
    assert_eq!(turns[1].get::<String, _>("reason"), "follow_up");
    let callers: i64 = sqlx::query("SELECT count(*) AS n FROM call WHERE caller != ''")
        .fetch_one(&mut connection)
        .await
        .expect("a count")
        .get("n");
    assert_eq!(callers, 0, "nobody's address is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn speaking_has_captions_keys_and_clear_words_when_it_cannot_be() {
    let other = free_port();
    let insecure = format!("http://ville.test:{other}");
    let site = Site::open(&[("WEB__CALLS_PER_MINUTE", "600"), ("WEB__ALLOWED_ORIGINS", &insecure)]).await;
    let scenarios = ["call", "reduced_motion", "microphone_refused", "no_microphone", "insecure", "blocked_udp"];
    let printed = site.visited(&scenarios, &[("SITE_PORT", other.to_string())], Duration::from_secs(400)).await;
    assert_eq!(printed.lines().filter(|line| line.starts_with("ok ")).count(), scenarios.len(), "{printed}");
    site.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_is_tried_once_more_and_what_was_begun_goes_on() {
    let other = free_port();
    let origin = format!("http://127.0.0.1:{other}");
    let site = Site::open(&[
        ("WEB__ALLOWED_ORIGINS", &origin),
        ("WEB__MAX_WRITTEN", "1"),
        ("WEB__CALLS_PER_MINUTE", "600"),
        ("WEB__MESSAGES_PER_MINUTE", "600"),
    ])
    .await;
    let scenarios = ["cut_writing", "cut_calling"];
    let printed = site.visited(&scenarios, &[("SITE_PORT", other.to_string())], Duration::from_secs(300)).await;
    assert_eq!(printed.lines().filter(|line| line.starts_with("ok ")).count(), scenarios.len(), "{printed}");
    site.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_told_to_open_pages_and_a_written_one_does_not_hold_it() {
    let site = Site::open(&[("CALLS__SHUTDOWN_GRACE_S", "300")]).await;
    let mut visitor = site.visitor(&["stop_writing"], &[]);
    visitor.prints("ready", Duration::from_secs(60)).await;
    let begun = Instant::now();
    site.close().await;
    let held = begun.elapsed();
    assert!(held < Duration::from_secs(90), "a page held the stop for {held:?}");
    visitor.succeeds(Duration::from_secs(30)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_told_to_whoever_speaks() {
    // Nobody answers at the configured telephones.
    let site = Site::open(&[("CALLS__SHUTDOWN_GRACE_S", "10"), ("HANDOVER__RING_TIMEOUT_S", "5")]).await;
    let mut visitor = site.visitor(&["stop_calling"], &[]);
    visitor.prints("ready", Duration::from_secs(120)).await;
    site.close().await;
    visitor.succeeds(Duration::from_secs(30)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_is_said_and_a_freed_place_is_found() {
    let site = Site::open(&[("WEB__MAX_CALLS", "0"), ("WEB__MAX_WRITTEN", "1")]).await;
    site.visited(&["full"], &[], Duration::from_secs(90)).await;
    site.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_begins_too_much_is_told_to_wait() {
    let site = Site::open(&[("WEB__CALLS_PER_MINUTE", "2")]).await;
    site.visited(&["too_many"], &[], Duration::from_secs(90)).await;
    site.close().await;
}
