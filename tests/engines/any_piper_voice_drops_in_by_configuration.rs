use std::time::Instant;

use standardiste::tts::{Settings, Voice};

use crate::speaking::settings;

#[tokio::test(flavor = "multi_thread")]
async fn the_french_voice_and_a_genuine_piper_voice_differ_by_their_manifest_only() {
    let folder = tempfile::tempdir().unwrap();
    let french = Voice::start(settings("fr_siwis", folder.path())).unwrap();
    let english = Voice::start(settings("en_joe", folder.path())).unwrap();
    let bonjour = french.sentence("Bonjour, vous êtes à la mairie.", 1.0).await.unwrap();
    let hello = english.sentence("Good morning, this is the town hall.", 1.0).await.unwrap();
    for spoken in [&bonjour, &hello] {
        let seconds = spoken.duration().as_secs_f32();
        assert!((1.0..4.0).contains(&seconds), "{seconds} s");
        let peak = spoken.samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((22_000..24_500).contains(&peak), "peak {peak}");
        assert!(first_sound_ms(&spoken.samples) <= 60, "first sound after {} ms", first_sound_ms(&spoken.samples));
    }
    let slower = french.sentence("Bonjour, vous êtes à la mairie.", 0.7).await.unwrap();
    assert!(slower.samples.len() > bonjour.samples.len() * 5 / 4, "slower is longer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_once_spoken_comes_from_the_cache_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = Voice::start(settings("en_joe", folder.path())).unwrap().sentence("Please hold.", 1.0).await.unwrap();
    let voice = Voice::start(settings("en_joe", folder.path())).unwrap();
    let asked = Instant::now();
    // The engine's noise makes no two readings alike, so equal samples came from the disk.
    assert_eq!(voice.sentence("Please hold.", 1.0).await.unwrap(), first);
    println!("from the cache in {:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_longer_than_the_engine_takes_is_spoken_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let voice = Voice::start(settings("en_joe", folder.path())).unwrap();
    let long = "the town hall is open every day, ".repeat(30);
    assert!(voice.sentence(&long, 1.0).await.unwrap().duration().as_secs() > 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_say_is_no_sound_and_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { workers: 1, ..settings("en_joe", folder.path()) };
    let voice = Voice::start(settings).unwrap();
    for text in ["", "  ", "…", "« »", "\u{0}"] {
        assert!(voice.sentence(text, 1.0).await.unwrap().samples.is_empty(), "{text:?}");
    }
    assert!(voice.sentence("\u{0}ok\u{0}", f32::NAN).await.is_ok());
}

fn first_sound_ms(samples: &[i16]) -> usize {
    samples.iter().position(|s| s.unsigned_abs() > 1_000).unwrap_or(samples.len()) / 16
}
