//! Silence is met with patience, then help, then a human; a fault costs a sentence, not a call.

use std::time::Duration;

use standardiste::call::{Input, Order, Output, Progress, Reason, Settings, SpeechEvent};
use standardiste::turn::Verdict;

use crate::support::{Phone, candidate, found, heard, settings};

#[test]
fn a_caller_who_never_speaks_is_waited_for_helped_then_handed_over() {
    let mut phone = Phone::greeted(settings());
    phone.wait(Duration::from_millis(7_100));
    assert!(phone.has_said("Je vous écoute"));
    phone.let_speak();
    phone.wait(Duration::from_millis(7_100));
    assert!(phone.has_said("Dites par exemple"));
    phone.let_speak();
    phone.wait(Duration::from_millis(7_100));
    phone.let_speak();
    assert_eq!(phone.last_turn().reason, Reason::Silence);
    assert_eq!(phone.transferred.len(), 1);
}

#[test]
fn a_caller_who_never_stops_is_taken_at_his_word_so_far() {
    let mut phone = Phone::greeted(settings());
    phone.begins_to_speak(Duration::from_secs(20));
    phone.tell(Input::Voice(Verdict::TooLong));
    phone.base.push_back(found(vec![candidate("acte-naissance", 0.9)]));
    phone.words_come(heard("et alors je voudrais un acte de naissance et puis", 0.8));
    assert_eq!(phone.last_turn().entry.as_deref(), Some("acte-naissance"));
}

#[test]
fn a_late_answer_is_announced() {
    let mut phone = Phone::greeted(settings());
    phone.begins_to_speak(Duration::from_millis(900));
    phone.tell(Input::Voice(Verdict::Paused));
    phone.tell(Input::Voice(Verdict::Ended { voiced_ms: 900, silence_ms: 500 }));
    phone.wait(Duration::from_millis(800));
    assert!(phone.has_said("je vérifie"));
    phone.base.push_back(found(vec![candidate("acte-naissance", 0.9)]));
    phone.words_come(heard("oui", 0.9));
    phone.let_speak();
    assert_eq!(phone.turns.len(), 1);
}

#[test]
fn an_engine_that_fails_is_apologised_for_and_handed_over() {
    let mut phone = Phone::greeted(settings());
    phone.begins_to_speak(Duration::from_millis(900));
    phone.tell(Input::Voice(Verdict::Paused));
    phone.tell(Input::Voice(Verdict::Ended { voiced_ms: 900, silence_ms: 500 }));
    phone.tell(Input::HearingFailed { turn: 1 });
    phone.let_speak();
    assert!(phone.has_said("souci technique"));
    assert_eq!((phone.last_turn().reason, phone.transferred.len()), (Reason::EngineFault, 1));
}

#[test]
fn an_engine_that_stalls_is_given_up() {
    let mut phone = Phone::greeted(settings());
    phone.begins_to_speak(Duration::from_millis(900));
    phone.tell(Input::Voice(Verdict::Paused));
    phone.tell(Input::Voice(Verdict::Ended { voiced_ms: 900, silence_ms: 500 }));
    phone.wait(Duration::from_secs(12));
    assert_eq!((phone.last_turn().reason, phone.transferred.len()), (Reason::EngineFault, 1));
}

#[test]
fn a_voice_that_fails_on_every_sentence_still_hands_over() {
    let mut phone = Phone::answered(settings());
    for _ in 0..4 {
        let speech = phone.outputs.iter().rev().find_map(|output| match output {
            Output::Speak { speech, .. } => Some(*speech),
            _ => None,
        });
        phone.tell(Input::Speech { speech: speech.expect("something was to be said"), event: SpeechEvent::Failed });
    }
    assert_eq!(phone.transferred.len(), 1);
}

#[test]
fn a_call_of_ten_minutes_goes_to_a_human() {
    let mut phone = Phone::greeted(Settings { silence: Duration::from_secs(10_000), ..settings() });
    phone.wait(Duration::from_secs(600));
    phone.let_speak();
    assert_eq!((phone.last_turn().reason, phone.transferred.len()), (Reason::TooLong, 1));
}

#[test]
fn at_shutdown_the_caller_goes_to_a_human_or_is_told() {
    let mut phone = Phone::greeted(settings());
    phone.tell(Input::Order(Order::Shutdown));
    phone.let_speak();
    assert_eq!(phone.transferred.len(), 1);
    phone.human(Progress::Accepted);

    let mut alone = Phone::greeted(Settings { destinations: Vec::new(), ..settings() });
    alone.tell(Input::Order(Order::Shutdown));
    alone.let_speak();
    assert!(alone.has_said("Le service doit s'arrêter") && alone.hung_up);
}

#[test]
fn on_hold_nothing_is_said_and_silence_is_not_counted() {
    let mut phone = Phone::greeted(settings());
    phone.tell(Input::Held);
    phone.wait(Duration::from_secs(60));
    assert!(!phone.has_said("Je vous écoute"));
    phone.tell(Input::Retrieved);
    phone.wait(Duration::from_millis(7_100));
    assert!(phone.has_said("Je vous écoute"));
}
