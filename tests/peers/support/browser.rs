//! A citizen's browser: a real Chromium, driven by `tests/peers/browser/drive.mjs`.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A page's command may wait for a call's events.
const LIMIT: Duration = Duration::from_secs(120);

pub struct Browser {
    child: Child,
    /// Chromium's process group.
    group: u64,
    input: ChildStdin,
    replies: mpsc::UnboundedReceiver<String>,
    pub folder: TempDir,
}

/// Where the set-up scripts have put the driver's modules.
pub fn modules() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("STANDARDISTE_CACHE").map(PathBuf::from);
    let usual = || std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let cache = cache.or_else(|| usual().map(|folder| folder.join("standardiste"))).expect("a cache folder");
    let modules = cache.join("browser");
    assert!(modules.join("node_modules").is_dir(), "the browser's driver is missing: run scripts/test once");
    modules
}

impl Browser {
    /// `microphone`: a WAV file for Chromium's fake device, played once from the moment it is opened.
    pub async fn start(microphone: Option<&Path>) -> Self {
        let folder = TempDir::new().unwrap();
        let log = std::fs::File::create(folder.path().join("browser.log")).unwrap();
        let mut command = Command::new("node");
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/browser/drive.mjs"))
            .arg(modules())
            .arg(folder.path().join("profile"))
            .args(microphone)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .process_group(0);
        let mut child = command.spawn().expect("node");
        let output = child.stdout.take().unwrap();
        let (sender, replies) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take().unwrap();
        let mut browser = Self { child, group: 0, input, replies, folder };
        let ready = browser.reply().await;
        browser.group = ready["value"].as_u64().expect("Chromium's process");
        browser
    }

    /// What it wrote on its console.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("browser.log")).unwrap_or_default()
    }

    async fn reply(&mut self) -> Value {
        let line = timeout(LIMIT, self.replies.recv()).await.ok().flatten();
        let line = line.unwrap_or_else(|| panic!("the browser says nothing:\n{}", self.log()));
        serde_json::from_str(&line).unwrap()
    }

    async fn command(&mut self, command: Value) -> Result<Value, String> {
        writeln!(self.input, "{command}").unwrap();
        let mut reply = self.reply().await;
        match reply.get("error").and_then(Value::as_str) {
            Some(error) => Err(error.to_owned()),
            None => Ok(reply["value"].take()),
        }
    }

    pub async fn open(&mut self, url: &str) {
        self.command(json!({ "command": "open", "url": url })).await.unwrap_or_else(|e| panic!("{e}\n{}", self.log()));
    }

    /// Runs an async function's body in the page; gives what it returns.
    pub async fn run(&mut self, script: &str) -> Value {
        self.attempt(script).await.unwrap_or_else(|e| panic!("«{script}»: {e}\n{}", self.log()))
    }

    pub async fn attempt(&mut self, script: &str) -> Result<Value, String> {
        self.command(json!({ "command": "run", "script": script })).await
    }

    /// Begins a call and waits until it is connected.
    pub async fn call(&mut self, how: &str) {
        let connected = self.run(&format!("await call.begin({how}); return await call.connected(10000);")).await;
        let states = self.run("return call.state.states;").await;
        assert_eq!(connected, json!(true), "not connected: {states}\n{}", self.log());
    }

    /// The page's sound so far, 16 kHz.
    pub async fn recorded(&mut self) -> Vec<i16> {
        let text = self.run("return call.recorded();").await;
        let bytes = base64(text.as_str().unwrap());
        let samples: Vec<i16> = bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        standardiste::audio::resample(&samples, 48_000, 16_000)
    }

    /// The data channel's messages so far.
    pub async fn messages(&mut self) -> Vec<Value> {
        self.run("return call.state.messages;").await.as_array().cloned().unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let groups = [u64::from(self.child.id()), self.group].map(|group| format!("-{group}"));
        let _ = writeln!(self.input, "{}", json!({ "command": "close" }));
        for _ in 0..150 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // Chromium's own processes, should any be left.
        for group in groups.iter().filter(|group| *group != "-0") {
            let _ = Command::new("kill").args(["-KILL", "--", group]).stderr(Stdio::null()).status();
        }
        let _ = self.child.wait();
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648 §4.
fn base64(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for value in text.bytes().filter_map(|b| ALPHABET.iter().position(|a| *a == b)) {
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    out
}

/// Samples as the page's `say` takes them.
pub fn to_base64(samples: &[i16]) -> String {
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let mut out = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let value = chunk.iter().enumerate().fold(0u32, |v, (i, b)| v | u32::from(*b) << (16 - 8 * i));
        for i in 0..4 {
            let digit = ALPHABET[(value >> (18 - 6 * i) & 63) as usize] as char;
            out.push(if i <= chunk.len() { digit } else { '=' });
        }
    }
    out
}
