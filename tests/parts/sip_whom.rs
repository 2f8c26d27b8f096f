//! Whom the line rings, and what it says of who calls.

use std::time::Duration;

use rsipstack::sip::HostWithPort;
use standardiste::leg::Caller;
use standardiste::leg::keys::Keys;
use standardiste::leg::sip::digits::{Info, info, relay};
use standardiste::leg::sip::session_timer::{Refresher, granted};
use standardiste::leg::sip::whom::{asserted, fields, host_ip, shown, target};
use standardiste::rtp::{Event, Origin, Sequencer};

fn exchange() -> HostWithPort {
    HostWithPort::try_from("pbx.mairie.fr").unwrap()
}

fn caller(from: &str, channel: &'static str) -> Caller {
    Caller { from: from.into(), to: "0145671234".into(), signalling_id: "x".into(), channel }
}

#[test]
fn a_destination_is_rung_as_it_is_written_without_header_fields() {
    let of = |text: &str| target(text, Some(&exchange()), false).map(|uri| uri.to_string());
    assert_eq!(of("sip:guichet@10.0.0.2:5062").unwrap(), "sip:guichet@10.0.0.2:5062");
    assert_eq!(
        of(" <sip:guichet@pbx.mairie.fr;transport=tcp> ").unwrap().to_lowercase(),
        "sip:guichet@pbx.mairie.fr;transport=tcp"
    );
    assert_eq!(of("sip:guichet@10.0.0.2?Subject=Bonjour").unwrap(), "sip:guichet@10.0.0.2");
    assert_eq!(of("tel:+33-1-45.67;phone-context=x").unwrap(), "sip:+3314567@pbx.mairie.fr;user=phone");
}

#[test]
fn what_cannot_be_rung_says_why() {
    let status = |text: &str, exchange: Option<&HostWithPort>| target(text, exchange, false).unwrap_err().status();
    assert_eq!(status("sips:guichet@10.0.0.2", None), 416);
    assert_eq!(status("sip:guichet@10.0.0.2;transport=tls", None), 416);
    assert_eq!(status("tel:0145", None), 416);
    assert_eq!(status("tel:", Some(&exchange())), 400);
    assert_eq!(status("tel:01 evil\r\nX: y", Some(&exchange())), 400);
    for malformed in ["guichet", "", "mailto:a@b.fr", "sip:"] {
        assert_eq!(status(malformed, Some(&exchange())), 400, "{malformed}");
    }
}

#[test]
fn without_udp_we_call_by_tcp() {
    let uri = target("sip:guichet@10.0.0.2", None, true).unwrap().to_string().to_lowercase();
    assert_eq!(uri, "sip:guichet@10.0.0.2;transport=tcp");
}

#[test]
fn the_telephone_shows_the_callers_number_or_what_there_is_instead() {
    assert_eq!(shown(&caller("0612345678", "sip")), "0612345678");
    assert_eq!(shown(&caller("", "sip")), "Numéro masqué");
    assert_eq!(shown(&caller("192.0.2.7", "webrtc")), "Appel web");
    assert_eq!(shown(&caller("sip:a\"b\\c\r\n@x", "sip")), "sip:abc@x");
}

#[test]
fn only_a_number_is_asserted() {
    let of = |from: &str, channel| asserted(&caller(from, channel), &exchange()).map(|header| header.to_string());
    let expected = "P-Asserted-Identity: <sip:0612345678@pbx.mairie.fr;user=phone>";
    assert_eq!(of("0612345678", "sip").as_deref(), Some(expected));
    for (from, channel) in [("", "sip"), ("sip:anne@ville.fr", "sip"), ("0612345678", "webrtc")] {
        assert_eq!(of(from, channel), None, "{from} {channel}");
    }
}

#[test]
fn a_header_field_stays_on_its_line() {
    let given = [("Call-Info".to_owned(), "<http://x/handover/t>;purpose=info\r\nVia: evil".to_owned())];
    let written: Vec<_> = fields(&given).map(|header| header.to_string()).collect();
    assert_eq!(written, ["Call-Info: <http://x/handover/t>;purpose=infoVia: evil"]);
}

#[test]
fn the_address_of_a_contact_is_read_when_it_is_one() {
    assert_eq!(host_ip("\"G\" <sip:g@10.0.0.7:5060;transport=udp>;expires=60"), "10.0.0.7".parse().ok());
    assert_eq!(host_ip("sip:g@10.0.0.8;q=1"), "10.0.0.8".parse().ok());
    assert_eq!(host_ip("<sip:g@telephone.mairie.fr>"), None);
    assert_eq!(host_ip("<"), None);
}

#[test]
fn the_answer_to_our_invite_says_who_refreshes_the_session() {
    let of = |text| granted(text).map(|terms| (terms.interval, terms.refresher));
    assert_eq!(of(Some("1800;refresher=uas")), Some((1_800, Refresher::Peer)));
    assert_eq!(of(Some("1800 ; refresher=uac")), Some((1_800, Refresher::Us)));
    assert_eq!(of(Some("90")), Some((90, Refresher::Us)));
    for nothing in [None, Some(""), Some("soon"), Some("0;refresher=uac")] {
        assert_eq!(of(nothing), None, "{nothing:?}");
    }
}

#[test]
fn a_key_by_info_reads_back_as_it_was_written() {
    let body = relay('#', Duration::from_millis(100));
    assert_eq!(info("application/dtmf-relay", body.as_bytes()), Info::Digit('#'));
    assert!(body.contains("Duration=100"));
}

#[test]
fn keys_follow_each_other_with_a_pause_and_sound_goes_on_between_them() {
    let mut sequencer = Sequencer::new(Origin { ssrc: 1, sequence: 1, timestamp: 0 }, 8, 160);
    let mut keys = Keys::default();
    "1x5".chars().for_each(|key| keys.press(key));
    let mut sent = String::new();
    for _ in 0..40 {
        match keys.tick(Some(101), &mut sequencer) {
            Some(packet) => sent.extend(Event::parse(&packet.payload).and_then(Event::key)),
            None => {
                sent.push('.');
                sequencer.silence();
            }
        }
    }
    let pressed: Vec<&str> = sent.split('.').filter(|run| !run.is_empty()).collect();
    assert_eq!(pressed, ["11111111", "55555555"], "{sent}");
}
