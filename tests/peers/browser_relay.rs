//! A citizen whose network lets no UDP through: their sound comes by the town's TURN server, with a password of their own.

use std::time::Duration;

use serde_json::json;
use standardiste::app::Service;
use standardiste::config::Secret;

use crate::support::browser::{Browser, to_base64};
use crate::support::citizen::{greeted, heard, messages, side, spoken};
use crate::support::house::configuration;
use crate::support::site::Site;
use crate::support::turn::{SECRET, Turn};

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_heard_and_answered_through_a_relay_alone() {
    let folder = tempfile::tempdir().unwrap();
    let turn = Turn::start().await;
    let mut config = configuration(folder.path());
    config.web_turn.turn = vec![turn.url.clone()];
    config.web_turn.secret = Some(Secret::new(SECRET.to_owned()));
    let question = to_base64(&spoken(&config, "Je voudrais un acte de naissance.").await);
    let service = Service::start(&config).await.expect("the service");
    let mut browser = Browser::start(None).await;
    browser.open(&format!("http://{}/", service.browsed_at.expect("the web server"))).await;
    let script = "const { glace } = await (await fetch('/etat')).json();
        await call.begin({ servers: glace, policy: 'relay' });
        return [await call.connected(20000), glace];";
    let connected = browser.run(script).await;
    assert_eq!(connected[0], json!(true), "{connected}\n{}\n{}", browser.log(), turn.peer.report());
    let used = browser
        .run(
            "const stats = [...(await call.state.pc.getStats()).values()];
             const pair = stats.find((s) => s.type === 'candidate-pair' && s.nominated);
             const mine = stats.find((s) => s.id === pair.localCandidateId);
             return [mine.candidateType, mine.relayProtocol];",
        )
        .await;
    assert_eq!(used, json!(["relay", "tcp"]));
    greeted(&mut browser).await;
    browser.run(&format!("call.say('{question}');")).await;
    let told = messages(&mut browser, Duration::from_secs(60), |m| side(m, "ligne").contains("autre question")).await;
    assert!(side(&told, "appelant").contains("acte de naissance"), "{told:#?}");
    let words = heard(&config, &browser.recorded().await).await;
    assert!(words.contains("naissance") && words.contains("automatique"), "{words}");
    browser.run("await call.end();").await;
    drop(browser);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_refuses_is_told_in_clear_words() {
    let turn = Turn::start().await;
    let site =
        Site::open(&[("WEB__TURN__TURN", &turn.url), ("WEB__TURN__SECRET", SECRET), ("WEB__CALLS_PER_MINUTE", "600")])
            .await;
    let environment = [("TURN_SECRET", SECRET.to_owned())];
    site.visited(&["relayed"], &environment, Duration::from_secs(180)).await;
    // Refused by the relay, not by chance.
    let log = turn.peer.output();
    let refused = log.lines().filter_map(|line| line.split_once("Cannot find credentials of user "));
    let users: std::collections::BTreeSet<&str> = refused.map(|(_, user)| user).collect();
    assert_eq!(users.len(), 2, "one with a wrong password, one with an old one: {users:?}");
    site.close().await;
}
