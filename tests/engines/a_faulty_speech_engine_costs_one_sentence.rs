use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use standardiste::tts::{Error, Settings};

use crate::speaking::{Tone, settings};

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_an_error_and_the_next_sentence_has_a_fresh_engine() {
    let folder = tempfile::tempdir().unwrap();
    let tone = Tone::default();
    let voice = tone.voice(&settings("fr_siwis", folder.path()));
    assert!(matches!(voice.sentence("panic now", 1.0).await, Err(Error::Panicked(said)) if said.contains("own fault")));
    assert!(voice.sentence("all is well", 1.0).await.is_ok());
    assert_eq!(tone.made.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_engine_is_left_behind_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let tone = Tone::default();
    let limit = Duration::from_millis(200);
    let voice = tone.voice(&Settings { time_limit: limit, workers: 1, ..settings("fr_siwis", folder.path()) });
    let held = tone.gate.close();
    let asked = Instant::now();
    let late = voice.sentence("stall for ever", 1.0);
    assert_eq!(late.await, Err(Error::Late(limit)));
    assert!(asked.elapsed() < limit * 10);
    assert!(voice.sentence("the next one", 1.0).await.is_ok(), "a fresh worker speaks");
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_that_keep_stalling_are_not_piled_up() {
    let folder = tempfile::tempdir().unwrap();
    let tone = Tone::default();
    let limit = Duration::from_millis(50);
    let voice = tone.voice(&Settings { time_limit: limit, workers: 1, ..settings("fr_siwis", folder.path()) });
    let held = tone.gate.close();
    for number in 0..8 {
        assert!(voice.sentence(&format!("stall {number}"), 1.0).await.is_err());
    }
    assert!(tone.made.load(Ordering::SeqCst) <= 4);
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_asked_for_twice_at_once_is_spoken_once() {
    let folder = tempfile::tempdir().unwrap();
    let tone = Tone::default();
    let voice = tone.voice(&Settings { workers: 1, ..settings("fr_siwis", folder.path()) });
    let held = tone.gate.close();
    let (first, second) = (voice.sentence("stall here", 1.0), voice.sentence("stall here", 1.0));
    let both = tokio::spawn(async move { tokio::join!(first, second) });
    drop(held);
    let (first, second) = both.await.unwrap();
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(tone.spoken.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sentences_is_refused_not_queued_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let tone = Tone::default();
    let voice = tone.voice(&Settings { workers: 1, ..settings("fr_siwis", folder.path()) });
    let held = tone.gate.close();
    let asked: Vec<_> = (0..100).map(|n| tokio::spawn(voice.sentence(&format!("stall {n}"), 1.0))).collect();
    // Once the first refusal is there, the queue is full; the engine may then go on.
    let mut full = 0;
    let mut held = Some(held);
    for one in asked.into_iter().rev() {
        full += usize::from(matches!(one.await.unwrap(), Err(Error::Full)));
        held.take();
    }
    assert!(full >= 60, "{full} refused");
}
