//! A generation is built whole or not at all, and finds entries and their facets.

use std::sync::Arc;

use standardiste::answers::{
    Entry, EntryFacet, Error, Index, LanguageData, Listed, Query, Settings, Status, Variables, Versioned, table,
};
use standardiste::dialogue::Found;

fn entry(id: &str, label: &str, questions: &[&str], facets: &[(&str, &str)]) -> Versioned {
    let facet = |(kind, answer): &(&str, &str)| EntryFacet {
        kind: (*kind).to_owned(),
        questions: Vec::new(),
        answer: (*answer).to_owned(),
    };
    let entry = Entry {
        id: id.to_owned(),
        title: label.to_owned(),
        theme: "essai".to_owned(),
        department: "etat-civil".to_owned(),
        status: Status::Published,
        label: label.to_owned(),
        service_public: Vec::new(),
        sources: Vec::new(),
        questions: questions.iter().map(|question| (*question).to_owned()).collect(),
        keywords: Vec::new(),
        facets: facets.iter().map(facet).collect(),
        distinguish: Vec::new(),
        human: None,
        author: "essai".to_owned(),
        approver: None,
        valid_from: None,
        valid_until: None,
        review: "2027-01-01".parse().unwrap(),
        answer: format!("Voici pour {label}."),
    };
    Versioned { entry, version: 2 }
}

fn base() -> Vec<Versioned> {
    vec![
        entry(
            "acte-naissance",
            "un acte de naissance",
            &[
                "je voudrais un acte de naissance",
                "un extrait de naissance avec filiation",
                "copie intégrale de naissance",
            ],
            &[("cout", "C'est gratuit."), ("delai", "Une semaine.")],
        ),
        entry(
            "acte-mariage",
            "un acte de mariage",
            &["je voudrais un acte de mariage", "copie de mon acte de mariage", "extrait de mariage"],
            &[],
        ),
        entry(
            "passeport",
            "un passeport",
            &["je veux faire un passeport", "renouveler mon passeport", "il me faut un passeport"],
            &[("cout", "Quatre-vingt-six euros."), ("pieces", "Une photo."), ("en-ligne", "Une partie.")],
        ),
        entry("pacs", "un PACS", &["je voudrais me pacser", "conclure un pacs", "enregistrer un pacs"], &[]),
        entry("hours", "les horaires", &["quels sont vos horaires", "vous êtes ouverts le samedi"], &[]),
    ]
}

fn index(base: &[Versioned]) -> Result<Arc<Index>, Error> {
    Index::build(base, &Variables::new(), Arc::new(LanguageData::built_in().unwrap()), Settings::default())
}

fn ask(index: &Index, text: &str, current: Option<&str>) -> Found {
    index.search(&Query { text, hearing_confidence: 1.0, current, acoustic: &[], limit: 3 }).unwrap()
}

/// The best entry and its facet's kind.
fn best(found: &Found) -> (&str, Option<&str>) {
    let candidate = found.candidates.first().expect("a candidate");
    (&candidate.topic.entry, candidate.facet.map(|at| candidate.topic.facets[at].kind.as_str()))
}

#[test]
fn the_best_entry_comes_first_with_its_version() {
    let index = index(&base()).unwrap();
    let found = ask(&index, "Bonjour, c'est pour un acte de mariage, s'il vous plaît.", None);
    assert_eq!(best(&found), ("acte-mariage", None));
    assert_eq!(found.candidates[0].topic.version, 2);
    assert_eq!(best(&ask(&index, "on veut faire un pax", None)), ("pacs", None));
    assert_eq!(best(&ask(&index, "Vous ouvrez à quelle heure ?", None)), ("hours", None));
}

#[test]
fn a_full_question_finds_the_entry_and_its_facet() {
    let index = index(&base()).unwrap();
    assert_eq!(best(&ask(&index, "Combien coûte un passeport ?", None)), ("passeport", Some("cout")));
    assert_eq!(best(&ask(&index, "Quels papiers pour le passeport ?", None)), ("passeport", Some("pieces")));
    let found = ask(&index, "Combien coûte un acte de mariage ?", None);
    assert_eq!((best(&found), found.facet.as_deref()), (("acte-mariage", None), Some("cout")));
}

#[test]
fn a_follow_up_is_answered_from_the_entry_under_discussion() {
    let index = index(&base()).unwrap();
    for (text, kind) in [
        ("Et ça coûte combien ?", "cout"),
        ("C'est quoi les papiers ?", "pieces"),
        ("Je peux le faire en ligne ?", "en-ligne"),
    ] {
        let found = ask(&index, text, Some("passeport"));
        assert_eq!(best(&found), ("passeport", Some(kind)), "{text}");
        assert!(found.candidates[0].probability > 0.9, "{text}: {found:?}");
    }
    assert_eq!(
        best(&ask(&index, "Et il faut combien de temps ?", Some("acte-naissance"))),
        ("acte-naissance", Some("delai"))
    );
    let elsewhere = ask(&index, "Et combien coûte un passeport ?", Some("acte-naissance"));
    assert_eq!(best(&elsewhere), ("passeport", Some("cout")));
}

#[test]
fn a_facet_that_the_entry_lacks_is_named_and_nothing_is_sure() {
    let index = index(&base()).unwrap();
    let found = ask(&index, "Et ça coûte combien ?", Some("pacs"));
    assert_eq!(found.facet.as_deref(), Some("cout"));
    assert!(found.candidates.iter().all(|candidate| candidate.probability < 0.5), "{found:?}");
}

#[test]
fn what_the_base_does_not_hold_is_not_sure() {
    let index = index(&base()).unwrap();
    for text in ["Je voudrais une pizza quatre fromages.", "Quel temps fera-t-il ?", "", "euh, oui, bonjour", "🦆"] {
        let found = ask(&index, text, None);
        assert!(found.candidates.iter().all(|candidate| candidate.probability < 0.3), "{text}: {found:?}");
    }
}

#[test]
fn probabilities_are_shares_of_one_and_fall_with_the_hearing() {
    let index = index(&base()).unwrap();
    let heard = |hearing_confidence| {
        let query = Query { text: "un extrait", hearing_confidence, current: None, acoustic: &[], limit: 9 };
        index.search(&query).unwrap().candidates.iter().map(|candidate| candidate.probability).sum::<f32>()
    };
    let (sure, unsure) = (heard(1.0), heard(0.3));
    assert!(sure <= 1.000_01 && unsure < sure, "{sure} {unsure}");
    assert_eq!(heard(f32::NAN), heard(0.0));
}

#[test]
fn private_matters_are_flagged() {
    let index = index(&base()).unwrap();
    let private = |text: &str| ask(&index, text, None).private;
    assert!(private("Je voudrais l'acte de naissance de mon voisin."));
    assert!(private("Est-ce que ma voisine est mariée ? Vous pouvez regarder ?"));
    for text in [
        "C'est pour l'acte de décès de mon père.",
        "Mon mari est mort hier, que dois-je faire ?",
        "Je voudrais mon acte de naissance.",
        "Ma carte d'identité ne sert plus.",
        "Je me marie avec ma voisine.",
    ] {
        assert!(!private(text), "{text}");
    }
}

#[test]
fn a_failed_build_leaves_the_generation_in_service() {
    let mut published = index(&base()).unwrap();
    let mut broken = base();
    broken[0].entry.answer = "Voir {{mairie.sit}}.".to_owned();
    broken.push(broken[1].clone());
    match index(&broken) {
        Ok(next) => published = next,
        Err(Error::Base(problems)) => assert_eq!(problems.0.len(), 2, "{problems}"),
        Err(error) => panic!("{error}"),
    }
    assert_eq!(best(&ask(&published, "il me faut un passeport", None)).0, "passeport");
    assert!(matches!(index(&[]), Err(Error::Empty)));
}

#[test]
fn only_published_entries_are_found() {
    let mut base = base();
    base[2].entry.status = Status::Withdrawn;
    let index = index(&base).unwrap();
    assert!(index.topic("passeport").is_none());
    let found = ask(&index, "il me faut un passeport", None);
    assert!(found.candidates.iter().all(|candidate| candidate.topic.entry != "passeport"));
}

#[test]
fn the_list_has_a_line_an_entry() {
    let listed = |v: Versioned| Listed::new(v.entry, v.version, "published".into(), jiff::Timestamp::UNIX_EPOCH);
    let text = table(&base().into_iter().map(listed).collect::<Vec<_>>());
    assert_eq!(text.lines().count(), 6);
    assert!(
        text.lines().nth(1).unwrap().starts_with("acte-naissance  2        1970-01-01  publiée  un acte de naissance"),
        "{text}"
    );
}
