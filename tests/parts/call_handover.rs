//! A human takes over; refused, the caller is taken back, offered the next one, then a message.

use std::time::Duration;

use standardiste::call::{Input, Progress, Reason, Settings};
use standardiste::dialogue::Heard;

use crate::support::{Phone, SENTENCE, candidate, found, heard, settings};

fn asking_for_a_human(settings: Settings) -> Phone {
    let mut phone = Phone::greeted(settings);
    phone.says("Je voudrais parler à un agent.");
    phone.let_speak();
    phone
}

#[test]
fn asked_for_by_voice_or_by_zero_a_human_is_rung_after_the_announcement() {
    let phone = asking_for_a_human(settings());
    assert!(phone.has_said("Je vous passe un agent"));
    assert_eq!(phone.transferred.len(), 1);
    let mut by_key = Phone::greeted(settings());
    by_key.tell(Input::Digit('0'));
    by_key.let_speak();
    assert_eq!((by_key.transferred.len(), by_key.last_turn().heard.as_str()), (1, "touche 0"));
}

#[test]
fn the_entry_under_discussion_chooses_the_department() {
    let mut phone = Phone::greeted(settings());
    phone.asks("un acte de naissance", found(vec![candidate("acte-naissance", 0.93)]));
    phone.let_speak();
    phone.says("un agent");
    phone.let_speak();
    assert_eq!(phone.transferred[0].name, "guichet");
}

#[test]
fn an_accepted_hand_over_ends_the_call_and_says_who_took_it() {
    let mut phone = asking_for_a_human(settings());
    phone.human(Progress::Trying);
    phone.human(Progress::Accepted);
    phone.tell(Input::Gone { how: "caller" });
    let end = phone.end.expect("the call has ended");
    assert_eq!((end.how.as_str(), end.handed_over), ("handed_over", Some(Reason::Requested)));
    assert_eq!(end.destination.as_deref(), Some("accueil"));
}

#[test]
fn refused_by_one_the_next_is_tried_and_then_a_message_is_taken() {
    let mut phone = Phone::greeted(settings());
    phone.asks("un acte de naissance", found(vec![candidate("acte-naissance", 0.93)]));
    phone.let_speak();
    phone.says("un agent");
    phone.let_speak();
    phone.human(Progress::Failed(486));
    phone.let_speak();
    assert!(phone.has_said("J'essaie un autre agent"));
    assert_eq!(phone.transferred.len(), 2);
    phone.human(Progress::Failed(603));
    phone.let_speak();
    assert!(phone.has_said("Voulez-vous laisser un message"), "{:?}", phone.said);
    phone.says("Oui.");
    phone.let_speak();
    assert!(phone.has_said("pourquoi vous appelez"), "{:?}", phone.said);
}

#[test]
fn an_unanswered_human_is_given_up_in_time() {
    let mut phone = asking_for_a_human(settings());
    phone.wait(Duration::from_secs(29));
    phone.let_speak();
    assert!(phone.has_said("laisser un message"), "{:?}", phone.said);
}

#[test]
fn without_any_human_a_message_is_offered_and_no_ends_politely() {
    let mut phone = asking_for_a_human(Settings { destinations: Vec::new(), ..settings() });
    assert!(phone.has_said("Aucun agent"));
    phone.says("Non merci.");
    phone.let_speak();
    assert!(phone.hung_up && phone.messages.is_empty());
}

#[test]
fn a_message_is_kept_when_the_caller_hangs_up_after_it() {
    let mut phone = asking_for_a_human(Settings { destinations: Vec::new(), ..settings() });
    phone.says("Oui.");
    phone.let_speak();
    phone.says("Monsieur Petit, pour mon passeport.");
    phone.tell(Input::Gone { how: "caller" });
    assert_eq!(phone.messages.len(), 1);
    assert_eq!(phone.messages[0].text, "Monsieur Petit, pour mon passeport.");
    assert_eq!((phone.messages[0].number.as_str(), phone.messages[0].number_confirmed), ("0199001234", false));
}

#[test]
fn what_is_said_while_a_human_is_rung_is_forgotten() {
    let mut phone = asking_for_a_human(settings());
    phone.outputs.clear();
    phone.tell(Input::Voice(standardiste::turn::Verdict::SpeechStarted));
    phone.tell(Input::Voice(standardiste::turn::Verdict::Paused));
    phone.tell(Input::Voice(standardiste::turn::Verdict::Ended { voiced_ms: 900, silence_ms: 500 }));
    assert_eq!(phone.outputs, [standardiste::call::Output::ForgetUtterance]);
}

#[test]
fn a_message_that_never_comes_ends_the_call() {
    let mut phone = asking_for_a_human(Settings { destinations: Vec::new(), ..settings() });
    phone.says("Oui.");
    phone.let_speak();
    phone.says_heard(Heard::default(), Duration::from_millis(300));
    phone.wait(Duration::from_secs(8));
    phone.let_speak();
    phone.wait(Duration::from_secs(8));
    phone.let_speak();
    assert!(phone.hung_up && phone.messages.is_empty());
}

#[test]
fn the_caller_may_hang_up_in_any_state_and_the_call_ends_once() {
    let states: [fn() -> Phone; 7] = [
        || Phone::ringing(settings()),
        || Phone::answered(settings()),
        || Phone::greeted(settings()),
        || {
            let mut phone = Phone::greeted(settings());
            phone.begins_to_speak(Duration::from_millis(700));
            phone
        },
        || {
            let mut phone = Phone::greeted(settings());
            phone.asks("un acte", found(vec![candidate("acte", 0.9)]));
            phone.wait(SENTENCE / 2);
            phone
        },
        || asking_for_a_human(settings()),
        || asking_for_a_human(Settings { destinations: Vec::new(), ..settings() }),
    ];
    for (index, state) in states.into_iter().enumerate() {
        let mut phone = state();
        phone.tell(Input::Gone { how: "caller" });
        assert!(phone.over, "state {index}");
        assert_eq!(phone.end.as_ref().map(|end| end.how.as_str()), Some("caller"), "state {index}");
        assert_eq!(phone.call.poll_timeout(), None, "state {index}");
        phone.tell(Input::Voice(standardiste::turn::Verdict::SpeechStarted));
        phone.tell(Input::Heard { turn: 1, heard: heard("un agent", 0.9) });
        assert!(phone.transferred.len() <= 1, "state {index}");
    }
}

#[test]
fn goodbye_and_nothing_more_end_the_call() {
    let mut phone = Phone::greeted(settings());
    phone.says("Au revoir.");
    phone.let_speak();
    assert!(phone.hung_up);
    let mut other = Phone::greeted(settings());
    other.asks("un acte", found(vec![candidate("acte", 0.9)]));
    other.let_speak();
    other.says("Non merci.");
    other.let_speak();
    assert!(other.hung_up);
}
