//! Interrupting stops the speech; a cough or « hm hm » does not lose the answer.

use std::time::Duration;

use standardiste::call::{Decision, Input, Output, Reason};
use standardiste::dialogue::{Heard, Refused};
use standardiste::turn::Verdict;

use crate::support::{Phone, SENTENCE, candidate, found, heard, settings, sounded};

fn answering() -> Phone {
    let mut phone = Phone::greeted(settings());
    phone.asks("un acte de naissance", found(vec![candidate("acte-naissance", 0.93)]));
    phone.wait(Duration::from_millis(800));
    phone
}

#[test]
fn voice_over_the_reply_pauses_it_as_soon_as_it_counts() {
    let mut phone = answering();
    phone.begins_to_speak(Duration::from_millis(250));
    assert!(phone.paused);
}

#[test]
fn a_new_question_over_the_reply_replaces_it_and_the_transcript_keeps_what_was_heard() {
    let mut phone = answering();
    phone.asks("et le passeport", found(vec![candidate("passeport", 0.9)]));
    phone.let_speak();
    let first = &phone.turns[0];
    assert!(first.interrupted);
    assert_eq!(first.said, "Voici la réponse sur acte-naissance.");
    assert_eq!(phone.last_turn().entry.as_deref(), Some("passeport"));
}

#[test]
fn a_cough_gives_the_floor_back_within_two_seconds() {
    let mut phone = answering();
    let cough = Heard { refused: Some(Refused::NoSpeech), ..Heard::default() };
    phone.says_heard(cough, Duration::from_millis(300));
    assert!(!phone.paused, "the reply goes on");
    phone.let_speak();
    assert!(phone.has_said("Elle a deux phrases"));
    assert_eq!(phone.turns.len(), 1);
}

#[test]
fn hm_hm_and_a_yes_that_answers_nothing_do_not_lose_the_answer() {
    for word in ["hm hm", "d'accord", "oui"] {
        let mut phone = answering();
        phone.says_heard(heard(word, 0.8), Duration::from_millis(350));
        phone.let_speak();
        assert!(phone.has_said("Elle a deux phrases"), "after «{word}»");
        assert_eq!(phone.turns.len(), 1, "after «{word}»");
    }
}

#[test]
fn an_interruption_whose_words_never_come_gives_the_floor_back() {
    let mut phone = answering();
    phone.begins_to_speak(Duration::from_millis(400));
    phone.tell(Input::Voice(Verdict::Paused));
    phone.tell(Input::Voice(Verdict::Ended { voiced_ms: 400, silence_ms: 500 }));
    phone.words_come(Heard { refused: Some(Refused::TimeLimit), ..Heard::default() });
    assert!(!phone.paused);
}

#[test]
fn mumbling_over_the_reply_does_not_stop_it() {
    let mut phone = answering();
    phone.says_heard(heard("et que la", 0.1), Duration::from_millis(500));
    phone.let_speak();
    assert!(phone.has_said("Elle a deux phrases"));
}

#[test]
fn a_command_recognised_on_the_sound_alone_interrupts() {
    let mut phone = answering();
    phone.says_heard(sounded("et l'ajan", "agent", 12.0), Duration::from_millis(500));
    phone.let_speak();
    assert_eq!(phone.last_turn().reason, Reason::Requested);
}

#[test]
fn a_transcription_made_stale_by_more_speech_is_ignored() {
    let mut phone = Phone::greeted(settings());
    phone.begins_to_speak(Duration::from_millis(600));
    phone.tell(Input::Voice(Verdict::Paused));
    let asked = phone.outputs.iter().rev().find_map(|output| match output {
        Output::Transcribe { turn, .. } => Some(*turn),
        _ => None,
    });
    phone.tell(Input::Voice(Verdict::Resumed));
    assert!(phone.outputs.iter().any(|o| matches!(o, Output::CancelTranscription { .. })));
    phone.tell(Input::Heard { turn: asked.expect("it was asked"), heard: heard("au revoir", 0.9) });
    phone.wait(Duration::from_millis(100));
    assert!(phone.turns.is_empty() && !phone.hung_up);
}

#[test]
fn repeat_says_the_answer_again_and_slower_says_it_slowly() {
    let mut phone = answering();
    phone.let_speak();
    phone.says("Pouvez-vous répéter ?");
    phone.let_speak();
    assert_eq!(phone.said.iter().filter(|s| s.contains("Voici la réponse")).count(), 2);
    phone.says("Plus lentement.");
    phone.let_speak();
    assert_eq!(phone.said.iter().filter(|s| s.contains("Voici la réponse")).count(), 3);
    let slow = phone.outputs.iter().rev().find_map(|output| match output {
        Output::Speak { speed, .. } => Some(*speed),
        _ => None,
    });
    assert_eq!(slow, Some(0.8));
    assert_eq!(phone.last_turn().decision, Decision::Command);
    let _ = SENTENCE;
}
