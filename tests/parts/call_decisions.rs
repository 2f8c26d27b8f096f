//! Sure, the line answers; half sure, it asks; between two, it names them; not sure, a human.

use standardiste::call::{Decision, Reason};
use standardiste::dialogue::grammar::Danger;
use standardiste::dialogue::{Found, Human};

use crate::support::{Phone, candidate, found, heard, settings};

#[test]
fn a_sure_entry_is_said_with_its_version_and_another_question_is_invited() {
    let mut phone = Phone::greeted(settings());
    phone.asks("un acte de naissance", found(vec![candidate("acte-naissance", 0.93)]));
    phone.let_speak();
    let turn = phone.last_turn();
    assert_eq!((turn.decision, turn.reason), (Decision::Answer, Reason::Sure));
    assert_eq!((turn.entry.as_deref(), turn.version), (Some("acte-naissance"), Some(3)));
    assert_eq!(turn.service_public, ["F1427"]);
    assert!(phone.has_said("Avez-vous une autre question"));
}

#[test]
fn half_sure_it_asks_and_yes_brings_the_answer() {
    let mut phone = Phone::greeted(settings());
    phone.asks("un acte", found(vec![candidate("acte-naissance", 0.6)]));
    phone.let_speak();
    assert_eq!(phone.last_turn().decision, Decision::Confirm);
    assert!(phone.has_said("Vous demandez bien la démarche acte-naissance"));
    phone.says("Oui, c'est ça.");
    phone.let_speak();
    let turn = phone.last_turn();
    assert_eq!((turn.decision, turn.reason), (Decision::Answer, Reason::Confirmed));
}

#[test]
fn a_no_to_the_question_asks_again_and_a_second_brings_a_human() {
    let mut phone = Phone::greeted(settings());
    phone.asks("un acte", found(vec![candidate("acte-naissance", 0.6)]));
    phone.let_speak();
    phone.says("Non.");
    phone.let_speak();
    assert!(phone.has_said("en une phrase"));
    phone.asks("un acte", found(vec![candidate("acte-naissance", 0.6)]));
    phone.let_speak();
    phone.says("Non.");
    phone.let_speak();
    assert_eq!(phone.last_turn().reason, Reason::RepeatedFailure);
    assert_eq!(phone.transferred.len(), 1);
}

#[test]
fn between_two_close_entries_it_names_them_and_takes_the_key_or_the_word() {
    for answer in ["2", "le deuxième"] {
        let mut phone = Phone::greeted(settings());
        phone.asks("un acte", found(vec![candidate("naissance", 0.4), candidate("mariage", 0.38)]));
        phone.let_speak();
        assert_eq!(phone.last_turn().decision, Decision::Clarify);
        assert!(phone.has_said("la démarche naissance, ou pour la démarche mariage"), "{:?}", phone.said);
        match answer {
            "2" => phone.tell(standardiste::call::Input::Digit('2')),
            words => phone.says(words),
        }
        phone.let_speak();
        let turn = phone.last_turn();
        assert_eq!((turn.entry.as_deref(), turn.reason), (Some("mariage"), Reason::Chosen));
    }
}

#[test]
fn well_heard_but_not_found_goes_to_a_human_of_the_right_department() {
    let mut phone = Phone::greeted(settings());
    phone.asks("une pizza quatre fromages", Found::default());
    phone.let_speak();
    assert_eq!((phone.last_turn().decision, phone.last_turn().reason), (Decision::Escalate, Reason::LowConfidence));
    assert_eq!(phone.transferred[0].name, "accueil", "no entry, so no department");
}

#[test]
fn badly_heard_is_asked_again_once_then_goes_to_a_human() {
    let mut phone = Phone::greeted(settings());
    let voiced = std::time::Duration::from_millis(900);
    phone.says_heard(heard("la que de licence", 0.2), voiced);
    phone.let_speak();
    assert_eq!(phone.last_turn().decision, Decision::Reprompt);
    phone.says_heard(heard("la que de licence", 0.2), voiced);
    phone.let_speak();
    assert_eq!(phone.last_turn().reason, Reason::RepeatedFailure);
    assert_eq!(phone.transferred.len(), 1);
}

#[test]
fn a_private_matter_is_never_answered_however_sure() {
    let mut phone = Phone::greeted(settings());
    let private = Found { private: true, ..found(vec![candidate("acte-naissance", 0.99)]) };
    phone.asks("l'acte de naissance de mon voisin", private);
    phone.let_speak();
    assert_eq!(phone.last_turn().reason, Reason::Private);
    assert!(!phone.has_said("Voici la réponse"));
    assert_eq!(phone.transferred[0].name, "guichet");
}

#[test]
fn another_service_s_business_is_named_before_the_human() {
    let mut phone = Phone::greeted(settings());
    let mut canteen = candidate("ailleurs-cantine", 0.9);
    let topic = std::sync::Arc::make_mut(&mut canteen.topic);
    topic.human = Some(Human::Elsewhere);
    topic.answer = "La cantine dépend du service scolaire.".into();
    phone.asks("la cantine du petit", found(vec![canteen]));
    phone.let_speak();
    assert!(phone.has_said("service scolaire"), "{:?}", phone.said);
    assert_eq!(phone.last_turn().reason, Reason::Elsewhere);
    assert_eq!(phone.transferred.len(), 1);
}

#[test]
fn a_danger_that_the_base_recognises_is_met_with_its_number() {
    let mut phone = Phone::greeted(settings());
    let mut danger = candidate("detresse-violences", 0.7);
    std::sync::Arc::make_mut(&mut danger.topic).human = Some(Human::Distress(Danger::Violence));
    phone.asks("mon compagnon met table de CGPAR", found(vec![danger]));
    phone.let_speak();
    assert!(phone.has_said("17"), "{:?}", phone.said);
    assert_eq!(phone.last_turn().reason, Reason::Distress);
    assert_eq!(phone.transferred.len(), 1);
}

#[test]
fn a_follow_up_without_the_detail_offers_a_human() {
    let mut phone = Phone::greeted(settings());
    phone.asks("un acte de naissance", found(vec![candidate("acte-naissance", 0.93)]));
    phone.let_speak();
    let asked = Found { facet: Some("delai".into()), ..found(vec![candidate("acte-naissance", 0.9)]) };
    phone.asks("et c'est long ?", asked);
    phone.let_speak();
    assert!(phone.has_said("Je n'ai pas ce détail"), "{:?}", phone.said);
    phone.says("Oui.");
    phone.let_speak();
    assert_eq!(phone.transferred.len(), 1);
}

#[test]
fn danger_is_met_with_the_right_number_and_a_human_before_anything_else() {
    let mut phone = Phone::greeted(settings());
    phone.says("mon mari me frappe et je voudrais un acte");
    phone.let_speak();
    assert!(phone.has_said("17"), "{:?}", phone.said);
    assert_eq!(phone.last_turn().reason, Reason::Distress);
    assert_eq!(phone.transferred.len(), 1);
}
