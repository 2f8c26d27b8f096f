//! The hand-over by REFER: accepted, busy, refused, too late.

use std::time::Duration;

use standardiste::leg::{Event, Gone, Progress, Transfer};

use crate::support::Sipp;
use crate::support::baresip::{Baresip, Phone};
use crate::support::kamailio::{Kamailio, PASSWORD};
use crate::support::line::{Line, Script};

const SOON: Duration = Duration::from_secs(6);
const CALL: Duration = Duration::from_secs(25);

fn transfer(timeout: Duration) -> Transfer {
    Transfer {
        target: "sip:etat-civil@127.0.0.1:5099".to_owned(),
        headers: vec![
            ("X-Standardiste-Call".to_owned(), "0192-abc".to_owned()),
            ("X-Standardiste-Why".to_owned(), "demandé : l'agent & l'état".to_owned()),
        ],
        timeout,
    }
}

fn line(transfers: Vec<Transfer>) -> impl Future<Output = Line> {
    Line::plain(Script { transfers, ..Script::default() })
}

#[tokio::test]
async fn a_human_who_answers_takes_the_caller_and_we_say_goodbye() {
    let line = line(vec![transfer(SOON)]).await;
    Sipp::new("refer_accepted", line.port).start().succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    let expected = [
        Event::Answered,
        Event::Transfer(Progress::Trying { status: 202 }),
        Event::Transfer(Progress::Trying { status: 100 }),
        Event::Transfer(Progress::Trying { status: 180 }),
        Event::Transfer(Progress::Accepted),
        Event::Gone(Gone::Us),
    ];
    assert_eq!(call.events, expected);
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_busy_human_and_a_refused_refer_leave_the_caller_with_us() {
    let line = line(vec![transfer(SOON), transfer(SOON)]).await;
    Sipp::new("refer_busy_then_refused", line.port).start().succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    let failures: Vec<_> = call
        .events
        .iter()
        .filter_map(|e| match e {
            Event::Transfer(Progress::Failed { status, .. }) => Some(("failed", *status)),
            Event::Transfer(Progress::Refused { status, .. }) => Some(("refused", *status)),
            _ => None,
        })
        .collect();
    assert_eq!(failures, [("failed", 486), ("refused", 603)]);
    assert_eq!(call.gone(), Some(&Gone::Caller));
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_challenged_refer_fails_alone_and_the_caller_stays_in_the_call() {
    let line = line(vec![transfer(SOON), transfer(SOON)]).await;
    Sipp::new("refer_challenged", line.port).start().succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    let failures = call.events.iter().filter(|e| matches!(e, Event::Transfer(Progress::Refused { .. }))).count();
    assert_eq!((failures, call.gone()), (2, Some(&Gone::Caller)), "{call:?}");
    line.is_clean(SOON).await;
}

#[tokio::test]
async fn a_human_who_does_not_answer_in_time_is_given_up_but_may_still_come_late() {
    let line = line(vec![transfer(Duration::from_secs(1))]).await;
    let mut sipp = Sipp::new("refer_late", line.port).start();
    let call = line
        .sees(SOON, |c| c.events.iter().any(|e| matches!(e, Event::Transfer(Progress::Failed { status: 408, .. }))))
        .await;
    assert!(call.gone().is_none(), "the caller is still with us");
    sipp.succeeds(CALL).await;
    let call = line.sees(SOON, |c| c.gone().is_some()).await;
    assert!(call.has(&Event::Transfer(Progress::Accepted)), "{call:?}");
}

#[tokio::test]
async fn a_softphone_is_handed_to_a_human_registered_at_the_pbx() {
    let pbx = Kamailio::start().await;
    let account = format!(";auth_pass={PASSWORD}");
    let human = Baresip::start(&Phone {
        user: "agent",
        registrar: Some(format!("127.0.0.1:{}", pbx.port)),
        account,
        ..Phone::default()
    });
    pbx.peer.prints("REGISTER agent", SOON).await;
    let target = format!("sip:agent@127.0.0.1:{}", pbx.port);
    let line = line(vec![Transfer { target, ..transfer(Duration::from_secs(10)) }]).await;
    let calls = Some(format!("sip:mairie@127.0.0.1:{}", line.port));
    let caller = Baresip::start(&Phone { user: "anne", calls, ..Phone::default() });
    let limit = Duration::from_secs(15);
    caller.peer.prints("transferring call", limit).await;
    human.peer.prints("Call established", limit).await;
    let call = line.sees(limit, |c| c.gone().is_some()).await;
    assert!(call.has(&Event::Transfer(Progress::Accepted)), "{call:?}\n{}", caller.peer.report());
    line.is_clean(SOON).await;
}
