//! The whole line and a citizen's browser: a question asked aloud is answered aloud and captioned, the caller may
//! interrupt, and a bad network does not matter.

use std::time::Duration;

use serde_json::{Value, json};
use standardiste::app::Service;
use standardiste::store::Store;

use crate::support::baresip::{Baresip, Phone};
use crate::support::browser::{Browser, to_base64};
use crate::support::citizen::{greeted, heard, messages, microphone, side, spoken, state};
use crate::support::house::{caller_says, configuration, ended_call};
use crate::support::relay::{Relay, Weather};

const QUESTION: &str = "Je voudrais un acte de naissance.";

/// The answer has been said and the line listens again.
fn answered(messages: &[Value]) -> bool {
    let asked = messages.iter().position(|m| m["cote"] == "appelant" && m["final"] == true);
    let spoke = asked.and_then(|at| messages[at..].iter().position(|m| m["etat"] == "parle").map(|i| at + i));
    spoke.is_some_and(|at| messages[at..].iter().any(|m| m["etat"] == "ecoute"))
}

/// Each with its status and words for the citizen.
async fn refuses_what_is_no_call(browser: &mut Browser) {
    let script = "const ask = async (method, path, type, body) => {
            const response = await fetch(path, { method, body, headers: { 'Content-Type': type } });
            return [response.status, (await response.json().catch(() => ({}))).titre ?? ''];
        };
        const sdp = 'application/sdp';
        return [
            await ask('POST', '/appel', 'text/plain', 'v=0'),
            await ask('POST', '/appel', sdp, 'bonjour'),
            await ask('POST', '/appel', sdp, 'a'.repeat(70000)),
            await ask('PATCH', '/appel/rien', sdp, 'v=0'),
            await ask('DELETE', '/appel/rien', sdp),
        ];";
    let expected = json!([
        [415, "Format inconnu"],
        [400, "Demande illisible"],
        [413, "Demande trop longue"],
        [404, "Appel terminé"],
        [404, "Appel terminé"],
    ]);
    assert_eq!(browser.run(script).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_asked_in_a_browser_is_answered_aloud_and_captioned() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configuration(folder.path());
    let file = microphone(folder.path(), &[spoken(&config, QUESTION).await], Duration::from_secs(60));
    let service = Service::start(&config).await.expect("the service");
    let url = format!("http://{}/", service.browsed_at.expect("the web server"));
    let mut browser = Browser::start(Some(&file)).await;
    browser.open(&url).await;
    refuses_what_is_no_call(&mut browser).await;
    browser.call("{ device: true }").await;
    let stale = "const bad = await fetch(call.state.location, { method: 'PATCH', body: call.state.answer,
            headers: { 'Content-Type': 'application/sdp', 'If-Match': '\"7\"' } });
        return bad.status;";
    assert_eq!(browser.run(stale).await, json!(412));
    let said = messages(&mut browser, Duration::from_secs(90), answered).await;
    assert!(side(&said, "ligne").contains("automatique"), "{said:#?}");
    assert!(side(&said, "appelant").contains("naissance"), "{said:#?}");
    let words = heard(&config, &browser.recorded().await).await;
    for key in ["bonjour", "automatique", "naissance"] {
        assert!(words.contains(key), "«{key}» in: {words}");
    }
    println!("offer to answer: {} ms", browser.run("return call.state.timings.answer;").await);
    browser.run("await call.end();").await;
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (start, end) = ended_call(&store).await;
    assert_eq!((start.channel.as_str(), start.from.as_str(), end.how.as_str()), ("webrtc", "", "caller"));
    let turns = store.turns(&start.id).await.expect("the turns");
    assert_eq!(turns[0].entry.as_deref(), Some("acte-naissance"), "{turns:?}");
    let browser_ms = turns[0].voice_to_voice_ms;

    // The same question by telephone, for the delay's sake.
    let source = caller_says(&config, folder.path(), &[QUESTION], Duration::from_secs(20)).await;
    let caller = Baresip::start(&Phone {
        user: "citoyen",
        calls: Some(format!("sip:etat-civil@{}", service.sip_address())),
        source: Some(source),
        ..Phone::default()
    });
    let start = loop {
        let (start, _) = ended_call(&store).await;
        if start.channel == "sip" {
            break start;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let turns = store.turns(&start.id).await.expect("the turns");
    println!("voice to voice: browser {browser_ms:?} ms, telephone {:?} ms", turns[0].voice_to_voice_ms);
    drop(caller);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_interrupts_from_a_browser_and_a_bad_network_does_not_matter() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configuration(folder.path());
    let question = to_base64(&spoken(&config, QUESTION).await);
    let service = Service::start(&config).await.expect("the service");
    let url = format!("http://{}/", service.browsed_at.expect("the web server"));

    let mut browser = Browser::start(None).await;
    browser.open(&url).await;
    browser.call("{}").await;
    greeted(&mut browser).await;
    browser.run(&format!("call.say('{question}');")).await;
    let before = messages(&mut browser, Duration::from_secs(30), |m| {
        side(m, "appelant").contains("naissance") && state(m) == "parle"
    })
    .await
    .len();
    // A second into the answer, the caller speaks again.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let stopped = browser
        .run(&format!(
            "call.say('{question}');
             await call.until(() => call.state.messages.slice({before}).some((m) => m.etat === 'ecoute'), 5000);
             const since = performance.now();
             await new Promise((done) => setTimeout(done, 600));
             return call.state.lastLoud - since;"
        ))
        .await;
    let stopped = stopped.as_f64().expect("a time");
    assert!(stopped < 450.0, "still heard {stopped} ms after the line had stopped");
    browser.run("await call.end();").await;
    drop(browser);

    // Five datagrams of a hundred lost and up to 60 ms of delay, each way.
    let relay = Relay::start(Weather { lost_per_mille: 50, jitter: Duration::from_millis(60) }).await;
    let mut browser = Browser::start(None).await;
    browser.open(&url).await;
    browser.run(&format!("await call.begin({{ relay: {} }});", relay.port)).await;
    relay.aim(browser.run("return call.state.answer;").await.as_str().expect("an answer"));
    assert_eq!(browser.run("return await call.connected(20000);").await, json!(true), "{}", browser.log());
    greeted(&mut browser).await;
    browser.run(&format!("call.say('{question}');")).await;
    let said = messages(&mut browser, Duration::from_secs(60), answered).await;
    let (passed, lost) = relay.counts();
    println!("relay: {passed} passed, {lost} lost; the caller was heard as: {}", side(&said, "appelant"));
    assert!(lost * 100 > passed * 3, "the network was not bad: {passed} passed, {lost} lost");
    assert!(side(&said, "appelant").contains("acte de naissance"), "{said:#?}");
    let words = heard(&config, &browser.recorded().await).await;
    assert!(words.contains("naissance") && words.contains("automatique"), "{words}");
    browser.run("await call.end();").await;
    drop(browser);
    service.stop().await;
}
