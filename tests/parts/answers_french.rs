//! Words are compared as French speakers hear them: elisions, accents, plurals and synonyms do not count.

use standardiste::answers::LanguageData;
use standardiste::answers::pattern::{Pattern, Sentence};

fn stems(text: &str) -> Vec<String> {
    let language = LanguageData::built_in().unwrap();
    language.analyzer.terms(text).into_iter().map(|term| term.stem).collect()
}

#[track_caller]
fn same(a: &str, b: &str) {
    assert_eq!(stems(a), stems(b), "« {a} » and « {b} »");
    assert!(!stems(a).is_empty(), "« {a} » has no word left");
}

#[test]
fn elisions_apostrophes_and_case_do_not_count() {
    same("l'acte d’état", "ACTE ÉTAT");
    same("jusqu'à l'attestation", "attestation");
    same("qu'est-ce que l'adoption", "adoption");
}

#[test]
fn accents_plurals_and_conjugations_do_not_count() {
    same("des actes intégraux", "un acte intégral");
    same("les concessions funéraires", "la concession funeraire");
    same("déclarée", "déclarer");
    same("cœur", "coeurs");
}

#[test]
fn synonyms_acronyms_and_misheard_words_meet() {
    same("ma CNI", "ma carte nationale d'identité");
    same("un certificat de naissance", "l'acte de naissance");
    same("le pax", "un PACS");
    same("se marier", "le mariage");
    same("prendre un RDV", "prendre rendez-vous");
}

#[test]
fn where_is_not_or() {
    assert_eq!(stems("où ou"), ["ou"]);
    assert_eq!(stems("ou bien"), Vec::<String>::new());
}

#[test]
fn question_words_are_kept() {
    assert_eq!(stems("combien, quand, qui").len(), 3);
}

#[test]
fn patterns_take_alternatives_gaps_and_exact_words() {
    let pattern = Pattern::new("acte|extrait * voisin").unwrap();
    assert!(pattern.found_in(&Sentence::new("Je voudrais l'extrait d'acte de mes voisins.")));
    assert!(!pattern.found_in(&Sentence::new("Mon voisin m'a parlé d'un acte.")));
    assert!(!pattern.found_in(&Sentence::new("Un acte pour moi et pas du tout pour un autre de mes voisins.")));
    let exact = Pattern::new("\"respire\" \"plus\"").unwrap();
    assert!(exact.found_in(&Sentence::new("Il ne respire plus !")));
    assert!(!exact.found_in(&Sentence::new("Ils respirent plus.")));
    for useless in [" * ", "", "ex-mari", "\"d\" acte"] {
        assert!(Pattern::new(useless).is_err(), "{useless}");
    }
}
