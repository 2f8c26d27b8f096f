//! The list of calls: searched, a page at a time.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Extension, Query, State};
use serde::Deserialize;

use super::doors::Known;
use super::frame::{Answer, Frame, note, show};
use super::server::{App, Shared};
use super::words::{self, counted, duration, masked, percent, titles};
use crate::store::{CallFilter, CallLine, CallOrder, Key};

/// Some three screens: enough to look over, little to load.
const PAGE: u32 = 50;
/// Counted up to here and one more: see [`counted`].
const COUNTED: u32 = 1_000;
/// Under this the confidence is shown as doubtful.
const DOUBTFUL: f64 = 0.5;
/// From this on the line answers without asking, with the delivered costs.
const SURE: f64 = 0.88;

#[derive(Debug, Default, Clone, Deserialize)]
pub struct Asked {
    #[serde(default)]
    texte: String,
    #[serde(default)]
    numero: String,
    #[serde(default)]
    fiche: String,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    raison: String,
    #[serde(default)]
    canal: String,
    #[serde(default)]
    du: String,
    #[serde(default)]
    au: String,
    #[serde(default)]
    duree: String,
    #[serde(default)]
    relu: String,
    #[serde(default)]
    ordre: String,
    /// Where the page begins: `début|appel` or `début|appel|confiance`.
    #[serde(default)]
    apres: String,
}

/// Durations that one may ask for: word, told, at least, at most; seconds.
const DURATIONS: [(&str, &str, Option<u32>, Option<u32>); 4] = [
    ("breve", "moins de 30 s", None, Some(29)),
    ("courte", "30 s à 2 min", Some(30), Some(120)),
    ("longue", "2 à 5 min", Some(120), Some(300)),
    ("tres-longue", "plus de 5 min", Some(300), None),
];

impl Asked {
    fn filter(&self, app: &Shared) -> CallFilter {
        let length = DURATIONS.iter().find(|(word, ..)| *word == self.duree);
        CallFilter {
            text: self.texte.clone(),
            number: national(&self.numero),
            entry: self.fiche.clone(),
            decision: self.decision.clone(),
            reason: self.raison.clone(),
            channel: self.canal.clone(),
            from: app.clock.since(&self.du),
            to: app.clock.until(&self.au),
            longer: length.and_then(|(_, _, least, _)| *least),
            shorter: length.and_then(|(_, _, _, most)| *most),
            judged: match self.relu.as_str() {
                "oui" => Some(true),
                "non" => Some(false),
                _ => None,
            },
        }
    }

    fn order(&self) -> CallOrder {
        if self.ordre == "doute" { CallOrder::LeastSure } else { CallOrder::Newest }
    }

    fn after(&self) -> Option<Key> {
        let mut parts = self.apres.splitn(3, '|');
        let (started_at, call) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Key { started_at, call, confidence: parts.next().and_then(|number| number.parse().ok()) })
    }

    fn fields(&self) -> [(&'static str, &str); 11] {
        [
            ("texte", &self.texte),
            ("numero", &self.numero),
            ("fiche", &self.fiche),
            ("decision", &self.decision),
            ("raison", &self.raison),
            ("canal", &self.canal),
            ("du", &self.du),
            ("au", &self.au),
            ("duree", &self.duree),
            ("relu", &self.relu),
            ("ordre", &self.ordre),
        ]
    }

    /// Filters beside the words and the order.
    fn narrowed(&self) -> usize {
        self.fields().iter().filter(|(name, value)| !["texte", "ordre"].contains(name) && !value.is_empty()).count()
    }

    /// What is looked for, for a link; never what it would say of a person in a log (see `page`).
    fn query(&self, without: &str) -> String {
        words::query(self.fields().into_iter().filter(|(name, _)| *name != without))
    }
}

/// The digits that a national number and an international one have in common.
fn national(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let digits = digits
        .strip_prefix("0033")
        .or_else(|| digits.strip_prefix("33").filter(|rest| rest.len() == 9))
        .unwrap_or(&digits);
    let trimmed = if digits.len() == 10 { digits.strip_prefix('0').unwrap_or(digits) } else { digits };
    trimmed.to_owned()
}

#[derive(Template)]
#[template(path = "appels.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    narrowed: usize,
    count: String,
    days: Vec<Day>,
    entries: Vec<(String, String)>,
    decisions: Vec<(&'static str, &'static str)>,
    reasons: Vec<(&'static str, &'static str)>,
    channels: Vec<(&'static str, &'static str)>,
    durations: Vec<(&'static str, &'static str)>,
    /// The address of the next page, and of the same in the two orders.
    next: Option<String>,
    newest: String,
    least_sure: String,
    first_page: bool,
    /// Nothing at all has been kept yet.
    empty: bool,
}

/// Calls of one day, under its name.
struct Day {
    name: String,
    calls: Vec<Line>,
}

/// A call in a list.
pub struct Line {
    pub href: String,
    pub at: String,
    pub machine: String,
    pub caller: String,
    pub channel: &'static str,
    pub question: String,
    pub entries: Vec<String>,
    pub outcome: (&'static str, &'static str),
    pub why: &'static str,
    pub confidence: Option<String>,
    pub level: &'static str,
    pub duration: String,
    pub judged: bool,
}

pub async fn page(State(app): State<App>, Extension(person): Known, Query(asked): Query<Asked>) -> Answer {
    let (filter, order) = (asked.filter(&app), asked.order());
    if filter != CallFilter::default() && asked.apres.is_empty() {
        // A number or a citizen's words in the log would be kept longer than the call itself.
        let searched: Vec<&str> = asked.fields().iter().filter(|(_, v)| !v.is_empty()).map(|(name, _)| *name).collect();
        note(&app, person.deed("appel.cherche", "", searched.join(", "))).await;
    }
    let after = asked.after();
    // Each looks at a hundred thousand calls when few match: on two readers at once.
    let (page, count) = tokio::try_join!(
        app.store.search_calls(&filter, order, after.as_ref(), PAGE),
        app.store.count_calls(&filter, order, COUNTED + 1),
    )?;
    let entries = app.store.entry_titles().await?;
    let titles = titles(&entries);
    let mut days: Vec<Day> = Vec::new();
    for call in page.lines {
        let day = app.clock.day(call.started_at);
        let line = line(&app, call, &titles);
        match days.last_mut() {
            Some(last) if last.name == day => last.calls.push(line),
            _ => days.push(Day { name: day, calls: vec![line] }),
        }
    }
    let after = |key: Key| {
        let confidence = key.confidence.map(|confidence| format!("|{confidence}")).unwrap_or_default();
        let place = format!("{}|{}{confidence}", key.started_at, key.call);
        let place: String = form_urlencoded::byte_serialize(place.as_bytes()).collect();
        format!("/appels?{}&apres={place}", asked.query(""))
    };
    let told = format!("{} {}", counted(count), if count < 2 { "appel" } else { "appels" });
    show(&Page {
        frame: Frame::of(&app, &person, "/appels", "Appels").await?,
        narrowed: asked.narrowed(),
        empty: count == 0 && filter == CallFilter::default() && order == CallOrder::Newest,
        count: told,
        days,
        next: page.next.map(after),
        newest: format!("/appels?{}", asked.query("ordre")),
        least_sure: format!("/appels?{}&ordre=doute", asked.query("ordre")),
        first_page: asked.apres.is_empty(),
        decisions: words::DECISIONS.to_vec(),
        reasons: words::REASONS.to_vec(),
        channels: words::CHANNELS.to_vec(),
        durations: DURATIONS.iter().map(|(word, told, ..)| (*word, *told)).collect(),
        entries,
        asked,
    })
}

/// `titles`: of the entries, by identifier.
pub fn line(app: &Shared, call: CallLine, titles: &HashMap<&str, &str>) -> Line {
    let (outcome, why) = outcome(&call);
    let level = match call.confidence {
        Some(confidence) if confidence < DOUBTFUL => "bas",
        Some(confidence) if confidence < SURE => "moyen",
        _ => "haut",
    };
    Line {
        href: format!("/appels/{}", call.call),
        at: app.clock.time(call.started_at),
        machine: app.clock.machine(call.started_at),
        caller: masked(&call.caller),
        channel: words::channel(&call.channel),
        question: call.question,
        entries: call
            .entries
            .iter()
            .map(|id| titles.get(id.as_str()).map_or(id.clone(), |t| (*t).to_owned()))
            .collect(),
        outcome,
        why,
        confidence: call.confidence.map(percent),
        level,
        duration: call.seconds.map_or_else(|| "en cours".to_owned(), duration),
        judged: call.judged,
    }
}

/// What became of a call as a whole: the weightiest thing that was decided in it, and why where that says more.
fn outcome(call: &CallLine) -> ((&'static str, &'static str), &'static str) {
    let has = |word: &str| call.decisions.iter().any(|decision| decision == word);
    let weightiest = ["escalate", "answer", "clarify", "confirm", "reprompt"].into_iter().find(|word| has(word));
    let Some(weightiest) = weightiest else { return (("sans question", "neutre"), "") };
    let why = match weightiest {
        "escalate" => {
            const WHY: [&str; 9] = [
                "distress",
                "requested",
                "private",
                "repeated_failure",
                "engine_fault",
                "low_confidence",
                "ambiguous",
                "elsewhere",
                "out_of_hours",
            ];
            WHY.into_iter().find(|word| call.reasons.iter().any(|reason| reason == word)).map_or("", words::reason)
        }
        _ => "",
    };
    (words::decision(weightiest), why)
}
