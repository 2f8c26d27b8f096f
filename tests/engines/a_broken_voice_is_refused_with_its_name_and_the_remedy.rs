use std::fs;
use std::path::Path;

use standardiste::tts::{Settings, Voice};

use crate::speaking::{cache, settings};

/// A manifest in `folder` with these `[files]`, without a sum of the model.
fn manifest(folder: &Path, model: &Path, config: &Path) -> std::path::PathBuf {
    let path = folder.join("voix.toml");
    let files = format!("model = {model:?}\nconfig = {config:?}\n");
    fs::write(&path, format!("[voice]\nname = \"v\"\nlanguage = \"en\"\n[files]\n{files}")).unwrap();
    path
}

fn refusal(settings: Settings) -> String {
    match Voice::start(settings) {
        Ok(_) => panic!("the voice was accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_missing_model() {
    let folder = tempfile::tempdir().unwrap();
    let said = refusal(Settings { models: folder.path().to_owned(), ..settings("fr_siwis", folder.path()) });
    assert!(said.contains("voices/fr_siwis/model.onnx") && said.contains("./scripts/run"), "{said}");
}

#[test]
fn a_truncated_model_by_its_sum() {
    let folder = tempfile::tempdir().unwrap();
    let voice = folder.path().join("voices/en_joe");
    fs::create_dir_all(&voice).unwrap();
    let whole = fs::read(cache().join("voices/en_joe/model.onnx")).unwrap();
    fs::write(voice.join("model.onnx"), &whole[..whole.len() / 2]).unwrap();
    let said = refusal(Settings { models: folder.path().to_owned(), ..settings("en_joe", folder.path()) });
    assert!(said.contains("model.onnx est tronqué") && said.contains("./scripts/run"), "{said}");
}

#[test]
fn a_truncated_model_without_a_sum_by_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(cache().join("voices/en_joe/model.onnx")).unwrap();
    let half = folder.path().join("half.onnx");
    fs::write(&half, &whole[..whole.len() / 2]).unwrap();
    let config = cache().join("voices/en_joe/model.onnx.json");
    let manifest = manifest(folder.path(), &half, &config);
    let said = refusal(Settings { manifest, ..settings("en_joe", folder.path()) });
    assert!(said.contains("half.onnx") && said.contains("Piper"), "{said}");
}

#[test]
fn a_model_without_pipers_interface() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("other.onnx");
    fs::write(&model, b"not a model at all").unwrap();
    let config = folder.path().join("other.onnx.json");
    fs::write(&config, "{\"audio\": {}}").unwrap();
    let manifest = manifest(folder.path(), &model, &config);
    let said = refusal(Settings { manifest, ..settings("en_joe", folder.path()) });
    assert!(said.contains("other.onnx.json"), "{said}");
}

#[test]
fn a_manifest_that_is_missing_or_ill_written() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absente.toml");
    let said = refusal(Settings { manifest: absent, ..settings("en_joe", folder.path()) });
    assert!(said.contains("absente.toml") && said.contains("introuvable"), "{said}");
    let bad = folder.path().join("mauvaise.toml");
    let voice = "[voice]\nname = \"v\"\nlanguage = \"fr\"\nspeeed = 1.0\n";
    fs::write(&bad, format!("{voice}[files]\nmodel = \"m\"\nconfig = \"c\"\n")).unwrap();
    let said = refusal(Settings { manifest: bad, ..settings("en_joe", folder.path()) });
    assert!(said.contains("mauvaise.toml") && said.contains("speeed"), "{said}");
}
