//! `check` and `serve` say what is wrong and how to mend it.

use std::fs;
use std::io::Read;
use std::net::{TcpListener, UdpSocket};
use std::path::PathBuf;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::program::{Program, Ran};

/// The lines of `check` that say that something is wrong.
fn wrong(ran: &Ran) -> Vec<&str> {
    ran.out.lines().filter(|line| line.starts_with("MAUVAIS")).collect()
}

#[test]
fn all_good_exits_with_0_and_a_line_a_part() {
    let ran = Program::new().done(&["check"]);
    for part in ["configuration", "écoute", "voix", "port SIP (UDP)", "port SIP (TCP)", "base de données", "réponses"]
    {
        assert!(ran.out.contains(&format!("bon     {part}")), "{part}: {}", ran.out);
    }
    assert!(ran.out.contains("Tout est bon."), "{}", ran.out);
}

#[test]
fn a_missing_model_is_told_with_what_to_do() {
    let mut program = Program::new();
    program.set("HEARING__MODEL", "/nulle/part/ggml-base.bin");
    let ran = program.run(&["check"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    let [line] = wrong(&ran)[..] else { panic!("one line: {}", ran.out) };
    assert!(line.contains("/nulle/part/ggml-base.bin") && line.contains("n'existe pas"), "{line}");
    assert!(line.contains("./scripts/run") && line.contains("hearing.model"), "{line}");
    for command in [&["hear", "a.wav"][..], &["call", "a.wav"], &["serve"]] {
        program.write("a.wav", standardiste::audio::wav::encode(&[0; 16_000], 16_000).unwrap());
        let ran = program.run(command);
        assert_eq!(ran.status, 1, "{command:?}");
        assert!(ran.err.contains("/nulle/part/ggml-base.bin") && ran.err.contains("n'existe pas"), "{}", ran.err);
    }
}

#[test]
fn a_truncated_model_is_told_with_what_to_do() {
    let mut program = Program::new();
    let models = cache().join("models/ggml-base-q8_0.bin");
    let mut begun = Vec::new();
    fs::File::open(models).unwrap().take(1 << 20).read_to_end(&mut begun).unwrap();
    let cut = program.write("ggml-base-q8_0.bin", begun);
    program.set("HEARING__MODEL", &cut);
    let ran = program.run(&["check"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    let [line] = wrong(&ran)[..] else { panic!("one line: {}", ran.out) };
    assert!(line.contains(&cut) && line.contains("tronqué") && line.contains("./scripts/run"), "{line}");
}

#[test]
fn a_missing_voice_is_told_with_what_to_do() {
    let mut program = Program::new();
    program.set("SPEAKING__VOICE", "/nulle/part/voix.toml");
    let ran = program.run(&["check"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    assert!(
        wrong(&ran).iter().any(|line| line.contains("voix") && line.contains("/nulle/part/voix.toml")),
        "{}",
        ran.out
    );
}

#[test]
fn a_port_in_use_is_named_by_check_and_by_serve() {
    let keys = [
        ("SIP__LISTEN_UDP", "UDP"),
        ("SIP__LISTEN_TCP", "TCP"),
        ("OBSERVE__LISTEN", ""),
        ("WEB__LISTEN", ""),
        ("CONSOLE__LISTEN", ""),
    ];
    for (key, transport) in keys {
        let mut program = Program::new();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = if transport == "UDP" { udp.local_addr() } else { tcp.local_addr() }.unwrap().to_string();
        program.set(key, &taken);
        let name = key.to_lowercase().replace("__", ".");
        if key == "SIP__LISTEN_UDP" {
            let ran = program.run(&["check"]);
            assert_eq!(ran.status, 1);
            let [line] = wrong(&ran)[..] else { panic!("one line: {}", ran.out) };
            assert!(line.contains("déjà pris") && line.contains(&name), "{line}");
        }
        let ran = program.run(&["serve"]);
        assert_eq!(ran.status, 1, "{}", ran.err);
        assert!(ran.err.contains(&taken) && ran.err.contains("déjà pris") && ran.err.contains(&name), "{}", ran.err);
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_by_every_command() {
    let program = Program::new();
    program.done(&["answers", "list"]);
    let options = SqliteConnectOptions::new().filename(program.path("line.sqlite"));
    let mut connection = options.connect().await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
         VALUES (9999, 'from the future', datetime(), 1, x'00', 1)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    for command in [&["check"][..], &["answers", "list"], &["ask", "le PACS"], &["serve"]] {
        let ran = program.run(command);
        let told = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.status, 1, "{command:?}: {told}");
        assert!(told.contains("plus récente") && told.contains("line.sqlite"), "{command:?}: {told}");
    }
}

#[test]
fn the_service_starts_prints_its_address_and_stops_when_told() {
    let program = Program::new();
    let mut service = program.start(&["serve"]);
    let text = service.printed_until("Pour arrêter");
    assert!(text.contains(&format!("sip:etat-civil@{}", program.value("SIP__LISTEN_UDP"))), "{text}");
    let second = program.run(&["serve"]);
    assert_eq!(second.status, 1, "{}", second.err);
    assert!(second.err.contains("déjà pris"), "{}", second.err);
    let status = service.terminate();
    assert!(status.success(), "{status}");
}

fn cache() -> PathBuf {
    let folder = |name| std::env::var_os(name).map(PathBuf::from);
    folder("STANDARDISTE_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|path| path.join("standardiste")))
        .or_else(|| folder("HOME").map(|path| path.join(".cache/standardiste")))
        .unwrap()
}
