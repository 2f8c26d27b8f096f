//! A browser's connection that is muted, lost, found again, or never there.

use std::time::Duration;

use serde_json::json;
use standardiste::leg::webrtc::Settings;
use standardiste::leg::{Event, Gone};

use crate::support::browser::{Browser, to_base64};
use crate::support::line::{Script, tone};
use crate::support::reception::{Reception, settings};
use crate::support::relay::{Relay, Weather};

const SOON: Duration = Duration::from_secs(5);

/// A call through a relay that can be cut.
async fn relayed() -> (Reception, Browser, Relay) {
    let reception = Reception::start(settings(), Script::default()).await;
    let relay = Relay::start(Weather::default()).await;
    let mut browser = Browser::start(None).await;
    browser.open(&reception.url()).await;
    browser.run(&format!("await call.begin({{ relay: {} }});", relay.port)).await;
    relay.aim(browser.run("return call.state.answer;").await.as_str().unwrap());
    assert_eq!(browser.run("return await call.connected(10000);").await, json!(true), "{}", browser.log());
    reception.sees(SOON, |call| call.has(&Event::Answered)).await;
    (reception, browser, relay)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_caller_is_a_silent_caller_not_a_lost_one() {
    let reception = Reception::start(settings(), Script::default()).await;
    let mut browser = Browser::start(None).await;
    browser.open(&reception.url()).await;
    browser.call("{}").await;
    // No packets at all, for longer than a lost connection is waited for.
    browser.run("await call.state.sender.replaceTrack(null);").await;
    tokio::time::sleep(settings().media_timeout + Duration::from_secs(3)).await;
    let call = reception.calls().pop().unwrap();
    assert_eq!(call.events, [Event::Answered], "nothing has happened");
    assert!(call.frames > 400, "silence goes on: {} frames", call.frames);
    assert_eq!(call.loud, 0);
    browser.run("await call.end();").await;
    reception.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_waited_for_and_comes_back() {
    let (reception, mut browser, relay) = relayed().await;
    relay.cut(true);
    reception.sees(Duration::from_secs(8), |call| call.has(&Event::Held)).await;
    relay.cut(false);
    let call = reception.sees(SOON, |call| call.has(&Event::Retrieved)).await;
    assert_eq!(call.gone(), None);
    let sound: Vec<i16> = std::iter::repeat_n(tone(), 50).flatten().collect();
    browser.run(&format!("call.say('{}');", to_base64(&sound))).await;
    reception.sees(SOON, |after| after.loud > call.loud + 30).await;
    browser.run("await call.end();").await;
    reception.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_stays_lost_ends_the_call() {
    let (reception, _browser, relay) = relayed().await;
    relay.cut(true);
    let call = reception.sees(settings().media_timeout + SOON, |call| call.gone().is_some()).await;
    assert_eq!(call.gone(), Some(&Gone::MediaTimeout));
    assert!(call.has(&Event::Held));
    reception.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_on_another_network_goes_on_after_an_ice_restart() {
    let (reception, mut browser, relay) = relayed().await;
    relay.cut(true);
    reception.sees(Duration::from_secs(8), |call| call.has(&Event::Held)).await;
    let other = Relay::start(Weather::default()).await;
    let script =
        format!("call.state.how = {{ relay: {} }}; await call.restart(); return call.state.answer;", other.port);
    other.aim(browser.run(&script).await.as_str().unwrap());
    let call = reception.sees(Duration::from_secs(10), |call| call.has(&Event::Retrieved)).await;
    assert_eq!(call.gone(), None);
    let sound: Vec<i16> = std::iter::repeat_n(tone(), 50).flatten().collect();
    browser.run(&format!("call.say('{}');", to_base64(&sound))).await;
    reception.sees(SOON, |after| after.loud > call.loud + 30).await;
    browser.run("await call.end();").await;
    reception.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_never_connects_gives_its_place_back() {
    let settings = Settings { connecting: Duration::from_secs(2), ..settings() };
    let reception = Reception::start(settings, Script::default()).await;
    let mut browser = Browser::start(None).await;
    browser.open(&reception.url()).await;
    // A port where nobody is: as with a firewall that lets no UDP through.
    browser.run("await call.begin({ relay: 9 });").await;
    let call = reception.sees(SOON, |call| call.gone().is_some()).await;
    assert_eq!(call.gone(), Some(&Gone::MediaTimeout));
    assert!(!call.has(&Event::Answered));
    reception.is_clean(SOON).await;
}
