//! Opening hours: the week in words, public holidays, exceptional days, and what is said of a moment.

use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use standardiste::call::{Line, Settings};
use standardiste::dialogue::{Facet, Topic};
use standardiste::hours::{Exception, Holidays, Hours, Range, easter};
use standardiste::switchboard::{OPENING, said_at};

use crate::support::{exact, grammar, prompts};

fn ranges(text: &[&str]) -> Vec<Range> {
    text.iter().map(|range| range.parse().unwrap()).collect()
}

fn hours() -> Hours {
    let weekday = ranges(&["8:30-12:00", "13h30-17h"]);
    let mut week: [Vec<Range>; 7] = std::array::from_fn(|_| weekday.clone());
    week[5] = ranges(&["9:00-12:00"]);
    week[6] = Vec::new();
    let closed = |from: Date, to: Date, reason: &str| Exception { from, to, open: Vec::new(), reason: reason.into() };
    let exceptions = vec![
        closed(date(2026, 12, 28), date(2027, 1, 2), "pour inventaire"),
        Exception {
            from: date(2026, 12, 24),
            to: date(2026, 12, 24),
            open: ranges(&["8:30-12:00"]),
            reason: "pour la veille de Noël".into(),
        },
        Exception {
            from: date(2027, 5, 8),
            to: date(2027, 5, 8),
            open: ranges(&["10:00-11:00"]),
            reason: "pour la cérémonie".into(),
        },
    ];
    Hours { zone: TimeZone::get("Europe/Paris").unwrap(), week, holidays: Holidays::France, exceptions }
}

fn line(hours: Hours) -> Arc<Line> {
    let settings = Settings { hours: Some(hours), ..Settings::default() };
    Arc::new(Line { settings, prompts: prompts(), grammar: grammar(), exact: exact() })
}

fn at(local: &str) -> Timestamp {
    local.parse::<jiff::civil::DateTime>().unwrap().in_tz("Europe/Paris").unwrap().timestamp()
}

#[track_caller]
fn said(local: &str, expected: &str) {
    assert_eq!(line(hours()).opening(at(local)).unwrap(), expected, "{local}");
}

#[test]
fn easter_falls_where_the_calendar_has_it() {
    let known = [(1818, 3, 22), (1999, 4, 4), (2000, 4, 23), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28)];
    for (year, month, day) in known.into_iter().chain([(2038, 4, 25), (2285, 3, 22)]) {
        assert_eq!(easter(year), Some(date(year, month, day)));
    }
    assert_eq!(easter(0), None);
}

#[test]
fn the_eleven_public_holidays_of_a_year_and_the_thirteen_of_alsace_moselle() {
    let days = |holidays: Holidays, year: i16| -> Vec<Date> {
        date(year, 1, 1)
            .series(1.day())
            .take_while(|day| day.year() == year)
            .filter(|day| holidays.reason(*day).is_some())
            .collect()
    };
    let of = |pairs: &[(i8, i8)]| pairs.iter().map(|(month, day)| date(2026, *month, *day)).collect::<Vec<_>>();
    let france = [(1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    assert_eq!(days(Holidays::France, 2026), of(&france));
    let alsace = [
        (1, 1),
        (4, 3),
        (4, 6),
        (5, 1),
        (5, 8),
        (5, 14),
        (5, 25),
        (7, 14),
        (8, 15),
        (11, 1),
        (11, 11),
        (12, 25),
        (12, 26),
    ];
    assert_eq!(days(Holidays::AlsaceMoselle, 2026), of(&alsace));
    assert!(days(Holidays::Ignored, 2026).is_empty());
    // Ascension on the first of May, as in 2008: one holiday, one reason.
    assert_eq!(Holidays::France.reason(date(2008, 5, 1)), Some("pour la fête du Travail"));
}

#[test]
fn the_week_is_one_sentence() {
    let words =
        |days: [&[&str]; 7]| Hours { week: days.map(ranges), exceptions: Vec::new(), ..hours() }.week_in_words();
    let (whole, morning): (&[&str], &[&str]) = (&["8:30-12:00", "13:30-17:00"], &["9:00-12:00"]);
    assert_eq!(
        words([whole, whole, whole, whole, whole, morning, &[]]),
        "du lundi au vendredi de 8 h 30 à 12 h et de 13 h 30 à 17 h, et le samedi de 9 h à 12 h"
    );
    assert_eq!(
        words([morning, whole, morning, &[], morning, &[], &[]]),
        "le lundi, le mercredi et le vendredi de 9 h à 12 h, et le mardi de 8 h 30 à 12 h et de 13 h 30 à 17 h"
    );
    assert_eq!(
        words([morning, morning, &[], morning, morning, morning, &[]]),
        "le lundi, le mardi et du jeudi au samedi de 9 h à 12 h"
    );
    assert_eq!(words([&["8h-24h"]; 7]), "tous les jours de 8 h à minuit");
    assert_eq!(words([&[]; 7]), "");
}

#[test]
fn a_moment_is_open_until_or_closed_until() {
    said("2026-11-23T10:00", "La mairie est ouverte en ce moment, jusqu'à 12 h.");
    said("2026-11-23T08:30", "La mairie est ouverte en ce moment, jusqu'à 12 h.");
    said("2026-11-23T12:00", "La mairie est fermée en ce moment. Elle ouvre aujourd'hui à 13 h 30.");
    said("2026-11-23T17:00", "La mairie est fermée en ce moment. Elle ouvre demain à 8 h 30.");
    said("2026-11-21T15:00", "La mairie est fermée en ce moment. Elle ouvre lundi à 8 h 30.");
    said("2026-11-22T15:00", "La mairie est fermée en ce moment. Elle ouvre demain à 8 h 30.");
}

#[test]
fn public_holidays_and_exceptional_days_are_told_with_their_reason() {
    said(
        "2026-11-10T16:00",
        "La mairie est ouverte en ce moment, jusqu'à 17 h. Elle sera fermée demain, mercredi 11 novembre, pour l'Armistice.",
    );
    said("2026-11-11T10:00", "La mairie est fermée aujourd'hui, pour l'Armistice. Elle ouvre demain à 8 h 30.");
    said(
        "2026-12-21T10:00",
        "La mairie est ouverte en ce moment, jusqu'à 12 h. Attention : le jeudi 24 décembre, pour la veille de Noël, elle sera \
         ouverte de 8 h 30 à 12 h.",
    );
    said(
        "2026-12-26T10:00",
        "La mairie est ouverte en ce moment, jusqu'à 12 h. Elle sera fermée du lundi 28 décembre au samedi 2 janvier, pour inventaire.",
    );
    said("2026-12-30T10:00", "La mairie est fermée aujourd'hui, pour inventaire. Elle ouvre lundi à 8 h 30.");
    // An exceptional opening goes before the public holiday.
    said("2027-05-08T10:30", "La mairie est ouverte en ce moment, jusqu'à 11 h.");
    // A holiday that falls on a day closed anyway is no news.
    said("2026-10-31T10:00", "La mairie est ouverte en ce moment, jusqu'à 12 h.");
}

#[test]
fn the_clock_is_the_town_s_own_in_summer_and_winter() {
    let zone = TimeZone::get("Indian/Reunion").unwrap();
    let there = Hours { zone, ..hours() };
    // 06:00 in Paris, 08:00 or 09:00 in La Réunion.
    assert!(!there.is_open("2026-07-06T04:00:00Z".parse().unwrap()));
    assert!(there.is_open("2026-07-06T05:00:00Z".parse().unwrap()));
    assert!(hours().is_open("2026-07-06T06:30:00Z".parse().unwrap()), "8 h 30 in summer");
    assert!(!hours().is_open("2026-11-23T07:00:00Z".parse().unwrap()), "8 h in winter");
    assert!(hours().is_open("2026-11-23T07:30:00Z".parse().unwrap()), "8 h 30 in winter");
    // The day after the clocks go back is « demain » all the same.
    said("2026-10-25T02:30", "La mairie est fermée en ce moment. Elle ouvre demain à 8 h 30.");
}

#[test]
fn the_hours_are_cut_and_read_aloud_rightly() {
    let said = line(hours()).opening(at("2026-11-10T16:00")).unwrap();
    let cut = standardiste::french::sentences(&said);
    assert_eq!(cut.len(), 2, "{cut:#?}");
    assert!(standardiste::french::speakable(&cut[0]).ends_with("jusqu'à dix-sept heures."), "{cut:#?}");
    let week = standardiste::french::speakable(&hours().week_in_words());
    assert!(week.starts_with("du lundi au vendredi de huit heures trente à douze heures et de treize"), "{week}");
}

#[test]
fn a_town_hall_that_never_opens_says_no_more_than_that() {
    let never = Hours { week: Default::default(), exceptions: Vec::new(), ..hours() };
    assert_eq!(line(never).opening(at("2026-11-23T10:00")).unwrap(), "La mairie est fermée en ce moment.");
}

#[test]
fn an_answer_with_the_hours_is_filled_in_for_the_moment_it_is_said() {
    let topic = Topic {
        answer: format!("{OPENING} À bientôt."),
        facets: vec![Facet { kind: "ou".into(), answer: OPENING.into() }],
        ..Topic::default()
    };
    let line = line(hours());
    let filled = said_at(&line, &topic, at("2026-11-23T10:00")).unwrap();
    assert_eq!(filled.answer, "La mairie est ouverte en ce moment, jusqu'à 12 h. À bientôt.");
    assert_eq!(filled.facets[0].answer, "La mairie est ouverte en ce moment, jusqu'à 12 h.");
    let later = said_at(&line, &topic, at("2026-11-23T18:00")).unwrap();
    assert_ne!(later.answer, filled.answer);
    assert!(said_at(&line, &Topic { answer: "Venez.".into(), ..Topic::default() }, at("2026-11-23T10:00")).is_none());
}

#[test]
fn the_moments_at_which_the_day_changes_say_all_that_will_be_said_of_it() {
    let changes = hours().changes(date(2026, 11, 23));
    let expected = ["00:00", "08:30", "12:00", "13:30", "17:00"].map(|time| at(&format!("2026-11-23T{time}")));
    assert_eq!(changes, expected);
    assert_eq!(hours().changes(date(2026, 11, 22)), [at("2026-11-22T00:00")]);
}

#[test]
fn hours_are_written_as_staff_write_them() {
    for (text, shown) in [("8:30-12:00", "8:30-12:00"), ("8h30 - 12h", "8:30-12:00"), ("9 h–17 h 05", "9:00-17:05")] {
        assert_eq!(text.parse::<Range>().unwrap().to_string(), shown);
    }
    for wrong in ["", "8:30", "12:00-8:30", "8-12", "25:00-26:00", "8:61-9:00", "8:30-8:30"] {
        assert!(wrong.parse::<Range>().is_err(), "{wrong}");
    }
}
