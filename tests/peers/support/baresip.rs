//! baresip as a telephone: a citizen who calls, or a human agent who answers by itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{LOOPBACK, Peer, free_port};

pub struct Baresip {
    pub port: u16,
    control: u16,
    pub peer: Peer,
}

/// What a telephone does, beyond being there.
#[derive(Default)]
pub struct Phone<'a> {
    /// Its user name.
    pub user: &'a str,
    /// Whom it calls at once.
    pub calls: Option<String>,
    /// A WAV file to say, 8 kHz mono; a minute of faint tone when empty. It hangs up at the file's end.
    pub source: Option<PathBuf>,
    /// Rings instead of answering by itself.
    pub lets_ring: bool,
    /// Account parameters, for instance `;auth_pass=…;outbound=…`.
    pub account: String,
    /// Registers at this host and port.
    pub registrar: Option<String>,
}

impl Baresip {
    /// Records both directions of its calls as WAV files in its folder (`sndfile`).
    pub fn start(phone: &Phone) -> Self {
        let port = free_port();
        let folder = TempDir::new().unwrap();
        let path = folder.path().display().to_string();
        let source = phone.source.clone().unwrap_or_else(|| {
            let file = folder.path().join("murmur.wav");
            murmur(&file);
            file
        });
        let (rtp, control) = (free_port(), free_port());
        let configuration = format!(
            "sip_listen 127.0.0.1:{port}\nmodule_path /usr/lib/baresip/modules\nrtp_ports {rtp}-{last}\n\
             audio_source aufile,{}\naudio_player aufile,{path}/player.wav\naudio_alert aufile,{path}/alert.wav\nsnd_path {path}\n\
             module g711.so\nmodule aufile.so\nmodule sndfile.so\n\
             module_app account.so\nmodule_app menu.so\n\
             ctrl_tcp_listen 127.0.0.1:{control}\nmodule_app ctrl_tcp.so\n",
            source.display(),
            last = rtp + 40,
        );
        let (host, interval) = match &phone.registrar {
            Some(registrar) => (registrar.clone(), 60),
            None => (format!("127.0.0.1:{port}"), 0),
        };
        let answers = if phone.lets_ring { "manual" } else { "auto" };
        let account = format!(
            "<sip:{}@{host}>;regint={interval};answermode={answers};audio_codecs=PCMA{}\n",
            phone.user, phone.account
        );
        std::fs::write(folder.path().join("config"), configuration).unwrap();
        std::fs::write(folder.path().join("accounts"), account).unwrap();
        let mut command = Command::new("baresip");
        command.arg("-f").arg(folder.path()).args(["-t", "60"]);
        if let Some(target) = &phone.calls {
            command.args(["-e", &format!("/dial {target}")]);
        }
        let peer = Peer::start_in(&format!("baresip {}", phone.user), folder, &mut command);
        Self { port, control, peer }
    }

    /// Presses keys in the call under way.
    pub async fn presses(&self, keys: &str) {
        let command = json!({ "command": "sndcode", "params": keys }).to_string();
        let mut control = TcpStream::connect((LOOPBACK, self.control)).await.expect("baresip's control port");
        // A netstring.
        control.write_all(format!("{}:{command},", command.len()).as_bytes()).await.expect("a command");
        let mut answer = [0; 256];
        let length = control.read(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.contains("\"ok\":true"), "{answer}");
    }
}

/// A minute of a faint 200 Hz tone.
fn murmur(file: &Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file, spec).unwrap();
    for i in 0..60 * 8_000 {
        writer.write_sample(if i % 40 < 20 { 300i16 } else { -300 }).unwrap();
    }
    writer.finalize().unwrap();
}
