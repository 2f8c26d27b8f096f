//! `check` names what would be heard badly, found badly or could not be defended, with its line and its remedy.

use std::fs;

use jiff::civil::{Date, date};
use standardiste::answers::check::{Against, Finding, Group, Level, check};
use standardiste::answers::{LanguageData, Variables, load_files};

const TODAY: Date = date(2026, 11, 22);
const PACS: &str = r#"+++
id = "pacs"
title = "Conclure un PACS"
theme = "pacs"
department = "etat-civil"
status = "published"
label = "un PACS"
service_public = ["F1618"]
questions = [
    "je veux me pacser",
    "comment conclure un PACS",
    "on veut faire un pacs à la mairie",
    "les papiers pour se pacser",
    "enregistrer notre pacs",
    "le pacs ça se passe comment",
    "rendez-vous pour un pacs",
    "pacs entre français et étranger",
]
author = "État civil"
approver = "Responsable"
review = 2027-06-01

[[source]]
fiche = "F1618"
address = "https://www.service-public.fr/particuliers/vosdroits/F1618"
checked = 2026-11-22

[[facet]]
kind = "cout"
answer = "C'est gratuit."

[[distinguish]]
entry = "hours"
question = "Un PACS, ou les horaires ?"
+++
Le PACS se conclut à la mairie.
Venez ensemble, avec vos pièces d'identité.
"#;
const HOURS: &str = r#"+++
id = "hours"
title = "Horaires"
theme = "pratique"
department = "etat-civil"
status = "published"
label = "les horaires"
questions = ["vos horaires", "la mairie ouvre à quelle heure", "vous êtes ouverts le samedi", "vous fermez quand",
    "c'est ouvert demain matin", "quand venir au guichet", "ouvert entre midi et deux", "horaires du mercredi"]
author = "État civil"
approver = "Responsable"
review = 2027-06-01
+++
La mairie est ouverte {{mairie.horaires}}.
"#;

fn findings(pacs: &str, hours: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pacs.md"), pacs).unwrap();
    fs::write(folder.path().join("hours.md"), hours).unwrap();
    let variables = Variables::from([("mairie.horaires".to_owned(), "du lundi au vendredi".to_owned())]);
    let base = load_files(folder.path(), &variables).unwrap_or_else(|problems| panic!("{problems}"));
    let departments = ["etat-civil".to_owned()];
    let language = LanguageData::built_in().unwrap();
    check(&base, &Against { variables: &variables, language: &language, today: TODAY, departments: &departments })
}

/// The one finding of a change made to the good entry.
#[track_caller]
fn one(change: impl FnOnce(&str) -> String, level: Level, group: Group, line: usize, message: &str) {
    let found = findings(&change(PACS), HOURS);
    let [found] = found.as_slice() else { panic!("one finding expected: {found:#?}") };
    assert_eq!((found.level, found.group, found.line), (level, group, line), "{found}");
    assert!(found.message.contains(message) && !found.remedy.is_empty(), "{found}");
    assert!(found.file.ends_with("pacs.md") && found.entry == "pacs", "{found:?}");
}

fn with(old: &'static str, new: &'static str) -> impl FnOnce(&str) -> String {
    move |good| {
        assert!(good.contains(old), "{old}");
        good.replacen(old, new, 1)
    }
}

#[test]
fn good_entries_have_nothing_to_mend() {
    assert_eq!(findings(PACS, HOURS), []);
}

#[test]
fn what_is_missing_is_told() {
    use Group::Missing;
    one(with("    \"je veux me pacser\",\n", ""), Level::Fault, Missing, 9, "7 façons");
    let draft = PACS.replace("published", "draft").replace("label = \"un PACS\"\n", "");
    one(|_| draft, Level::Advice, Missing, 1, "« label » manque");
    let cases = "Le PACS.\n>>> Seulement si : Étranger\nAvec un visa.\n<<<\n";
    let draft = PACS.replace("published", "draft").replace("Le PACS se conclut à la mairie.\n", cases);
    one(|_| draft, Level::Advice, Missing, 37, "à trier");
}

#[test]
fn what_is_too_long_for_the_ear_is_told_where_it_begins() {
    use Group::TooLong;
    let long = "Venez ensemble, avec vos pièces d'identité, vos actes de naissance, votre convention, un stylo, un témoin, une amie et un chien.";
    one(with("Venez ensemble, avec vos pièces d'identité.", long), Level::Fault, TooLong, 37, "phrase de 21 mots");
    let many: String = "Venez à la mairie. ".repeat(20);
    one(|good| good.replace("C'est gratuit.", &many), Level::Fault, TooLong, 30, "réponse de 80 mots");
    // The dots of an address end no sentence.
    let site = "Demandez-le sur service-public.gouv.fr.";
    assert_eq!(findings(&PACS.replace("Venez ensemble, avec vos pièces d'identité.", site), HOURS), []);
}

#[test]
fn dates_that_have_passed_or_come_soon_are_told() {
    one(with("2027-06-01", "2026-11-21"), Level::Fault, Group::Review, 21, "à relire depuis");
    one(with("2027-06-01", "2026-12-01"), Level::Advice, Group::Review, 21, "à relire avant");
    let ended = "2027-06-01\nvalid_until = 2026-11-01";
    one(with("2027-06-01", ended), Level::Advice, Group::Review, 22, "plus dite");
}

#[test]
fn entries_that_ask_the_same_are_told_apart_or_told() {
    use Group::Ambiguous;
    one(
        with("je veux me pacser", "les horaires"),
        Level::Fault,
        Ambiguous,
        10,
        "demande aussi « hours » (« vos horaires »)",
    );
    one(with("je veux me pacser", "le de à la"), Level::Fault, Ambiguous, 10, "mots vides");
    // « demander » counts for little: the same question all but that, unless staff wrote what tells the two apart.
    let near = PACS.replace("je veux me pacser", "demander vos horaires");
    assert_eq!(findings(&near, HOURS), []);
    let alone = near.replace("entry = \"hours\"", "entry = \"pacs\"");
    one(|_| alone, Level::Advice, Ambiguous, 10, "ressemble à « vos horaires »");
}

#[test]
fn what_the_voice_cannot_say_is_told() {
    use Group::Unpronounceable;
    let said = |text: &str| PACS.replace("Venez ensemble,", &format!("Venez {text} ensemble,"));
    one(|_| said("(le matin)"), Level::Fault, Unpronounceable, 37, "« ( »");
    one(|_| said("sur https://exemple.fr"), Level::Fault, Unpronounceable, 37, "épelée");
    one(|_| said("avec le XKWZ"), Level::Advice, Unpronounceable, 37, "« XKWZ »");
    one(|_| said("au bureau ж"), Level::Fault, Unpronounceable, 37, "« ж »");
    assert_eq!(findings(&said("avec le CERFA et la CNI"), HOURS), []);
}

#[test]
fn what_is_affirmed_without_a_source_is_told() {
    use Group::Unsourced;
    one(with("[\"F1618\"]", "[\"F1618\", \"F1619\"]"), Level::Fault, Unsourced, 8, "F1619");
    let none = |said: &str| {
        let without: Vec<&str> = PACS.split("[[source]]").collect();
        let rest = without[1].split_once("[[facet]]").unwrap().1;
        let bare = format!("{}[[facet]]{rest}", without[0]).replace("service_public = [\"F1618\"]\n", "");
        bare.replace("C'est gratuit.", said)
    };
    assert_eq!(findings(&none("Demandez au guichet."), HOURS), []);
    for (said, what) in [
        ("C'est gratuit.", "un prix"),
        ("Comptez vingt-cinq euros.", "un prix"),
        ("Il faut trois mois.", "un délai"),
        ("À partir de 12 ans.", "un âge"),
        ("C'est obligatoire.", "une condition"),
    ] {
        one(|_| none(said), Level::Fault, Unsourced, 24, what);
    }
}

#[test]
fn links_to_nothing_are_told() {
    one(with("entry = \"hours\"", "entry = \"hour\""), Level::Fault, Group::Links, 33, "« hour »");
    let department = with("department = \"etat-civil\"", "department = \"urbanisme\"");
    one(department, Level::Fault, Group::Links, 5, "« urbanisme »");
}
