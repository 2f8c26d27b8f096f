//! A missing, truncated or foreign model is a clear error, never a crash inside whisper.cpp.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use standardiste::asr::{Settings, Weights, check_model};

use crate::sounds;

fn refusal(path: &Path) -> String {
    let settings = Settings { model: path.to_owned(), ..Settings::default() };
    Weights::load(&settings).expect_err("the file is damaged").to_string()
}

#[test]
fn the_model_of_the_set_up_is_whole() {
    let info = check_model(&sounds::model()).unwrap();
    assert_eq!((info.size.as_str(), info.multilingual, info.tensors), ("base", true, 245));
}

#[test]
fn a_missing_model_says_where_it_should_be_and_what_to_run() {
    let said = refusal(Path::new("/nowhere/ggml-base.bin"));
    assert!(said.contains("/nowhere/ggml-base.bin") && said.contains("does not exist"), "{said}");
    assert!(said.contains("./scripts/run"), "{said}");
}

#[test]
fn a_truncated_model_is_refused_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.bin");
    let whole = fs::metadata(sounds::model()).unwrap().len();
    let mut start = Vec::new();
    File::open(sounds::model()).unwrap().take(2_000_000).read_to_end(&mut start).unwrap();
    for length in [0, 3, 20, 50, 10_000, 500_000, 1_000_000, 2_000_000] {
        fs::write(&path, &start[..length]).unwrap();
        let said = refusal(&path);
        assert!(said.contains("truncated") || said.contains("incomplete"), "{length} bytes: {said}");
    }
    // In the last tensor, where whisper.cpp would load a half-empty matrix without a word.
    fs::copy(sounds::model(), &path).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(whole - 100).unwrap();
    let said = refusal(&path);
    assert!(said.contains("truncated") && said.contains(&(whole - 100).to_string()), "{said}");
}

#[test]
fn another_kind_of_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.bin");
    fs::write(&path, vec![7; 100_000]).unwrap();
    assert!(refusal(&path).contains("not a ggml Whisper file"));
    assert!(refusal(folder.path()).contains("Whisper model"));

    fs::copy(sounds::model(), &path).unwrap();
    let mut file = File::options().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(4 + 4 * 4)).unwrap();
    file.write_all(&[0xff; 4]).unwrap();
    assert!(refusal(&path).contains("damaged header"), "{}", refusal(&path));
}

#[test]
fn an_unknown_language_is_named() {
    let settings = Settings { model: sounds::model(), language: "breton".to_owned(), ..Settings::default() };
    let said = Weights::load(&settings).map(drop);
    // Whisper knows «breton» by its English name and code; «gallo» it does not know.
    assert!(said.is_ok(), "{said:?}");
    let settings = Settings { language: "gallo".to_owned(), ..settings };
    assert!(Weights::load(&settings).expect_err("unknown").to_string().contains("gallo"));
}
