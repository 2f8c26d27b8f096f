//! The page of the human who takes a call: who rings, why, and what was said so far. Plain, readable aloud, in French.

use std::fmt::{self, Display, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::call::{Decision, Reason, TurnRecord, Way};
use crate::store::Summary;

/// The clock of the people who read the page.
#[derive(Debug, Clone)]
pub struct PageClock {
    zone: TimeZone,
    name: String,
}

impl PageClock {
    /// `name`: IANA, for instance `Europe/Paris`. Falls back on UTC, and says so on the page.
    pub fn new(name: &str) -> Self {
        match TimeZone::get(name) {
            Ok(zone) => Self { zone, name: name.to_owned() },
            Err(error) => {
                tracing::warn!(%error, name, "unknown time zone: the hand-over page shows UTC");
                Self { zone: TimeZone::UTC, name: "UTC".to_owned() }
            }
        }
    }

    fn day_and_time(&self, at: Timestamp) -> String {
        format!("{} ({})", at.to_zoned(self.zone.clone()).strftime("%d/%m/%Y à %H h %M"), self.name)
    }

    fn time(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }
}

/// Sizes in rem, so that the reader's own letter size is kept; contrast beyond 7:1 in both schemes.
pub const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#161616;--paper:#fff;--line:#767676;--soft:#f2f2f7}
@media(prefers-color-scheme:dark){:root{--ink:#f5f5f5;--paper:#161616;--line:#929292;--soft:#26262b}}
body{margin:0 auto;max-width:44rem;padding:1rem;font:1.1rem/1.6 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.25rem;margin-top:2rem}
.why{border-left:.3rem solid currentColor;padding:.5rem 1rem;background:var(--soft);font-weight:600}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0}
ol{list-style:none;padding:0}li{border-top:1px solid var(--line);padding:.75rem 0}li p{margin:.25rem 0}
.note{font-size:.95rem}
@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}
";

pub fn summary(summary: &Summary, clock: &PageClock) -> String {
    let start = &summary.call.start;
    let caller = if start.from.is_empty() { "numéro masqué" } else { &start.from };
    let mut body = String::new();
    push(
        &mut body,
        format_args!("<h1>Appel de {}</h1>\n<p class=\"why\">{}</p>\n<dl>\n", Text(caller), Text(why(summary))),
    );
    let mut row = |term: &str, value: &str| push(&mut body, format_args!("<dt>{term}</dt><dd>{}</dd>\n", Text(value)));
    row("Début de l'appel", &clock.day_and_time(start.at));
    row("Numéro appelé", &start.to);
    row("Démarche", &subjects(&summary.turns));
    match &summary.call.end {
        None => row("État", "appel en cours"),
        Some(end) => {
            row("État", &format!("{}, {}", ending(&end.how), clock.day_and_time(end.at)));
            if let Some(destination) = &end.destination {
                let through = if end.way == Some(Way::Bridge) { ", par l'intermédiaire de la ligne" } else { "" };
                row("Passé à", &format!("{destination}{through}"));
            }
        }
    }
    row("Référence", &start.id);
    body.push_str("</dl>\n");
    for message in &summary.messages {
        push(
            &mut body,
            format_args!(
                "<h2>Message laissé</h2>\n<p>{}</p>\n<p>Nom : {}{}</p>\n<p>{} : {}{}</p>\n",
                Text(&message.text),
                Text(if message.name.is_empty() { "non dit" } else { &message.name }),
                unchecked(message.name_confirmed || message.name.is_empty()),
                if message.number.contains('@') { "Répondre à" } else { "À rappeler" },
                Text(&message.number),
                unchecked(message.number_confirmed)
            ),
        );
    }
    body.push_str("<h2>Ce qui s'est dit</h2>\n");
    if summary.turns.is_empty() {
        body.push_str("<p>Rien n'a encore été dit.</p>\n");
    } else {
        body.push_str("<ol>\n");
        summary.turns.iter().for_each(|turn| push_turn(&mut body, turn, clock));
        body.push_str("</ol>\n");
    }
    body.push_str(
        "<p class=\"note\">Texte écrit par une machine pendant l'appel : il peut contenir des erreurs. \
         Il est réservé à l'agent qui prend l'appel.</p>\n",
    );
    document(&format!("Appel de {caller}"), &body)
}

/// What staff must know of a part of a message that the caller did not confirm.
fn unchecked(confirmed: bool) -> &'static str {
    if confirmed { "" } else { " (à vérifier)" }
}

fn push_turn(body: &mut String, turn: &TurnRecord, clock: &PageClock) {
    push(body, format_args!("<li><p class=\"note\">{}</p>\n", clock.time(turn.at)));
    if !turn.heard.is_empty() {
        let doubt = match turn.hearing_confidence {
            Some(confidence) if confidence < DOUBTFUL => " (mal entendu)",
            _ => "",
        };
        push(body, format_args!("<p><strong>L'appelant{doubt} :</strong> {}</p>\n", Text(&turn.heard)));
    }
    if !turn.said.is_empty() {
        let cut = if turn.interrupted { " (interrompu)" } else { "" };
        push(body, format_args!("<p><strong>L'assistant{cut} :</strong> {}</p>\n", Text(&turn.said)));
    }
    body.push_str("</li>\n");
}

/// Hearing confidence under which the human is warned not to trust the words.
const DOUBTFUL: f32 = 0.5;

pub fn unknown() -> String {
    document(
        "Appel inconnu",
        "<h1>Appel inconnu</h1>\n<p>Ce lien ne mène à aucun appel. Il est mal copié, ou l'appel a été effacé au bout du délai de \
         conservation.</p>\n",
    )
}

pub fn unavailable() -> String {
    document(
        "Résumé indisponible",
        "<h1>Résumé indisponible</h1>\n<p>La base des appels ne répond pas. Rechargez la page dans un instant ; si cela dure, \
         prévenez l'administrateur.</p>\n",
    )
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"style.css\">\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        Text(title)
    )
}

fn push(body: &mut String, text: fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = body.write_fmt(text);
}

/// Text from outside, made harmless in HTML, between quotes as between tags.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            letter => f.write_char(letter),
        })
    }
}

/// The entries spoken of, first to last.
fn subjects(turns: &[TurnRecord]) -> String {
    let mut subjects: Vec<&str> = Vec::new();
    for entry in turns.iter().filter_map(|turn| turn.entry.as_deref()) {
        if !subjects.contains(&entry) {
            subjects.push(entry);
        }
    }
    if subjects.is_empty() { "aucune reconnue".to_owned() } else { subjects.join(", ") }
}

fn why(summary: &Summary) -> &'static str {
    let escalated = summary.turns.iter().rev().find(|turn| turn.decision == Decision::Escalate).map(|turn| turn.reason);
    match summary.call.end.as_ref().and_then(|end| end.handed_over).or(escalated) {
        Some(Reason::Requested) => "L'appelant a demandé à parler à un agent.",
        Some(Reason::LowConfidence | Reason::HalfSure | Reason::Ambiguous | Reason::No) => {
            "L'assistant n'était pas assez sûr de la démarche demandée."
        }
        Some(Reason::RepeatedFailure | Reason::NotHeard) => {
            "L'assistant n'a pas compris l'appelant, malgré plusieurs essais."
        }
        Some(Reason::Distress) => "L'appelant semble en détresse.",
        Some(Reason::Private) => "C'est une question personnelle, que seul un agent peut traiter.",
        Some(Reason::Elsewhere) => "C'est l'affaire d'un autre service.",
        Some(Reason::OutOfHours) => "L'appel est arrivé hors des heures d'ouverture.",
        Some(Reason::EngineFault) => "L'assistant est en panne.",
        Some(Reason::TooLong) => "L'appel a duré aussi longtemps qu'il est permis avec l'assistant.",
        Some(Reason::Silence) => "L'appelant n'a rien dit ; il a peut-être du mal à parler ou à entendre.",
        Some(Reason::Shutdown) => "L'assistant s'arrête pour maintenance.",
        Some(_) => "L'assistant a passé l'appel.",
        None => "L'appel n'a pas été passé à un agent.",
    }
}

fn ending(how: &str) -> &str {
    match how {
        "caller" => "l'appelant a raccroché",
        "us" => "l'assistant a raccroché",
        "handed_over" => "passé à un agent",
        "media_timeout" => "le son s'est arrêté",
        "fault" => "le réseau a coupé l'appel",
        "interrupted" => "le service s'est arrêté pendant l'appel",
        other => other,
    }
}
