//! A human rung by the line itself: answered, refused, given up, and nothing of it left behind.

use std::time::Duration;

use standardiste::leg::sip::{Registration, Settings};
use standardiste::leg::{Caller, Event, Gone, Progress, Transfer};

use crate::support::baresip::{Baresip, Phone as Telephone};
use crate::support::kamailio::{Habits, Kamailio, PASSWORD};
use crate::support::line::{Line, Noted, Rung, Script, settings};
use crate::support::media::Phone;
use crate::support::{LOOPBACK, Peer, Sipp};

const SOON: Duration = Duration::from_secs(5);
const CALL: Duration = Duration::from_secs(25);

fn caller() -> Caller {
    Caller { from: "0612345678".into(), to: "0145671234".into(), signalling_id: "x".into(), channel: "sip" }
}

fn transfer(port: u16, timeout: Duration) -> Transfer {
    Transfer {
        target: format!("sip:guichet@127.0.0.1:{port}"),
        headers: vec![
            ("X-Standardiste-Call".to_owned(), "0192-abc".to_owned()),
            ("Call-Info".to_owned(), "<http://127.0.0.1:9/handover/t>;purpose=info".to_owned()),
        ],
        timeout,
    }
}

/// A line, a SIPp telephone that plays `scenario` and echoes what it hears, and what rings it.
struct Scene {
    line: Line,
    telephone: Peer,
    echo: Phone,
    rung: Rung,
}

async fn scene(scenario: &str, settings: Settings, timeout: Duration, script: Script) -> Scene {
    let line = Line::start(settings, 10, Script::default()).await;
    let echo = Phone::echo().await;
    let sipp = Sipp::new(scenario, line.port).rtp_port(echo.port);
    let port = sipp.sip_port;
    let telephone = sipp.start();
    let rung = line.rings(transfer(port, timeout), &caller(), script);
    Scene { line, telephone, echo, rung }
}

impl Scene {
    /// Plays `scenario` to its end, on both sides, and gives what was noted of it.
    async fn plays(scenario: &str, timeout: Duration, script: Script) -> Noted {
        let mut scene = scene(scenario, settings(), timeout, script).await;
        scene.telephone.succeeds(CALL).await;
        let noted = scene.rung.sees(SOON, |c| c.gone().is_some()).await;
        scene.line.is_clean(SOON).await;
        noted
    }
}

fn ringing_only() -> Script {
    Script { ring_only: true, ..Script::default() }
}

fn failed(noted: &Noted) -> Option<u16> {
    noted.events.iter().find_map(|event| match event {
        Event::Transfer(Progress::Failed { status, .. }) => Some(*status),
        _ => None,
    })
}

#[tokio::test]
async fn a_human_rung_by_the_line_answers_hears_and_is_heard() {
    let script = Script { hang_up_after: Some(Duration::from_millis(1_500)), ..ringing_only() };
    let noted = Scene::plays("human_answers", SOON, script).await;
    let expected = [Event::Transfer(Progress::Trying { status: 180 }), Event::Answered, Event::Gone(Gone::Us)];
    assert_eq!(noted.events, expected);
    assert!(noted.loud >= 50, "our own tone came back: {}", noted.loud);
}

#[tokio::test]
async fn a_human_who_hangs_up_ends_the_leg() {
    let noted = Scene::plays("human_hangs_up", SOON, ringing_only()).await;
    assert_eq!(noted.events, [Event::Answered, Event::Gone(Gone::Caller)]);
}

#[tokio::test]
async fn busy_and_sent_elsewhere_are_failures_with_their_status() {
    assert_eq!(failed(&Scene::plays("human_busy", SOON, ringing_only()).await), Some(486));
    let noted = Scene::plays("human_redirects", SOON, ringing_only()).await;
    assert_eq!((failed(&noted), noted.gone()), (Some(302), Some(&Gone::Declined)));
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_is_acknowledged_and_ended() {
    for scenario in ["human_without_description", "human_other_codec"] {
        let noted = Scene::plays(scenario, SOON, ringing_only()).await;
        assert_eq!((failed(&noted), noted.gone()), (Some(488), Some(&Gone::Declined)), "{scenario}");
        assert!(!noted.has(&Event::Answered), "{scenario}: {noted:?}");
    }
}

#[tokio::test]
async fn nobody_in_time_is_given_up_with_a_cancel() {
    let noted = Scene::plays("human_cancelled", Duration::from_secs(1), ringing_only()).await;
    assert_eq!((failed(&noted), noted.gone()), (Some(408), Some(&Gone::Declined)));
}

#[tokio::test]
async fn a_caller_who_goes_while_it_rings_gives_the_call_up() {
    let mut scene = scene("human_cancelled", settings(), CALL, ringing_only()).await;
    scene.rung.sees(SOON, |c| c.has(&Event::Transfer(Progress::Trying { status: 180 }))).await;
    scene.rung.let_go();
    scene.telephone.succeeds(CALL).await;
    scene.line.is_clean(SOON).await;
}

/// RFC 3261 §9.1: no CANCEL before a provisional answer.
#[tokio::test]
async fn given_up_before_anything_was_heard_of_it_a_call_is_cancelled_at_its_first_sign() {
    let noted = Scene::plays("human_late_ring", Duration::from_millis(500), ringing_only()).await;
    assert_eq!(failed(&noted), Some(408));
}

#[tokio::test]
async fn an_answer_that_crosses_the_cancel_gets_a_bye() {
    let noted = Scene::plays("human_crosses", Duration::from_millis(700), ringing_only()).await;
    assert_eq!((failed(&noted), noted.has(&Event::Answered)), (Some(408), false));
}

#[tokio::test]
async fn what_the_exchange_says_before_the_answer_is_heard() {
    let mut scene = scene("human_early_media", settings(), SOON, ringing_only()).await;
    scene.rung.sees(SOON, |c| c.has(&Event::Transfer(Progress::Trying { status: 183 }))).await;
    scene.echo.wait_for_media(SOON).await;
    scene.echo.speak(20, |_, _| {}).await;
    let early = scene.rung.sees(SOON, |c| c.loud >= 10).await;
    assert!(!early.has(&Event::Answered), "{early:?}");
    scene.rung.sees(SOON, |c| c.has(&Event::Answered)).await;
    scene.rung.let_go();
    scene.telephone.succeeds(CALL).await;
    scene.line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_human_may_hold_and_come_back() {
    let noted = Scene::plays("human_holds", SOON, ringing_only()).await;
    assert_eq!(noted.events, [Event::Answered, Event::Held, Event::Retrieved, Event::Gone(Gone::Caller)]);
}

#[tokio::test]
async fn a_session_that_we_must_refresh_is_refreshed() {
    let script = Script { hang_up_after: Some(Duration::from_millis(3_000)), ..ringing_only() };
    let noted = Scene::plays("human_session", SOON, script).await;
    assert_eq!(noted.events, [Event::Answered, Event::Gone(Gone::Us)]);
}

#[tokio::test]
async fn keys_are_pressed_one_after_the_other() {
    let script = Script { keys: "15#", hang_up_after: Some(Duration::from_millis(1_500)), ..ringing_only() };
    let noted = Scene::plays("human_answers", SOON, script).await;
    assert_eq!(noted.digits(), "15#", "as the echo sent them back: {noted:?}");
}

#[tokio::test]
async fn an_address_that_cannot_be_rung_fails_at_once() {
    let line = Line::plain(Script::default()).await;
    for (target, status) in [("sips:guichet@127.0.0.1", 416), ("tel:+33145671234", 416), ("guichet", 400)] {
        let transfer = Transfer { target: target.into(), ..transfer(1, SOON) };
        let rung = line.rings(transfer, &caller(), ringing_only());
        assert_eq!(failed(&rung.sees(SOON, |c| c.gone().is_some()).await), Some(status), "{target}");
    }
    line.is_clean(SOON).await;
}

/// A telephone outside `trusted_peers` may end the call that we made to it, and not make one.
#[tokio::test]
async fn a_stranger_whom_we_ring_may_speak_inside_the_call_only() {
    let mut settings = settings();
    settings.trusted = vec!["127.0.0.9".parse().unwrap()];
    let mut scene = scene("human_hangs_up", settings, SOON, ringing_only()).await;
    scene.rung.sees(SOON, |c| c.has(&Event::Answered)).await;
    Sipp::new("forbidden", scene.line.port).start().succeeds(CALL).await;
    scene.telephone.succeeds(CALL).await;
    assert_eq!(scene.rung.sees(SOON, |c| c.gone().is_some()).await.gone(), Some(&Gone::Caller));
    scene.line.is_clean(SOON).await;
}

/// The name does not exist: INVITE, CANCEL and ACK all find the proxy.
#[tokio::test]
async fn with_a_proxy_for_names_the_call_and_its_cancel_take_the_same_way() {
    let pbx = Kamailio::start().await;
    let human = Baresip::start(&Telephone {
        user: "guichet",
        registrar: Some(format!("127.0.0.1:{}", pbx.port)),
        lets_ring: true,
        account: format!(";auth_pass={PASSWORD}"),
        ..Telephone::default()
    });
    pbx.peer.prints("REGISTER guichet", SOON).await;
    let registration = Registration {
        registrar: "sip:pbx.invalid".to_owned(),
        user: "ligne".to_owned(),
        password: PASSWORD.to_owned(),
        proxy: Some((LOOPBACK, pbx.port).into()),
        ..Registration::default()
    };
    let settings = Settings { trusted: vec![], registration: Some(registration), ..settings() };
    let line = Line::start(settings, 10, Script::default()).await;
    let target = "sip:guichet@pbx.invalid".to_owned();
    let transfer = Transfer { target, ..transfer(9, Duration::from_secs(1)) };
    let rung = line.rings(transfer, &caller(), ringing_only());
    assert_eq!(failed(&rung.sees(SOON, |c| c.gone().is_some()).await), Some(408));
    human.peer.prints("Incoming call", SOON).await;
    human.peer.prints("session closed", SOON).await;
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn the_exchange_that_asks_gets_the_password_and_nobody_else() {
    let pbx = Kamailio::with(Habits { challenges: Some("ligne"), ..Habits::default() }).await;
    let human = Baresip::start(&Telephone {
        user: "guichet",
        registrar: Some(format!("127.0.0.1:{}", pbx.port)),
        account: format!(";auth_pass={PASSWORD}"),
        ..Telephone::default()
    });
    pbx.peer.prints("REGISTER guichet", SOON).await;
    let at_the_exchange = format!("sip:guichet@127.0.0.1:{}", pbx.port);
    for (password, registrar, expected) in [
        (PASSWORD, format!("sip:127.0.0.1:{}", pbx.port), None),
        ("faux", format!("sip:127.0.0.1:{}", pbx.port), Some(407)),
        // Registered elsewhere: the exchange that asks is not the one that the password is for.
        (PASSWORD, "sip:127.0.0.5:9".to_owned(), Some(407)),
    ] {
        let registration = Registration {
            registrar,
            user: "ligne".to_owned(),
            password: password.to_owned(),
            ..Registration::default()
        };
        let line =
            Line::start(Settings { registration: Some(registration), ..settings() }, 10, Script::default()).await;
        let transfer = Transfer { target: at_the_exchange.clone(), ..transfer(9, SOON) };
        let script = Script { hang_up_after: Some(Duration::from_millis(300)), ..ringing_only() };
        let noted = line.rings(transfer, &caller(), script).sees(CALL, |c| c.gone().is_some()).await;
        assert_eq!((failed(&noted), noted.has(&Event::Answered)), (expected, expected.is_none()), "{noted:?}");
        line.is_clean(SOON).await;
    }
    drop(human);
}
