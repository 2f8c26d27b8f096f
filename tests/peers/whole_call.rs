//! The whole line with real telephones: a citizen's baresip asks aloud and records the reply, which is transcribed;
//! a second baresip, registered at Kamailio, is the human who takes the call over.

use std::path::{Path, PathBuf};
use std::time::Duration;

use standardiste::app::{self, Service};
use standardiste::asr::Pool;
use standardiste::audio::wav;
use standardiste::call::{CallEnd, CallStart};
use standardiste::config::{Config, Destination};
use standardiste::dialogue::Expectation;
use standardiste::store::Store;
use standardiste::tts::Voice;

use crate::support::baresip::{Baresip, Phone};
use crate::support::free_port;
use crate::support::kamailio::{Kamailio, PASSWORD};

/// The delivered configuration on free ports, with its own database.
fn configuration(folder: &Path) -> Config {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/standardiste.toml");
    let port = free_port();
    let rtp = 30_000 + free_port() % 500 * 20;
    let mut environment: Vec<(String, String)> = std::env::vars().collect();
    let mut set = |key: &str, value: String| environment.push((format!("STANDARDISTE_{key}"), value));
    set("SIP__LISTEN_UDP", format!("127.0.0.1:{port}"));
    set("SIP__LISTEN_TCP", format!("127.0.0.1:{port}"));
    set("OBSERVE__LISTEN", format!("127.0.0.1:{}", free_port()));
    set("WEB__LISTEN", format!("127.0.0.1:{}", free_port()));
    set("STORAGE__DATABASE", folder.join("calls.sqlite").display().to_string());
    set("MEDIA__PORT_MIN", rtp.to_string());
    set("MEDIA__PORT_MAX", (rtp + 19).to_string());
    let environment = environment.into_iter().map(|(key, value)| (key.into(), value.into()));
    Config::load(Some(&file), environment).expect("the delivered configuration")
}

/// What the caller says, 8 kHz: silence while the greeting is said, each sentence, silence for the reply.
async fn caller_says(config: &Config, folder: &Path, sentences: &[&str], reply: Duration) -> PathBuf {
    let voice = Voice::start(app::speaking(config)).expect("the voice");
    let silence = |time: Duration| vec![0i16; time.as_millis() as usize * 16];
    let mut samples = silence(Duration::from_secs(22));
    for sentence in sentences {
        let spoken = voice.sentence(sentence, 1.0).await.expect("a spoken sentence");
        samples.extend_from_slice(&spoken.samples);
        samples.extend(silence(reply));
    }
    let narrow = standardiste::audio::resample(&samples, 16_000, 8_000);
    let path = folder.join("caller.wav");
    wav::write(&path, &narrow, 8_000).expect("a WAV file");
    path
}

/// The words of the longest recording of what a telephone received.
async fn received(config: &Config, folder: &Path) -> String {
    let pool = Pool::start(app::hearing(config)).expect("the hearing");
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
    for part in longest.chunks(16_000 * 20) {
        let heard = pool.hear(part.to_vec(), Expectation::default()).await.expect("a transcription");
        words.push_str(&heard.text);
        words.push(' ');
    }
    words.to_lowercase()
}

/// The line's only call, once it has ended.
async fn ended_call(store: &Store) -> (CallStart, CallEnd) {
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

#[tokio::test(flavor = "multi_thread")]
async fn a_question_asked_aloud_by_telephone_is_answered_aloud() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configuration(folder.path());
    let source =
        caller_says(&config, folder.path(), &["Je voudrais un acte de naissance."], Duration::from_secs(20)).await;
    let service = Service::start(&config).await.expect("the service");
    let caller = Baresip::start(&Phone {
        user: "citoyen",
        calls: Some(format!("sip:etat-civil@{}", service.sip_address())),
        source: Some(source),
        ..Phone::default()
    });
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (start, _) = ended_call(&store).await;
    let turns = store.turns(&start.id).await.expect("the turns");
    assert_eq!(turns[0].entry.as_deref(), Some("acte-naissance"), "{turns:?}");
    assert!(turns[0].voice_to_voice_ms.is_some());
    let words = received(&config, caller.peer.folder.path()).await;
    for key in ["bonjour", "automatique", "naissance", "mairie"] {
        assert!(words.contains(key), "«{key}» in: {words}");
    }
    drop(caller);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_for_a_human_the_call_reaches_the_one_registered_at_the_exchange() {
    let folder = tempfile::tempdir().expect("a folder");
    let pbx = Kamailio::start().await;
    let agent = Baresip::start(&Phone {
        user: "guichet",
        registrar: Some(format!("127.0.0.1:{}", pbx.port)),
        account: format!(";auth_pass={PASSWORD}"),
        ..Phone::default()
    });
    pbx.peer.prints("REGISTER guichet", Duration::from_secs(6)).await;
    let mut config = configuration(folder.path());
    config.destinations = vec![Destination {
        department: String::new(),
        uri: format!("sip:guichet@127.0.0.1:{}", pbx.port),
        name: "Guichet".into(),
        always: true,
    }];
    let source =
        caller_says(&config, folder.path(), &["Je voudrais parler à un agent."], Duration::from_secs(15)).await;
    let service = Service::start(&config).await.expect("the service");
    let caller = Baresip::start(&Phone {
        user: "citoyen",
        calls: Some(format!("sip:etat-civil@{}", service.sip_address())),
        source: Some(source),
        ..Phone::default()
    });
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (start, end) = ended_call(&store).await;
    assert_eq!((end.how.as_str(), end.destination.as_deref()), ("handed_over", Some("Guichet")), "{end:?}");
    agent.peer.prints("Call established", Duration::from_secs(6)).await;
    let summary = store.handover(&start.handover_token).await.expect("the store").expect("a summary");
    assert!(summary.turns.iter().any(|turn| turn.heard.to_lowercase().contains("agent")), "{:?}", summary.turns);
    drop((caller, agent));
    service.stop().await;
}
