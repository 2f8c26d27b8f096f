//! One audio stream is agreed on; everything else is refused politely; hold is understood in all its spellings.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use standardiste::sdp::{Codec, Direction, Error, Session, Settings};

const US: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));

fn session(codecs: &[Codec]) -> Session {
    Session::new(42, US, 40_000, &Settings { codecs: codecs.to_vec() })
}

fn offer(media: &str) -> Vec<u8> {
    format!("v=0\r\no=peer 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n{media}").into_bytes()
}

const PHONE: &str = "m=audio 5004 RTP/AVP 0 8 9 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n";

#[test]
fn our_order_of_preference_decides_and_payload_types_are_mirrored() {
    let body =
        offer("m=audio 5004 RTP/AVP 0 96 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/48000\r\n");
    let (answer, agreed) = session(&[Codec::Opus, Codec::Pcmu]).answer(&body).unwrap();
    assert_eq!((agreed.codec, agreed.payload_type, agreed.telephone_event), (Codec::Opus, 96, Some(97)));
    assert!(answer.contains("m=audio 40000 RTP/AVP 96 97\r\n"), "{answer}");
    assert!(
        answer.contains("a=rtpmap:96 opus/48000/2\r\n") && answer.contains("a=rtpmap:97 telephone-event/48000\r\n")
    );
    assert!(answer.contains("c=IN IP4 192.0.2.10\r\n"));
}

#[test]
fn static_payload_types_need_no_rtpmap() {
    let (_, agreed) = session(&[Codec::Pcma]).answer(&offer("m=audio 5004 RTP/AVP 0 8\r\n")).unwrap();
    assert_eq!((agreed.codec, agreed.payload_type, agreed.telephone_event), (Codec::Pcma, 8, None));
}

#[test]
fn the_event_clock_that_matches_the_codec_is_chosen() {
    let body = offer(
        "m=audio 5004 RTP/AVP 111 8 110 101\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:110 telephone-event/48000\r\n\
         a=rtpmap:101 telephone-event/8000\r\n",
    );
    assert_eq!(session(&[Codec::Opus]).answer(&body).unwrap().1.telephone_event, Some(110));
    assert_eq!(session(&[Codec::Pcma]).answer(&body).unwrap().1.telephone_event, Some(101));
}

#[test]
fn every_spelling_of_hold_is_understood() {
    let hold = |media: &str| session(&[Codec::Pcma]).answer(&offer(media)).unwrap();
    let audio = "m=audio 5004 RTP/AVP 8\r\n";
    let (answer, agreed) = hold(&format!("{audio}a=sendonly\r\n"));
    assert!(agreed.held() && agreed.direction == Direction::RecvOnly && answer.contains("a=recvonly"));
    let (answer, agreed) = hold(&format!("{audio}a=inactive\r\n"));
    assert!(agreed.held() && answer.contains("a=inactive"));
    let (answer, agreed) = hold(&format!("{audio}c=IN IP4 0.0.0.0\r\n"));
    assert!(agreed.held() && answer.contains("a=recvonly"), "{answer}");
    let (answer, agreed) = hold(&format!("{audio}a=recvonly\r\n"));
    assert!(!agreed.held() && answer.contains("a=sendonly"));
    assert!(!hold(audio).1.held());
}

#[test]
fn the_direction_of_the_session_is_inherited_and_the_media_overrides_it() {
    let with = |session_level: &str, media_level: &str| {
        let body = format!(
            "v=0\r\no=- 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n{session_level}\
             m=audio 5004 RTP/AVP 8\r\n{media_level}"
        );
        session(&[Codec::Pcma]).answer(body.as_bytes()).unwrap().1.direction
    };
    assert_eq!(with("a=inactive\r\n", ""), Direction::Inactive);
    assert_eq!(with("a=inactive\r\n", "a=sendrecv\r\n"), Direction::SendRecv);
}

#[test]
fn the_media_connection_line_wins_over_the_session_s() {
    let (_, agreed) =
        session(&[Codec::Pcma]).answer(&offer("m=audio 5004 RTP/AVP 8\r\nc=IN IP4 203.0.113.9\r\n")).unwrap();
    assert_eq!(agreed.remote, "203.0.113.9:5004".parse::<SocketAddr>().unwrap());
    assert_eq!(agreed.remote_rtcp, "203.0.113.9:5005".parse::<SocketAddr>().unwrap());
}

#[test]
fn rtcp_goes_to_the_stated_port_or_shares_the_rtp_port() {
    let rtcp = |attribute: &str| {
        session(&[Codec::Pcma]).answer(&offer(&format!("m=audio 5004 RTP/AVP 8\r\n{attribute}"))).unwrap()
    };
    assert_eq!(rtcp("a=rtcp:5999\r\n").1.remote_rtcp.port(), 5999);
    let (_, agreed) = rtcp("a=rtcp:5999 IN IP4 203.0.113.1\r\n");
    assert_eq!(agreed.remote_rtcp, "203.0.113.1:5999".parse::<SocketAddr>().unwrap());
    let (answer, agreed) = rtcp("a=rtcp-mux\r\n");
    assert!(agreed.rtcp_mux && agreed.remote_rtcp.port() == 5004 && answer.contains("a=rtcp-mux"));
    assert!(!rtcp("").0.contains("a=rtcp-mux"));
}

#[test]
fn video_and_a_second_audio_are_refused_with_port_0_in_their_place() {
    let body =
        offer(&format!("m=video 6000 RTP/AVP 31 97\r\na=rtpmap:97 H264/90000\r\n{PHONE}m=audio 7000 RTP/AVP 8\r\n"));
    let (answer, agreed) = session(&[Codec::Pcma]).answer(&body).unwrap();
    let media: Vec<_> = answer.lines().filter(|l| l.starts_with("m=")).collect();
    assert_eq!(media, ["m=video 0 RTP/AVP 31 97", "m=audio 40000 RTP/AVP 8 101", "m=audio 0 RTP/AVP 8"]);
    assert_eq!(agreed.remote.port(), 5004);
}

#[test]
fn ipv6_is_spoken() {
    let us = "2001:db8::1".parse().unwrap();
    let mut session = Session::new(42, us, 40_000, &Settings::default());
    let body =
        b"v=0\r\no=- 1 1 IN IP6 2001:db8::2\r\ns=-\r\nc=IN IP6 2001:db8::2\r\nt=0 0\r\nm=audio 5004 RTP/AVP 8\r\n";
    let (answer, agreed) = session.answer(body).unwrap();
    assert_eq!(agreed.remote, "[2001:db8::2]:5004".parse::<std::net::SocketAddr>().unwrap());
    assert!(answer.contains("c=IN IP6 2001:db8::1\r\n"));
}

#[test]
fn the_version_grows_when_what_we_say_changes_and_only_then() {
    let version = |sdp: &str| -> u64 {
        sdp.lines().find(|l| l.starts_with("o=")).unwrap().split(' ').nth(2).unwrap().parse().unwrap()
    };
    let mut session = session(&[Codec::Pcma]);
    let first = session.answer(&offer(PHONE)).unwrap().0;
    let same = session.answer(&offer(PHONE)).unwrap().0;
    let hold = session.answer(&offer(&format!("{PHONE}a=sendonly\r\n"))).unwrap().0;
    assert_eq!(version(&same), version(&first));
    assert_eq!(version(&hold), version(&first) + 1);
    assert_eq!(session.again(), hold);
}

#[test]
fn our_own_offer_is_answered_by_the_other_side() {
    let mut session = session(&[Codec::Pcma, Codec::Opus]);
    let ours = session.offer();
    assert!(ours.contains("m=audio 40000 RTP/AVP 8 111 101 110\r\n"), "{ours}");
    let agreed = session.accept(&offer(
        "m=audio 5004 RTP/AVP 111 110\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:110 telephone-event/48000\r\n",
    ));
    let agreed = agreed.unwrap();
    assert_eq!((agreed.codec, agreed.payload_type, agreed.telephone_event), (Codec::Opus, 111, Some(110)));
    // And our own stack can answer it.
    assert!(self::session(&[Codec::Opus]).answer(ours.as_bytes()).is_ok());
}

#[test]
fn what_cannot_be_agreed_on_says_why_and_with_which_status() {
    let fail = |media: &str| session(&[Codec::Pcma]).answer(&offer(media)).unwrap_err();
    assert_eq!(fail(""), Error::NoAudio);
    assert_eq!(fail("m=video 6000 RTP/AVP 31\r\n"), Error::NoAudio);
    assert_eq!(fail("m=audio 0 RTP/AVP 8\r\n"), Error::ZeroPort);
    assert_eq!(fail("m=audio 5004 RTP/SAVP 8\r\n"), Error::Profile("RTP/SAVP".into()));
    let error = fail("m=audio 5004 RTP/AVP 18 3\r\na=rtpmap:18 G729/8000\r\n");
    assert!(matches!(error, Error::NoCommonCodec { .. }) && error.to_string().contains("G729/8000"), "{error}");
    assert_eq!(error.status(), 488);
    // PCMA in stereo or at another clock is not our PCMA.
    assert!(matches!(fail("m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 PCMA/16000\r\n"), Error::NoCommonCodec { .. }));
}
