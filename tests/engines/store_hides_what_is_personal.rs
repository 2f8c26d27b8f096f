//! What is personal is hidden on the disk, whatever its way there, and a message keeps what its caller gave.

use jiff::Timestamp;
use standardiste::call::{Reason, TurnRecord};
use standardiste::redaction::{Kind, Redactor};
use standardiste::store::Store;

use crate::store_keeps_calls::{message, start, turn};

async fn redacting(folder: &std::path::Path) -> Store {
    let redactor = Redactor::parse(include_str!("../../grammars/redaction.toml")).unwrap();
    Store::open(&folder.join("calls.sqlite")).await.unwrap().redacting(Some(redactor))
}

#[tokio::test]
async fn no_byte_of_a_name_or_number_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = redacting(folder.path()).await;
    store.begin_call(&start("call-1", Timestamp::now()));
    let words = ["je", "m'appelle", "Sandrine", "Kerdreux", "au", "06", "39", "98", "12", "47"];
    store.record_turn(
        "call-1",
        &TurnRecord {
            heard: words.join(" "),
            word_probabilities: words.iter().map(|word| ((*word).to_owned(), 0.5)).collect(),
            ..turn(1)
        },
    );
    store.flush().await.unwrap();
    let kept = store.turns("call-1").await.unwrap();
    assert_eq!(kept[0].heard, "je m'appelle ‹nom› au ‹téléphone›");
    assert_eq!(kept[0].word_probabilities.len(), 5);
    assert_eq!(kept[0].said, turn(1).said, "the approved words stay");
    store.close().await;
    for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
        let bytes = std::fs::read(file.path()).unwrap();
        for secret in ["Kerdreux", "39 98 12"] {
            assert!(
                !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
                "{secret} is in {:?}",
                file.path()
            );
        }
    }
}

#[tokio::test]
async fn what_the_line_reads_back_is_hidden_and_the_message_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = redacting(folder.path()).await;
    store.begin_call(&start("call-1", Timestamp::now()));
    store.record_turn(
        "call-1",
        &TurnRecord {
            heard: "Ouhadi".into(),
            said: "J'ai entendu Ouhadi. Est-ce bien cela ?".into(),
            reason: Reason::Message,
            personal: vec![(Kind::Name, "Ouhadi".into())],
            ..turn(1)
        },
    );
    // Cut by an interruption in the middle of the name.
    store.record_turn(
        "call-1",
        &TurnRecord {
            heard: "oui".into(),
            said: "J'ai entendu Ouha".into(),
            reason: Reason::Message,
            personal: vec![(Kind::Name, "Ouhadi".into())],
            ..turn(2)
        },
    );
    store.leave_message(&message()).await.unwrap();
    let kept = store.turns("call-1").await.unwrap();
    assert_eq!((kept[0].heard.as_str(), kept[0].said.as_str()), ("‹nom›", "J'ai entendu ‹nom›. Est-ce bien cela ?"));
    assert_eq!((kept[1].heard.as_str(), kept[1].said.as_str()), ("oui", "J'ai entendu ‹nom›"));
    assert_eq!(store.messages("call-1").await.unwrap()[0].name, "Martin");
}
