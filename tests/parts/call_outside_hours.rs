//! Outside opening hours no human is rung: the line says so, and offers the message at once.

use standardiste::call::{Destination, Input, Order, Reason, Settings};

use crate::support::{Phone, candidate, destination, found, settings};

const CLOSED: &str = "Les bureaux sont fermés en ce moment. Ils ouvrent demain à 8 h 30.";

fn closed(settings: Settings) -> Phone {
    let mut phone = Phone::greeted(settings);
    phone.tell(Input::Office { closed: Some(CLOSED.into()) });
    phone
}

#[test]
fn asked_for_a_human_the_line_says_when_it_opens_and_offers_a_message() {
    let mut phone = closed(settings());
    phone.says("Je voudrais parler à un agent.");
    phone.let_speak();
    assert!(phone.transferred.is_empty());
    assert!(phone.has_said("Ils ouvrent demain à 8 h 30") && phone.has_said("Voulez-vous laisser un message"));
    assert!(!phone.has_said("Je vous passe un agent"), "{:?}", phone.said);
    assert_eq!(phone.last_turn().reason, Reason::Requested, "why the caller was to have a human");
    phone.tell(Input::Gone { how: "caller" });
    let end = phone.end.expect("the call has ended");
    assert_eq!((end.handed_over, end.destination), (Some(Reason::OutOfHours), None));
}

#[test]
fn a_human_who_is_always_there_is_rung_and_the_others_are_not() {
    let always = Destination { always: true, ..destination("astreinte", None) };
    let mut destinations = settings().destinations;
    destinations.push(always);
    let mut phone = closed(Settings { destinations, ..settings() });
    phone.says("un agent");
    phone.let_speak();
    let rung: Vec<&str> = phone.transferred.iter().map(|destination| destination.name.as_str()).collect();
    assert_eq!(rung, ["astreinte"]);
}

#[test]
fn questions_are_answered_as_in_the_day() {
    let mut phone = closed(settings());
    phone.asks("un acte de naissance", found(vec![candidate("acte-naissance", 0.93)]));
    phone.let_speak();
    assert!(phone.has_said("Voici la réponse sur acte-naissance"));
}

#[test]
fn the_number_to_call_in_danger_comes_before_the_closed_offices() {
    let mut phone = closed(settings());
    phone.says("Je veux mourir.");
    phone.let_speak();
    let said = phone.said.join(" ");
    let (number, offices) = (said.find("3114").expect("the number"), said.find("bureaux").expect("the offices"));
    assert!(number < offices, "{said}");
}

#[test]
fn when_the_offices_open_during_the_call_humans_are_rung() {
    let mut phone = closed(settings());
    phone.tell(Input::Office { closed: None });
    phone.says("un agent");
    phone.let_speak();
    assert_eq!(phone.transferred.len(), 1);
}

#[test]
fn a_stopping_service_says_goodbye_and_takes_no_message() {
    let mut phone = closed(settings());
    phone.tell(Input::Order(Order::Shutdown));
    phone.let_speak();
    assert!(phone.hung_up && !phone.has_said("message"), "{:?}", phone.said);
}
