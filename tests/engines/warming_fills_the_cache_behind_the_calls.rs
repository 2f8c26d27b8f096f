use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use standardiste::tts::{Settings, Voice};

use crate::speaking::{Tone, settings};

async fn warmed(voice: &Voice) {
    let began = Instant::now();
    while voice.pending() > 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "{} still pending", voice.pending());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_warmed_is_not_spoken_again() {
    let folder = tempfile::tempdir().unwrap();
    let tone = Tone::default();
    let voice = tone.voice(&settings("fr_siwis", folder.path()));
    let texts = vec!["un".to_string(), "deux mots".into(), "un".into()];
    voice.warm(texts.clone());
    warmed(&voice).await;
    assert_eq!(tone.spoken.load(Ordering::SeqCst), 2, "each sentence once");
    for text in &texts {
        voice.sentence(text, 1.0).await.unwrap();
    }
    voice.warm(texts);
    warmed(&voice).await;
    assert_eq!(tone.spoken.load(Ordering::SeqCst), 2, "the cache had them all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_sentence_does_not_wait_for_the_one_being_warmed() {
    let folder = tempfile::tempdir().unwrap();
    let tone = Tone::default();
    let voice = tone.voice(&Settings { workers: 1, ..settings("fr_siwis", folder.path()) });
    let held = tone.gate.close();
    voice.warm(vec!["stall in the background".into(), "more".into()]);
    assert!(voice.sentence("a caller waits", 1.0).await.is_ok());
    assert_eq!(voice.pending(), 2);
    drop(held);
    warmed(&voice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_that_cannot_be_warmed_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let tone = Tone::default();
    let voice = tone.voice(&settings("fr_siwis", folder.path()));
    voice.warm(vec!["panic".into(), "bien".into()]);
    warmed(&voice).await;
    assert_eq!(tone.spoken.load(Ordering::SeqCst), 1);
}
