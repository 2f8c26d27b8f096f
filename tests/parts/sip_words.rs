//! The telephone's words, without a network: keys, hand-over, session timers, trusted networks, the front door.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use standardiste::leg::presses::{Presses, Way};
use standardiste::leg::sip::digits::{Info, info};
use standardiste::leg::sip::door::{Verdict, datagram};
use standardiste::leg::sip::refer::{notice, refer_to};
use standardiste::leg::sip::session_timer::{Asked, Refresher, Terms, asked};
use standardiste::leg::sip::{Network, Settings};
use standardiste::leg::{Progress, Transfer};

#[test]
fn both_info_bodies_are_read() {
    let relay = "application/dtmf-relay";
    assert_eq!(info(relay, b"Signal=5\r\nDuration=160\r\n"), Info::Digit('5'));
    assert_eq!(info("Application/DTMF-Relay;charset=utf-8", b"Signal= *\n"), Info::Digit('*'));
    assert_eq!(info(relay, b"Signal=11\n"), Info::Digit('#'));
    assert_eq!(info("application/dtmf", b" 0 \r\n"), Info::Digit('0'));
    assert_eq!(info(relay, b"Duration=160\r\n"), Info::Malformed);
    assert_eq!(info("application/dtmf", b"16"), Info::Malformed);
    assert_eq!(info("text/plain", b"5"), Info::Unsupported);
    assert_eq!(info("", b""), Info::Empty);
}

#[test]
fn one_press_told_twice_is_one_and_two_presses_are_two() {
    let (mut presses, start) = (Presses::default(), Instant::now());
    let at = |ms| start + Duration::from_millis(ms);
    assert!(presses.press('5', Way::Rtp, at(0)));
    assert!(!presses.press('5', Way::Message, at(120)));
    // The same key again, told in the other order.
    assert!(presses.press('5', Way::Message, at(300)));
    assert!(!presses.press('5', Way::Rtp, at(310)));
    // Twice by one way only.
    assert!(presses.press('7', Way::Rtp, at(500)));
    assert!(presses.press('7', Way::Rtp, at(700)));
    // Much later it is another press.
    assert!(presses.press('7', Way::Message, at(3_000)));
}

#[test]
fn refer_to_carries_header_fields_escaped() {
    let transfer = Transfer {
        target: "sip:etat-civil@pbx.mairie.fr".to_owned(),
        headers: vec![("X-Call".into(), "a b&c=d?".into()), ("X-Why".into(), "demandé".into())],
        timeout: Duration::from_secs(20),
    };
    let expected = "<sip:etat-civil@pbx.mairie.fr?X-Call=a%20b%26c%3Dd%3F&X-Why=demand%C3%A9>";
    assert_eq!(refer_to(&transfer), expected);
    let bare = Transfer { headers: vec![], target: "<sip:a@b>".into(), ..transfer };
    assert_eq!(refer_to(&bare), "<sip:a@b>");
}

#[test]
fn notify_tells_how_the_hand_over_goes() {
    let read = |event: &str, state: &str, body: &str| notice(event, state, body.as_bytes());
    let progress = |state, body| read("refer", state, body).unwrap().progress;
    assert_eq!(progress("active;expires=60", "SIP/2.0 100 Trying"), Progress::Trying { status: 100 });
    assert_eq!(progress("active", "SIP/2.0 180 Ringing\r\nX: y"), Progress::Trying { status: 180 });
    assert_eq!(progress("terminated;reason=noresource", "SIP/2.0 200 OK"), Progress::Accepted);
    let busy = Progress::Failed { status: 486, reason: "Busy Here".into() };
    assert_eq!(progress("terminated", "SIP/2.0 486 Busy Here"), busy);
    assert!(matches!(
        progress("terminated;reason=timeout", "SIP/2.0 100 Trying"),
        Progress::Failed { status: 408, .. }
    ));
    assert_eq!(read("refer;id=7", "active", "SIP/2.0 100 Trying").unwrap().id, Some(7));
    assert_eq!(read("presence", "active", "SIP/2.0 200 OK"), None);
    assert_eq!(read("refer", "active", "garbage"), None);
    assert_eq!(read("refer", "active", "SIP/2.0 999 What"), None);
}

#[test]
fn session_timers_follow_the_table_of_rfc_4028() {
    let terms = |interval, refresher| Asked::Terms(Terms { interval, refresher });
    assert_eq!(asked(true, None, 90), Asked::Nothing);
    assert_eq!(asked(true, Some("1800"), 90), terms(1_800, Refresher::Peer));
    assert_eq!(asked(true, Some("1800;refresher=uac"), 90), terms(1_800, Refresher::Peer));
    assert_eq!(asked(true, Some("1800 ; refresher=UAS"), 90), terms(1_800, Refresher::Us));
    assert_eq!(asked(true, Some("60"), 90), Asked::TooSmall);
    assert_eq!(asked(false, Some("1800"), 90), Asked::Nothing);
    assert_eq!(asked(true, Some("soon"), 90), Asked::Nothing);
    let wait = |interval, refresher| Terms { interval, refresher }.deadline().as_secs();
    assert_eq!(wait(1_800, Refresher::Peer), 1_768);
    assert_eq!(wait(90, Refresher::Peer), 60);
    assert_eq!(wait(1_800, Refresher::Us), 900);
}

#[test]
fn networks_hold_their_addresses_and_no_others() {
    let network = |text: &str| text.parse::<Network>().unwrap();
    assert!(network("10.0.0.0/8").contains("10.200.3.4".parse().unwrap()));
    assert!(!network("10.0.0.0/8").contains("11.0.0.1".parse().unwrap()));
    assert!(network("192.0.2.7").contains("192.0.2.7".parse().unwrap()));
    assert!(!network("192.0.2.7").contains("192.0.2.8".parse().unwrap()));
    assert!(network("0.0.0.0/0").contains("203.0.113.9".parse().unwrap()));
    assert!(network("2001:db8::/32").contains("2001:db8:1::1".parse().unwrap()));
    assert!(network("10.0.0.0/8").contains("::ffff:10.1.2.3".parse().unwrap()), "as a dual-stack socket names it");
    assert!(!network("10.0.0.0/8").contains("2001:db8::1".parse().unwrap()));
    for bad in ["", "10.0.0.0/33", "pbx.example", "10.0.0.0/-1", "::/129"] {
        assert!(bad.parse::<Network>().is_err(), "{bad}");
    }
}

#[test]
fn the_password_is_not_in_what_settings_print() {
    let registration = standardiste::leg::sip::Registration { password: "hunter2".into(), ..Default::default() };
    let settings = Settings { registration: Some(registration), ..Settings::default() };
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn a_stranger_gets_403_and_never_more_than_it_sent_asks_for() {
    let request = b"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK1\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n";
    let Verdict::Reply(answer) = datagram(request, false) else { panic!("no answer") };
    assert!(answer.starts_with(b"SIP/2.0 403 "));
    assert_eq!(datagram(&request[..40], false), Verdict::Drop);
    let ack = String::from_utf8_lossy(request).replace("INVITE", "ACK");
    assert_eq!(datagram(ack.as_bytes(), false), Verdict::Drop);
    // Both are the same for the same request: a stateless answer does not change.
    assert_eq!(datagram(request, false), Verdict::Reply(answer));
}

proptest! {
    #[test]
    fn noise_at_the_door_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), trusted: bool) {
        let _ = datagram(&bytes, trusted);
    }

    #[test]
    fn a_damaged_request_at_the_door_never_panics(at in 0usize..150, with: u8) {
        let mut bytes = b"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK1\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n".to_vec();
        let at = at % bytes.len();
        bytes[at] = with;
        let _ = datagram(&bytes, true);
    }

    #[test]
    fn sipfrags_of_any_kind_never_panic(event in ".{0,40}", state in ".{0,40}", body in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = notice(&event, &state, &body);
    }
}
