//! Who and what is turned away, and how it is told.

use std::time::Duration;

use standardiste::leg::sip::{Error, Server, Settings};
use standardiste::leg::{Admission, Gone};
use tokio::net::UdpSocket;

use crate::support::line::{Line, Script, settings};
use crate::support::{LOOPBACK, Sipp};

const SOON: Duration = Duration::from_secs(5);
const CALL: Duration = Duration::from_secs(25);

#[tokio::test]
async fn offers_that_cannot_be_met_get_488_and_nonsense_gets_400() {
    let line = Line::plain(Script::default()).await;
    for scenario in ["not_acceptable", "no_audio", "malformed"] {
        Sipp::new(scenario, line.port).start().succeeds(CALL).await;
    }
    assert!(line.calls().is_empty());
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_full_line_says_486_and_when_to_try_again() {
    let line = Line::start(settings(), 1, Script::default()).await;
    let mut first = Sipp::new("basic", line.port).args(&["-d", "1500"]).start();
    line.sees(SOON, |c| !c.events.is_empty()).await;
    Sipp::new("full", line.port).start().succeeds(CALL).await;
    first.succeeds(CALL).await;
    line.is_clean(SOON).await;
    Sipp::new("basic", line.port).args(&["-d", "100"]).start().succeeds(CALL).await;
}

#[tokio::test]
async fn a_flood_beyond_the_limit_is_refused_call_by_call_and_disturbs_nobody() {
    let line = Line::start(settings(), 1, Script::default()).await;
    let mut first = Sipp::new("basic", line.port).args(&["-d", "4000"]).start();
    line.sees(SOON, |c| !c.events.is_empty()).await;
    Sipp::new("full", line.port).calls(300, 150).start().succeeds(CALL).await;
    first.succeeds(CALL).await;
    assert_eq!(line.calls().len(), 1);
    assert!(line.call().frames > 180, "one frame each 20 ms for 4 s: {}", line.call().frames);
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_closing_line_says_503_and_lets_running_calls_finish() {
    let line = Line::plain(Script::default()).await;
    let mut first = Sipp::new("basic", line.port).args(&["-d", "1200"]).start();
    line.sees(SOON, |c| !c.events.is_empty()).await;
    line.admission.close();
    Sipp::new("closing", line.port).start().succeeds(CALL).await;
    first.succeeds(CALL).await;
}

#[tokio::test]
async fn shutdown_says_goodbye_to_whoever_is_still_there_and_frees_the_port() {
    let mut line = Line::plain(Script::default()).await;
    let mut caller = Sipp::new("ended_by_us", line.port).start();
    line.sees(SOON, |c| !c.events.is_empty()).await;
    line.server.take().unwrap().shutdown().await;
    caller.succeeds(CALL).await;
    assert_eq!(line.call().gone(), Some(&Gone::Us));
    assert_eq!(line.admission.taken(), 0);
    let address = (LOOPBACK, line.port);
    for _ in 0..100 {
        if UdpSocket::bind(address).await.is_ok() && tokio::net::TcpListener::bind(address).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the port is still held");
}

#[tokio::test]
async fn a_peer_that_is_not_trusted_gets_403_on_udp_and_on_tcp() {
    let settings = Settings { trusted: vec!["192.0.2.0/24".parse().unwrap()], ..settings() };
    let line = Line::start(settings, 10, Script::default()).await;
    Sipp::new("forbidden", line.port).start().succeeds(CALL).await;
    Sipp::new("forbidden", line.port).args(&["-t", "t1"]).start().succeeds(CALL).await;
    assert!(line.calls().is_empty());
}

#[tokio::test]
async fn options_is_answered_and_strange_dialogs_are_not_known() {
    let line = Line::plain(Script::default()).await;
    Sipp::new("options", line.port).start().succeeds(CALL).await;
    Sipp::new("unknown_dialog", line.port).start().succeeds(CALL).await;
}

#[tokio::test]
async fn what_the_stack_is_lax_about_is_refused_at_the_door() {
    let line = Line::plain(Script::default()).await;
    let socket = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    socket.connect((LOOPBACK, line.port)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let good = format!(
        "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-BRANCH\r\nMax-Forwards: 70\r\n\
         From: <sip:b@127.0.0.1>;tag=1\r\nTo: <sip:a@127.0.0.1>\r\nCall-ID: BRANCH@test\r\nCSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n"
    );
    let cases = [
        (good.clone(), "200"),
        (good.replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia"), "505"),
        (good.replace("OPTIONS", "FROBNICATE"), "405"),
        (good.replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE"), "400"),
        (good.replace("To: <sip:a@127.0.0.1>\r\n", ""), "400"),
        (good.replace(";tag=1", ""), "400"),
        (good.replace("Content-Length: 0", "Content-Length: 999"), "400"),
        (good.replace("Content-Length: 0", "Content-Length: many"), "400"),
        (good.replace("Max-Forwards: 70", "Require: teleport, timer"), "420"),
        (good.replace("sip:a@127.0.0.1 SIP", "<> SIP"), "400"),
        (good.replace("OPTIONS", "PUBLISH"), "405"),
        (good.replace("OPTIONS", "BYE"), "481"),
    ];
    for (number, (request, status)) in cases.into_iter().enumerate() {
        let request = request.replace("BRANCH", &number.to_string());
        socket.send(request.as_bytes()).await.unwrap();
        let mut buffer = [0; 4_096];
        let length = tokio::time::timeout(SOON, socket.recv(&mut buffer))
            .await
            .unwrap_or_else(|_| panic!("no answer to\n{request}"))
            .unwrap();
        let answer = String::from_utf8_lossy(&buffer[..length]);
        assert!(answer.starts_with(&format!("SIP/2.0 {status} ")), "{request}\n→ {answer}");
        assert!(answer.contains(&format!("{number}@test")));
    }
    // And whatever else comes, the line still answers.
    for noise in [&b"\r\n\r\n"[..], b"\0\0\0\0", b"INVITE", b"INVITE sip: SIP/2.0\r\n\r\n", &[0xFF; 1_200]] {
        socket.send(noise).await.unwrap();
    }
    Sipp::new("basic", line.port).args(&["-d", "100"]).start().succeeds(CALL).await;
}

#[tokio::test]
async fn an_invite_without_content_length_is_read_to_its_end() {
    let line = Line::plain(Script::default()).await;
    let socket = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let invite = format!(
        "INVITE sip:a@127.0.0.1 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-short\r\nMax-Forwards: 70\r\n\
         f: <sip:anonymous@anonymous.invalid>;tag=1\r\nt: <sip:a@127.0.0.1>\r\ni: short@test\r\nCSeq: 1 INVITE\r\n\
         m: <sip:b@127.0.0.1:{port}>\r\nc: application/sdp\r\n\r\n\
         v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 18 RTP/AVP 18\r\n"
    );
    socket.send_to(invite.as_bytes(), (LOOPBACK, line.port)).await.unwrap();
    let mut buffer = [0; 4_096];
    loop {
        let length = tokio::time::timeout(SOON, socket.recv(&mut buffer)).await.unwrap().unwrap();
        let answer = String::from_utf8_lossy(&buffer[..length]);
        if !answer.starts_with("SIP/2.0 100") {
            assert!(answer.starts_with("SIP/2.0 488"), "{answer}");
            return;
        }
    }
}

#[tokio::test]
async fn a_port_in_use_is_told_with_its_address_and_its_key() {
    let taken = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    let address = taken.local_addr().unwrap();
    let start = |settings| Server::start(settings, Admission::new(1, SOON));
    let error = start(Settings { udp: Some(address), ..settings() }).await.err().unwrap();
    assert!(matches!(error, Error::InUse { .. }));
    assert!(
        error.to_string().contains(&address.to_string()) && error.to_string().contains("sip.listen_udp"),
        "{error}"
    );
    let taken = std::net::TcpListener::bind((LOOPBACK, 0)).unwrap();
    let address = taken.local_addr().unwrap();
    let error = start(Settings { tcp: Some(address), ..settings() }).await.err().unwrap();
    assert!(error.to_string().contains("sip.listen_tcp"), "{error}");
    let error = start(Settings { trusted: vec![], ..settings() }).await.err().unwrap();
    assert!(matches!(error, Error::NoWayIn), "{error}");
    let error = start(Settings { udp: None, tcp: None, ..settings() }).await.err().unwrap();
    assert!(matches!(error, Error::NoListener), "{error}");
}
