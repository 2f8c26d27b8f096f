//! Paths start from the configuration file's folder; `~/` and `{cache}/` are replaced.

use std::path::Path;

use crate::configuration::{file, load, problems};

fn loaded(text: &str, variables: &[(&str, &str)]) -> (tempfile::TempDir, standardiste::config::Config) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config/line.toml");
    std::fs::create_dir(folder.path().join("config")).unwrap();
    std::fs::write(&path, format!("mairie.nom = \"Lyon\"\n{text}")).unwrap();
    let config = load(&path, variables).unwrap_or_else(|error| panic!("{error}"));
    (folder, config)
}

#[test]
fn relative_paths_start_from_the_configuration_file_s_folder() {
    let (folder, config) = loaded("[dialogue]\nprompts = \"town/prompts.toml\"\n", &[]);
    assert_eq!(config.dialogue.prompts, folder.path().join("config/town/prompts.toml"));
    assert_eq!(config.storage.database, folder.path().join("var/standardiste.sqlite"), "defaults too");
    let (folder, config) = loaded("", &[("STANDARDISTE_STORAGE__DATABASE", "line.sqlite")]);
    assert_eq!(config.storage.database, folder.path().join("config/line.sqlite"), "variables too");
}

#[test]
fn home_and_cache_are_replaced() {
    let text = "[storage]\ndatabase = \"~/line.sqlite\"\n[hearing]\nmodel = \"{cache}/models/big.bin\"\n[answers]\nfolder = \"/srv/answers\"\n";
    let (_folder, config) = loaded(text, &[]);
    assert_eq!(config.storage.database, Path::new("/home/anne/line.sqlite"));
    assert_eq!(config.hearing.model, Path::new("/home/anne/.cache/standardiste/models/big.bin"));
    assert_eq!(config.answers.folder, Path::new("/srv/answers"));
}

#[test]
fn the_cache_is_where_the_environment_then_the_file_then_xdg_says() {
    let written = "[paths]\ncache = \"/from/file\"\n";
    let xdg = ("XDG_CACHE_HOME", "/xdg");
    for (text, variables, expected) in [
        (written, vec![xdg, ("STANDARDISTE_CACHE", "/from/variable")], "/from/variable"),
        (written, vec![xdg], "/from/file"),
        ("", vec![xdg], "/xdg/standardiste"),
        ("", vec![("XDG_CACHE_HOME", "relative/is/ignored")], "/home/anne/.cache/standardiste"),
    ] {
        let (_folder, config) = loaded(text, &variables);
        assert_eq!(config.cache, Path::new(expected));
        assert_eq!(config.speaking.cache, Path::new(expected).join("spoken"));
    }
}

#[test]
fn a_name_that_nothing_replaces_is_refused() {
    for path in ["$HOME/line.sqlite", "{home}/line.sqlite", "~anne/line.sqlite"] {
        let found = problems(&format!("[storage]\ndatabase = \"{path}\"\n"), &[]);
        assert!(found[0].starts_with("3 : storage.database : le chemin"), "{found:?}");
    }
    let configuration = file("mairie.nom = \"Lyon\"\nstorage.database = \"~/line.sqlite\"\n");
    let error = standardiste::config::Config::load(Some(&configuration.path), []).unwrap_err();
    assert!(error.to_string().contains("HOME"), "{error}");
}
