//! One call as a conversation: what was heard, what was found, what was said, and what people think of it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Extension, Path, Query, State};
use serde::Deserialize;

use super::doors::Known;
use super::frame::{Answer, Frame, Trouble, note, show};
use super::review::verdict_name;
use super::rights::Action;
use super::server::{App, Shared};
use super::words::{self, duration, masked, percent, titles};
use crate::call::{Message, TurnRecord, Way};
use crate::store::{Judgement, StoredCall};

/// A word whose probability is below this is marked.
const DOUBTFUL_WORD: f32 = 0.5;
/// The whole utterance, likewise.
const DOUBTFUL: f32 = 0.5;

#[derive(Template)]
#[template(path = "appel.html")]
struct Page {
    frame: Frame,
    id: String,
    facts: Vec<(&'static str, String)>,
    turns: Vec<Turn>,
    messages: Vec<Message>,
    /// Whether the reader may judge.
    review: bool,
    entries: Vec<(String, String)>,
}

/// One turn, ready to be shown.
pub struct Turn {
    pub number: u32,
    pub at: String,
    pub machine: String,
    pub heard: Vec<Word>,
    /// The whole was badly heard.
    pub badly_heard: bool,
    /// A key, not words.
    pub key: bool,
    pub decision: (&'static str, &'static str),
    pub reason: &'static str,
    pub entry: Option<String>,
    pub version: Option<u32>,
    pub probability: Option<String>,
    pub candidates: Vec<Candidate>,
    pub said: String,
    pub interrupted: bool,
    /// « 0,8 s ».
    pub reply: Option<String>,
    pub stages: Vec<(&'static str, u32)>,
    pub verdict: Option<Given>,
    /// Something that a person can judge.
    pub judgeable: bool,
}

pub struct Word {
    pub text: String,
    pub doubtful: bool,
}

pub struct Candidate {
    pub title: String,
    pub share: String,
    /// 0 to 100, for the bar.
    pub width: u32,
}

pub struct Given {
    pub name: &'static str,
    pub word: &'static str,
    pub entry: Option<String>,
    pub who: String,
    pub at: String,
}

#[derive(Deserialize)]
pub struct Told {
    #[serde(default)]
    fait: String,
}

pub async fn page(
    State(app): State<App>,
    Extension(person): Known,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Answer {
    let call = app.store.call(&id).await?.ok_or_else(|| Trouble::not_found().about(Some(person.clone())))?;
    note(&app, person.deed("appel.lu", id.clone(), "")).await;
    let (turns, verdicts) = (app.store.turns(&id).await?, app.store.verdicts(&id).await?);
    let messages = app.store.messages(&id).await?;
    let entries = app.store.entry_titles().await?;
    let titles = titles(&entries);
    let turns = turns.iter().map(|turn| show_turn(&app, turn, &titles, &verdicts)).collect();
    let done = if told.fait == "verdict" { "Votre verdict est enregistré." } else { "" };
    let title = format!("Appel du {}", app.clock.whole(call.start.at));
    show(&Page {
        frame: Frame::of(&app, &person, "/appels", title).await?.done(done),
        facts: facts(&app, &call),
        id,
        turns,
        // Who left it and the number to call back are for those who see to messages.
        messages: if person.may(Action::HandleMessages) { messages } else { Vec::new() },
        review: person.may(Action::Review),
        entries,
    })
}

fn facts(app: &Shared, call: &StoredCall) -> Vec<(&'static str, String)> {
    let start = &call.start;
    let mut facts = vec![("Appelant", masked(&start.from)), ("Par", words::channel(&start.channel).to_owned())];
    match &call.end {
        None => facts.push(("État", "en cours".to_owned())),
        Some(end) => {
            facts.push(("Durée", duration(end.at.duration_since(start.at).as_secs())));
            facts.push(("Fin", format!("{}, à {}", words::ending(Some(&end.how)), app.clock.time(end.at))));
            if let Some(destination) = &end.destination {
                let through = if end.way == Some(Way::Bridge) { ", par l'intermédiaire de la ligne" } else { "" };
                facts.push(("Passé à", format!("{destination}{through}")));
            }
            if let Some(reason) = end.handed_over {
                facts.push(("Parce que", words::reason(&words::word(&reason)).to_owned()));
            }
        }
    }
    facts
}

/// `titles`: of the entries, by identifier.
pub fn show_turn(app: &Shared, turn: &TurnRecord, titles: &HashMap<&str, &str>, verdicts: &[Judgement]) -> Turn {
    let title = |id: &String| titles.get(id.as_str()).map_or_else(|| id.clone(), |title| (*title).to_owned());
    let (decision, reason) = (words::word(&turn.decision), words::word(&turn.reason));
    let stages = &turn.stages;
    let stages = [
        ("silence attendu", stages.end_of_turn),
        ("écoute", stages.asr_wait),
        ("recherche", stages.search),
        ("voix", stages.tts),
        ("mise en son", stages.playout),
    ];
    let given = verdicts.iter().find(|verdict| verdict.turn == turn.turn);
    let key = turn.heard.starts_with("touche ");
    Turn {
        number: turn.turn,
        at: app.clock.seconds(turn.at),
        machine: app.clock.machine(turn.at),
        heard: heard(turn),
        badly_heard: turn.hearing_confidence.is_some_and(|confidence| confidence < DOUBTFUL),
        key,
        decision: words::decision(&decision),
        reason: words::reason(&reason),
        entry: turn.entry.as_ref().map(title),
        version: turn.version,
        probability: turn.probability.map(|p| percent(p.into())),
        candidates: turn
            .candidates
            .iter()
            .map(|candidate| Candidate {
                title: title(&candidate.entry),
                share: percent(candidate.probability.into()),
                width: (candidate.probability.clamp(0.0, 1.0) * 100.0).round() as u32,
            })
            .collect(),
        said: turn.said.clone(),
        interrupted: turn.interrupted,
        reply: turn.voice_to_voice_ms.map(|ms| format!("{},{} s", ms / 1_000, ms % 1_000 / 100)),
        stages: stages.into_iter().filter_map(|(name, ms)| Some((name, ms?))).collect(),
        verdict: given.map(|given| Given {
            name: verdict_name(given.verdict),
            word: given.verdict.word(),
            entry: given.entry.as_ref().map(title),
            who: given.who.clone(),
            at: app.clock.day(given.at),
        }),
        judgeable: !key && !turn.heard.is_empty() && decision != "command",
    }
}

/// The words heard, the doubtful ones marked, where the recognizer's words are those of the text.
fn heard(turn: &TurnRecord) -> Vec<Word> {
    let written: Vec<&str> = turn.heard.split_whitespace().collect();
    let same = written.len() == turn.word_probabilities.len();
    let doubtful = |place: usize| same && turn.word_probabilities[place].1 < DOUBTFUL_WORD;
    written
        .iter()
        .enumerate()
        .map(|(place, word)| Word { text: (*word).to_owned(), doubtful: doubtful(place) })
        .collect()
}
