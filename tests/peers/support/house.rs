//! The whole line for telephones to call: the delivered configuration, what callers say and hear, and the line without
//! its service, so that what a call leaves behind can be counted.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use standardiste::app;
use standardiste::asr::Pool;
use standardiste::audio::{level, wav};
use standardiste::call::{CallEnd, CallStart};
use standardiste::config::{Config, Destination, Secret};
use standardiste::dialogue::Expectation;
use standardiste::leg::Admission;
use standardiste::leg::sip::Server;
use standardiste::store::Store;
use standardiste::switchboard::{Desk, Engines};
use standardiste::tts::Voice;

use super::base::{delivered, with_base};
use super::free_port;
use super::kamailio::{Kamailio, PASSWORD};

/// The delivered configuration on free ports, with its own database.
pub fn configuration(folder: &Path) -> Config {
    let port = free_port();
    static HOUSES: AtomicU16 = AtomicU16::new(0);
    let rtp = 30_000 + HOUSES.fetch_add(1, Ordering::Relaxed) % 500 * 20;
    let mut keys = Vec::new();
    let mut set = |key: &str, value: String| keys.push((key.to_owned(), value));
    set("SIP__LISTEN_UDP", format!("127.0.0.1:{port}"));
    set("SIP__LISTEN_TCP", format!("127.0.0.1:{port}"));
    set("OBSERVE__LISTEN", format!("127.0.0.1:{}", free_port()));
    set("WEB__LISTEN", format!("127.0.0.1:{}", free_port()));
    set("CONSOLE__LISTEN", "127.0.0.1:0".to_owned());
    set("WEB__UDP_LISTEN", "127.0.0.1".to_owned());
    // A busy machine hears late; what is proven is what it hears.
    set("HEARING__TIME_LIMIT_MS", "20000".to_owned());
    set("STORAGE__DATABASE", with_base(folder).display().to_string());
    set("MEDIA__PORT_MIN", rtp.to_string());
    set("MEDIA__PORT_MAX", (rtp + 19).to_string());
    delivered(keys)
}

/// What the caller says, 8 kHz: silence while the greeting is said, each sentence, silence for the reply.
pub async fn caller_says(config: &Config, folder: &Path, sentences: &[&str], reply: Duration) -> PathBuf {
    let voice = Voice::start(app::speaking(config)).expect("the voice");
    says(&voice, &folder.join("caller.wav"), Duration::from_secs(22), sentences, reply).await
}

/// A telephone's source: silence, then each sentence with silence after it.
pub async fn says(voice: &Voice, path: &Path, before: Duration, sentences: &[&str], after: Duration) -> PathBuf {
    let silence = |time: Duration| vec![0i16; time.as_millis() as usize * 16];
    let mut samples = silence(before);
    for sentence in sentences {
        let spoken = voice.sentence(sentence, 1.0).await.expect("a spoken sentence");
        samples.extend_from_slice(&spoken.samples);
        samples.extend(silence(after));
    }
    let narrow = standardiste::audio::resample(&samples, 16_000, 8_000);
    wav::write(path, &narrow, 8_000).expect("a WAV file");
    path.to_owned()
}

/// The words of the longest recording of what a telephone received.
pub async fn received(config: &Config, folder: &Path) -> String {
    // No caller waits for it, and the machine may be busy.
    let patient = standardiste::asr::Settings { time_limit: Duration::from_secs(60), ..app::hearing(config) };
    let pool = Pool::start(patient).expect("the hearing");
    let mut longest = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the telephone's folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains("-dec") && name.ends_with(".wav") {
            let samples = wav::read(&std::fs::read(entry.path()).expect("a recording")).unwrap_or_default();
            if samples.len() > longest.len() {
                longest = samples;
            }
        }
    }
    assert!(!longest.is_empty(), "the telephone recorded nothing");
    let mut words = String::new();
    for part in speech(&longest) {
        let heard = pool.hear(part, Expectation::default()).await.expect("a transcription");
        words.push_str(&heard.text);
        words.push(' ');
    }
    words.to_lowercase()
}

/// The stretches of sound between silences of a second or more, 20 s at most: a whole minute of silence around a sentence
/// says nothing, and takes long to hear.
pub fn speech(samples: &[i16]) -> Vec<Vec<i16>> {
    const QUARTER: usize = 4_000;
    let mut parts: Vec<Vec<i16>> = Vec::new();
    let mut open = false;
    let mut silent = 0;
    for quarter in samples.chunks(QUARTER) {
        let sounds = level::peak_dbfs(quarter) > -45.0;
        silent = if sounds { 0 } else { silent + 1 };
        if sounds && !open {
            parts.push(vec![0; QUARTER]);
            open = true;
        }
        if let Some(part) = parts.last_mut().filter(|_| open) {
            part.extend_from_slice(quarter);
            open = silent < 4 && part.len() < 80 * QUARTER;
        }
    }
    parts
}

/// The line's only call, once it has ended.
pub async fn ended_call(store: &Store) -> (CallStart, CallEnd) {
    for _ in 0..700 {
        if let Some(call) = store.calls(1).await.expect("the calls").pop()
            && let Some(end) = call.end
        {
            return (call.start, end);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the call has not ended within 70 s");
}

/// The line as an extension of the exchange, whose password the exchange asks for again at each call of its own.
pub fn extension(config: &mut Config, pbx: &Kamailio) {
    config.register.server = Some(format!("sip:127.0.0.1:{}", pbx.port));
    config.register.username = Some("ligne".to_owned());
    config.register.password = Some(Secret::new(PASSWORD.to_owned()));
    config.sip.trusted_peers.clear();
}

/// A human's telephone at this address, at any hour.
pub fn destination(uri: String, name: &str) -> Destination {
    Destination { department: String::new(), uri, name: name.to_owned(), always: true }
}

/// The line with its engines and telephone.
pub struct House {
    pub server: Server,
    pub desk: Desk,
    pub admission: Admission,
    pub store: Store,
}

impl House {
    pub async fn open(config: &Config) -> Self {
        let ready = app::ready(config).await.expect("the engines");
        let admission = Admission::new(config.calls.max_calls, Duration::from_secs(1));
        let settings = app::sip(config).expect("the telephone's settings");
        let (server, legs) = Server::start(settings, admission.clone()).await.expect("the telephone");
        let engines = Engines { dialler: Some(server.dialler()), ..ready.engines };
        let desk = Desk::new(engines, admission.clone());
        let serving = desk.clone();
        tokio::spawn(async move { serving.serve(legs).await });
        Self { server, desk, admission, store: ready.base.store }
    }

    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// Waits until nothing of any call is left: places, ports, dialogs, tasks.
    pub async fn is_clean(&self, limit: Duration) {
        let start = Instant::now();
        loop {
            let server = &self.server;
            let left = (self.admission.taken(), server.ports_taken(), server.dialogs(), server.tasks());
            if left == (0, 0, 0, 0) {
                return;
            }
            assert!(start.elapsed() < limit, "left behind (places, ports, dialogs, tasks): {left:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
