//! The floors of the house: imports go downward only, and the pure parts hold no clock, socket or thread.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module's floor; `main` and `lib` stand above all.
const FLOORS: &[(&str, u8)] = &[
    ("turn", 0),
    ("dialogue", 0),
    ("french", 0),
    ("hours", 0),
    ("redaction", 0),
    ("sdp", 0),
    ("rtp", 0),
    ("audio", 0),
    ("call", 1),
    ("leg", 2),
    ("asr", 2),
    ("tts", 2),
    ("answers", 2),
    ("store", 2),
    ("switchboard", 3),
    ("observe", 4),
    ("web", 4),
    ("console", 4),
    ("config", 4),
    ("app", 5),
    ("cli", 6),
];

/// Floors whose modules do not import each other.
const APART: [u8; 3] = [0, 2, 4];

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources are there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The sources, each with its module and floor.
fn sources() -> Vec<(PathBuf, String, u8)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root, &mut all);
    all.into_iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(&root).ok()?.to_owned();
            let module = inside.iter().next()?.to_string_lossy().trim_end_matches(".rs").to_owned();
            if module == "main" || module == "lib" {
                return None;
            }
            let floor = floor(&module).unwrap_or_else(|| panic!("src/{module} has no floor: name it in this test"));
            Some((path, module, floor))
        })
        .collect()
}

#[test]
fn no_import_climbs_and_siblings_stay_apart() {
    let mut wrong = Vec::new();
    for (path, module, from) in sources() {
        let text = fs::read_to_string(&path).expect("a readable source");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let names: Vec<&str> = match part.strip_prefix('{') {
                    Some(group) => group.split(['{', '}', ',']).map(str::trim).collect(),
                    None => vec![part],
                };
                for name in names {
                    let target: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    let Some(to) = floor(&target) else { continue };
                    if target != module && (to > from || (to == from && APART.contains(&to))) {
                        wrong.push(format!("{}:{}: {module} imports {target}", path.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_floors_hold_no_clock_socket_or_thread() {
    const BANNED: &[&str] =
        &["tokio", "Instant::now", "SystemTime", "std::net::UdpSocket", "std::thread", "Timestamp::now"];
    let mut wrong = Vec::new();
    for (path, _, _) in sources().into_iter().filter(|(_, _, floor)| *floor <= 1) {
        let text = fs::read_to_string(&path).expect("a readable source");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for banned in BANNED.iter().filter(|banned| line.contains(**banned)) {
                wrong.push(format!("{}:{}: {banned}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_source_grows_past_six_hundred_lines() {
    for (path, _, _) in sources() {
        let lines = fs::read_to_string(&path).expect("a readable source").lines().count();
        assert!(lines <= 600, "{} has {lines} lines: split it by what it knows", path.display());
    }
}
