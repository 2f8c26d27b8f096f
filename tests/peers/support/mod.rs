//! What tests with real peers share: free ports, child processes that end with the test, SIPp, and a line
//! whose driver only plays a tone and notes what happens.
#![allow(dead_code, reason = "each test uses its part")]

pub mod baresip;
pub mod base;
pub mod browser;
pub mod citizen;
pub mod house;
pub mod kamailio;
pub mod line;
pub mod media;
pub mod reception;
pub mod relay;
pub mod site;
pub mod turn;
pub mod written;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A port free on loopback, for UDP and TCP, and the odd one above it too.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap();
    for _ in 0..200 {
        let udp = UdpSocket::bind((LOOPBACK, 0)).unwrap();
        let port = udp.local_addr().unwrap().port() & !1;
        drop(udp);
        let free = |p: u16| UdpSocket::bind((LOOPBACK, p)).is_ok() && TcpListener::bind((LOOPBACK, p)).is_ok();
        if port > 1024 && free(port) && free(port + 1) && given.insert(port) {
            return port;
        }
    }
    panic!("no free pair of ports on loopback");
}

/// A program started by the test; it is ended when this is dropped.
pub struct Peer {
    child: Child,
    pub name: String,
    log: PathBuf,
    /// Scratch files of the program.
    pub folder: TempDir,
}

impl Peer {
    /// Starts `command` with its output in a log file of a fresh folder.
    pub fn start(name: &str, mut command: Command) -> Self {
        Self::start_in(name, TempDir::new().unwrap(), &mut command)
    }

    pub fn start_in(name: &str, folder: TempDir, command: &mut Command) -> Self {
        let log = folder.path().join("output.log");
        let file = std::fs::File::create(&log).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .current_dir(folder.path())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|e| panic!("{name} cannot be started: {e}"));
        Self { child, name: name.to_owned(), log, folder }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it printed so far.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Waits for its end; panics with its output when it takes longer than `limit`.
    pub async fn ended(&mut self, limit: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < limit, "{} did not end in {limit:?}:\n{}", self.name, self.report());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for its successful end.
    pub async fn succeeds(&mut self, limit: Duration) {
        let status = self.ended(limit).await;
        assert!(status.success(), "{} failed ({status}):\n{}", self.name, self.report());
    }

    /// Waits until it has printed `text`.
    pub async fn prints(&self, text: &str, limit: Duration) {
        let start = Instant::now();
        while !self.output().contains(text) {
            assert!(start.elapsed() < limit, "{} never printed «{text}»:\n{}", self.name, self.output());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until SIPp has logged a message that holds `text`.
    pub async fn prints_in_messages(&self, text: &str, limit: Duration) {
        let start = Instant::now();
        let log = self.folder.path().join("messages.log");
        while !std::fs::read_to_string(&log).unwrap_or_default().contains(text) {
            assert!(start.elapsed() < limit, "{} never logged «{text}»:\n{}", self.name, self.report());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Its output and every log file that it left, for a failed test.
    pub fn report(&self) -> String {
        let mut text = self.output();
        for entry in std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            let path = entry.path();
            if path != self.log && path.extension().is_some_and(|e| e == "log") {
                text += &format!("\n── {}\n{}", path.display(), std::fs::read_to_string(&path).unwrap_or_default());
            }
        }
        let start = text.len().saturating_sub(12_000);
        text.char_indices().find(|(i, _)| *i >= start).map_or(String::new(), |(i, _)| text[i..].to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // Politely first, then whatever is left of it: Kamailio's children outlive a parent that is killed.
        let group = format!("-{}", self.pid());
        let _ = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        for _ in 0..100 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}

/// A SIPp scenario of `tests/peers/sipp/`, one call by default, towards `port` on loopback.
pub struct Sipp {
    command: Command,
    scenario: String,
    folder: TempDir,
    /// Its media port, for `[rtp_port]` in the scenario.
    pub rtp_port: u16,
    pub sip_port: u16,
}

impl Sipp {
    pub fn new(scenario: &str, port: u16) -> Self {
        Self::between("127.0.0.1", "127.0.0.1", scenario, port)
    }

    pub fn over_ipv6(scenario: &str, port: u16) -> Self {
        Self::between("::1", "[::1]", scenario, port)
    }

    fn between(ip: &str, host: &str, scenario: &str, port: u16) -> Self {
        let folder = TempDir::new().unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/peers/sipp/{scenario}.xml"));
        let (rtp_port, sip_port) = (free_port(), free_port());
        let mut command = Command::new("sipp");
        command
            .args([
                "-nostdin",
                "-trace_err",
                "-error_file",
                "errors.log",
                "-trace_msg",
                "-message_file",
                "messages.log",
            ])
            .args(["-i", ip, "-mi", ip, "-s", "0145671234", "-cp", &free_port().to_string()])
            .args(["-p", &sip_port.to_string(), "-timeout_error", "-timeout", "20s", "-recv_timeout", "10000"])
            .arg("-sf")
            .arg(file)
            .arg(format!("{host}:{port}"));
        Self { command, scenario: scenario.to_owned(), folder, rtp_port, sip_port }
    }

    pub fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    /// A second value for the scenario.
    pub fn key(self, name: &str, value: &str) -> Self {
        self.args(&["-key", name, value])
    }

    /// Announces this media port instead of one of its own.
    pub fn rtp_port(mut self, port: u16) -> Self {
        self.rtp_port = port;
        self
    }

    /// `calls` calls, `rate` a second.
    pub fn calls(self, calls: u32, rate: u32) -> Self {
        self.args(&["-m", &calls.to_string(), "-r", &rate.to_string()])
    }

    pub fn start(mut self) -> Peer {
        self.command.args(["-key", "rtp_port", &self.rtp_port.to_string()]);
        if !self.command.get_args().any(|a| a == "-m") {
            self.command.args(["-m", "1"]);
        }
        Peer::start_in(&format!("sipp {}", self.scenario), self.folder, &mut self.command)
    }
}
