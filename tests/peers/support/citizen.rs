//! A citizen at their browser: what they say, what the page tells them, and what they hear.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use standardiste::app;
use standardiste::asr::Pool;
use standardiste::audio::{resample, wav};
use standardiste::config::Config;
use standardiste::dialogue::Expectation;
use standardiste::tts::Voice;

use super::browser::Browser;
use super::house::speech;

/// The greeting and a margin, from the moment that the microphone opens.
const GREETING: Duration = Duration::from_secs(24);

/// The line's voice saying something, 16 kHz.
pub async fn spoken(config: &Config, sentence: &str) -> Vec<i16> {
    let voice = Voice::start(app::speaking(config)).expect("the voice");
    voice.sentence(sentence, 1.0).await.expect("a spoken sentence").samples.clone()
}

/// A microphone's file: silence while the greeting is said, then each sentence with silence after it.
pub fn microphone(folder: &Path, sentences: &[Vec<i16>], after: Duration) -> PathBuf {
    let silence = |time: Duration| vec![0i16; time.as_millis() as usize * 16];
    let mut samples = silence(GREETING);
    for sentence in sentences {
        samples.extend_from_slice(sentence);
        samples.extend(silence(after));
    }
    let path = folder.join("microphone.wav");
    wav::write(&path, &resample(&samples, 16_000, 48_000), 48_000).expect("a WAV file");
    path
}

/// What is said in a sound of 16 kHz, in small letters.
pub async fn heard(config: &Config, sound: &[i16]) -> String {
    // No caller waits for it, and the machine may be busy.
    let patient = standardiste::asr::Settings { time_limit: Duration::from_secs(60), ..app::hearing(config) };
    let pool = Pool::start(patient).expect("the hearing");
    let mut words = String::new();
    for part in speech(sound) {
        words += &pool.hear(part, Expectation::default()).await.expect("a transcription").text;
        words.push(' ');
    }
    words.to_lowercase()
}

/// Waits until the channel's messages satisfy `what`; gives them.
pub async fn messages(browser: &mut Browser, limit: Duration, what: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let start = Instant::now();
    loop {
        let messages = browser.messages().await;
        if what(&messages) {
            return messages;
        }
        assert!(start.elapsed() < limit, "not seen in {limit:?}: {messages:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The words of one side so far that stand, in small letters.
pub fn side(messages: &[Value], side: &str) -> String {
    let of = |m: &&Value| m["type"] == "sous-titre" && m["cote"] == side && m["final"] == true;
    messages.iter().filter(of).filter_map(|m| m["texte"].as_str()).collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The state told last.
pub fn state(messages: &[Value]) -> &str {
    messages.iter().rev().find(|m| m["type"] == "etat").and_then(|m| m["etat"].as_str()).unwrap_or_default()
}

/// The greeting has been said.
pub async fn greeted(browser: &mut Browser) {
    messages(browser, Duration::from_secs(60), |m| state(m) == "ecoute" && m.iter().any(|m| m["etat"] == "parle"))
        .await;
}
