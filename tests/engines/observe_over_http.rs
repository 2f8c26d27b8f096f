//! The operator's addresses, asked over a real socket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use standardiste::call::{CallStart, Decision, Message, Reason, Stages, TurnRecord};
use standardiste::observe::{Error, Format, LogError, Metrics, Server, Settings, Sources, init_logging};
use standardiste::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

struct Line {
    _folder: tempfile::TempDir,
    store: Store,
    reasons: Arc<Mutex<Vec<String>>>,
    address: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
}

fn any_port() -> Settings {
    Settings { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..Settings::default() }
}

async fn line() -> Line {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("line.sqlite")).await.unwrap();
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let probe = reasons.clone();
    let sources = Sources {
        store: store.clone(),
        ready: Arc::new(move || probe.lock().unwrap().clone()),
        warnings: Arc::new(|| vec!["base restée".into()]),
        metrics: Metrics::install(),
    };
    let server = Server::bind(&any_port(), sources).await.unwrap();
    let (address, stop) = (server.address(), CancellationToken::new());
    let server = tokio::spawn(server.run(stop.clone()));
    Line { _folder: folder, store, reasons, address, stop, server }
}

/// Status line and headers in lower case, then the body.
async fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

#[tokio::test]
async fn live_answers_and_ready_tells_every_reason_why_not() {
    let line = line().await;
    assert!(get(line.address, "/health/live").await.0.starts_with("http/1.1 200"));
    let (head, body) = get(line.address, "/health/ready").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(body, r#"{"ready":true,"reasons":[],"warnings":["base restée"]}"#);

    *line.reasons.lock().unwrap() = vec!["modèle absent".into(), "arrêt en cours".into()];
    let (head, body) = get(line.address, "/health/ready").await;
    assert!(head.starts_with("http/1.1 503"), "{head}");
    assert_eq!(body, r#"{"ready":false,"reasons":["modèle absent","arrêt en cours"],"warnings":["base restée"]}"#);
    assert!(get(line.address, "/health/live").await.0.starts_with("http/1.1 200"), "not ready is not dead");
}

#[tokio::test]
async fn metrics_are_rendered_with_their_descriptions() {
    let line = line().await;
    metrics::counter!("standardiste_store_lost_records_total").increment(0);
    metrics::histogram!("standardiste_voice_to_voice_seconds").record(0.9);
    let (head, body) = get(line.address, "/metrics").await;
    assert!(head.contains("content-type: text/plain; version=0.0.4"), "{head}");
    assert!(body.contains("# HELP standardiste_store_lost_records_total Records of calls"), "{body}");
    assert!(body.contains(r#"standardiste_voice_to_voice_seconds_bucket{le="1"} 1"#), "{body}");
}

#[tokio::test]
async fn the_human_reads_who_rings_why_and_what_was_said_with_everything_escaped() {
    let line = line().await;
    line.store.begin_call(&CallStart {
        id: "call-1".into(),
        at: "2026-11-22T13:32:00Z".parse().unwrap(),
        channel: "sip".into(),
        from: "\"><script>alert(1)</script>".into(),
        to: "0102030405".into(),
        signalling_id: "x".into(),
        handover_token: "a-long-token".into(),
    });
    line.store.record_turn(
        "call-1",
        &TurnRecord {
            turn: 1,
            at: "2026-11-22T13:32:10Z".parse().unwrap(),
            heard: "je veux <b>un agent</b> & vite".into(),
            word_probabilities: Vec::new(),
            hearing_confidence: Some(0.3),
            decision: Decision::Escalate,
            entry: Some("acte-naissance".into()),
            version: Some(1),
            service_public: Vec::new(),
            probability: None,
            reason: Reason::Requested,
            candidates: Vec::new(),
            said: "Je vous passe un agent.".into(),
            interrupted: false,
            voice_to_voice_ms: None,
            personal: Vec::new(),
            stages: Stages::default(),
        },
    );
    let message = Message {
        call: "call-1".into(),
        at: Timestamp::now(),
        name: "<Martin>".into(),
        name_confirmed: true,
        number: "06 12 34 56 78".into(),
        number_confirmed: false,
        text: "rappelez-moi".into(),
    };
    line.store.leave_message(&message).await.unwrap();

    let (head, page) = get(line.address, "/handover/a-long-token").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    for header in [
        "content-type: text/html; charset=utf-8",
        "cache-control: no-store",
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "x-frame-options: deny",
    ] {
        assert!(head.contains(header), "{header} is not in {head}");
    }
    for text in [
        "<html lang=\"fr\">",
        "L&#39;appelant a demandé à parler à un agent.",
        "je veux &lt;b&gt;un agent&lt;/b&gt; &amp; vite",
        "(mal entendu)",
        "22/11/2026 à 14 h 32 (Europe/Paris)",
        "acte-naissance",
        "appel en cours",
        "rappelez-moi",
        "Nom : &lt;Martin&gt;</p>",
        "06 12 34 56 78 (à vérifier)",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    assert!(get(line.address, "/handover/style.css").await.0.contains("content-type: text/css"));
}

#[tokio::test]
async fn an_unknown_token_is_a_page_that_says_so() {
    let line = line().await;
    for token in ["nobody", "%27%20OR%201=1", "a/b", ""] {
        let (head, body) = get(line.address, &format!("/handover/{token}")).await;
        assert!(head.starts_with("http/1.1 404") && head.contains("cache-control: no-store"), "{head}");
        assert!(!body.contains("Référence"), "{body}");
    }
    assert!(get(line.address, "/handover/nobody").await.1.contains("Ce lien ne mène à aucun appel"));
}

#[tokio::test]
async fn a_port_in_use_names_the_address_and_the_key_to_change() {
    let line = line().await;
    let sources =
        Sources { store: line.store.clone(), ready: Arc::new(Vec::new), warnings: Arc::new(Vec::new), metrics: None };
    let Err(error) = Server::bind(&Settings { listen: line.address, ..any_port() }, sources).await else {
        panic!("two servers on one port")
    };
    assert!(matches!(error, Error::PortInUse { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&line.address.to_string()) && text.contains("observe.listen"), "{text}");
}

#[tokio::test]
async fn the_server_ends_when_told_even_with_a_connection_left_open() {
    let line = line().await;
    let _idle = TcpStream::connect(line.address).await.unwrap();
    line.stop.cancel();
    line.server.await.unwrap().unwrap();
    assert!(TcpStream::connect(line.address).await.is_err());
}

#[test]
fn a_log_level_that_is_none_is_refused_with_the_key_and_the_choices() {
    let error = init_logging(Format::Text, "verbeux").unwrap_err();
    assert!(matches!(error, LogError::Level { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("observe.log_level") && text.contains("verbeux") && text.contains("debug"), "{text}");
}
