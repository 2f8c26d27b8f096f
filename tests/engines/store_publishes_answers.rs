//! The base is published whole or not at all, and a version grows only when the words change.

use standardiste::store::{EntryRow, Error, Store};

fn row(id: &str, document: &str) -> EntryRow {
    EntryRow {
        id: id.into(),
        title: "Titre".into(),
        status: "published".into(),
        document: document.into(),
        author: "Anne".into(),
        approver: "Paul".into(),
    }
}

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("line.sqlite")).await.unwrap();
    (folder, store)
}

async fn versions(store: &Store) -> Vec<(String, u32)> {
    store.published().await.unwrap().into_iter().map(|entry| (entry.id, entry.version)).collect()
}

#[tokio::test]
async fn versions_grow_only_when_the_words_change() {
    let (_folder, store) = store().await;
    assert_eq!(store.generation().await.unwrap(), 0);
    let base = vec![row("a", r#"{"answer":"Un.","id":"a"}"#), row("b", r#"{"answer":"Deux."}"#)];
    assert_eq!(store.publish(base.clone()).await.unwrap(), 1);
    assert_eq!(store.publish(base).await.unwrap(), 1, "nothing changed");

    let respaced = vec![row("a", r#"{ "id": "a", "answer": "Un." }"#), row("b", r#"{"answer":"Trois."}"#)];
    assert_eq!(store.publish(respaced).await.unwrap(), 2);
    assert_eq!(versions(&store).await, [("a".into(), 1), ("b".into(), 2)]);
    assert_eq!(store.entry_version("b", 1).await.unwrap().unwrap(), r#"{"answer":"Deux."}"#, "history is kept");
    assert_eq!(store.generation().await.unwrap(), 2);
}

#[tokio::test]
async fn an_entry_that_is_no_longer_there_is_withdrawn_and_its_versions_go_on_when_it_comes_back() {
    let (_folder, store) = store().await;
    store.publish(vec![row("a", r#"{"answer":"Un."}"#), row("b", "{}")]).await.unwrap();
    store.publish(vec![row("b", "{}")]).await.unwrap();
    assert_eq!(versions(&store).await, [("b".into(), 1)]);
    let withdrawn = &store.entries().await.unwrap()[0];
    assert_eq!((withdrawn.id.as_str(), withdrawn.status.as_str()), ("a", "withdrawn"));

    store.publish(vec![row("a", r#"{"answer":"Autre."}"#), row("b", "{}")]).await.unwrap();
    assert_eq!(versions(&store).await, [("a".into(), 2), ("b".into(), 1)]);
}

#[tokio::test]
async fn a_draft_is_listed_but_not_in_service() {
    let (_folder, store) = store().await;
    let draft = EntryRow { status: "draft".into(), ..row("a", "{}") };
    store.publish(vec![draft]).await.unwrap();
    assert_eq!(versions(&store).await, []);
    assert_eq!(store.entries().await.unwrap()[0].status, "draft");
}

#[tokio::test]
async fn a_base_with_one_bad_document_is_not_published_at_all() {
    let (_folder, store) = store().await;
    store.publish(vec![row("a", r#"{"answer":"Un."}"#)]).await.unwrap();
    let error = store.publish(vec![row("a", r#"{"answer":"Deux."}"#), row("b", "{oops")]).await.unwrap_err();
    assert!(matches!(&error, Error::Document { entry, .. } if entry == "b"), "{error:?}");
    let twice = store.publish(vec![row("a", "{}"), row("a", "{}")]).await.unwrap_err();
    assert!(matches!(twice, Error::TwiceTheSame { .. }), "{twice:?}");
    assert_eq!(versions(&store).await, [("a".into(), 1)]);
    assert_eq!(store.published().await.unwrap()[0].document, r#"{"answer":"Un."}"#);
}

#[tokio::test]
async fn drafts_are_added_beside_the_base_and_never_take_the_place_of_an_entry_in_use() {
    let (_folder, store) = store().await;
    store.publish(vec![row("a", r#"{"answer":"Un."}"#)]).await.unwrap();
    let draft = |id: &str, document: &str| EntryRow { status: "draft".into(), ..row(id, document) };
    assert_eq!(store.add_drafts(vec![draft("b", "{}")]).await.unwrap(), 2);
    assert_eq!(store.add_drafts(vec![draft("b", r#"{"answer":"Mieux."}"#)]).await.unwrap(), 3, "a draft is renewed");
    let refused = store.add_drafts(vec![draft("c", "{}"), draft("a", "{}")]).await.unwrap_err();
    assert!(matches!(&refused, Error::InUse { entry, .. } if entry == "a"), "{refused:?}");
    let all: Vec<_> = store.entries().await.unwrap().into_iter().map(|e| (e.id, e.version, e.status)).collect();
    assert_eq!(all, [("a".into(), 1, "published".into()), ("b".into(), 2, "draft".into())]);
}
