//! The delivered file says every key, with its default, its range and its unit; `docs/configuration.md` is made from it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use standardiste::config::{Key, keys, variable};

use crate::configuration::{delivered, load};

/// What the file says of a key.
struct Said {
    comment: String,
    value: String,
    /// Written behind a `#`: the key is absent by default.
    off: bool,
}

/// By section (`handover.destination.*` for a list's), then by key; and the words before each section.
fn said() -> (BTreeMap<(String, String), Said>, BTreeMap<String, String>) {
    let (mut keys, mut sections) = (BTreeMap::new(), BTreeMap::new());
    let (mut section, mut comment) = (String::new(), String::new());
    for line in std::fs::read_to_string(delivered()).unwrap().lines() {
        let off = line.starts_with('#') && !line.starts_with("# ");
        let setting = line.strip_prefix('#').filter(|_| off).unwrap_or(line);
        if let Some(words) = line.strip_prefix("# ") {
            if !words.starts_with('─') {
                comment = format!("{comment} {words}").trim().to_owned();
            }
        } else if let Some(name) = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            section = format!("{name}.*");
            sections.entry(section.clone()).or_insert_with(|| std::mem::take(&mut comment));
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.to_owned();
            sections.insert(section.clone(), std::mem::take(&mut comment));
        } else if let Some((key, value)) = setting.split_once(" = ") {
            let said = Said { comment: std::mem::take(&mut comment), value: value.to_owned(), off };
            keys.entry((section.clone(), key.to_owned())).or_insert(said);
        } else {
            assert_eq!(line.trim_start_matches('#'), "", "neither a comment, a section nor a key");
            comment.clear();
        }
    }
    (keys, sections)
}

#[test]
fn the_delivered_file_is_a_good_configuration() {
    let config = load(&delivered(), &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.warnings, [""; 0]);
    assert!(!config.destinations.is_empty());
}

#[test]
fn every_key_is_in_the_file_with_its_default_its_range_and_its_unit() {
    let (mut said, _) = said();
    for Key { section, name, expected, default, required } in keys() {
        let place = format!("{section}.{name}");
        let said =
            said.remove(&(section.clone(), name.to_owned())).unwrap_or_else(|| panic!("{place} is not in the file"));
        if section == "mairie" {
            continue;
        }
        match &default {
            Some(default) => {
                let written = format!("Défaut : {default}");
                assert!(said.comment.contains(&written), "{place}: « {written} » is not in « {} »", said.comment);
                assert!(!said.off, "{place} has a default, and must be written");
                let example = section.ends_with('*');
                assert!(
                    example || said.value == *default,
                    "{place}: the file says {}, the default is {default}",
                    said.value
                );
            }
            None if required => assert!(said.comment.contains("Obligatoire"), "{place}"),
            None => assert!(said.off, "{place} is absent by default, and must be behind a #"),
        }
        if let Some((_, range)) = expected.split_once(" de ").filter(|_| expected.starts_with("un nombre")) {
            assert!(
                said.comment.contains(&format!("e {range}")),
                "{place}: « de {range} » is not in « {} »",
                said.comment
            );
        }
        for (ending, unit) in [("_ms", "millisecondes"), ("_s", "secondes"), ("_mb", "mégaoctets"), ("_days", "jours")]
        {
            if name.ends_with(ending) {
                assert!(said.comment.contains(&format!("Unité : {unit}")), "{place}: no unit");
            }
        }
    }
    let unknown: Vec<_> = said.keys().collect();
    assert!(unknown.is_empty(), "the file says keys that do not exist: {unknown:?}");
}

fn reference() -> String {
    let (said, sections) = said();
    let mut text = String::from(
        "# Toutes les clés de la configuration\n\n\
         Ce document est fait à partir de `config/standardiste.toml` et du programme ; un essai vérifie qu'il est à jour\n\
         (`UPDATE_DOCS=1 cargo test --test parts reference` le refait).\n\n\
         Une variable d'environnement passe avant le fichier. Une clé inconnue, d'un autre type ou hors de ses limites est refusée au \
         démarrage,\navec son fichier, sa ligne et un remède. Les chemins relatifs partent du dossier du fichier de configuration ; \
         `{cache}/` et `~/` sont remplacés.\n\
         Le fichier est cherché dans `--config`, puis dans la variable `STANDARDISTE_CONFIG`, puis à `config/standardiste.toml`, puis à \
         `/etc/standardiste/standardiste.toml`.\n",
    );
    let mut current = String::new();
    for key in keys() {
        if key.section != current {
            current.clone_from(&key.section);
            let title = current.strip_suffix(".*").map_or(format!("[{current}]"), |list| format!("[[{list}]]"));
            write!(text, "\n## `{title}`\n\n").unwrap();
            if let Some(words) = sections.get(&current).filter(|words| !words.is_empty()) {
                write!(text, "{words}\n\n").unwrap();
            }
            text.push_str("| clé | ce que c'est | attendu | variable |\n|---|---|---|---|\n");
        }
        let said = &said[&(key.section.clone(), key.name.to_owned())];
        let number = key.section.replace(".*", ".0");
        writeln!(
            text,
            "| `{}` | {} | {} | `{}` |",
            key.name,
            said.comment.replace('|', "\\|"),
            key.expected,
            variable(&format!("{number}.{}", key.name)),
        )
        .unwrap();
    }
    text
}

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let reference = reference();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &reference).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == reference,
        "docs/configuration.md is out of date: UPDATE_DOCS=1 cargo test --test parts reference"
    );
}
