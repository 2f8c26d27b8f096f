//! The line answers at once, says what it is and what it keeps, and the legal notice is heard to its end.

use std::time::Duration;

use standardiste::call::{Decision, Input, Kept, Output, Settings};

use crate::support::{Phone, candidate, found, settings};

#[test]
fn it_answers_before_anything_else() {
    let phone = Phone::ringing(settings());
    assert!(phone.outputs.contains(&Output::Answer));
}

#[test]
fn the_greeting_says_what_is_kept_as_the_settings_have_it() {
    for (kept, told) in [
        (Kept::Nothing, "n'est pas enregistré"),
        (Kept::Text { days: 12 }, "gardé 12 jours"),
        (Kept::Audio { days: 30, audio_days: 5 }, "Le son est gardé 5 jours"),
    ] {
        let phone = Phone::greeted(Settings { kept, ..settings() });
        assert!(phone.has_said("la mairie de Saint-Essai"), "{:?}", phone.said);
        assert!(phone.has_said("automatique"), "{:?}", phone.said);
        assert!(phone.has_said(told), "{:?}", phone.said);
        assert!(phone.has_said("agent"), "{:?}", phone.said);
    }
}

#[test]
fn speaking_over_the_legal_notice_does_not_cut_it_and_is_answered_after_it() {
    let mut phone = Phone::answered(settings());
    phone.asks("un acte de naissance", found(vec![candidate("acte-naissance", 0.95)]));
    assert!(phone.speaking(), "the notice goes on");
    phone.let_speak();
    assert!(phone.has_said("Votre voix n'est pas enregistrée"), "{:?}", phone.said);
    assert_eq!(phone.last_turn().decision, Decision::Answer);
    assert!(phone.has_said("Voici la réponse sur acte-naissance"));
}

#[test]
fn zero_brings_a_human_even_during_the_legal_notice() {
    let mut phone = Phone::answered(settings());
    phone.wait(Duration::from_millis(500));
    phone.tell(Input::Digit('0'));
    phone.let_speak();
    assert_eq!(phone.transferred.len(), 1);
}
