//! Supervisors find a call among many, and read it as it happened.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use standardiste::call::{Decision, Reason};
use standardiste::store::{CallFilter, CallOrder, EntryRow, Role, Store};

use crate::console::{self, call, end, turn};
use crate::console_sessions::database;

async fn found(store: &Store, filter: &CallFilter) -> Vec<String> {
    let page = store.search_calls(filter, CallOrder::Newest, None, 100).await.unwrap();
    page.lines.into_iter().map(|line| line.call).collect()
}

fn words(text: &str) -> CallFilter {
    CallFilter { text: text.into(), ..CallFilter::default() }
}

/// Three calls: one a minute, the third the newest.
async fn three(store: &Store) {
    let now = Timestamp::now();
    let at = |minutes: i64| now - SignedDuration::from_mins(minutes);
    store.begin_call(&call("un", at(30)));
    store.record_turn("un", &turn(1, "je voudrais un acte de naissance", Decision::Answer, Reason::Sure, 0.97));
    store.end_call("un", &end(at(30) + SignedDuration::from_secs(20)));
    store.begin_call(&call("deux", at(20)));
    store.record_turn("deux", &turn(1, "mon passeport est périmé", Decision::Confirm, Reason::HalfSure, 0.62));
    store.record_turn("deux", &turn(2, "un agent", Decision::Escalate, Reason::Requested, 0.9));
    store.end_call("deux", &end(at(20) + SignedDuration::from_secs(200)));
    store.begin_call(&call("trois", at(10)));
    let mut private = turn(1, "l'écharpe du maire", Decision::Escalate, Reason::LowConfidence, 0.2);
    private.entry = None;
    store.record_turn("trois", &private);
    store.flush().await.unwrap();
}

#[tokio::test]
async fn words_are_found_without_accents_by_their_beginning_and_on_both_sides() {
    let console = console::open().await;
    three(&console.store).await;
    for (text, calls) in [
        ("passeport", &["deux"][..]),
        ("PERIME", &["deux"]),
        ("echarpe", &["trois"]),
        ("acte naiss", &["trois", "deux", "un"]),
        ("voudrais acte", &["un"]),
        ("l'acte de", &["trois", "deux", "un"]),
        ("xylophone", &[]),
        ("\"* OR heard:(", &[]),
        ("!?", &[]),
    ] {
        assert_eq!(found(&console.store, &words(text)).await, calls, "{text}");
    }
}

#[tokio::test]
async fn a_turn_told_again_is_found_by_its_last_words_only_and_an_erased_one_leaves_nothing() {
    let console = console::open().await;
    three(&console.store).await;
    let mut again = turn(1, "je voudrais un extrait", Decision::Answer, Reason::Sure, 0.97);
    again.said = "Voici.".into();
    console.store.record_turn("un", &again);
    console.store.flush().await.unwrap();
    assert_eq!(found(&console.store, &words("extrait")).await, ["un"]);
    assert_eq!(found(&console.store, &words("voudrais acte")).await, [] as [&str; 0]);
    assert_eq!(found(&console.store, &CallFilter::default()).await, ["trois", "deux", "un"]);

    let later = Timestamp::now() + SignedDuration::from_secs(1);
    assert_eq!(console.store.purge(later, later).await.unwrap().calls, 2, "the call under way stays");
    assert_eq!(found(&console.store, &words("extrait")).await, [] as [&str; 0]);
    assert_eq!(found(&console.store, &CallFilter::default()).await, ["trois"]);
    let mut database = database(&console).await;
    for (table, left) in [("turn_rank", 1), ("call_digest", 1), ("verdict", 0)] {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = sqlx::query(sql).fetch_one(&mut database).await.unwrap().get(0);
        assert_eq!(count, left, "{table}");
    }
    sqlx::query("INSERT INTO turn_search (turn_search) VALUES ('integrity-check')")
        .execute(&mut database)
        .await
        .unwrap();
    // The index itself forgets the words: they are not only hidden.
    let terms: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT block FROM turn_search_data").fetch_all(&mut database).await.unwrap();
    for word in ["extrait", "passeport"] {
        let held = terms.iter().any(|block| block.windows(word.len()).any(|part| part == word.as_bytes()));
        assert!(!held, "« {word} » is still in the index");
    }
}

#[tokio::test]
async fn each_filter_keeps_what_it_says() {
    let console = console::open().await;
    three(&console.store).await;
    let every = CallFilter::default;
    let ago = |minutes| Some(Timestamp::now() - SignedDuration::from_mins(minutes));
    for (filter, calls) in [
        (CallFilter { entry: "acte-naissance".into(), ..every() }, &["deux", "un"][..]),
        (CallFilter { entry: "acte".into(), ..every() }, &[]),
        (CallFilter { decision: "escalate".into(), ..every() }, &["trois", "deux"]),
        (CallFilter { reason: "half_sure".into(), ..every() }, &["deux"]),
        (CallFilter { number: "5678".into(), ..every() }, &["trois", "deux", "un"]),
        (CallFilter { number: "5679".into(), ..every() }, &[]),
        (CallFilter { channel: "webrtc".into(), ..every() }, &[]),
        (CallFilter { from: ago(25), to: ago(15), ..every() }, &["deux"]),
        (CallFilter { longer: Some(100), ..every() }, &["deux"]),
        (CallFilter { shorter: Some(100), ..every() }, &["un"]),
        (CallFilter { judged: Some(true), ..every() }, &[]),
    ] {
        assert_eq!(found(&console.store, &filter).await, calls, "{filter:?}");
    }
    let page = console.store.search_calls(&every(), CallOrder::LeastSure, None, 10).await.unwrap();
    let confidence: Vec<_> = page.lines.iter().map(|line| (line.call.as_str(), line.confidence.unwrap())).collect();
    assert_eq!(confidence.iter().map(|(call, _)| *call).collect::<Vec<_>>(), ["trois", "deux", "un"]);
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_in_both_orders() {
    let console = console::open().await;
    let now = Timestamp::now();
    for number in 0..23 {
        // Several begin at the same instant, and several are as sure: the identifier tells them apart.
        let id = format!("appel-{number:02}");
        console.store.begin_call(&call(&id, now - SignedDuration::from_secs(number / 3)));
        let probability = 0.5 + (number % 4) as f32 / 10.0;
        console.store.record_turn(&id, &turn(1, "un acte", Decision::Answer, Reason::Sure, probability));
    }
    console.store.flush().await.unwrap();
    for order in [CallOrder::Newest, CallOrder::LeastSure] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let filter = CallFilter::default();
            let page = console.store.search_calls(&filter, order, after.as_ref(), 5).await.unwrap();
            seen.extend(page.lines.into_iter().map(|line| line.call));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut different = seen.clone();
        different.sort();
        different.dedup();
        assert_eq!((seen.len(), different.len()), (23, 23), "{order:?}");
    }
    let tab = console.entered("anne.martin", &[Role::Supervisor]).await;
    assert!(tab.get("/appels").await.body.contains("23 appels"));
}

#[tokio::test]
async fn a_call_reads_as_a_conversation_and_the_reader_is_written_down() {
    let console = console::open().await;
    let entry = EntryRow {
        id: "acte-naissance".into(),
        title: "Acte de naissance".into(),
        status: "published".into(),
        document: "{}".into(),
        author: String::new(),
        approver: String::new(),
    };
    console.store.publish(vec![entry]).await.unwrap();
    console.store.begin_call(&call("appel-1", Timestamp::now()));
    let mut first = turn(1, "un <b>acte</b> de naissance", Decision::Answer, Reason::Sure, 0.91);
    first.word_probabilities[1].1 = 0.3;
    console.store.record_turn("appel-1", &first);
    console.store.end_call("appel-1", &end(Timestamp::now()));
    console.store.flush().await.unwrap();
    let tab = console.entered("anne.martin", &[Role::Supervisor]).await;
    let page = tab.get("/appels/appel-1").await.body;
    for part in
        ["Acte de naissance", "version 1", "91\u{202f}%", "assez sûre", "0,8 s", "500 ms", "[douteux : ", "•• 78"]
    {
        assert!(page.contains(part), "« {part} » is not on {page}");
    }
    assert!(!page.contains("<b>acte</b>") && !page.contains("0612345678"), "harmless, and masked");
    let deeds = console.store.audited(&Default::default(), None, 1).await.unwrap();
    assert_eq!((deeds[0].action.as_str(), deeds[0].object.as_str()), ("appel.lu", "appel-1"));
    assert_eq!(tab.get("/appels/inconnu").await.status, 404);
}
