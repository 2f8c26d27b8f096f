use std::fs;
use std::path::{Path, PathBuf};

use standardiste::tts::{Disk, Key};

use crate::speaking::tone;

fn key(words: &str) -> Key {
    Key::new(&[1; 32], 100, words)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn what_was_kept_is_found_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    Disk::open(folder.path(), 1 << 20).unwrap().put(&key("bonjour"), &tone(3)).unwrap();
    let disk = Disk::open(folder.path(), 1 << 20).unwrap();
    assert_eq!(disk.get(&key("bonjour")), Some(tone(3)));
    assert_eq!(disk.get(&key("bonsoir")), None);
}

#[test]
fn voice_speed_and_words_each_make_another_sound() {
    let keys = [Key::new(&[1; 32], 100, "a"), Key::new(&[2; 32], 100, "a"), Key::new(&[1; 32], 80, "a"), key("b")];
    for (i, one) in keys.iter().enumerate() {
        assert!(keys[i + 1..].iter().all(|other| other != one));
    }
}

#[test]
fn a_file_that_a_crash_left_half_written_is_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("0123.99-0.tmp"), b"STDV half").unwrap();
    Disk::open(folder.path(), 1 << 20).unwrap();
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_truncated_or_altered_sound_is_thrown_away_and_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::open(folder.path(), 1 << 20).unwrap();
    disk.put(&key("bonjour"), &tone(2)).unwrap();
    let path = files(folder.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    let altered = [&whole[..100], &[whole[100] ^ 1], &whole[101..]].concat();
    for damaged in [&whole[..whole.len() - 2], &whole[..20], &[], &altered[..]] {
        fs::write(&path, damaged).unwrap();
        assert_eq!(disk.get(&key("bonjour")), None);
        assert!(!path.exists(), "the damaged file is gone");
        disk.put(&key("bonjour"), &tone(2)).unwrap();
        assert_eq!(disk.get(&key("bonjour")), Some(tone(2)));
    }
}

#[test]
fn the_folder_keeps_its_bound_and_the_sounds_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let one = tone(1).len() as u64 * 2 + 100;
    let limit = one * 10;
    let disk = Disk::open(folder.path(), limit).unwrap();
    for number in 0..50 {
        disk.put(&key(&format!("phrase {number}")), &tone(1)).unwrap();
        assert!(disk.get(&key("phrase 0")).is_some(), "still in use after {number}");
        assert!(disk.bytes() <= limit);
    }
    let held: u64 = files(folder.path()).iter().map(|path| path.metadata().unwrap().len()).sum();
    assert_eq!(held, disk.bytes());
    drop(disk);
    assert!(Disk::open(folder.path(), one * 3).unwrap().bytes() <= one * 3, "a smaller bound is kept at once");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pas-un-dossier");
    fs::write(&file, b"").unwrap();
    assert!(Disk::open(&file, 1 << 20).unwrap_err().to_string().contains("pas-un-dossier"));
}
