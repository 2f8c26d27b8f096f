//! Inside a call: hold and back, other media address, other codec, keys, session timers.

use std::time::Duration;

use standardiste::leg::sip::Settings;
use standardiste::leg::{Event, Gone};

use crate::support::Sipp;
use crate::support::line::{Line, Script, settings};
use crate::support::media::Phone;

const SOON: Duration = Duration::from_secs(6);
const CALL: Duration = Duration::from_secs(25);

#[tokio::test]
async fn hold_and_resume_are_told_and_our_media_follow_the_new_address() {
    let line = Line::plain(Script::default()).await;
    let (first, second) = (Phone::open().await, Phone::open().await);
    let mut sipp = Sipp::new("hold", line.port)
        .rtp_port(first.port)
        .args(&["-key", "rtp_port2", &second.port.to_string()])
        .start();
    line.sees(SOON, |c| c.has(&Event::Held)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let before = first.received();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(first.received(), before, "nothing is sent to a caller on hold");
    sipp.succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert_eq!(call.events, [Event::Answered, Event::Held, Event::Retrieved, Event::Gone(Gone::Caller)]);
    assert!(second.received() > 20, "the new address is served: {}", second.received());
    assert!(call.frames > 50, "the clock goes on while on hold: {}", call.frames);
}

#[tokio::test]
async fn hold_is_not_taken_for_lost_media() {
    let settings = Settings { media_timeout: Duration::from_millis(500), ..settings() };
    let line = Line::start(settings, 10, Script::default()).await;
    let phone = Phone::open().await;
    let mut sipp =
        Sipp::new("hold", line.port).rtp_port(phone.port).args(&["-key", "rtp_port2", &phone.port.to_string()]).start();
    // 0.7 s on hold, and then as long without any RTP.
    line.sees(SOON, |c| c.has(&Event::Retrieved)).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert_eq!(call.gone(), Some(&Gone::MediaTimeout));
    let _ = sipp.ended(CALL).await;
}

#[tokio::test]
async fn the_codec_changes_by_re_invite() {
    let line = Line::plain(Script::default()).await;
    let phone = Phone::echo().await;
    Sipp::new("change_codec", line.port).rtp_port(phone.port).start().succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    let types = phone.payload_types();
    assert!(types.contains(&8) && types.contains(&0), "{types:?}");
    assert!(call.loud > 30, "both are heard back: {}", call.loud);
}

#[tokio::test]
async fn a_re_invite_that_cannot_be_met_leaves_the_call_as_it_was() {
    let line = Line::plain(Script::default()).await;
    let phone = Phone::echo().await;
    Sipp::new("bad_reinvite", line.port).rtp_port(phone.port).start().succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert_eq!(call.events, [Event::Answered, Event::Gone(Gone::Caller)]);
    assert!(call.loud > 15, "{call:?}");
}

#[tokio::test]
async fn keys_come_by_sip_info() {
    let line = Line::plain(Script::default()).await;
    Sipp::new("info", line.port).start().succeeds(CALL).await;
    assert_eq!(line.sees(SOON, |c| c.gone().is_some()).await.digits(), "5#");
}

#[tokio::test]
async fn keys_come_in_the_rtp_stream_once_a_press() {
    let line = Line::plain(Script::default()).await;
    let phone = Phone::open().await;
    let mut sipp = Sipp::new("basic", line.port).rtp_port(phone.port).args(&["-d", "2500"]).start();
    line.sees(SOON, |c| c.has(&Event::Answered)).await;
    phone.wait_for_media(SOON).await;
    for key in ['0', '*', '7', '7'] {
        phone.press(key).await;
    }
    sipp.succeeds(CALL).await;
    assert_eq!(line.sees(SOON, |c| c.gone().is_some()).await.digits(), "0*77");
}

#[tokio::test]
async fn a_press_told_by_info_and_by_rtp_is_one_press() {
    let line = Line::plain(Script::default()).await;
    let phone = Phone::open().await;
    // Its INFO says 5 at once, and 5 again after 1.5 s.
    let mut sipp = Sipp::new("info_and_rtp", line.port).rtp_port(phone.port).start();
    line.sees(SOON, |c| c.has(&Event::Answered)).await;
    phone.wait_for_media(SOON).await;
    phone.press('5').await;
    sipp.succeeds(CALL).await;
    assert_eq!(line.sees(SOON, |c| c.gone().is_some()).await.digits(), "55");
}

#[tokio::test]
async fn a_session_that_the_caller_does_not_refresh_is_ended() {
    let line = Line::start(Settings { session_min: 2, ..settings() }, 10, Script::default()).await;
    let start = std::time::Instant::now();
    Sipp::new("session_timer", line.port).start().succeeds(CALL).await;
    assert!(start.elapsed() > Duration::from_secs(3), "the refresh counted");
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert!(matches!(call.gone(), Some(Gone::Fault(why)) if why.contains("refresh")), "{call:?}");
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_session_that_the_caller_leaves_to_us_is_refreshed_by_us() {
    let line = Line::start(Settings { session_min: 2, ..settings() }, 10, Script::default()).await;
    Sipp::new("session_refreshed_by_us", line.port).start().succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert_eq!(call.events, [Event::Answered, Event::Gone(Gone::Caller)]);
}

#[tokio::test]
async fn a_session_interval_too_short_gets_422() {
    let line = Line::plain(Script::default()).await;
    Sipp::new("session_too_short", line.port).start().succeeds(CALL).await;
}
