//! A second opinion on SIP: `rsip`, which `rsipstack` grew out of, reads the same messages.
//!
//! Where both agree, a mistake would have to be made twice. Where they are known to differ, the list below says who
//! is right, and fails when that is no longer so: a new version of either has then to be judged again.

use standardiste::leg::Transfer;
use standardiste::leg::sip::door::{Verdict, datagram};
use standardiste::leg::sip::refer::refer_to;

/// What of a message decides where it goes and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    /// Method, or status.
    what: String,
    call_id: String,
    cseq: String,
    from_tag: Option<String>,
    to_tag: Option<String>,
    /// Of the top Via.
    branch: Option<String>,
    body: Vec<u8>,
}

macro_rules! reader {
    ($name:ident, $sip:path, $top_via:ident) => {
        /// What the crate reads; what it cannot read is named by its own error.
        fn $name(bytes: &[u8]) -> Result<Reading, String> {
            use sip::prelude::*;
            use $sip as sip;
            let message = sip::SipMessage::try_from(bytes).map_err(|e| format!("message: {e}"))?;
            let (what, body) = match &message {
                sip::SipMessage::Request(request) => (request.method.to_string(), &request.body),
                sip::SipMessage::Response(response) => {
                    (u16::from(response.status_code.clone()).to_string(), &response.body)
                }
            };
            let from = message.from_header().and_then(|h| h.tag()).map_err(|e| format!("From: {e}"))?;
            let to = message.to_header().and_then(|h| h.tag()).map_err(|e| format!("To: {e}"))?;
            let cseq = message.cseq_header().and_then(|h| h.typed()).map_err(|e| format!("CSeq: {e}"))?;
            let via = message.$top_via().and_then(|h| h.typed()).map_err(|e| format!("Via: {e}"))?;
            Ok(Reading {
                what,
                call_id: message.call_id_header().map_err(|e| format!("Call-ID: {e}"))?.value().to_owned(),
                cseq: format!("{} {}", cseq.seq, cseq.method),
                from_tag: from.map(|tag| tag.value().to_owned()),
                to_tag: to.map(|tag| tag.value().to_owned()),
                branch: via.branch().map(|branch| branch.value().to_owned()),
                body: body.clone(),
            })
        }
    };
}

reader!(by_rsipstack, rsipstack::sip, top_via_header);
reader!(by_rsip, rsip, via_header);

/// A message of these lines, with the length of its body.
fn message(lines: &[&str], body: &str) -> Vec<u8> {
    format!("{}\r\nContent-Length: {}\r\n\r\n{body}", lines.join("\r\n"), body.len()).into_bytes()
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.4\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\nm=audio 10000 RTP/AVP 8 101\r\n\
                   a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n";

/// What both must read alike: as PBXs and telephones write it, and RFC 4475's valid messages that both can read.
fn agreed() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (
            "INVITE of Asterisk (chan_pjsip)",
            message(
                &[
                    "INVITE sip:120@192.0.2.9:5060 SIP/2.0",
                    "Via: SIP/2.0/UDP 192.0.2.4:5060;rport;branch=z9hG4bKPj5b0c2d1e-6f",
                    "From: \"Martin, Anne\" <sip:0612345678@192.0.2.4>;tag=8f1f4f9a-2c",
                    "To: <sip:120@192.0.2.9>",
                    "Contact: <sip:asterisk@192.0.2.4:5060>",
                    "Call-ID: 0f2d5a7c-91b4-4f5f-8a57-3f1f6f0f9f2d",
                    "CSeq: 15803 INVITE",
                    "Allow: OPTIONS, REGISTER, SUBSCRIBE, NOTIFY, PUBLISH, INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER",
                    "Supported: 100rel, timer, replaces, norefersub",
                    "Session-Expires: 1800",
                    "Min-SE: 90",
                    "P-Asserted-Identity: \"Martin, Anne\" <sip:0612345678@192.0.2.4>",
                    "Max-Forwards: 70",
                    "User-Agent: Asterisk PBX 20.6.0",
                    "Content-Type: application/sdp",
                ],
                SDP,
            ),
        ),
        (
            "INVITE of FreeSWITCH (sofia), through two proxies",
            message(
                &[
                    "INVITE sip:mairie@192.0.2.9;transport=udp SIP/2.0",
                    "Record-Route: <sip:198.51.100.2;lr;ftag=K4Qyr6aKtv0HB>",
                    "Via: SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKcydzigwkX;received=198.51.100.2",
                    "Via: SIP/2.0/UDP 192.0.2.7:5080;rport=5080;branch=z9hG4bKDr1c6j5aKmN2H",
                    "Max-Forwards: 68",
                    "From: \"\" <sip:+33612345678@192.0.2.7>;tag=K4Qyr6aKtv0HB",
                    "To: <sip:mairie@192.0.2.9>",
                    "Call-ID: 4e3a9d5c-1ee5-123d-6a9b-525400c1e2aa",
                    "CSeq: 106290317 INVITE",
                    "Contact: <sip:mod_sofia@192.0.2.7:5080>",
                    "User-Agent: FreeSWITCH-mod_sofia/1.10.11-release~64bit",
                    "Allow-Events: talk, hold, conference, refer",
                    "Privacy: none",
                    "Content-Type: application/sdp",
                    "Content-Disposition: session",
                    "X-FS-Support: update_display,send_info",
                    "Remote-Party-ID: <sip:+33612345678@192.0.2.7>;party=calling;screen=yes;privacy=off",
                ],
                SDP,
            ),
        ),
        (
            "INVITE of a Cisco gateway, its CSeq at the limit, a dated one without offer",
            message(
                &[
                    "INVITE sip:0199001234@192.0.2.9:5060 SIP/2.0",
                    "Via: SIP/2.0/TCP 203.0.113.20:5060;branch=z9hG4bK2E1F7C1A9D",
                    "From: <sip:0612345678@203.0.113.20>;tag=5C1B2A8-19E4",
                    "To: <sip:0199001234@192.0.2.9>",
                    "Date: Mon, 01 Sep 2025 08:30:00 GMT",
                    "Call-ID: 7D0C2B11-86A511F0-8F3BC2E1-5A1D7C33@203.0.113.20",
                    "Supported: timer,resource-priority,replaces,sdp-anat",
                    "Min-SE:  1800",
                    "Cisco-Guid: 2097163025-2259030512-2403058401-1511881779",
                    "User-Agent: Cisco-SIPGateway/IOS-17.6.3a",
                    "CSeq: 2147483647 INVITE",
                    "Timestamp: 1756715400",
                    "Contact: <sip:0612345678@203.0.113.20:5060;transport=tcp>",
                    "Expires: 180",
                    "Max-Forwards: 69",
                ],
                "",
            ),
        ),
        (
            "ACK without a body",
            message(
                &[
                    "ACK sip:standardiste@192.0.2.9:5060 SIP/2.0",
                    "Via: SIP/2.0/UDP 192.0.2.4:5060;rport;branch=z9hG4bKPj77",
                    "From: <sip:0612345678@192.0.2.4>;tag=8f1f",
                    "To: <sip:120@192.0.2.9>;tag=ours",
                    "Call-ID: 0f2d5a7c",
                    "CSeq: 15803 ACK",
                    "Max-Forwards: 70",
                ],
                "",
            ),
        ),
        (
            "CANCEL with a Reason",
            message(
                &[
                    "CANCEL sip:120@192.0.2.9:5060 SIP/2.0",
                    "Via: SIP/2.0/UDP 192.0.2.4:5060;rport;branch=z9hG4bKPj5b0c",
                    "From: <sip:0612345678@192.0.2.4>;tag=8f1f",
                    "To: <sip:120@192.0.2.9>",
                    "Call-ID: 0f2d5a7c",
                    "CSeq: 15803 CANCEL",
                    "Reason: SIP ;cause=200 ;text=\"Call completed elsewhere\"",
                ],
                "",
            ),
        ),
        (
            "INFO with a key",
            message(
                &[
                    "INFO sip:standardiste@192.0.2.9:5060 SIP/2.0",
                    "Via: SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK-524287-1---a7d1;rport",
                    "From: <sip:0612345678@192.0.2.4>;tag=8f1f",
                    "To: <sip:120@192.0.2.9>;tag=ours",
                    "Call-ID: 0f2d5a7c",
                    "CSeq: 15805 INFO",
                    "Content-Type: application/dtmf-relay",
                ],
                "Signal=0\r\nDuration=160\r\n",
            ),
        ),
        (
            "NOTIFY of a hand-over",
            message(
                &[
                    "NOTIFY sip:standardiste@192.0.2.9:5060 SIP/2.0",
                    "Via: SIP/2.0/UDP 192.0.2.4:5060;rport;branch=z9hG4bKPjnotify",
                    "From: <sip:0612345678@192.0.2.4>;tag=8f1f",
                    "To: <sip:120@192.0.2.9>;tag=ours",
                    "Call-ID: 0f2d5a7c",
                    "CSeq: 15806 NOTIFY",
                    "Event: refer;id=2",
                    "Subscription-State: terminated;reason=noresource",
                    "Content-Type: message/sipfrag;version=2.0",
                ],
                "SIP/2.0 200 OK\r\n",
            ),
        ),
        (
            "REFER as we write it, header fields escaped in Refer-To",
            message(
                &[
                    "REFER sip:asterisk@192.0.2.4:5060 SIP/2.0",
                    "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKours;rport",
                    "From: <sip:120@192.0.2.9>;tag=ours",
                    "To: <sip:0612345678@192.0.2.4>;tag=8f1f",
                    "Call-ID: 0f2d5a7c",
                    "CSeq: 2 REFER",
                    &format!("Refer-To: {}", our_refer_to()),
                    "Referred-By: <sip:120@192.0.2.9:5060>",
                    "Max-Forwards: 70",
                ],
                "",
            ),
        ),
        (
            "REGISTER with a digest",
            message(
                &[
                    "REGISTER sip:pbx.mairie.fr SIP/2.0",
                    "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKreg2;rport",
                    "From: <sip:120@pbx.mairie.fr>;tag=r1",
                    "To: <sip:120@pbx.mairie.fr>",
                    "Call-ID: reg@192.0.2.9",
                    "CSeq: 2 REGISTER",
                    "Contact: <sip:120@192.0.2.9:5060>;expires=300",
                    "Authorization: Digest username=\"120\", realm=\"pbx, mairie\", nonce=\"a==\", uri=\"sip:pbx.mairie.fr\", \
                     response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5, qop=auth, cnonce=\"c\", nc=00000001",
                ],
                "",
            ),
        ),
        (
            "OPTIONS of Kamailio's dispatcher",
            message(
                &[
                    "OPTIONS sip:192.0.2.9:5060 SIP/2.0",
                    "Via: SIP/2.0/UDP 198.51.100.2;branch=z9hG4bK5d7f.a5f4d2e1000000000000000000000000.0",
                    "To: <sip:192.0.2.9:5060>",
                    "From: <sip:dispatcher@198.51.100.2>;tag=1b2c3d4e5f60718293a4b5c6d7e8f901-6cf1",
                    "CSeq: 10 OPTIONS",
                    "Call-ID: 5c7d1a2b3c4d5e6f-31337@198.51.100.2",
                    "Max-Forwards: 70",
                    "User-Agent: kamailio (5.6.3 (x86_64/linux))",
                ],
                "",
            ),
        ),
        (
            "BYE whose reason holds a colon and a semicolon",
            message(
                &[
                    "BYE sip:standardiste@192.0.2.9:5060 SIP/2.0",
                    "Via: SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bKbye",
                    "From: <sip:0612345678@192.0.2.4>;tag=8f1f",
                    "To: <sip:120@192.0.2.9>;tag=ours",
                    "Call-ID: 0f2d5a7c",
                    "CSeq: 15810 BYE",
                    "Reason: Q.850;cause=16;text=\"NORMAL: clearing; ok\"",
                ],
                "",
            ),
        ),
        (
            "200 with an answer, and a Contact with a port",
            message(
                &[
                    "SIP/2.0 200 OK",
                    "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKre;received=192.0.2.9;rport=5060",
                    "From: <sip:120@192.0.2.9>;tag=ours",
                    "To: \"Anne\" <sip:0612345678@192.0.2.4>;tag=8f1f",
                    "Call-ID: 0f2d5a7c",
                    "CSeq: 3 INVITE",
                    "Contact: <sip:asterisk@192.0.2.4:5060>",
                    "Content-Type: application/sdp",
                ],
                SDP,
            ),
        ),
        (
            "401 with a challenge",
            message(
                &[
                    "SIP/2.0 401 Unauthorized",
                    "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKreg1;rport=5060;received=192.0.2.9",
                    "From: <sip:120@pbx.mairie.fr>;tag=r1",
                    "To: <sip:120@pbx.mairie.fr>;tag=z9",
                    "Call-ID: reg@192.0.2.9",
                    "CSeq: 1 REGISTER",
                    "WWW-Authenticate: Digest realm=\"asterisk\",nonce=\"17/5f\",opaque=\"3d\",algorithm=MD5,qop=\"auth\"",
                ],
                "",
            ),
        ),
        (
            "two hops on one Via line (RFC 3261 §7.3.1)",
            message(
                &[
                    "OPTIONS sip:192.0.2.9 SIP/2.0",
                    "Via: SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKtop, SIP/2.0/UDP 192.0.2.7:5080;branch=z9hG4bKlow",
                    "From: <sip:a@192.0.2.7>;tag=f1",
                    "To: <sip:192.0.2.9>",
                    "Call-ID: hops",
                    "CSeq: 1 OPTIONS",
                ],
                "",
            ),
        ),
        (
            "RFC 4475 §3.1.1.4, escaped nulls in addresses",
            message(
                &[
                    "REGISTER sip:example.com SIP/2.0",
                    "To: sip:null-%00-null@example.com",
                    "From: sip:null-%00-null@example.com;tag=839923423",
                    "Max-Forwards: 70",
                    "Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd",
                    "CSeq: 14398234 REGISTER",
                    "Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bKkdjuw",
                    "Contact: <sip:%00@host5.example.com>",
                    "Contact: <sip:%00%00@host5.example.com>",
                ],
                "",
            ),
        ),
        (
            "RFC 4475 §3.1.1.12, an unusual reason phrase",
            message(
                &[
                    "SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое",
                    "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923",
                    "Call-ID: unreason.1234ksdfak3j2erwedfsASdf",
                    "CSeq: 35 INVITE",
                    "From: sip:user@example.com;tag=11141343",
                    "To: sip:user@example.edu;tag=2229",
                    "Contact: <sip:user@host198.example.com>",
                ],
                "",
            ),
        ),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    Rsipstack,
    Rsip,
    Neither,
}

/// Where the two differ, or are wrong together: who is right, and what should be read.
fn known_differences() -> Vec<(&'static str, Vec<u8>, Right, Reading)> {
    let reading = |what: &str, body: &[u8]| Reading {
        what: what.into(),
        call_id: "c1@h".into(),
        cseq: format!("7 {what}"),
        from_tag: Some("f1".into()),
        to_tag: None,
        branch: Some("z9hG4bKb1".into()),
        body: body.to_vec(),
    };
    let usual = |start: &str, via: &str, from: &str| {
        let method = start.split(' ').next().unwrap_or_default();
        let (start, via, from) = (start.to_owned(), format!("Via: {via}"), format!("From: {from}"));
        message(&[&start, &via, &from, "To: <sip:b@h>", "Call-ID: c1@h", &format!("CSeq: 7 {method}")], "")
    };
    let (via, from) = ("SIP/2.0/UDP h;branch=z9hG4bKb1", "<sip:a@h>;tag=f1");
    let latin1 = [
        b"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKb1\r\nCall-ID: c1@h\r\nCSeq: 7 INVITE\r\nFrom: \"Mairie d\xe9l\xe9gu\xe9e\" <sip:a@h>;tag=f1\r\n"
            .as_slice(),
        b"To: <sip:b@h>\r\nContent-Length: 2\r\n\r\nv=",
    ]
    .concat();
    vec![
        (
            "compact header names (RFC 3261 §7.3.3)",
            b"INVITE sip:b@h SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bKb1\r\nf: <sip:a@h>;tag=f1\r\nt: <sip:b@h>\r\ni: c1@h\r\nCSeq: 7 INVITE\r\nl: 2\r\n\r\nv=".to_vec(),
            Right::Rsipstack,
            reading("INVITE", b"v="),
        ),
        (
            "folded header lines (§7.3.1)",
            usual("INVITE sip:b@h SIP/2.0", "SIP/2.0/UDP h\r\n ;branch=z9hG4bKb1", "<sip:a@h>\r\n\t;tag=f1"),
            Right::Rsipstack,
            reading("INVITE", b""),
        ),
        (
            "white space before the colon (§7.3.1)",
            b"OPTIONS sip:b@h SIP/2.0\r\nVia : SIP/2.0/UDP h;branch=z9hG4bKb1\r\nFrom : <sip:a@h>;tag=f1\r\nTo : <sip:b@h>\r\nCall-ID : c1@h\r\nCSeq : 7 OPTIONS\r\nContent-Length: 0\r\n\r\n".to_vec(),
            Right::Rsipstack,
            reading("OPTIONS", b""),
        ),
        (
            "a request for a telephone number (RFC 3966)",
            usual("INVITE tel:+33199001234 SIP/2.0", via, from),
            Right::Rsipstack,
            reading("INVITE", b""),
        ),
        (
            "a request for a urn (RFC 5031)",
            usual("INVITE urn:service:sos SIP/2.0", via, from),
            Right::Rsipstack,
            reading("INVITE", b""),
        ),
        (
            "an IPv6 address in Via",
            usual("INVITE sip:b@h SIP/2.0", "SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bKb1", from),
            Right::Rsipstack,
            reading("INVITE", b""),
        ),
        (
            "octets after the body (RFC 4475 §3.1.1.7)",
            [usual("OPTIONS sip:b@h SIP/2.0", via, from), b"INVITE sip:b@h SIP/2.0\r\n\r\n".to_vec()].concat(),
            Right::Rsipstack,
            reading("OPTIONS", b""),
        ),
        (
            "a datagram without Content-Length (§18.3)",
            b"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKb1\r\nFrom: <sip:a@h>;tag=f1\r\nTo: <sip:b@h>\r\nCall-ID: c1@h\r\nCSeq: 7 INVITE\r\n\r\nv=0".to_vec(),
            Right::Rsip,
            reading("INVITE", b"v=0"),
        ),
        (
            "a method nobody knows (RFC 4475 §3.1.1.2)",
            usual("NEWMETHOD sip:b@h SIP/2.0", via, from),
            Right::Neither,
            reading("NEWMETHOD", b""),
        ),
        (
            "a display name in Latin-1, as old PBXs write it",
            latin1,
            Right::Neither,
            reading("INVITE", b"v="),
        ),
    ]
}

fn our_refer_to() -> String {
    refer_to(&Transfer {
        target: "sip:etat-civil@pbx.mairie.fr".into(),
        headers: vec![
            ("X-Standardiste-Reason".into(), "requested".into()),
            ("Call-Info".into(), "<http://192.0.2.9:8080/handover/0a1b>;purpose=info".into()),
        ],
        timeout: std::time::Duration::from_secs(25),
    })
}

#[test]
fn both_read_the_messages_of_the_field_alike() {
    for (name, bytes) in agreed() {
        let ours = by_rsipstack(&bytes);
        assert!(ours.is_ok(), "{name}: rsipstack cannot read it: {ours:?}");
        assert_eq!(ours, by_rsip(&bytes), "{name}: rsipstack left, rsip right");
    }
}

#[test]
fn where_they_differ_it_is_known_who_is_right() {
    let mut wrong = Vec::new();
    for (name, bytes, right, expected) in known_differences() {
        let (ours, other) = (by_rsipstack(&bytes), by_rsip(&bytes));
        let found = match (ours.as_ref() == Ok(&expected), other.as_ref() == Ok(&expected)) {
            (true, false) => Some(Right::Rsipstack),
            (false, true) => Some(Right::Rsip),
            (false, false) => Some(Right::Neither),
            (true, true) => None,
        };
        if found != Some(right) {
            wrong.push(format!("{name}: {right:?} was right, now {found:?}\nrsipstack {ours:?}\nrsip {other:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_the_door_answers_and_mends_is_read_alike() {
    let request = "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKb1\r\nFrom: <sip:a@h>;tag=f1\r\nTo: <sip:b@h>\r\nCall-ID: c1@h\r\nCSeq: 7 INVITE\r\n";
    let refused = [
        ("stranger", datagram(format!("{request}\r\n").as_bytes(), false), "403"),
        (
            "version",
            datagram(format!("{request}\r\n").replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia").as_bytes(), true),
            "505",
        ),
        ("method", datagram(format!("{request}\r\n").replace("INVITE", "NEWMETHOD").as_bytes(), true), "405"),
        ("length", datagram(format!("{request}Content-Length: 9\r\n\r\nv=0").as_bytes(), true), "400"),
    ];
    for (name, verdict, status) in refused {
        let Verdict::Reply(answer) = verdict else { panic!("{name}: {verdict:?}") };
        if name == "method" {
            // Neither knows the method in CSeq, so the answer is read by hand.
            assert!(answer.starts_with(b"SIP/2.0 405 "), "{name}");
            continue;
        }
        let read = by_rsipstack(&answer).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((read.what.as_str(), read.branch.as_deref()), (status, Some("z9hG4bKb1")), "{name}");
        assert!(read.to_tag.is_some(), "{name}: an answer names its side of the dialog");
        assert_eq!(Ok(read), by_rsip(&answer), "{name}");
    }

    let Verdict::Mend(mended) = datagram(format!("{request}\r\nv=0").as_bytes(), true) else { panic!("not mended") };
    let read = by_rsipstack(&mended);
    assert_eq!(read.as_ref().map(|read| read.body.as_slice()), Ok(b"v=0".as_slice()));
    assert_eq!(read, by_rsip(&mended));
}

#[test]
fn our_refer_to_is_an_address() {
    let text = our_refer_to();
    let address = text.trim_matches(['<', '>']);
    let ours = rsipstack::sip::Uri::try_from(address).expect("rsipstack reads it");
    assert_eq!((ours.user(), ours.host().to_string().as_str()), (Some("etat-civil"), "pbx.mairie.fr"));
    // `rsip` knows no header fields in an address (RFC 3261 §19.1.1), and takes them for a host and a port.
    assert!(rsip::Uri::try_from(address).is_err(), "rsip has learned it: compare both");
    let (target, _) = address.split_once('?').expect("header fields");
    let other = rsip::Uri::try_from(target).expect("rsip reads the address itself");
    assert_eq!((other.user(), other.host().to_string().as_str()), (Some("etat-civil"), "pbx.mairie.fr"));
}
