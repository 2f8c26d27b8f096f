//! Reviewing: what matters comes first, some by lot, and every verdict has a name and a time.

use jiff::{SignedDuration, Timestamp};
use standardiste::call::{Decision, Reason};
use standardiste::store::{CallFilter, Drawn, EntryRow, Role, Store, Verdict};

use crate::console::{self, Tab, call, end, turn};

async fn add(store: &Store, id: &str, minutes: i64, decision: Decision, reason: Reason, probability: f32) {
    let at = Timestamp::now() - SignedDuration::from_mins(minutes);
    store.begin_call(&call(id, at));
    let mut turn = turn(1, "une question", decision, reason, probability);
    turn.at = at;
    store.record_turn(id, &turn);
    store.end_call(id, &end(at + SignedDuration::from_secs(30)));
    store.flush().await.unwrap();
}

async fn mixed(store: &Store) {
    add(store, "sure", 1, Decision::Answer, Reason::Sure, 0.99).await;
    add(store, "commande", 2, Decision::Command, Reason::Repeat, 1.0).await;
    add(store, "verifiee", 3, Decision::Confirm, Reason::HalfSure, 0.7).await;
    add(store, "demandee", 4, Decision::Escalate, Reason::Requested, 1.0).await;
    add(store, "hesitante", 5, Decision::Answer, Reason::Sure, 0.89).await;
    add(store, "passee", 6, Decision::Escalate, Reason::LowConfidence, 0.2).await;
    add(store, "ratee", 7, Decision::Escalate, Reason::RepeatedFailure, 0.2).await;
    // Under way: it is judged once it is whole.
    store.begin_call(&call("en-cours", Timestamp::now()));
    store.record_turn("en-cours", &turn(1, "une question", Decision::Escalate, Reason::RepeatedFailure, 0.2));
    store.flush().await.unwrap();
}

fn shown(body: &str) -> Option<(String, String)> {
    let value = |name: &str| {
        let (_, rest) = body.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split('"').next()?.to_owned())
    };
    Some((value("appel")?, value("tirage")?))
}

async fn judge(tab: &Tab, call: &str, verdict: &str, drawn: &str, entry: &str) -> u16 {
    let fields = [("appel", call), ("tour", "1"), ("verdict", verdict), ("tirage", drawn), ("fiche", entry)];
    tab.change("/relecture", &fields).await.status
}

#[tokio::test]
async fn failures_come_first_and_the_fifth_is_drawn_by_lot() {
    let console = console::open().await;
    mixed(&console.store).await;
    let tab = console.entered("anne.martin", &[Role::Supervisor]).await;
    let mut seen = Vec::new();
    while let Some((call, drawn)) = shown(&tab.get("/relecture").await.body) {
        assert_eq!(judge(&tab, &call, "right", &drawn, "").await, 303);
        seen.push((call, drawn));
    }
    let by_interest: Vec<_> = seen[..4].iter().map(|(call, drawn)| (call.as_str(), drawn.as_str())).collect();
    let interest = "interest";
    assert_eq!(
        by_interest,
        [("ratee", interest), ("passee", interest), ("hesitante", interest), ("verifiee", interest)]
    );
    let mut by_lot: Vec<_> = seen[4..].to_vec();
    by_lot.sort();
    let sample = |call: &str| (call.to_owned(), "sample".to_owned());
    assert_eq!(by_lot, [sample("demandee"), sample("sure")], "neither the command nor the call under way");
    assert!(tab.get("/relecture").await.body.contains("Tout est relu"));
}

#[tokio::test]
async fn a_question_left_aside_comes_back_last() {
    let console = console::open().await;
    mixed(&console.store).await;
    let tab = console.entered("anne.martin", &[Role::Supervisor]).await;
    let (call, _) = shown(&tab.get("/relecture?passes=ratee:1,passee:1").await.body).unwrap();
    assert_eq!(call, "hesitante");
}

#[tokio::test]
async fn a_verdict_keeps_who_when_and_the_right_entry_and_the_last_one_stands() {
    let console = console::open().await;
    mixed(&console.store).await;
    let entry = EntryRow {
        id: "pacs".into(),
        title: "Se pacser".into(),
        status: "published".into(),
        document: "{}".into(),
        author: String::new(),
        approver: String::new(),
    };
    console.store.publish(vec![entry]).await.unwrap();
    let (anne, paul) = (
        console.entered("anne.martin", &[Role::Supervisor]).await,
        console.entered("paul.durand", &[Role::Supervisor]).await,
    );
    assert_eq!(judge(&anne, "passee", "should_have_answered", "interest", "Se pacser").await, 303);
    let [given] = &console.store.verdicts("passee").await.unwrap()[..] else { panic!("one verdict") };
    assert_eq!((given.verdict, given.entry.as_deref()), (Verdict::ShouldHaveAnswered, Some("pacs")));
    assert_eq!((given.who.as_str(), given.drawn), ("anne.martin", Drawn::Interest));
    assert!(Timestamp::now().duration_since(given.at) < SignedDuration::from_secs(60));
    assert_eq!(judge(&anne, "passee", "wrong", "interest", "Rien de tel").await, 422);
    assert_eq!(judge(&anne, "passee", "parfait", "interest", "").await, 422);
    assert_eq!(judge(&anne, "inconnu", "right", "interest", "").await, 404);

    assert_eq!(judge(&paul, "passee", "right", "chosen", "").await, 303);
    let [given] = &console.store.verdicts("passee").await.unwrap()[..] else { panic!("one verdict") };
    assert_eq!((given.verdict, given.who.as_str()), (Verdict::Right, "paul.durand"));
    assert_eq!(given.drawn, Drawn::Interest, "how it was drawn first is what counts");
    let filter = standardiste::store::AuditFilter { action: "relecture.".into(), ..Default::default() };
    let deeds = console.store.audited(&filter, None, 10).await.unwrap();
    let told: Vec<_> = deeds.iter().rev().map(|deed| (deed.who.as_str(), deed.detail.as_str())).collect();
    assert_eq!(told, [("anne.martin", "tour 1 : aurait dû répondre, fiche pacs"), ("paul.durand", "tour 1 : juste")]);
    let judged = CallFilter { judged: Some(true), ..CallFilter::default() };
    let page = console.store.search_calls(&judged, Default::default(), None, 10).await.unwrap();
    assert_eq!(page.lines.len(), 1);

    // The turn is told again, by the call that ends: the verdict stays.
    console.store.record_turn("passee", &turn(1, "une autre", Decision::Escalate, Reason::LowConfidence, 0.2));
    console.store.flush().await.unwrap();
    assert_eq!(console.store.verdicts("passee").await.unwrap().len(), 1);
}
