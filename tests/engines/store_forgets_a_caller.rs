//! One caller's data is found however their number is written, given whole, and erased; purges leave a proof.

use jiff::{SignedDuration, Timestamp};
use standardiste::app::data;
use standardiste::call::{CallEnd, CallStart, Message};
use standardiste::config::Keep;
use standardiste::store::{Store, Whose};

use crate::store_keeps_calls::{message, start, turn};

fn end(at: Timestamp) -> CallEnd {
    CallEnd { at, how: "caller".into(), handed_over: None, destination: None, way: None }
}

#[tokio::test]
async fn a_caller_is_found_by_any_spelling_of_the_number_and_nobody_else_is_erased() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("calls.sqlite")).await.unwrap();
    let now = Timestamp::now();
    for (id, from) in [("a", "sip:0612345678@pbx"), ("b", "+33612345678"), ("c", "0687654321"), ("d", "anonymous")] {
        store.begin_call(&CallStart { from: from.into(), ..start(id, now) });
        store.record_turn(id, &turn(1));
        store.end_call(id, &end(now));
    }
    // Left in somebody else's call, to call this number back.
    store.leave_message(&Message { call: "c".into(), number: "06 12 34 56 78".into(), ..message() }).await.unwrap();
    store
        .leave_message(&Message {
            call: "c".into(),
            number: "0687654321".into(),
            at: now + SignedDuration::from_secs(9),
            ..message()
        })
        .await
        .unwrap();

    let kept = store.kept_of(&Whose::Number("06.12.34.56.78".into())).await.unwrap();
    let ids: Vec<&str> = kept.calls.iter().map(|call| call.start.id.as_str()).collect();
    assert_eq!((ids, kept.messages.len()), (vec!["a", "b"], 1));
    assert_eq!(kept.calls[0].turns[0].heard, turn(1).heard);

    let erased = store.erase(kept).await.unwrap();
    assert_eq!((erased.calls, erased.messages), (2, 1));
    assert!(store.kept_of(&Whose::Number("0612345678".into())).await.unwrap().is_empty());
    assert!(store.turns("a").await.unwrap().is_empty(), "the turns go with their call");
    let other = store.kept_of(&Whose::Call("c".into())).await.unwrap();
    assert_eq!((other.calls.len(), other.messages.len()), (1, 1));
    assert!(store.kept_of(&Whose::Number("12".into())).await.unwrap().is_empty(), "two figures are nobody's number");
}

#[tokio::test]
async fn a_purge_proves_what_it_erased_and_says_so_once_a_day_when_there_was_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("calls.sqlite")).await.unwrap();
    let now = Timestamp::now();
    let ago = |days: i64| now - SignedDuration::from_hours(24 * days);
    for (id, at) in [("old", ago(40)), ("new", ago(3))] {
        store.begin_call(&start(id, at));
        store.end_call(id, &end(at));
    }
    store.leave_message(&Message { at: ago(31), ..message() }).await.unwrap();
    let sounds = folder.path().join("sounds");
    std::fs::create_dir(&sounds).unwrap();
    std::fs::write(sounds.join("new.wav"), b"RIFF").unwrap();
    let keep = Keep { audio_folder: sounds, ..Keep::default() };
    data::purge(&store, &keep).await.unwrap();
    data::purge(&store, &keep).await.unwrap();

    let rows = store.purges(10).await.unwrap();
    let of =
        |kind: &str| rows.iter().filter(|row| row.kind == kind).map(|row| (row.days, row.erased)).collect::<Vec<_>>();
    assert_eq!(of("transcript"), [(30, 1)]);
    assert_eq!(of("message"), [(30, 1)]);
    assert_eq!(of("sound"), [(7, 0)]);
    let oldest = |kind: &str| rows.iter().find(|row| row.kind == kind).and_then(|row| row.oldest);
    assert_eq!(oldest("transcript"), Some(ago(3)));
    assert_eq!(oldest("message"), None);
    assert!(oldest("sound").is_some());
}
