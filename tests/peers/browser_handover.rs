//! A browser's call that a human takes: the line rings their telephone, each hears what the other says, and nothing of it
//! is written down or shown.

use std::time::Duration;

use serde_json::json;
use standardiste::app::{self, Service};
use standardiste::call::{Reason, Way};
use standardiste::store::Store;
use standardiste::tts::Voice;

use crate::support::baresip::{Baresip, Phone};
use crate::support::browser::{Browser, to_base64};
use crate::support::citizen::{greeted, heard, messages, microphone, side, spoken, state};
use crate::support::house::{configuration, destination, ended_call, extension, received, says};
use crate::support::kamailio::{Habits, Kamailio, PASSWORD};

const SOON: Duration = Duration::from_secs(10);
/// Ringing, and the words before it, on a busy machine.
const TAKEN: Duration = Duration::from_secs(40);
const ASKED: &str = "Je voudrais parler à un agent.";
const CITIZEN: &str = "Merci beaucoup, je passerai avec mon passeport.";
const AGENT: &str = "Votre livret de famille sera prêt vendredi matin.";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// How much of `frequency`, in Hz, is in a sound of 16 kHz: the largest amplitude in 50 ms (Goertzel).
fn strongest(sound: &[i16], frequency: f64) -> f64 {
    let step = std::f64::consts::TAU * frequency / 16_000.0;
    let amplitude = |block: &[i16]| {
        let (mut before, mut last) = (0.0, 0.0);
        for sample in block {
            (before, last) = (last, f64::from(*sample) + 2.0 * step.cos() * last - before);
        }
        let power: f64 = last * last + before * before - 2.0 * step.cos() * last * before;
        power.max(0.0).sqrt() * 2.0 / block.len() as f64
    };
    sound.chunks_exact(800).map(amplitude).fold(0.0, f64::max)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_and_a_human_behind_an_exchange_hear_each_other_and_each_others_keys() {
    let folder = tempfile::tempdir().unwrap();
    let pbx = Kamailio::with(Habits { challenges: Some("ligne"), ..Habits::default() }).await;
    let mut config = configuration(folder.path());
    extension(&mut config, &pbx);
    config.destinations = vec![destination(format!("sip:guichet@127.0.0.1:{}", pbx.port), "Guichet")];
    let voice = Voice::start(app::speaking(&config)).expect("the voice");
    let agent_says = says(&voice, &folder.path().join("agent.wav"), seconds(4), &[AGENT], seconds(90)).await;
    drop(voice);
    let (asked, citizen) = (spoken(&config, ASKED).await, spoken(&config, CITIZEN).await);
    let agent = Baresip::start(&Phone {
        user: "guichet",
        registrar: Some(format!("127.0.0.1:{}", pbx.port)),
        account: format!(";auth_pass={PASSWORD}"),
        source: Some(agent_says),
        ..Phone::default()
    });
    pbx.peer.prints("REGISTER guichet", SOON).await;
    let service = Service::start(&config).await.expect("the service");
    pbx.peer.prints("REGISTER ligne", SOON).await;

    let mut browser = Browser::start(None).await;
    browser.open(&format!("http://{}/", service.browsed_at.expect("the web server"))).await;
    browser.call("{}").await;
    greeted(&mut browser).await;
    browser.run(&format!("call.say('{}');", to_base64(&asked))).await;
    let told = messages(&mut browser, TAKEN, |m| state(m) == "agent").await;
    assert!(side(&told, "appelant").contains("agent"), "{told:#?}");
    assert!(told.iter().any(|m| m["etat"] == "transfert"), "the page was not told that a human was rung: {told:#?}");
    let taken = browser.run("return call.state.recorded.length;").await;
    // The human speaks from 4 to 8 s on; the citizen does after that.
    tokio::time::sleep(seconds(9)).await;
    browser.run(&format!("call.say('{}');", to_base64(&citizen))).await;
    tokio::time::sleep(seconds(6)).await;
    browser.run("call.state.sender.dtmf.insertDTMF('5', 100);").await;
    agent.peer.prints("event: '5'", SOON).await;
    agent.presses("7").await;
    tokio::time::sleep(seconds(2)).await;

    let after = browser.messages().await;
    assert_eq!(after.len(), told.len(), "between two people nothing is shown: {:#?}", &after[told.len()..]);
    let sound = browser.recorded().await;
    let from = taken.as_u64().expect("a number of blocks") as usize * 1_600;
    let by_citizen = heard(&config, &sound[from..]).await;
    assert!(by_citizen.contains("livret"), "what the human said, at the citizen's: {by_citizen}");
    // The key 7 is 852 Hz and 1,209 Hz at once (ITU-T Q.23).
    let key = &sound[sound.len() - 3 * 16_000..];
    let (low, high, beside) = (strongest(key, 852.0), strongest(key, 1_209.0), strongest(key, 1_000.0));
    assert!(low.min(high) > 500.0 && beside < low.min(high) / 4.0, "7 at the citizen's: {low} {high}, {beside} beside");

    browser.run("await call.end();").await;
    agent.peer.prints("terminated", SOON).await;
    let by_agent = received(&config, agent.peer.folder.path()).await;
    assert!(by_agent.contains("passeport"), "what the citizen said, at the human's: {by_agent}");
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (start, end) = ended_call(&store).await;
    let outcome = (end.how.as_str(), end.handed_over, end.destination.as_deref(), end.way);
    assert_eq!(outcome, ("handed_over", Some(Reason::Requested), Some("Guichet"), Some(Way::Bridge)));
    assert_eq!(start.channel, "webrtc");
    let written = store.turns(&start.id).await.expect("the turns");
    assert!(written.iter().all(|turn| !turn.heard.to_lowercase().contains("passeport")), "{written:?}");
    drop((browser, agent));
    service.stop().await;
}

/// What the widget's panel shows.
async fn shown(browser: &mut Browser) -> String {
    let words = browser
        .run("return document.querySelector('standardiste-accueil').shadowRoot.querySelector('dialog').innerText;")
        .await;
    words.as_str().unwrap_or_default().to_owned()
}

async fn shows(browser: &mut Browser, words: &str, limit: Duration) -> String {
    let start = std::time::Instant::now();
    loop {
        let now = shown(browser).await;
        if now.contains(words) {
            return now;
        }
        assert!(start.elapsed() < limit, "«{words}» never came: {now}\n{}", browser.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_widget_says_that_a_human_speaks_and_a_human_who_hangs_up_ends_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = configuration(folder.path());
    let voice = Voice::start(app::speaking(&config)).expect("the voice");
    let agent_says = says(&voice, &folder.path().join("agent.wav"), seconds(2), &[AGENT], seconds(22)).await;
    drop(voice);
    let microphone = {
        let sentences = [spoken(&config, ASKED).await, spoken(&config, CITIZEN).await];
        microphone(folder.path(), &sentences, seconds(22))
    };
    // It hangs up when its file ends.
    let agent = Baresip::start(&Phone { user: "guichet", source: Some(agent_says), ..Phone::default() });
    config.destinations = vec![destination(format!("sip:guichet@127.0.0.1:{}", agent.port), "Guichet")];
    let service = Service::start(&config).await.expect("the service");
    let mut browser = Browser::start(Some(&microphone)).await;
    browser.open(&format!("http://{}/", service.browsed_at.expect("the web server"))).await;
    let press = |label: &str| {
        format!(
            "const root = document.querySelector('standardiste-accueil').shadowRoot;
             const named = (b) => b.checkVisibility() && b.innerText.trim().startsWith('{label}');
             return await call.until(() => [...root.querySelectorAll('button')].find(named)) && ([...root.querySelectorAll('button')].find(named).click(), true);"
        )
    };
    assert_eq!(browser.run(&press("Une question")).await, json!(true));
    assert_eq!(browser.run(&press("Parler")).await, json!(true));
    let with_human = shows(&mut browser, "Vous êtes avec un agent de la mairie", seconds(90)).await;
    assert!(with_human.contains("Rien n’est plus transcrit"), "{with_human}");
    let over = shows(&mut browser, "L’appel est terminé", seconds(60)).await;
    assert!(!over.to_lowercase().contains("passeport"), "what was said to the human is not shown: {over}");
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (_, end) = ended_call(&store).await;
    assert_eq!((end.how.as_str(), end.way), ("handed_over", Some(Way::Bridge)), "{}", agent.peer.report());
    let by_agent = received(&config, agent.peer.folder.path()).await;
    assert!(by_agent.contains("passeport"), "what the citizen said, at the human's: {by_agent}");
    drop((browser, agent));
    service.stop().await;
}
