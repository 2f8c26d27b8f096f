//! The real program, run as staff run it: the delivered configuration, a database and a folder of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::thread::{self, JoinHandle};

use serde_json::Value;
use standardiste::audio::wav;
use tempfile::TempDir;

/// The keys of a line of `ask --json`, sorted.
pub const ASKED: [&str; 8] =
    ["candidates", "decision", "entry", "probability", "reason", "say", "service_public", "version"];

pub struct Program {
    folder: TempDir,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
}

/// What a run printed, and how it ended.
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Program {
    /// With the delivered configuration.
    pub fn new() -> Self {
        let delivered = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/standardiste.toml");
        let mut program = Self::bare();
        program.arguments = vec!["--config".into(), delivered.display().to_string()];
        let database = program.path("line.sqlite").display().to_string();
        program.set("STORAGE__DATABASE", &database);
        // Tests run on Sundays too.
        program.set("HANDOVER__OUTSIDE_HOURS", "true");
        let port = || std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        for key in ["SIP__LISTEN_UDP", "SIP__LISTEN_TCP", "OBSERVE__LISTEN", "WEB__LISTEN", "CONSOLE__LISTEN"] {
            program.set(key, &format!("127.0.0.1:{}", port()));
        }
        program
    }

    /// With no configuration at all, in an empty working folder.
    pub fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new(), arguments: Vec::new() }
    }

    /// Overrides a key of the configuration: `STORAGE__DATABASE`.
    pub fn set(&mut self, key: &str, value: &str) {
        self.environment.push((format!("STANDARDISTE_{key}"), value.to_owned()));
    }

    pub fn value(&self, key: &str) -> &str {
        let name = format!("STANDARDISTE_{key}");
        let found = self.environment.iter().rev().find(|(set, _)| *set == name);
        &found.expect("a key that was set").1
    }

    /// A file of this program's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_standardiste"));
        command.current_dir(self.folder.path()).args(&self.arguments).args(arguments);
        command.env_remove("STANDARDISTE_CONFIG").envs(self.environment.iter().map(|(k, v)| (k, v)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran { status: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Runs on, until it is told to stop or dropped.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = child.stdout.take().map(BufReader::new);
        // Read on, so that a service that logs much is never held up.
        let mut err = child.stderr.take().unwrap();
        let told = thread::spawn(move || {
            let mut text = String::new();
            err.read_to_string(&mut text).map(|_| text).unwrap_or_default()
        });
        Running { child, out, told: Some(told) }
    }

    /// Runs what must succeed.
    pub fn done(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.status, 0, "{arguments:?}\n{}\n{}", ran.out, ran.err);
        ran
    }

    /// `text` in the line's voice, as a WAV file's path.
    pub fn say(&self, name: &str, text: &str) -> String {
        let path = self.path(name).display().to_string();
        self.done(&["say", text, "-o", &path]);
        path
    }
}

/// A program that serves.
pub struct Running {
    child: Child,
    out: Option<BufReader<ChildStdout>>,
    told: Option<JoinHandle<String>>,
}

impl Running {
    /// What it prints until a line holds `mark`.
    pub fn printed_until(&mut self, mark: &str) -> String {
        let mut text = String::new();
        while !text.contains(mark) {
            let read = self.out.as_mut().unwrap().read_line(&mut text).unwrap();
            assert!(read > 0, "it stopped: {text}");
        }
        text
    }

    /// Closes its standard output, and gives what it says on standard error until its end.
    pub fn stop_reading(mut self) -> String {
        self.out = None;
        self.child.wait().unwrap();
        self.told.take().unwrap().join().unwrap()
    }

    /// Tells it to look again at what is published.
    pub fn hang_up(&self) {
        let told = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Tells it to stop, as systemd does, and waits for its end.
    pub fn terminate(mut self) -> ExitStatus {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone when it was told to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ran {
    /// The objects printed, one a line.
    pub fn json(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        self.out.lines().map(parse).collect()
    }
}

/// The sorted keys of an object.
pub fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// A file's sound, 16 kHz mono.
pub fn sound(path: &str) -> Vec<i16> {
    wav::read(&std::fs::read(path).unwrap()).unwrap()
}
