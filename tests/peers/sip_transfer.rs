//! The hand-over by REFER: accepted, busy, refused, too late.

use std::time::Duration;

use standardiste::leg::{Event, Gone, Progress, Transfer};

use crate::support::Sipp;
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
        .filter_map(|e| if let Event::Transfer(Progress::Failed { status, .. }) = e { Some(*status) } else { None })
        .collect();
    assert_eq!(failures, [486, 603]);
    assert_eq!(call.gone(), Some(&Gone::Caller));
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
