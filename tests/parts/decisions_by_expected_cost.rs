//! The line does what is expected to cost least: it answers, asks about one to three démarches, or calls a human.

use standardiste::dialogue::grammar::Danger;
use standardiste::dialogue::policy::{Action, Settings, Verdict, decide};
use standardiste::dialogue::{Candidate, Found, Human};

use crate::support::{candidate, found};

#[test]
fn the_delivered_costs_decide_as_this_table_says() {
    let settings = Settings::default();
    for (probabilities, action) in [
        (&[0.95][..], Action::Answer),
        (&[0.90, 0.05], Action::Answer),
        (&[0.85, 0.02], Action::Ask(1)),
        (&[0.60], Action::Ask(1)),
        (&[0.60, 0.05], Action::Ask(1)),
        (&[0.45, 0.40], Action::Ask(2)),
        (&[0.30, 0.28, 0.25], Action::Ask(3)),
        (&[0.30, 0.28, 0.25, 0.15], Action::Ask(3)),
        (&[0.40, 0.10, 0.10, 0.10], Action::Ask(1)),
        (&[0.40], Action::HandOver),
        (&[0.15, 0.10], Action::HandOver),
        (&[], Action::HandOver),
    ] {
        assert_eq!(settings.choose(probabilities).0, action, "{probabilities:?}");
    }
}

#[test]
fn dearer_mistakes_are_made_less_often() {
    let delivered = Settings::default();
    let careful = Settings { wrong_answer: 100.0, ..delivered.clone() };
    assert_eq!(careful.choose(&[0.95]).0, Action::Ask(1));
    let hurried = Settings { question: 3.0, ..delivered.clone() };
    assert_eq!(hurried.choose(&[0.75]).0, Action::Answer);
    let staffed = Settings { handover: 1.0, ..delivered.clone() };
    assert_eq!(staffed.choose(&[0.6]).0, Action::HandOver);
    let alone = Settings { handover: 20.0, ..delivered };
    assert_eq!(alone.choose(&[0.2]).0, Action::Ask(1));
}

#[test]
fn the_thresholds_told_to_staff_are_where_the_decision_turns() {
    for settings in [
        Settings::default(),
        Settings { wrong_answer: 30.0, ..Settings::default() },
        Settings { handover: 1.5, ..Settings::default() },
        Settings { question: 5.0, ..Settings::default() },
    ] {
        let told = settings.thresholds();
        assert!(told.ask <= told.answer, "{told:?}");
        for step in 1..1_000 {
            let probability = step as f32 / 1_000.0;
            let expected = match probability {
                p if p > told.answer + 0.001 => Action::Answer,
                p if p > told.ask + 0.001 && p < told.answer - 0.001 => Action::Ask(1),
                p if p < told.ask - 0.001 => Action::HandOver,
                _ => continue,
            };
            assert_eq!(settings.choose(&[probability]).0, expected, "{probability} of {settings:?}: {told:?}");
        }
    }
}

#[test]
fn no_other_action_would_have_cost_less() {
    let settings = Settings::default();
    for first in 0..=20 {
        for second in 0..=first.min(20 - first) {
            let p = [first as f32 / 20.0, second as f32 / 20.0];
            let (action, cost) = settings.choose(&p);
            let others = [
                (1.0 - p[0]) * settings.wrong_answer,
                settings.question + (1.0 - p[0]) * settings.missed_question,
                settings.question + settings.choice + (1.0 - p[0] - p[1]) * settings.missed_question,
                (p[0] + p[1]) * settings.handover,
            ];
            assert!(others.iter().all(|other| cost <= other + 1e-5), "{p:?}: {action:?} at {cost}, others {others:?}");
        }
    }
}

fn treated(human: Human, entry: &str, probability: f32) -> Candidate {
    let mut candidate = candidate(entry, probability);
    std::sync::Arc::make_mut(&mut candidate.topic).human = Some(human);
    candidate
}

fn private(entry: &str, probability: f32) -> Candidate {
    treated(Human::Private, entry, probability)
}

#[test]
fn a_danger_is_told_where_keeping_silent_would_be_expected_to_cost_more() {
    let danger = |probability| {
        let suicide = Human::Distress(Danger::Suicide);
        found(vec![candidate("acte-deces", 0.5), treated(suicide, "detresse-suicide", probability)])
    };
    let told = |found: &Found, settings: &Settings| {
        matches!(decide(found, settings), Verdict::Human(Human::Distress(Danger::Suicide), Some(_)))
    };
    let settings = Settings::default();
    let even = settings.handover / (settings.handover + settings.missed_distress);
    assert!(told(&danger(even + 0.01), &settings) && !told(&danger(even - 0.01), &settings));
    let careful = Settings { missed_distress: 100.0, ..settings };
    assert!(told(&danger(0.05), &careful));
    assert!(!told(&danger(0.99), &Settings { missed_distress: 0.0, ..careful }));
}

#[test]
fn what_another_service_treats_goes_to_a_human_when_it_is_recognised() {
    let settings = Settings::default();
    let canteen = |probability| treated(Human::Elsewhere, "ailleurs-cantine", probability);
    let probable = found(vec![canteen(0.8), candidate("acte-naissance", 0.1)]);
    assert!(matches!(decide(&probable, &settings), Verdict::Human(Human::Elsewhere, Some(_))));
    let doubtful = found(vec![canteen(0.3), candidate("acte-naissance", 0.2)]);
    assert_eq!(decide(&doubtful, &settings), Verdict::Unsure);
}

#[test]
fn a_private_matter_is_a_human_s_and_is_never_named_in_a_question() {
    let settings = Settings::default();
    let asked = Found { private: true, ..found(vec![candidate("acte-naissance", 0.99)]) };
    assert!(matches!(decide(&asked, &settings), Verdict::Human(Human::Private, Some(_))));
    let probable = found(vec![private("dossier", 0.6), candidate("acte-naissance", 0.3)]);
    assert!(
        matches!(decide(&probable, &settings), Verdict::Human(Human::Private, Some(topic)) if topic.entry == "dossier")
    );
    let doubtful = found(vec![candidate("acte-naissance", 0.6), private("dossier", 0.3)]);
    match decide(&doubtful, &settings) {
        Verdict::Confirm(only) => assert_eq!(only.topic.entry, "acte-naissance"),
        other => panic!("{other:?}"),
    }
}
