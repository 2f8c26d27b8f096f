//! An extension of a PBX: registered with digest, called through the proxy, refreshed, removed at shutdown.

use std::time::Duration;

use standardiste::leg::sip::{Registration, Settings, Standing};
use standardiste::leg::{Event, Gone};

use crate::support::Sipp;
use crate::support::kamailio::{Kamailio, PASSWORD};
use crate::support::line::{Line, Script, settings};

const SOON: Duration = Duration::from_secs(8);
const CALL: Duration = Duration::from_secs(25);

async fn registered(pbx: &Kamailio, password: &str, change: impl Fn(&mut Registration), script: Script) -> Line {
    let mut registration = Registration {
        registrar: format!("sip:127.0.0.1:{}", pbx.port),
        user: "0145671234".to_owned(),
        password: password.to_owned(),
        ..Registration::default()
    };
    change(&mut registration);
    // Nobody else is trusted.
    let settings = Settings { trusted: vec![], registration: Some(registration), ..settings() };
    Line::start(settings, 10, script).await
}

async fn stands(line: &Line, wanted: impl Fn(&Standing) -> bool) -> Standing {
    let mut standing = line.server().registration();
    let result = tokio::time::timeout(SOON, standing.wait_for(|s| wanted(s))).await;
    result
        .unwrap_or_else(|_| panic!("the registration stands at {:?}", line.server().registration().borrow()))
        .unwrap()
        .clone()
}

#[tokio::test]
async fn a_call_comes_through_the_pbx_where_we_are_registered() {
    let pbx = Kamailio::start().await;
    let mut line = registered(&pbx, PASSWORD, |_| {}, Script::default()).await;
    stands(&line, |s| *s == Standing::Registered).await;
    Sipp::new("basic", pbx.port).args(&["-d", "500"]).start().succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert_eq!(call.events, [Event::Answered, Event::Gone(Gone::Caller)]);
    assert_eq!(call.caller.to, "0145671234");
    line.server.take().unwrap().shutdown().await;
    assert!(pbx.peer.output().contains("REGISTER 0145671234 expires=0"), "{}", pbx.peer.output());
    let mut refused = Sipp::new("basic", pbx.port).start();
    assert!(!refused.ended(CALL).await.success(), "the PBX still knew us");
}

#[tokio::test]
async fn our_bye_goes_through_the_proxy_that_recorded_its_route() {
    let pbx = Kamailio::start().await;
    let script = Script { hang_up_after: Some(Duration::from_millis(300)), ..Script::default() };
    let line = registered(&pbx, PASSWORD, |_| {}, script).await;
    stands(&line, |s| *s == Standing::Registered).await;
    Sipp::new("ended_by_us", pbx.port).start().succeeds(CALL).await;
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn registration_works_over_tcp() {
    let pbx = Kamailio::start().await;
    let over_tcp = |r: &mut Registration| r.registrar += ";transport=tcp";
    let line = registered(&pbx, PASSWORD, over_tcp, Script::default()).await;
    stands(&line, |s| *s == Standing::Registered).await;
    Sipp::new("basic", pbx.port).args(&["-d", "300"]).start().succeeds(CALL).await;
    line.sees(SOON, |c| c.gone() == Some(&Gone::Caller)).await;
}

#[tokio::test]
async fn the_registration_is_refreshed_before_it_lapses() {
    let pbx = Kamailio::start().await;
    let line = registered(&pbx, PASSWORD, |r| r.expires = Duration::from_secs(2), Script::default()).await;
    stands(&line, |s| *s == Standing::Registered).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let times = pbx.peer.output().matches("REGISTER 0145671234 expires=2").count();
    assert!(times >= 3, "{times} registrations in 4 s:\n{}", pbx.peer.output());
    assert_eq!(*line.server().registration().borrow(), Standing::Registered);
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let pbx = Kamailio::start().await;
    let line = registered(&pbx, "wrong", |_| {}, Script::default()).await;
    let standing = stands(&line, |s| matches!(s, Standing::Failed(_))).await;
    assert!(matches!(&standing, Standing::Failed(why) if why.contains("401")), "{standing:?}");
}
