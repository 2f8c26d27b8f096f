//! coturn: the relay of a town whose citizens' networks let no UDP through.

use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::{Peer, free_port};

/// What the relay and the line share.
pub const SECRET: &str = "secret-partagé-d'essai";

pub struct Turn {
    /// What browsers are told: over TCP, as where UDP is blocked.
    pub url: String,
    pub peer: Peer,
}

impl Turn {
    pub async fn start() -> Self {
        let (port, relayed) = (free_port(), 40_000 + free_port() % 900 * 20);
        let folder = TempDir::new().unwrap();
        let mut command = Command::new("turnserver");
        command
            .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--simple-log", "--verbose", "--log-file", "stdout"])
            .args(["--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--allow-loopback-peers"])
            .args(["--listening-port", &port.to_string()])
            .args(["--min-port", &relayed.to_string(), "--max-port", &(relayed + 19).to_string()])
            .args([
                "--use-auth-secret",
                "--static-auth-secret",
                SECRET,
                "--realm",
                "ville.test",
                "--no-multicast-peers",
            ])
            .arg(format!("--userdb={}", folder.path().join("turndb").display()))
            .arg(format!("--pidfile={}", folder.path().join("turn.pid").display()));
        let peer = Peer::start_in("turnserver", folder, &mut command);
        let turn = Self { url: format!("turn:127.0.0.1:{port}?transport=tcp"), peer };
        for _ in 0..500 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return turn;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("turnserver does not listen:\n{}", turn.peer.report());
    }
}
