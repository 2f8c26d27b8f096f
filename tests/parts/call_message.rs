//! A message for a call-back: each part is asked for, read back, corrected on « non », and kept.

use std::time::Duration;

use standardiste::call::{Input, Reason, Settings};
use standardiste::dialogue::Heard;
use standardiste::redaction::Kind;

use crate::support::{Phone, settings};

/// A caller whom nobody can take, and who has said yes to leaving a message.
fn leaving(from: &str) -> Phone {
    let mut phone = Phone::calling(Settings { destinations: Vec::new(), ..settings() }, from);
    phone.tell(Input::MediaUp);
    phone.let_speak();
    phone.says("Je voudrais parler à un agent.");
    phone.let_speak();
    assert!(phone.has_said("laisser un message"), "{:?}", phone.said);
    phone.says("Oui.");
    phone.let_speak();
    phone
}

/// Says something and lets the line ask what comes next.
fn says(phone: &mut Phone, text: &str) {
    phone.says(text);
    phone.wait(Duration::from_millis(2_600));
    phone.let_speak();
}

fn asked(phone: &Phone) -> &str {
    phone.said.last().map_or("", String::as_str)
}

fn type_keys(phone: &mut Phone, keys: &str) {
    for key in keys.chars() {
        phone.wait(Duration::from_millis(300));
        phone.tell(Input::Digit(key));
    }
    phone.let_speak();
}

/// Up to the question of the number.
fn named(from: &str) -> Phone {
    let mut phone = leaving(from);
    says(&mut phone, "C'est pour mon livret de famille.");
    assert!(phone.has_said("J'ai noté : C'est pour mon livret de famille."), "{:?}", phone.said);
    says(&mut phone, "Oui.");
    assert!(phone.has_said("Quel est votre nom"), "{:?}", phone.said);
    says(&mut phone, "Je m'appelle Madame Martin.");
    assert!(phone.has_said("J'ai entendu Madame Martin."), "{:?}", phone.said);
    says(&mut phone, "Oui, c'est ça.");
    phone
}

#[test]
fn subject_name_and_number_are_read_back_and_kept_with_their_fields() {
    let mut phone = named("anonymous");
    assert!(phone.has_said("À quel numéro vous rappeler"), "{:?}", phone.said);
    says(&mut phone, "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit");
    assert!(phone.has_said("Je relis votre numéro : 06 12 34 56 78."), "{:?}", phone.said);
    says(&mut phone, "Oui.");
    assert!(phone.hung_up && phone.has_said("votre message est transmis"), "{:?}", phone.said);
    let message = &phone.messages[0];
    assert_eq!((message.name.as_str(), message.name_confirmed), ("Madame Martin", true));
    assert_eq!((message.number.as_str(), message.number_confirmed), ("0612345678", true));
    assert_eq!(message.text, "C'est pour mon livret de famille.");
    assert!(phone.turns.iter().any(|turn| turn.reason == Reason::Message));
}

/// A name that no list has would be kept in the transcript: the line knows that it asked for one.
#[test]
fn a_name_and_a_number_that_the_line_asked_for_are_marked_on_their_turns() {
    let mut phone = named("anonymous");
    says(&mut phone, "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit");
    says(&mut phone, "Oui.");
    let marked = |kind: Kind, words: &str| {
        phone.turns.iter().any(|turn| turn.personal.iter().any(|(k, w)| *k == kind && w == words))
    };
    assert!(marked(Kind::Name, "Je m'appelle Madame Martin."), "heard");
    assert!(marked(Kind::Name, "Madame Martin"), "read back");
    assert!(marked(Kind::Telephone, "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit"), "heard");
    assert!(marked(Kind::Telephone, "06 12 34 56 78"), "read back");
    let subject = phone.turns.iter().find(|turn| turn.heard == "C'est pour mon livret de famille.");
    assert!(subject.is_some_and(|turn| turn.personal.is_empty()), "a subject is no name");
}

#[test]
fn the_number_that_shows_is_offered_by_its_last_two_digits() {
    let mut phone = named("sip:+33199001278@pbx");
    assert!(phone.has_said("au numéro qui s'affiche, qui se termine par soixante-dix-huit"), "{:?}", phone.said);
    says(&mut phone, "Oui.");
    assert!(phone.hung_up);
    assert_eq!((phone.messages[0].number.as_str(), phone.messages[0].number_confirmed), ("0199001278", true));
}

#[test]
fn another_number_may_be_given_instead_of_the_one_that_shows() {
    let mut phone = named("0199001278");
    says(&mut phone, "Non, au zéro sept douze trente-quatre cinquante-six soixante-dix-huit.");
    assert!(phone.has_said("07 12 34 56 78"), "{:?}", phone.said);
    says(&mut phone, "C'est ça.");
    assert_eq!(phone.messages[0].number, "0712345678");
}

#[test]
fn a_number_said_pair_by_pair_is_awaited_to_its_end() {
    let mut phone = named("anonymous");
    for pair in ["zéro six", "douze", "trente-quatre", "cinquante-six"] {
        phone.says(pair);
        phone.wait(Duration::from_millis(900));
        assert!(!phone.speaking(), "{:?}", phone.said);
    }
    says(&mut phone, "soixante-dix-huit");
    assert!(phone.has_said("06 12 34 56 78"), "{:?}", phone.said);
}

#[test]
fn a_wrong_number_is_asked_again_and_corrected() {
    let mut phone = named("anonymous");
    says(&mut phone, "06 12 34 56 78");
    says(&mut phone, "Non.");
    assert!(asked(&phone).contains("Redites le numéro"), "{:?}", phone.said);
    says(&mut phone, "06 12 34 56 79");
    says(&mut phone, "Oui.");
    assert_eq!((phone.messages[0].number.as_str(), phone.messages[0].number_confirmed), ("0612345679", true));
}

#[test]
fn keys_give_the_number_and_answer_yes_and_no() {
    let mut phone = leaving("anonymous");
    says(&mut phone, "Pour un rendez-vous.");
    type_keys(&mut phone, "1");
    says(&mut phone, "Petit");
    type_keys(&mut phone, "1");
    type_keys(&mut phone, "0612345670");
    assert!(phone.has_said("06 12 34 56 70"), "{:?}", phone.said);
    type_keys(&mut phone, "2");
    // Ten digits are a number; a longer one, from abroad, is ended by the hash key.
    type_keys(&mut phone, "003224567890#");
    assert!(phone.has_said("+3224567890"), "{:?}", phone.said);
    type_keys(&mut phone, "1");
    let message = &phone.messages[0];
    assert_eq!((message.name.as_str(), message.number.as_str()), ("Petit", "+3224567890"));
    assert!(message.name_confirmed && message.number_confirmed);
}

#[test]
fn a_spelled_name_is_read_back_letter_by_letter() {
    let mut phone = leaving("anonymous");
    says(&mut phone, "Pour un rendez-vous.");
    says(&mut phone, "Oui.");
    phone.says("Jean Dupond, D U P");
    phone.wait(Duration::from_millis(900));
    says(&mut phone, "O N T.");
    assert!(phone.has_said("dé, u, pé, o, enne, té"), "{:?}", phone.said);
    says(&mut phone, "Oui.");
    says(&mut phone, "06 12 34 56 78");
    says(&mut phone, "Oui.");
    assert_eq!(phone.messages[0].name, "Jean Dupont");
}

#[test]
fn a_wrong_name_is_asked_letter_by_letter() {
    let mut phone = leaving("anonymous");
    says(&mut phone, "Pour un rendez-vous.");
    says(&mut phone, "Oui.");
    says(&mut phone, "Dupond");
    says(&mut phone, "Non.");
    assert!(asked(&phone).contains("Épelez"), "{:?}", phone.said);
    says(&mut phone, "D U P O N T");
    says(&mut phone, "Oui.");
    says(&mut phone, "06 12 34 56 78");
    says(&mut phone, "Oui.");
    assert_eq!((phone.messages[0].name.as_str(), phone.messages[0].name_confirmed), ("Dupont", true));
}

#[test]
fn what_is_not_understood_twice_is_kept_and_said_to_be() {
    let mut phone = named("anonymous");
    says(&mut phone, "zéro six douze");
    says(&mut phone, "zéro six douze trente-quatre");
    assert!(phone.has_said("Je garde ce que j'ai entendu"), "{:?}", phone.said);
    assert!(phone.hung_up);
    let message = &phone.messages[0];
    assert_eq!((message.number.as_str(), message.number_confirmed), ("zéro six douze trente-quatre", false));
}

#[test]
fn whoever_hangs_up_half_way_leaves_what_was_said() {
    let mut phone = named("0199001278");
    phone.tell(Input::Gone { how: "caller" });
    assert_eq!(phone.messages.len(), 1);
    assert_eq!((phone.messages[0].name.as_str(), phone.messages[0].number.as_str()), ("Madame Martin", "0199001278"));
}

#[test]
fn the_question_is_said_again_when_asked_and_when_nothing_comes() {
    let mut phone = leaving("anonymous");
    says(&mut phone, "Répétez.");
    assert!(asked(&phone).contains("gardé"), "{:?}", phone.said);
    phone.wait(Duration::from_secs(8));
    phone.let_speak();
    assert!(asked(&phone).contains("Redites votre demande"), "{:?}", phone.said);
    says(&mut phone, "Pour un rendez-vous.");
    assert!(phone.has_said("J'ai noté : Pour un rendez-vous"), "{:?}", phone.said);
}

#[test]
fn danger_is_heard_in_a_message_too() {
    let mut phone = leaving("anonymous");
    phone.says("Il y a le feu chez moi.");
    phone.let_speak();
    assert!(phone.has_said("le 18"), "{:?}", phone.said);
}

#[test]
fn no_input_makes_a_message_fail() {
    let words = [
        "",
        "non",
        "oui",
        "06 12",
        "zéro",
        "D U P O N T",
        "non, é",
        "au revoir",
        "répétez",
        "…",
        "non, 06 12 34 56 78",
    ];
    for first in words {
        for second in words {
            let mut phone = leaving("0199001278");
            for text in [first, second, "1", second, first, second] {
                if phone.over {
                    break;
                }
                match text {
                    "1" => phone.tell(Input::Digit('1')),
                    "" => phone.says_heard(Heard::default(), Duration::from_millis(700)),
                    text => phone.says(text),
                }
                phone.wait(Duration::from_secs(3));
                phone.let_speak();
            }
            if !phone.over {
                phone.tell(Input::Gone { how: "caller" });
            }
            assert!(phone.over && phone.messages.len() <= 1, "{first} {second}");
        }
    }
}
