//! What is misspelt or misheard finds its entry by its sound, and other words do not.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use standardiste::answers::{Index, LanguageData, Query, Settings, Sounds, Variables, Versioned, load_dir};
use standardiste::dialogue::Found;
use standardiste::tts;

use crate::support::searching;

/// The voice's own phonemes, by espeak-ng.
fn sounds() -> Arc<Sounds> {
    static SOUNDS: LazyLock<Arc<Sounds>> =
        LazyLock::new(|| Arc::new(Sounds::new(|text| tts::french_phonemes(text, None).ok())));
    Arc::clone(&SOUNDS)
}

/// A value for each of the town's usual variables.
pub fn variables() -> Variables {
    ["nom", "horaires", "ouverture", "adresse", "acces", "telephone", "site", "courriel", "rendez_vous"]
        .into_iter()
        .map(|key| (format!("mairie.{key}"), format!("la valeur de {key}")))
        .collect()
}

/// The delivered base.
pub fn base() -> Vec<Versioned> {
    let entries = load_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config/answers"), &variables())
        .unwrap_or_else(|problems| panic!("{problems}"));
    entries.into_iter().map(|entry| Versioned { entry, version: 1 }).collect()
}

fn index(sounds: Option<Arc<Sounds>>) -> Arc<Index> {
    let language = LanguageData::built_in().unwrap_or_else(|problems| panic!("{problems}"));
    Index::build(&base(), &variables(), Arc::new(language), Settings { sounds, ..searching() }).unwrap()
}

fn ask(index: &Index, text: &str) -> Found {
    index.search(&Query { text, hearing_confidence: 0.8, current: None, acoustic: &[], limit: 4 }).unwrap()
}

#[test]
fn misheard_words_find_their_entry() {
    let index = index(Some(sounds()));
    for (heard, entry) in [
        ("l'acte de licence", "acte-naissance"),
        ("un extrait de naissances avec vie liaison", "acte-naissance"),
        ("le pax", "pacs"),
        ("paxe", "pacs"),
        ("on veut faire un pacse", "pacs"),
        ("acte de décé", "acte-deces"),
        ("je cherche à avoir l'acte de dessais de ma tante", "acte-deces"),
        ("lacte de mariaje", "acte-mariage"),
        ("un passe port", "passeport"),
        ("la carte didentité", "carte-identite"),
        ("dissoudre un paxe", "pacs-dissolution"),
        ("mon livré de famille est tout abîmé", "livret-famille"),
        ("qui peut déclaré une naissanse", "declaration-naissance"),
    ] {
        let found = ask(&index, heard);
        let best = found.candidates.first().unwrap_or_else(|| panic!("{heard}: nothing found"));
        assert!(best.topic.entry == entry && best.probability > 0.4, "{heard}: {found:#?}");
    }
}

#[test]
fn what_only_the_sound_holds_is_proposed_too() {
    let (with, without) = (index(Some(sounds())), index(None));
    let knows = |index: &Index, text: &str| {
        ask(index, text).candidates.iter().any(|candidate| candidate.topic.entry == "pacs-dissolution")
    };
    let heard = "dix où dran paksse";
    assert!(!knows(&without, heard) && knows(&with, heard), "{:#?}", ask(&without, heard));
}

#[test]
fn another_word_of_the_same_form_is_not_taken_for_it() {
    let index = index(Some(sounds()));
    for text in ["je voudrais une pizza", "quelle heure est-il", "une licence de pêche", "une glace à la fraise"] {
        let found = ask(&index, text);
        assert!(found.candidates.iter().all(|c| c.probability < 0.8 || c.topic.human.is_some()), "{text}: {found:#?}");
    }
}

#[test]
fn what_has_no_sound_is_searched_by_its_letters() {
    let index = index(Some(sounds()));
    for text in ["", "?!…", "🦆", "1", "xkcd", "\0"] {
        assert!(ask(&index, text).candidates.iter().all(|candidate| candidate.probability < 0.5), "{text}");
    }
}
