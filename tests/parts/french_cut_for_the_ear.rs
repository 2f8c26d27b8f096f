//! A text is cut where a voice breathes, and nowhere else.

use proptest::prelude::*;
use standardiste::french::{MAX_WORDS, sentences, words};

fn cut(text: &str) -> Vec<String> {
    sentences(text)
}

#[test]
fn sentences_end_at_their_marks() {
    assert_eq!(
        cut("C'est gratuit. Venez-vous ? Oui ! Apportez une photo ; n'oubliez pas le livret… Au revoir."),
        ["C'est gratuit.", "Venez-vous ?", "Oui !", "Apportez une photo ;", "n'oubliez pas le livret…", "Au revoir."]
    );
}

#[test]
fn abbreviations_decimals_and_addresses_stay_whole() {
    for text in [
        "M. Dupont et Mme. Martin sont là.",
        "C'est l'art. 47 du code.",
        "Voir n° 5, p. 12.",
        "Cela coûte 17.20 euros ou 1 234,50 €.",
        "Allez sur www.service-public.fr pour voir.",
        "Écrivez à etat.civil@mairie.example.fr demain.",
        "J. Martin, c.-à-d. le maire.",
        "Une carte, un passeport, etc. sont acceptés.",
        "Né le 02.03.2003 à Tours.",
    ] {
        assert_eq!(cut(text), [text]);
    }
}

#[test]
fn an_abbreviation_may_end_a_sentence() {
    assert_eq!(cut("Carte, passeport, etc. Venez tôt."), ["Carte, passeport, etc.", "Venez tôt."]);
}

#[test]
fn quotation_marks_stay_with_their_sentence() {
    assert_eq!(cut("Dites « Un agent. » Puis attendez."), ["Dites « Un agent. »", "Puis attendez."]);
}

#[test]
fn a_long_sentence_is_cut_at_a_comma_near_its_middle() {
    let text = "Pour demander un acte de naissance à la mairie du lieu de naissance, donnez le nom, les prénoms, la date de naissance et les noms des deux parents.";
    let pieces = cut(text);
    assert_eq!(pieces.len(), 2, "{pieces:?}");
    assert!(pieces[0].ends_with("du lieu de naissance,"), "{pieces:?}");
}

#[test]
fn a_long_sentence_without_a_comma_is_cut_before_a_linking_word() {
    let text = "Vous devez venir en personne à la mairie avec votre ancienne carte et un justificatif de domicile de moins d'un an pour déposer le dossier.";
    for piece in cut(text) {
        assert!(words(&piece) <= MAX_WORDS, "{piece}");
    }
}

#[test]
fn lines_that_wrap_are_joined_and_items_are_not() {
    assert_eq!(
        cut("Apportez une photo\nrécente.\n\n- le livret\n- la carte"),
        ["Apportez une photo récente.", "- le livret", "- la carte"]
    );
    assert_eq!(cut("  \n "), Vec::<String>::new());
}

proptest! {
    #[test]
    fn nothing_is_lost(text in "[A-Za-zéà .,;:!?…«»()'0-9-]{0,300}") {
        let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        prop_assert_eq!(bare(&cut(&text).concat()), bare(&text));
    }

    #[test]
    fn cutting_again_changes_nothing(text in "(?:[a-z]{1,8}[ ,]{1,2}){0,60}") {
        for piece in cut(&text) {
            prop_assert_eq!(cut(&piece), vec![piece.clone()]);
        }
    }
}
