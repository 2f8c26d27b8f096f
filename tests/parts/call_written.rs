//! A conversation in writing: the approved texts as they stand, buttons, patience, and a message that is seen before it
//! is sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use standardiste::call::{
    Call, CallEnd, CallStart, Decision, Input, Kept, Line, Means, Message, Order, Output, Reason, Record, Settings,
    SpeechEvent, TurnRecord,
};
use standardiste::dialogue::Found;
use standardiste::dialogue::grammar::Command;

use crate::support::{candidate, exact, found, grammar, prompts, settings};

const IDLE: Duration = Duration::from_secs(600);

/// A citizen's page.
struct Page {
    call: Call,
    now: Duration,
    base: VecDeque<Found>,
    lines: Vec<String>,
    turns: Vec<TurnRecord>,
    messages: Vec<Message>,
    end: Option<CallEnd>,
    over: bool,
}

impl Page {
    fn open(settings: Settings) -> Self {
        let line = Line { settings, prompts: prompts(), grammar: grammar(), exact: exact() }.written(IDLE);
        let start = CallStart {
            id: "conversation".into(),
            at: "2026-01-05T09:00:00Z".parse().expect("a date"),
            channel: "written".into(),
            from: String::new(),
            to: "https://www.ville.fr".into(),
            signalling_id: String::new(),
            handover_token: "t".into(),
        };
        let mut page = Self {
            call: Call::new(Arc::new(line), start),
            now: Duration::ZERO,
            base: VecDeque::new(),
            lines: Vec::new(),
            turns: Vec::new(),
            messages: Vec::new(),
            end: None,
            over: false,
        };
        page.tell(Input::Start);
        page.tell(Input::MediaUp);
        page
    }

    fn tell(&mut self, input: Input) {
        self.call.handle(input, self.now);
        while let Some(output) = self.call.poll_output() {
            match output {
                Output::Lookup { turn, .. } => {
                    let found = self.base.pop_front().unwrap_or_default();
                    self.call.handle(Input::Found { turn, found }, self.now);
                }
                Output::Speak { speech, sentences, .. } => {
                    let said = (0..sentences.len()).map(SpeechEvent::SentenceDone);
                    self.lines.extend(sentences);
                    for event in said.chain([SpeechEvent::Finished]) {
                        self.call.handle(Input::Speech { speech, event }, self.now);
                    }
                }
                Output::Transcribe { .. } | Output::Transfer { .. } => panic!("{output:?} in writing"),
                Output::Record(Record::Turn(turn)) => {
                    self.turns.retain(|other| other.turn != turn.turn);
                    self.turns.push(*turn);
                }
                Output::Record(Record::Message(message)) => self.messages.push(message),
                Output::Record(Record::End(end)) => self.end = Some(end),
                Output::HangUp => self.call.handle(Input::Gone { how: "us" }, self.now),
                Output::Over => self.over = true,
                _ => {}
            }
        }
    }

    fn writes(&mut self, text: &str) {
        self.now += Duration::from_secs(5);
        self.lines.clear();
        self.tell(Input::Written { text: text.into(), means: None });
    }

    fn asks(&mut self, text: &str, found: Found) {
        self.base.push_back(found);
        self.writes(text);
    }

    fn presses(&mut self, label: &str) {
        let propositions = self.call.propositions();
        let button =
            propositions.into_iter().find(|p| p.text == label).unwrap_or_else(|| panic!("{:?}", self.buttons()));
        self.lines.clear();
        self.tell(Input::Written { text: button.text, means: Some(button.means) });
    }

    fn buttons(&self) -> Vec<String> {
        self.call.propositions().into_iter().map(|proposition| proposition.text).collect()
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        self.lines.clear();
        while let Some(at) = self.call.poll_timeout().filter(|at| *at <= until && !self.over) {
            self.now = at;
            self.tell(Input::Timeout);
        }
        self.now = until;
    }

    fn shows(&self, part: &str) -> bool {
        self.lines.iter().any(|line| line.contains(part))
    }

    fn last(&self) -> &TurnRecord {
        self.turns.last().expect("a turn")
    }
}

fn sure(entry: &str) -> Found {
    found(vec![candidate(entry, 0.97)])
}

#[test]
fn what_answers_and_what_is_kept_stand_before_the_question() {
    let page = Page::open(Settings { kept: Kept::Text { days: 12 }, ..settings() });
    assert!(page.shows("Je suis un assistant automatique") && page.shows("gardé 12 jours"), "{:?}", page.lines);
    assert!(page.lines.last().is_some_and(|line| line.ends_with("Que puis-je faire pour vous ?")));
    assert!(!page.shows("dites") && !page.shows("tapez") && !page.shows("voix"), "{:?}", page.lines);
}

#[test]
fn an_answer_is_the_approved_text_uncut_with_its_page_and_its_follow_ups() {
    let mut page = Page::open(settings());
    page.asks("acte de naissance svp", sure("acte"));
    assert_eq!(page.lines[0], "Voici la réponse sur acte. Elle a deux phrases.");
    assert_eq!(page.call.source().map(|(label, _)| label), Some("la démarche acte"));
    assert_eq!(page.buttons(), ["Combien ça coûte ?", "Écrire à un agent", "C'est tout, merci"]);
    let turn = page.last();
    assert_eq!((turn.decision, turn.reason, turn.entry.as_deref()), (Decision::Answer, Reason::Sure, Some("acte")));
    assert_eq!((turn.hearing_confidence, turn.voice_to_voice_ms), (Some(1.0), None));

    page.presses("Combien ça coûte ?");
    assert_eq!(page.lines[0], "acte ne coûte rien.");
    assert_eq!((page.last().reason, page.last().heard.as_str()), (Reason::FollowUp, "Combien ça coûte ?"));
    assert_eq!(page.buttons(), ["Écrire à un agent", "C'est tout, merci"], "what was answered is not offered again");
}

#[test]
fn choices_are_buttons_and_their_words_do_as_well() {
    let mut page = Page::open(settings());
    let among = || found(vec![candidate("a", 0.45), candidate("b", 0.44)]);
    page.asks("un papier", among());
    assert_eq!(page.last().decision, Decision::Clarify);
    assert_eq!(page.buttons(), ["La démarche a", "La démarche b", "Autre chose"]);
    page.presses("La démarche b");
    assert!(page.shows("Voici la réponse sur b."), "{:?}", page.lines);
    assert_eq!((page.last().reason, page.last().heard.as_str()), (Reason::Chosen, "La démarche b"));

    page.asks("un papier", found(vec![candidate("c", 0.7)]));
    assert_eq!(page.buttons(), ["Oui", "Non"]);
    page.writes("d'accord");
    assert!(page.shows("Voici la réponse sur c."), "{:?}", page.lines);
}

#[test]
fn orders_for_the_ear_do_no_harm() {
    let mut page = Page::open(settings());
    page.asks("un acte", sure("acte"));
    for text in ["Répétez", "Plus lentement s'il vous plaît"] {
        page.writes(text);
        assert!(page.shows("Voici la réponse sur acte."), "{text}: {:?}", page.lines);
        assert!(!page.shows("parle"), "{:?}", page.lines);
    }
    page.writes("ok");
    assert!(!page.lines.is_empty(), "whoever writes is always answered");
    page.writes("???");
    assert!(page.shows("Pouvez-vous l'écrire autrement"), "{:?}", page.lines);
}

#[test]
fn danger_is_answered_by_the_number_alone_and_no_message_is_offered() {
    let mut page = Page::open(settings());
    page.writes("mon mari me frappe");
    assert!(page.lines[0].contains("le 17") && page.lines[0].contains("114"), "{:?}", page.lines);
    assert!(page.shows("Personne de la mairie ne lit ceci"), "{:?}", page.lines);
    assert_eq!(page.last().reason, Reason::Distress);
    assert!(page.buttons().is_empty() && !page.over);
}

#[test]
fn a_private_matter_goes_to_staff_as_by_telephone() {
    let mut page = Page::open(settings());
    page.asks("l'acte de mon voisin", Found { private: true, ..sure("acte") });
    assert_eq!(page.last().reason, Reason::Private);
    assert!(page.shows("Pour protéger la vie privée") && page.shows("laisser un message"), "{:?}", page.lines);
    page.presses("Non, ne rien envoyer");
    assert!(!page.over, "by writing one may go on");
    page.asks("un acte", sure("acte"));
    assert!(page.shows("Voici la réponse sur acte."));
}

#[test]
fn a_question_instead_of_yes_or_no_is_answered() {
    let mut page = Page::open(settings());
    page.asks("zut", Found::default());
    assert!(page.shows("laisser un message"), "{:?}", page.lines);
    page.asks("un acte", sure("acte"));
    assert!(page.shows("Voici la réponse sur acte."), "{:?}", page.lines);
}

#[test]
fn a_message_begins_with_what_was_asked_and_is_kept_once_sent() {
    let mut page = Page::open(settings());
    page.asks("où est mon dossier de mariage", Found::default());
    page.presses("Oui, laisser un message");
    assert!(page.shows("« où est mon dossier de mariage »"), "{:?}", page.lines);
    page.presses("Oui, c'est ma demande");
    page.writes("Camille Martin");
    page.writes("demain");
    assert!(page.shows("ni numéro de téléphone"), "{:?}", page.lines);
    page.writes("camille.martin@exemple.fr");
    for part in ["où est mon dossier de mariage", "Camille Martin", "camille.martin@exemple.fr", "30 jours"] {
        assert!(page.shows(part), "{part}: {:?}", page.lines);
    }
    assert!(page.messages.is_empty(), "nothing is kept before it is sent");
    page.presses("Corriger l'adresse de réponse");
    page.writes("06 12 34 56 78");
    page.presses("Envoyer le message");
    assert!(page.over && page.shows("votre message est transmis"), "{:?}", page.lines);
    let message = &page.messages[0];
    assert_eq!(
        (message.name.as_str(), message.number.as_str(), message.text.as_str()),
        ("Camille Martin", "0612345678", "où est mon dossier de mariage")
    );
    assert!(message.name_confirmed && message.number_confirmed);
    assert_eq!(page.end.expect("an end").handed_over, Some(Reason::LowConfidence));
}

#[test]
fn whoever_leaves_before_sending_leaves_no_message() {
    let mut page = Page::open(settings());
    page.writes("je voudrais parler à un agent");
    page.writes("Mon acte a une faute.");
    page.writes("Camille Martin");
    page.writes("camille@exemple.fr");
    page.tell(Input::Gone { how: "caller" });
    assert!(page.over && page.messages.is_empty());
}

#[test]
fn without_a_way_to_answer_there_is_no_message() {
    let mut page = Page::open(settings());
    page.writes("un agent");
    page.writes("Mon acte a une faute.");
    page.writes("Camille Martin");
    for _ in 0..3 {
        page.writes("je ne sais pas");
    }
    assert!(page.shows("ne pourrait pas vous répondre") && !page.over, "{:?}", page.lines);
    page.tell(Input::Gone { how: "caller" });
    assert!(page.messages.is_empty());
}

#[test]
fn a_town_that_takes_no_messages_says_so() {
    let mut page = Page::open(Settings { accept_messages: false, ..settings() });
    page.writes("un agent");
    assert!(page.shows("je ne peux pas lui transmettre de message"), "{:?}", page.lines);
    assert!(page.shows("Téléphonez à la mairie") && !page.over);
}

#[test]
fn minutes_without_a_word_are_announced_then_close() {
    let mut page = Page::open(settings());
    page.wait(IDLE / 2 - Duration::from_secs(1));
    assert!(page.lines.is_empty(), "{:?}", page.lines);
    page.wait(Duration::from_secs(2));
    assert!(page.shows("Êtes-vous toujours là") && page.shows("dans 5 minutes"), "{:?}", page.lines);
    page.asks("un acte", sure("acte"));
    page.wait(IDLE / 2 + Duration::from_secs(1));
    assert!(page.shows("Êtes-vous toujours là") && !page.over, "a word begins the patience anew");
    page.wait(IDLE / 2);
    assert!(page.over && page.shows("je ferme cette conversation"), "{:?}", page.lines);
}

#[test]
fn a_stop_of_the_service_is_told() {
    let mut page = Page::open(settings());
    page.tell(Input::Order(Order::Shutdown));
    assert!(page.over && page.shows("Merci de revenir"), "{:?}", page.lines);
}

#[test]
fn before_a_stop_a_page_that_was_only_opened_is_told_at_once() {
    let mut page = Page::open(settings());
    page.tell(Input::Order(Order::Closing));
    assert!(page.over && page.shows("Merci de revenir") && page.call.is_stopped(), "{:?}", page.lines);
}

#[test]
fn before_a_stop_a_conversation_is_warned_and_goes_on_for_as_long_as_there_are_words() {
    let mut page = Page::open(settings());
    page.asks("un acte", sure("acte"));
    page.tell(Input::Order(Order::Closing));
    assert!(page.shows("va s'arrêter") && page.shows("30 secondes") && !page.over, "{:?}", page.lines);
    page.tell(Input::Order(Order::Closing));
    assert_eq!(page.lines.iter().filter(|line| line.contains("va s'arrêter")).count(), 1, "{:?}", page.lines);
    for _ in 0..3 {
        page.wait(Duration::from_secs(29));
        page.asks("un acte", sure("acte"));
        assert!(!page.over, "{:?}", page.lines);
    }
    page.wait(Duration::from_secs(31));
    assert!(page.over && page.shows("Merci de revenir") && page.call.is_stopped(), "{:?}", page.lines);
}

#[test]
fn before_a_stop_who_ends_the_conversation_is_not_told_of_it() {
    let mut page = Page::open(settings());
    page.asks("un acte", sure("acte"));
    page.tell(Input::Order(Order::Closing));
    page.tell(Input::Written { text: "…".into(), means: Some(Means::Command(Command::No)) });
    assert!(page.over && page.shows("au revoir") && !page.call.is_stopped(), "{:?}", page.lines);
}

#[test]
fn a_button_carries_its_command_whatever_its_words() {
    let mut page = Page::open(settings());
    page.asks("un acte", sure("acte"));
    page.tell(Input::Written { text: "…".into(), means: Some(Means::Command(Command::No)) });
    assert!(page.over && page.shows("au revoir"), "{:?}", page.lines);
}
