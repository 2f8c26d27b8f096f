//! A call from a real Chromium: sound both ways, keys, the end, an ICE restart.

use std::time::Duration;

use serde_json::json;
use standardiste::audio::level;
use standardiste::leg::{Event, Gone};

use crate::support::browser::{Browser, to_base64};
use crate::support::line::{Script, tone};
use crate::support::reception::{Reception, settings};

const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_hears_the_line_and_is_heard() {
    let reception = Reception::start(settings(), Script::default()).await;
    let mut browser = Browser::start(None).await;
    browser.open(&reception.url()).await;
    browser.call("{}").await;
    let call = reception.sees(SOON, |call| call.has(&Event::Answered)).await;
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
