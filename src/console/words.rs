//! How the pages say it: times on the town's clock, and the transcript's closed words in French.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::hours;

/// The clock of the people who read the pages.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// `name`: IANA. Falls back on UTC, and says so in the log; the configuration has checked it already.
    pub fn new(name: &str) -> Self {
        let zone = TimeZone::get(name).unwrap_or_else(|error| {
            tracing::warn!(%error, name, "unknown time zone: the console shows UTC");
            TimeZone::UTC
        });
        Self { zone }
    }

    pub fn date(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    pub fn today(&self) -> Date {
        self.date(Timestamp::now())
    }

    /// The first moment of a day; none for one that the calendar does not reach.
    pub fn midnight(&self, date: Date) -> Option<Timestamp> {
        date.to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp())
    }

    /// The first moment of a day that was asked for, `2026-11-22`; none for no date.
    pub fn since(&self, day: &str) -> Option<Timestamp> {
        self.midnight(day.parse().ok()?)
    }

    /// The moment after the last of such a day.
    pub fn until(&self, day: &str) -> Option<Timestamp> {
        self.midnight(day.parse::<Date>().ok()?.tomorrow().ok()?)
    }

    /// « aujourd'hui », « hier », « 12 mars », « 12 mars 2024 ».
    pub fn day(&self, at: Timestamp) -> String {
        let (date, today) = (self.date(at), self.today());
        if date == today {
            "aujourd'hui".to_owned()
        } else if Some(date) == today.yesterday().ok() {
            "hier".to_owned()
        } else if date.year() == today.year() {
            day_and_month(date)
        } else {
            format!("{} {}", day_and_month(date), date.year())
        }
    }

    /// « 14:03 ».
    pub fn time(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }

    /// « 14:03:27 ».
    pub fn seconds(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }

    /// « lundi 22 novembre 2026 à 14:03 ».
    pub fn whole(&self, at: Timestamp) -> String {
        format!("{} à {}", long_date(self.date(at)), self.time(at))
    }

    /// For `<time datetime>`.
    pub fn machine(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// « il y a 2 heures », « il y a 3 jours ».
    pub fn ago(&self, at: Timestamp) -> String {
        let seconds = Timestamp::now().duration_since(at).as_secs().max(0);
        match seconds {
            0..60 => "à l'instant".to_owned(),
            60..3_600 => format!("il y a {} min", seconds / 60),
            3_600..86_400 => format!("il y a {} h", seconds / 3_600),
            _ => format!("il y a {}", plural(seconds / 86_400, "jour", "jours")),
        }
    }
}

pub fn long_date(date: Date) -> String {
    format!("{} {} {}", hours::weekday(date), day_and_month(date), date.year())
}

fn day_and_month(date: Date) -> String {
    let first = if date.day() == 1 { "er" } else { "" };
    format!("{}{first} {}", date.day(), hours::month(date))
}

/// « 3 jours », « 1 jour », « 0 jour ».
pub fn plural(count: i64, one: &str, several: &str) -> String {
    format!("{} {}", number(count), if count.abs() < 2 { one } else { several })
}

/// « 12 345 », with the narrow space that French typography wants.
pub fn number(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if count < 0 { format!("−{text}") } else { text }
}

/// A count that goes no further than a thousand and one: « 998 », « plus de 1 000 ».
pub fn counted(count: i64) -> String {
    if count > 1_000 { format!("plus de {}", number(1_000)) } else { number(count) }
}

/// « 1 min 05 s », « 42 s ».
pub fn duration(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// « 87 % ».
pub fn percent(share: f64) -> String {
    format!("{:.0}\u{202f}%", (share * 100.0).clamp(0.0, 100.0))
}

/// The last two digits: enough to know a caller again, not to ring them.
pub fn masked(caller: &str) -> String {
    let digits: Vec<char> = caller.chars().filter(char::is_ascii_digit).collect();
    match digits.as_slice() {
        [.., a, b] if digits.len() >= 4 => format!("•• {a}{b}"),
        _ => "masqué".to_owned(),
    }
}

/// The ways in that one may ask for.
pub const CHANNELS: [(&str, &str); 3] = [("sip", "téléphone"), ("webrtc", "navigateur"), ("written", "écrit")];

pub fn channel(word: &str) -> &'static str {
    match word {
        "scripted" => "essai",
        _ => CHANNELS.iter().find(|(known, _)| *known == word).map_or("autre", |(_, told)| told),
    }
}

/// What was decided, as a badge says it; with the badge's colour.
pub fn decision(word: &str) -> (&'static str, &'static str) {
    match word {
        "answer" => ("répondu", "bien"),
        "confirm" => ("vérifié", "moyen"),
        "clarify" => ("choix proposé", "moyen"),
        "escalate" => ("passé à un agent", "agent"),
        "reprompt" => ("fait répéter", "doute"),
        _ => ("commande", "neutre"),
    }
}

pub const DECISIONS: [(&str, &str); 6] = [
    ("answer", "répondu"),
    ("confirm", "vérifié (« Vous demandez bien… ? »)"),
    ("clarify", "choix proposé"),
    ("escalate", "passé à un agent"),
    ("reprompt", "fait répéter"),
    ("command", "commande ou réponse à la ligne"),
];

/// Why, as the transcript spells it and as people read it.
pub const REASONS: [(&str, &str); 24] = [
    ("sure", "assez sûre"),
    ("confirmed", "l'appelant a dit oui"),
    ("chosen", "l'appelant a choisi"),
    ("follow_up", "suite de la réponse"),
    ("half_sure", "à moitié sûre"),
    ("ambiguous", "deux réponses trop proches"),
    ("low_confidence", "pas assez sûre"),
    ("requested", "agent demandé"),
    ("repeated_failure", "échecs répétés"),
    ("distress", "détresse"),
    ("private", "affaire personnelle"),
    ("elsewhere", "autre service"),
    ("out_of_hours", "hors des heures d'ouverture"),
    ("engine_fault", "panne"),
    ("too_long", "appel trop long"),
    ("silence", "silence"),
    ("shutdown", "arrêt du service"),
    ("not_heard", "mal entendu"),
    ("repeat", "« répétez »"),
    ("slower", "« plus lentement »"),
    ("yes", "« oui »"),
    ("no", "« non »"),
    ("goodbye", "« au revoir »"),
    ("message", "message laissé"),
];

pub fn reason(word: &str) -> &'static str {
    match word {
        "next_question" => "question suivante",
        _ => REASONS.iter().find(|(known, _)| *known == word).map_or("", |(_, told)| told),
    }
}

pub fn ending(how: Option<&str>) -> &'static str {
    match how {
        None => "en cours",
        Some("caller") => "l'appelant a raccroché",
        Some("us") => "terminé par la ligne",
        Some("handed_over") => "passé à un agent",
        Some("media_timeout") => "connexion perdue",
        Some("fault") => "panne",
        Some("interrupted") => "interrompu par un arrêt du service",
        Some(_) => "terminé",
    }
}

/// A closed word of the call's records, as they spell it.
pub fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What is asked for, for a link; without what is empty.
pub fn query<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
    query.finish()
}

/// Of the entries, by identifier.
pub fn titles(entries: &[(String, String)]) -> HashMap<&str, &str> {
    entries.iter().map(|(id, title)| (id.as_str(), title.as_str())).collect()
}
