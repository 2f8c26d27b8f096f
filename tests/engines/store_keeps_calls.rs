//! What is recorded of a call is there afterwards, whole, whatever becomes of the process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use sqlx::{ConnectOptions, Connection};
use standardiste::call::{CallEnd, CallStart, Decision, Message, Reason, Stages, TurnCandidate, TurnRecord, Way};
use standardiste::store::Store;

pub fn start(id: &str, at: Timestamp) -> CallStart {
    CallStart {
        id: id.into(),
        at,
        channel: "sip".into(),
        from: "0612345678".into(),
        to: "0102030405".into(),
        signalling_id: "abc@pbx".into(),
        handover_token: format!("token-of-{id}"),
    }
}

pub fn turn(number: u32) -> TurnRecord {
    TurnRecord {
        turn: number,
        at: Timestamp::now(),
        heard: "je voudrais un acte de naissance".into(),
        word_probabilities: vec![("je".into(), 0.9), ("voudrais".into(), 0.25)],
        hearing_confidence: Some(0.83),
        decision: Decision::Answer,
        entry: Some("acte-naissance".into()),
        version: Some(3),
        service_public: vec!["F1427".into()],
        probability: Some(0.91),
        reason: Reason::FollowUp,
        candidates: vec![TurnCandidate {
            entry: "acte-mariage".into(),
            service_public: vec!["F1432".into()],
            probability: 0.05,
        }],
        said: "L'acte de naissance se demande à la mairie.".into(),
        interrupted: true,
        voice_to_voice_ms: Some(812),
        personal: Vec::new(),
        stages: Stages { end_of_turn: Some(500), asr: Some(380), ..Stages::default() },
    }
}

pub fn message() -> Message {
    Message {
        call: "call-1".into(),
        at: Timestamp::now(),
        name: "Martin".into(),
        name_confirmed: true,
        number: "0612345678".into(),
        number_confirmed: false,
        text: "rappelez-moi".into(),
    }
}

#[tokio::test]
async fn a_call_reads_back_as_it_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("var/line.sqlite")).await.unwrap();
    let (call, turns) = (start("call-1", Timestamp::now()), [turn(0), turn(1)]);
    let message = message();
    let end = CallEnd {
        at: Timestamp::now(),
        how: "handed_over".into(),
        handed_over: Some(Reason::Requested),
        destination: Some("État civil".into()),
        way: Some(Way::Bridge),
    };
    store.begin_call(&call);
    turns.iter().for_each(|turn| store.record_turn("call-1", turn));
    store.leave_message(&message).await.unwrap();
    assert_eq!(store.call("call-1").await.unwrap().unwrap().end, None);
    store.end_call("call-1", &end);
    store.flush().await.unwrap();

    let summary = store.handover("token-of-call-1").await.unwrap().unwrap();
    assert_eq!(summary.call.start, call);
    assert_eq!(summary.call.end, Some(end));
    assert_eq!(summary.turns, turns);
    assert_eq!(summary.messages, [message]);
    assert_eq!(store.handover("token-of-nobody").await.unwrap(), None);
    assert_eq!(store.calls(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_turn_recorded_again_replaces_the_first_record() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("line.sqlite")).await.unwrap();
    store.begin_call(&start("call-1", Timestamp::now()));
    store.record_turn("call-1", &turn(1));
    let cut = TurnRecord { said: "L'acte".into(), ..turn(1) };
    store.record_turn("call-1", &cut);
    store.flush().await.unwrap();
    assert_eq!(store.turns("call-1").await.unwrap(), [cut]);
}

#[tokio::test]
async fn a_record_that_can_never_be_kept_does_not_take_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("line.sqlite")).await.unwrap();
    store.begin_call(&start("call-1", Timestamp::now()));
    store.record_turn("a-call-that-never-began", &turn(1));
    store.record_turn("call-1", &turn(1));
    store.flush().await.unwrap();
    assert_eq!(store.turns("call-1").await.unwrap().len(), 1);
    assert_eq!(store.fault(), None);
}

#[tokio::test]
async fn a_call_never_waits_for_a_database_that_another_program_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.sqlite");
    let store = Store::open(&path).await.unwrap();
    let mut other = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let before = Instant::now();
    store.begin_call(&start("call-1", Timestamp::now()));
    for number in 0..500 {
        store.record_turn("call-1", &turn(number));
    }
    assert!(before.elapsed() < Duration::from_secs(1), "recording waited for the lock");
    assert_eq!(store.calls(10).await.unwrap(), [], "readers go on, and see nothing unwritten");
    held.rollback().await.unwrap();
    store.flush().await.unwrap();
    assert_eq!(store.turns("call-1").await.unwrap().len(), 500);
}

#[tokio::test]
async fn purging_erases_old_calls_with_their_turns_and_leaves_those_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("line.sqlite")).await.unwrap();
    let now = Timestamp::now();
    let day = SignedDuration::from_hours(24);
    let end = CallEnd { at: now, how: "caller".into(), handed_over: None, destination: None, way: None };
    for (id, age) in [("old", 40), ("recent", 2), ("endless", 40)] {
        store.begin_call(&start(id, now - day * age));
        store.record_turn(id, &turn(1));
        if id != "endless" {
            store.end_call(id, &end);
        }
    }
    assert_eq!(store.purge(now - day * 30, now - day * 30).await.unwrap().calls, 1);
    assert_eq!(store.call("old").await.unwrap(), None);
    assert_eq!(store.turns("old").await.unwrap(), []);
    assert_eq!(store.turns("recent").await.unwrap().len(), 1);
    assert_eq!(store.turns("endless").await.unwrap().len(), 1);
}

/// The line that the child prints once a turn is written.
const WRITTEN: &str = "written ";
const CHILD: &str = "STANDARDISTE_TEST_DATABASE";

/// Not a test of its own: the process that the next one kills.
#[tokio::test]
#[ignore = "the child of kill_minus_nine_loses_at_most_the_turn_in_progress"]
async fn child_that_writes_turns_until_it_is_killed() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let store = Store::open(Path::new(&path)).await.unwrap();
    store.begin_call(&start("call-1", Timestamp::now()));
    for number in 1.. {
        store.record_turn("call-1", &turn(number));
        store.flush().await.unwrap();
        println!("{WRITTEN}{number}");
    }
}

#[tokio::test]
async fn kill_minus_nine_loses_at_most_the_turn_in_progress() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.sqlite");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--nocapture", "child_that_writes_turns_until_it_is_killed"])
        .env(CHILD, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut written = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some((_, number)) = line.unwrap().split_once(WRITTEN) {
            written = number.parse().unwrap();
        }
        if written == 50 {
            // SIGKILL: the child has no chance to tidy up.
            child.kill().unwrap();
            break;
        }
    }
    child.wait().unwrap();

    let store = Store::open(&path).await.unwrap();
    let turns = store.turns("call-1").await.unwrap();
    assert!(turns.len() >= written, "{} of {written} turns are left", turns.len());
    assert!(turns.iter().map(|turn| turn.turn).eq(1..=turns.len() as u32), "no hole");

    assert_eq!(store.mark_interrupted().await.unwrap(), 1);
    let end = store.call("call-1").await.unwrap().unwrap().end.unwrap();
    assert_eq!(end.how, "interrupted");
    assert_eq!(end.at, turns.last().unwrap().at, "the last sign of life");
    assert_eq!(store.mark_interrupted().await.unwrap(), 0);
}
