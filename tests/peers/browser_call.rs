//! A call from a real Chromium: sound both ways, keys, and its ends.

use std::time::Duration;

use serde_json::json;
use standardiste::audio::level;
use standardiste::leg::{Event, Gone};

use crate::support::browser::{Browser, to_base64};
use crate::support::line::{Script, tone};
use crate::support::reception::{Reception, settings};

const SOON: Duration = Duration::from_secs(5);

async fn connected() -> (Reception, Browser) {
    let reception = Reception::start(settings(), Script::default()).await;
    let mut browser = Browser::start(None).await;
    browser.open(&reception.url()).await;
    browser.call("{}").await;
    reception.sees(SOON, |call| call.has(&Event::Answered)).await;
    (reception, browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_hears_the_line_and_is_heard() {
    let (reception, mut browser) = connected().await;
    let call = reception.calls().pop().unwrap();
    assert_eq!((call.caller.channel, call.caller.from.as_str(), call.caller.to.as_str()), ("webrtc", "", "essai"));
    let sound: Vec<i16> = std::iter::repeat_n(tone(), 100).flatten().collect();
    browser.run(&format!("call.say('{}');", to_base64(&sound))).await;
    reception.sees(SOON, |call| call.loud > 80).await;
    let heard = browser.recorded().await;
    let loud = heard.chunks(320).filter(|frame| level::rms_dbfs(frame) > -40.0).count();
    assert!(loud > 50, "{loud} loud frames of {}", heard.len() / 320);
    let answer = browser.run("return call.state.answer;").await;
    let answer = answer.as_str().unwrap();
    assert!(answer.contains("useinbandfec=1") && answer.contains("telephone-event/48000"), "{answer}");
    browser.run("await call.end();").await;
    let call = reception.sees(SOON, |call| call.gone().is_some()).await;
    assert_eq!(call.gone(), Some(&Gone::Caller));
    reception.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_heard_as_telephone_events_and_as_messages() {
    let (reception, mut browser) = connected().await;
    browser.run("call.state.sender.dtmf.insertDTMF('15#', 100, 70);").await;
    reception.sees(SOON, |call| call.digits() == "15#").await;
    let say = "const say = (m) => call.state.channel.send(m);
        await call.until(() => call.state.channel.readyState === 'open');
        for (const key of ['7', '*', '77', '', 'x']) say(JSON.stringify({ type: 'touche', touche: key }));
        say('{'); say('[1,2]'); say('\"' + 'a'.repeat(4000) + '\"'); say(new Uint8Array([255, 0, 1]));
        say(JSON.stringify({ type: 'touche', touche: '9' }));";
    browser.run(say).await;
    reception.sees(SOON, |call| call.digits() == "15#7*9").await;
    browser.run("call.state.channel.send(JSON.stringify({ type: 'raccrocher' }));").await;
    let call = reception.sees(SOON, |call| call.gone().is_some()).await;
    assert_eq!(call.gone(), Some(&Gone::Caller));
    let over =
        browser.run("await call.until(() => call.state.messages.length); return call.state.messages.at(-1);").await;
    assert_eq!((&over["type"], &over["etat"], &over["motif"]), (&json!("etat"), &json!("fini"), &json!("appelant")));
    reception.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_closes_its_connection_ends_the_call_at_once() {
    let (reception, mut browser) = connected().await;
    browser.run("await call.until(() => call.state.channel.readyState === 'open');").await;
    browser.run("call.state.pc.close();").await;
    let call = reception.sees(SOON, |call| call.gone().is_some()).await;
    assert_eq!(call.gone(), Some(&Gone::Caller));
    reception.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_told_when_the_line_hangs_up() {
    let script = Script { hang_up_after: Some(Duration::from_millis(1_500)), ..Script::default() };
    let reception = Reception::start(settings(), script).await;
    let mut browser = Browser::start(None).await;
    browser.open(&reception.url()).await;
    browser.call("{}").await;
    let call = reception.sees(SOON, |call| call.gone().is_some()).await;
    assert_eq!(call.gone(), Some(&Gone::Us));
    let over =
        browser.run("await call.until(() => call.state.messages.length); return call.state.messages.at(-1);").await;
    assert_eq!((&over["etat"], &over["motif"]), (&json!("fini"), &json!("ligne")));
    let closed = "return await call.until(() => ['closed', 'failed', 'disconnected'].includes(call.state.pc.connectionState), 12000);";
    assert_eq!(browser.run(closed).await, json!(true), "the browser must see the end");
    reception.is_clean(SOON).await;
}
