//! What is learned of all ways of asking together decides between entries that share their words.

use std::sync::Arc;

use standardiste::answers::{Entry, EntryFacet, Index, LanguageData, Query, Settings, Status, Variables, Versioned};

fn entry(id: &str, questions: &[&str]) -> Versioned {
    let entry = Entry {
        id: id.to_owned(),
        title: id.to_owned(),
        theme: "essai".to_owned(),
        department: "etat-civil".to_owned(),
        status: Status::Published,
        label: id.to_owned(),
        service_public: Vec::new(),
        sources: Vec::new(),
        questions: questions.iter().map(|question| (*question).to_owned()).collect(),
        keywords: Vec::new(),
        facets: Vec::<EntryFacet>::new(),
        distinguish: Vec::new(),
        human: None,
        author: "essai".to_owned(),
        approver: None,
        valid_from: None,
        valid_until: None,
        review: "2027-01-01".parse().unwrap(),
        answer: format!("Voici pour {id}."),
    };
    Versioned { entry, version: 1 }
}

/// « appeler » is said of a telephone by many and of a child by few; « fille » and « garçon » say which.
fn base() -> Vec<Versioned> {
    vec![
        entry(
            "telephone",
            &[
                "appeler la mairie demain matin",
                "je dois appeler quel bureau",
                "on m'a dit de vous appeler",
                "à quelle heure vous appeler",
                "j'ai essayé d'appeler trois fois",
                "appeler le bureau de ma fille",
            ],
        ),
        entry(
            "prenom",
            &[
                "quels prénoms pour notre garçon",
                "on attend une fille et on cherche son prénom",
                "appeler notre garçon Kévin Jules",
                "peut-on appeler une fille comme une fleur",
                "notre fille aura quatre prénoms",
            ],
        ),
        entry("pacs", &["conclure un pacs", "nous voulons nous pacser", "le dossier du pacs"]),
    ]
}

fn index(base: &[Versioned], settings: Settings) -> Arc<Index> {
    let language = Arc::new(LanguageData::built_in().unwrap());
    Index::build(base, &Variables::new(), language, settings).unwrap()
}

fn probabilities(index: &Index, text: &str) -> Vec<(String, f32)> {
    let query = Query { text, hearing_confidence: 1.0, current: None, acoustic: &[], limit: 3 };
    let found = index.search(&query).unwrap();
    found.candidates.iter().map(|c| (c.topic.entry.clone(), c.probability)).collect()
}

#[test]
fn a_word_that_two_entries_share_is_decided_by_those_around_it() {
    let index = index(&base(), Settings::default());
    assert_eq!(probabilities(&index, "on aimerait appeler notre fille Nutella")[0].0, "prenom");
    assert_eq!(probabilities(&index, "quel jour vous appeler")[0].0, "telephone");
}

#[test]
fn equal_bases_learn_equal_things_and_a_changed_one_does_not() {
    let ask = |base: &[Versioned]| probabilities(&index(base, Settings::default()), "appeler notre fille");
    let first = ask(&base());
    assert_eq!(first, ask(&base()));
    let mut changed = base();
    changed[0].entry.questions.push("comment appeler pour notre fille".to_owned());
    assert_ne!(first, ask(&changed));
}

#[test]
fn a_base_of_one_entry_has_nothing_to_learn_and_still_answers() {
    let index = index(&base()[2..], Settings::default());
    assert_eq!(probabilities(&index, "nous voulons nous pacser")[0].0, "pacs");
}
