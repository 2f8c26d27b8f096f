//! While the disk takes nothing, calls go on and their records wait; once it takes again, none is missing.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use standardiste::store::{Error, Store};

use crate::store_keeps_calls::{message, start, turn};

const CHILD: &str = "STANDARDISTE_TEST_FULL_DISK";
/// Blocks of 512 or 1,024 bytes, as the shell has it: room for the schema, not for all the turns.
const FILE_LIMIT: u32 = 600;
const TURNS: u32 = 2_000;

/// Not a test of its own: it runs in a process whose files may not grow beyond [`FILE_LIMIT`].
#[tokio::test]
#[ignore = "the child of records_wait_for_a_disk_that_is_full"]
async fn child_whose_disk_is_full() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let store = Store::open(path.as_ref()).await.unwrap();
    store.begin_call(&start("call-1", Timestamp::now()));
    let mut number = 0;
    while store.fault().is_none() {
        number += 1;
        assert!(number < TURNS, "the limit was never reached");
        store.record_turn("call-1", &turn(number));
        let _ = store.flush().await;
    }
    let before = Instant::now();
    for _ in 0..100 {
        number += 1;
        store.record_turn("call-1", &turn(number));
    }
    assert!(before.elapsed() < Duration::from_millis(500), "the call waited for the disk");
    let message = message();
    assert!(store.leave_message(&message).await.is_err(), "a message that is not kept must not be promised");

    let us = std::process::id().to_string();
    assert!(Command::new("prlimit").args(["--pid", &us, "--fsize=unlimited"]).status().unwrap().success());
    let deadline = Instant::now() + Duration::from_secs(20);
    while store.flush().await.is_err() {
        assert!(Instant::now() < deadline, "writing never resumed: {:?}", store.fault());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(store.fault(), None);
    let turns = store.turns("call-1").await.unwrap();
    assert!(turns.iter().map(|turn| turn.turn).eq(1..=number), "{} of {number} turns were kept", turns.len());
}

#[tokio::test]
async fn a_fault_that_left_nothing_to_write_clears_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.sqlite");
    let store = Store::open(&path).await.unwrap();
    let mut other = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let message = message();
    let refused = store.leave_message(&message).await.unwrap_err();
    assert!(matches!(refused, Error::Locked { .. }), "{refused:?}");
    assert_eq!(store.fault(), Some(refused));
    held.rollback().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while store.fault().is_some() {
        assert!(Instant::now() < deadline, "the line would stay unready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn records_wait_for_a_disk_that_is_full() {
    let folder = tempfile::tempdir().unwrap();
    // Ignored across exec, the signal leaves the write to fail as on a full disk.
    let script = format!("trap '' XFSZ; ulimit -S -f {FILE_LIMIT}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "store_waits_for_the_disk::child_whose_disk_is_full"])
        .env(CHILD, folder.path().join("line.sqlite"))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
}
