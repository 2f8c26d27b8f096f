use standardiste::asr::{Recognizer, Settings, Weights, Whisper};
use standardiste::dialogue::Expectation;
use std::sync::atomic::AtomicBool;
fn main() {
    let s = Settings {
        model: "/root/.cache/standardiste/models/ggml-base-q8_0.bin".into(),
        time_limit: std::time::Duration::from_secs(120),
        ..Settings::default()
    };
    let w = Weights::load(&s).unwrap();
    let mut whisper = Whisper::new(&w).unwrap();
    for line in std::fs::read_to_string("/tmp/a-work/tel.tsv").unwrap().lines() {
        let f: Vec<&str> = line.split('\t').collect();
        let mut r = hound::WavReader::open(format!("/tmp/a-sounds/tel/{}.wav", f[0])).unwrap();
        let x: Vec<f32> = r.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
        let h = whisper.recognize(&x, &Expectation::default(), &AtomicBool::new(false)).unwrap();
        println!("{}\t{}\t{:.3}\t{}\t{}\t{}", f[0], f[1], h.confidence, h.asr_ms, f[2], h.text);
    }
}
