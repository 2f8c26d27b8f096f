//! Real sounds for the engines' tests: Debian's recorded prompts and hold music, noises and voices made by sox.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use standardiste::asr::{Settings, Weights, Whisper};
use standardiste::dialogue::Phrase;

/// The cache folder that the scripts fill.
pub fn cache() -> PathBuf {
    if let Some(dir) = std::env::var_os("STANDARDISTE_CACHE") {
        return dir.into();
    }
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").expect("HOME is set")).join(".cache"));
    base.join("standardiste")
}

/// A recognizer with the set-up's model and time enough for a busy machine. The weights are loaded once a run.
pub fn whisper() -> Whisper {
    static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
        let long = Duration::from_secs(120);
        let settings = Settings { model: model(), time_limit: long, phrase_budget: long, ..Settings::default() };
        Weights::load(&settings).expect("the model is in the cache (scripts/test puts it there)")
    });
    Whisper::new(&WEIGHTS).expect("a state")
}

/// Commands of the kind that the dialogue expects.
pub fn commands() -> Vec<Phrase> {
    let commands = [
        ("yes", "Oui."),
        ("yes", "Oui, c'est ça."),
        ("yes", "D'accord."),
        ("no", "Non."),
        ("no", "Non merci."),
        ("repeat", "Répétez."),
        ("repeat", "Pouvez-vous répéter ?"),
        ("slower", "Plus lentement."),
        ("agent", "Un agent."),
        ("agent", "Je voudrais parler à quelqu'un."),
        ("goodbye", "Au revoir."),
        ("goodbye", "C'est tout, merci."),
    ];
    commands.map(|(meaning, text)| Phrase { meaning: meaning.to_owned(), text: text.to_owned() }).to_vec()
}

pub fn model() -> PathBuf {
    cache().join("models/ggml-base-q8_0.bin")
}

/// Any sound file as mono 16 kHz, −1 to 1.
pub fn read(path: &Path) -> Vec<f32> {
    sox(&[path.to_str().expect("UTF-8 path")], &[])
}

/// What sox makes of `input` arguments and `effects`.
pub fn sox(input: &[&str], effects: &[&str]) -> Vec<f32> {
    let output = Command::new("sox")
        .arg("-R")
        .args(input)
        .args(["-t", "raw", "-r", "16000", "-c", "1", "-e", "signed", "-b", "16", "-"])
        .args(effects)
        .output()
        .expect("sox is installed (scripts/test installs it)");
    assert!(output.status.success(), "sox {input:?} {effects:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout.chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32768.0).collect()
}

pub const PROMPTS: &str = "/usr/share/asterisk/sounds/fr_CA_f_June";
pub const TRANSCRIPTS: &str = "/usr/share/doc/asterisk-core-sounds-fr/core-sounds-fr.txt.gz";
pub const HOLD_MUSIC: &str = "/usr/share/asterisk/moh";

/// Debian's recorded French prompts that are words, with their transcripts, in the file's order.
pub fn prompts() -> Vec<(String, String)> {
    let output = Command::new("zcat").arg(TRANSCRIPTS).output().expect("zcat runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut all = standardiste::asr::evaluate::transcripts(&text);
    all.retain(|(name, _)| Path::new(PROMPTS).join(format!("{name}.wav")).exists());
    assert!(all.len() > 300, "asterisk-core-sounds-fr and -wav are installed (scripts/test installs them)");
    all
}

pub fn prompt(name: &str) -> Vec<f32> {
    read(&Path::new(PROMPTS).join(format!("{name}.wav")))
}

/// Sounds that are not words, as a telephone line carries them: name and samples.
pub fn nothing_said() -> Vec<(String, Vec<f32>)> {
    let mut all = vec![
        ("digital silence".to_owned(), vec![0.0; 32_000]),
        ("dial tone".to_owned(), sox(&["-n", "-r", "8000"], &["synth", "2", "sine", "440", "vol", "0.1"])),
        (
            "busy tone".to_owned(),
            sox(
                &["-n", "-r", "8000"],
                &["synth", "0.5", "sine", "440", "vol", "0.1", "pad", "0", "0.5", "repeat", "2"],
            ),
        ),
    ];
    for noise in ["whitenoise", "pinknoise", "brownnoise"] {
        for (level, seconds) in [("0.3", "1"), ("0.1", "2"), ("0.03", "3"), ("0.01", "2"), ("0.003", "4")] {
            let sound = sox(&["-n", "-r", "8000"], &["synth", seconds, noise, "vol", level]);
            all.push((format!("{noise} {level} {seconds} s"), sound));
        }
    }
    // A cough: one or two bursts of noise that die away in some 200 ms, through a throat's resonance.
    for (name, bursts) in [("cough", "0"), ("two coughs", "1")] {
        let effects = [
            "synth",
            "0.35",
            "pinknoise",
            "fade",
            "l",
            "0.01",
            "0.35",
            "0.3",
            "bandpass",
            "700",
            "1.5q",
            "vol",
            "3",
            "pad",
            "0.1",
            "0.25",
            "repeat",
            bursts,
        ];
        all.push((name.to_owned(), sox(&["-n", "-r", "8000"], &effects)));
    }
    for entry in
        std::fs::read_dir(HOLD_MUSIC).expect("asterisk-moh-opsound-wav is installed (scripts/test installs it)")
    {
        let path = entry.expect("a folder entry").path();
        for (start, length) in [("5", "3"), ("31", "2"), ("60", "6")] {
            let sound = sox(&[path.to_str().expect("UTF-8 path")], &["trim", start, length]);
            all.push((format!("{} at {start} s", path.file_stem().expect("a name").to_string_lossy()), sound));
        }
    }
    all
}
