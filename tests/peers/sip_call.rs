//! A call over SIP: answered, kept, ended from either side, and nothing of it left behind.

use std::time::Duration;

use standardiste::leg::{Event, Gone};

use crate::support::line::{Line, Script, settings};
use crate::support::{LOOPBACK, Sipp};

const SOON: Duration = Duration::from_secs(5);
const CALL: Duration = Duration::from_secs(25);

#[tokio::test]
async fn a_caller_is_answered_hears_us_and_hangs_up() {
    let line = Line::plain(Script::default()).await;
    // Echoes our RTP back, so what we hear is our own tone through the network and both codecs.
    let echo = echo().await;
    let mut sipp = Sipp::new("basic", line.port).rtp_port(echo).args(&["-d", "1500"]).start();
    sipp.succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert_eq!(call.events, [Event::Answered, Event::Gone(Gone::Caller)]);
    assert_eq!((call.caller.from.as_str(), call.caller.to.as_str()), ("0612345678", "0145671234"));
    assert!(call.frames >= 65, "one frame each 20 ms: {}", call.frames);
    assert!(call.loud >= 50, "the tone came back: {}", call.loud);
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_call_over_tcp_is_the_same() {
    let line = Line::plain(Script::default()).await;
    let mut sipp = Sipp::new("basic", line.port).args(&["-t", "t1", "-d", "300"]).start();
    sipp.succeeds(CALL).await;
    line.sees(SOON, |c| c.gone() == Some(&Gone::Caller)).await;
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn we_hang_up_and_our_bye_is_answered() {
    let line = Line::plain(Script { hang_up_after: Some(Duration::from_millis(300)), ..Script::default() }).await;
    let mut sipp = Sipp::new("ended_by_us", line.port).start();
    sipp.succeeds(CALL).await;
    line.sees(SOON, |c| c.gone() == Some(&Gone::Us)).await;
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_caller_who_gives_up_while_it_rings_gets_487() {
    let line = Line::plain(Script { ring_only: true, ..Script::default() }).await;
    Sipp::new("cancel", line.port).start().succeeds(CALL).await;
    assert_eq!(line.sees(SOON, |c| c.gone().is_some()).await.events, [Event::Gone(Gone::Caller)]);
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_bye_while_it_rings_answers_the_invite_too() {
    let line = Line::plain(Script { ring_only: true, ..Script::default() }).await;
    Sipp::new("bye_while_ringing", line.port).start().succeeds(CALL).await;
    assert_eq!(line.sees(SOON, |c| c.gone().is_some()).await.events, [Event::Gone(Gone::Caller)]);
}

#[tokio::test]
async fn an_invite_without_offer_gets_ours_and_its_answer_is_in_the_ack() {
    let line = Line::plain(Script::default()).await;
    let echo = echo().await;
    Sipp::new("offerless", line.port).rtp_port(echo).args(&["-d", "800"]).start().succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert!(call.loud > 20, "{call:?}");
}

#[tokio::test]
async fn a_proxy_that_records_its_route_stays_in_the_path() {
    let line = Line::plain(Script { hang_up_after: Some(Duration::from_millis(200)), ..Script::default() }).await;
    Sipp::new("record_route", line.port).start().succeeds(CALL).await;
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_caller_without_any_media_is_let_go() {
    let settings = standardiste::leg::sip::Settings { media_timeout: Duration::from_millis(600), ..settings() };
    let line = Line::start(settings, 10, Script::default()).await;
    Sipp::new("ended_by_us", line.port).start().succeeds(CALL).await;
    line.sees(SOON, |c| c.gone() == Some(&Gone::MediaTimeout)).await;
    line.is_clean(SOON).await;
}

/// 500 calls at 50 a second, each of one second: about fifty at a time. Twice, so that what the second time adds to the
/// memory is what calls leave behind, and not what a busy line needs.
#[tokio::test]
async fn five_hundred_calls_leave_nothing_behind() {
    let line = Line::start(settings(), 400, Script::default()).await;
    let mut resident = Vec::new();
    for round in 1..=2 {
        let mut sipp = Sipp::new("basic", line.port).args(&["-d", "1000", "-timeout", "60s"]).calls(500, 50).start();
        sipp.succeeds(Duration::from_secs(80)).await;
        line.is_clean(SOON).await;
        assert_eq!(line.calls().len(), 500 * round);
        resident.push(resident_kib());
    }
    assert!(line.calls().iter().all(|c| c.events == [Event::Answered, Event::Gone(Gone::Caller)]));
    let grown = resident[1].saturating_sub(resident[0]);
    assert!(grown < LEFT_BEHIND_KIB, "500 calls left {grown} KiB behind ({resident:?})");
}

/// 20 KiB a call would be a dialog kept; transactions of the last half minute, and the test's own notes, are allowed.
const LEFT_BEHIND_KIB: u64 = 500 * 20;

/// Memory of this process that is in RAM.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_codec_is_spoken_and_understood() {
    let line = Line::plain(Script::default()).await;
    let codecs = [("0", "PCMU/8000"), ("8", "PCMA/8000"), ("9", "G722/8000"), ("107", "opus/48000/2")];
    for (format, encoding) in codecs {
        let keys = ["-d", "700", "-key", "format", format, "-key", "encoding", encoding];
        Sipp::new("one_codec", line.port).rtp_port(echo().await).args(&keys).start().succeeds(CALL).await;
    }
    line.is_clean(SOON).await;
    let loud: Vec<_> = line.calls().iter().map(|c| c.loud).collect();
    assert!(loud.len() == 4 && loud.iter().all(|l| *l >= 20), "{loud:?}");
}

#[tokio::test]
async fn a_call_over_ipv6_is_the_same() {
    let mut settings = settings();
    let address = Some(std::net::SocketAddr::new("::1".parse().unwrap(), crate::support::free_port()));
    (settings.udp, settings.tcp) = (address, None);
    settings.trusted = vec!["::1".parse().unwrap()];
    let line = Line::start(settings, 10, Script::default()).await;
    Sipp::over_ipv6("basic", line.port).args(&["-d", "300"]).start().succeeds(CALL).await;
    line.sees(SOON, |c| c.gone() == Some(&Gone::Caller)).await;
    line.is_clean(SOON).await;
}

/// Takes 32 s, the time that RFC 3261 §13.3.1.4 gives the caller.
#[tokio::test]
async fn a_caller_who_never_acknowledges_is_let_go() {
    let line = Line::plain(Script::default()).await;
    let limits = ["-timeout", "50s", "-recv_timeout", "45000"];
    Sipp::new("no_ack", line.port).args(&limits).start().succeeds(Duration::from_secs(55)).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert!(
        matches!(call.events.as_slice(), [standardiste::leg::Event::Gone(Gone::Fault(why))] if why.contains("ACK")),
        "{call:?}"
    );
    line.is_clean(SOON).await;
}

/// A UDP port that sends back what it gets, until the test ends.
async fn echo() -> u16 {
    let socket = tokio::net::UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut buffer = [0; 2_048];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let _ = socket.send_to(&buffer[..length], from).await;
        }
    });
    port
}
