use standardiste::tts::{Settings, Voice};
use std::io::BufRead;
#[tokio::main]
async fn main() {
    let cache = std::path::PathBuf::from("/root/.cache/standardiste");
    let out = std::env::args().nth(1).unwrap();
    let voice = Voice::start(Settings {
        models: cache.clone(),
        onnxruntime: cache.join("onnxruntime/libonnxruntime.so"),
        cache: "/tmp/a-work/spoken".into(),
        time_limit: std::time::Duration::from_secs(120),
        threads: 1,
        ..Settings::default()
    })
    .unwrap();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let f: Vec<&str> = line.split('\t').collect();
        let path = format!("{out}/{}.wav", f[0]);
        if std::path::Path::new(&path).exists() {
            continue;
        }
        let spoken = voice.sentence(f[2], f[1].parse().unwrap()).await.unwrap();
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 16000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut w = hound::WavWriter::create(&path, spec).unwrap();
        for s in &spoken.samples {
            w.write_sample(*s).unwrap();
        }
        w.finalize().unwrap();
    }
    std::process::exit(0);
}
