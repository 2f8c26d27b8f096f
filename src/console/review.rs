//! Reviewing: one question after the other, one key for each verdict.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use jiff::Timestamp;
use serde::Deserialize;

use super::call::{Turn, show_turn};
use super::doors::{Known, Person};
use super::frame::{Answer, Frame, Trouble, note, show};
use super::server::App;
use super::words::{counted, masked, plural, titles};
use crate::store::{Drawn, Judgement, Verdict};

/// One in so many is drawn by lot: enough to reckon a rate of errors, few enough for what matters to come first.
const LOT: i64 = 5;
/// Left aside in one sitting; beyond, the first ones come back.
const SKIPPED: usize = 20;

pub fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Right => "juste",
        Verdict::Wrong => "faux",
        Verdict::ShouldHaveAnswered => "aurait dû répondre",
        Verdict::ShouldHaveHandedOver => "aurait dû passer la main",
    }
}

#[derive(Template)]
#[template(path = "relecture.html")]
struct Page {
    frame: Frame,
    progress: String,
    waiting: String,
    turn: Option<Shown>,
    /// To send with the verdict and with « passer ».
    skipped: String,
    entries: Vec<(String, String)>,
    /// The turn judged just before, to come back on.
    former: String,
}

struct Shown {
    call: String,
    day: String,
    caller: String,
    why: &'static str,
    drawn: &'static str,
    /// What was said just before.
    before: Option<Turn>,
    turn: Turn,
    /// `skipped` with this one.
    skip: String,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    fait: String,
    /// Turns left aside: `appel:tour,appel:tour`.
    #[serde(default)]
    passes: String,
    #[serde(default)]
    precedent: String,
}

fn places(text: &str) -> Vec<(String, u32)> {
    let place = |item: &str| {
        let (call, turn) = item.rsplit_once(':')?;
        Some((call.to_owned(), turn.parse().ok()?))
    };
    let all: Vec<_> = text.split(',').filter_map(place).collect();
    all[all.len().saturating_sub(SKIPPED)..].to_vec()
}

fn written(places: &[(String, u32)]) -> String {
    places.iter().map(|(call, turn)| format!("{call}:{turn}")).collect::<Vec<_>>().join(",")
}

pub async fn page(State(app): State<App>, Extension(person): Known, Query(asked): Query<Asked>) -> Answer {
    let midnight = app.clock.midnight(app.clock.today()).unwrap_or(Timestamp::MIN);
    let counts = app.store.review_counts(&person.account.login, midnight).await?;
    let skipped = places(&asked.passes);
    let by_lot = counts.ever % LOT == LOT - 1;
    let order = if by_lot { [Drawn::Sample, Drawn::Interest] } else { [Drawn::Interest, Drawn::Sample] };
    let mut found = None;
    for drawn in order {
        if let Some((call, turn, interest)) = app.store.next_to_judge(drawn, &skipped).await? {
            found = Some((call, turn, interest, drawn));
            break;
        }
    }
    let entries = app.store.entry_titles().await?;
    let turn = match found {
        Some((call, turn, interest, drawn)) => {
            let why = match (drawn, interest) {
                (Drawn::Sample, _) => "tirée au sort",
                (_, 4) => "échecs répétés ou panne",
                (_, 3) => "passée à un agent, faute d'avoir compris",
                (_, 2) => "répondue sans être tout à fait sûre",
                _ => "la ligne a fait préciser ou répéter",
            };
            shown(&app, &person, &entries, &skipped, (call, turn), (why, drawn.word())).await?
        }
        None => None,
    };
    let done = if asked.fait == "verdict" { "Noté." } else { "" };
    show(&Page {
        frame: Frame::of(&app, &person, "/relecture", "Relecture").await?.done(done),
        progress: format!("{} aujourd'hui", plural(counts.done, "relue", "relues")),
        waiting: format!("{} à relire", counted(counts.waiting)),
        turn,
        skipped: written(&skipped),
        entries,
        former: asked
            .precedent
            .rsplit_once(':')
            .map(|(call, turn)| format!("/appels/{call}#tour-{turn}"))
            .unwrap_or_default(),
    })
}

async fn shown(
    app: &App,
    person: &Person,
    entries: &[(String, String)],
    skipped: &[(String, u32)],
    (call, number): (String, u32),
    (why, drawn): (&'static str, &'static str),
) -> Result<Option<Shown>, Trouble> {
    let Some(stored) = app.store.call(&call).await? else { return Ok(None) };
    note(app, person.deed("appel.lu", call.clone(), format!("relecture, tour {number}"))).await;
    let turns = app.store.turns(&call).await?;
    let titles = titles(entries);
    let Some(place) = turns.iter().position(|turn| turn.turn == number) else { return Ok(None) };
    let show = |place: usize| show_turn(app, &turns[place], &titles, &[]);
    let mut skip = skipped.to_vec();
    skip.push((call.clone(), number));
    Ok(Some(Shown {
        day: format!("{} à {}", app.clock.day(stored.start.at), app.clock.time(stored.start.at)),
        caller: masked(&stored.start.from),
        why,
        drawn,
        before: place.checked_sub(1).map(show),
        turn: show(place),
        skip: written(&skip),
        call,
    }))
}

#[derive(Deserialize)]
pub struct Judging {
    appel: String,
    tour: u32,
    verdict: String,
    #[serde(default)]
    fiche: String,
    #[serde(default)]
    tirage: String,
    #[serde(default)]
    passes: String,
    /// `appel` when judged from the call's own page.
    #[serde(default)]
    retour: String,
}

pub async fn judge(State(app): State<App>, Extension(person): Known, Form(form): Form<Judging>) -> Answer {
    let trouble = |detail| Trouble::new(StatusCode::UNPROCESSABLE_ENTITY, "Verdict refusé", detail);
    let Some(verdict) = Verdict::named(&form.verdict) else {
        return Err(trouble("Ce verdict n'existe pas. Revenez en arrière et choisissez-en un.").about(Some(person)));
    };
    // A list proposes titles; its identifier is taken too.
    let named = form.fiche.trim();
    let entry = match named {
        "" => None,
        named => {
            let entries = app.store.entry_titles().await?;
            let found = entries.into_iter().find(|(id, title)| id == named || title == named);
            let Some((id, _)) = found else {
                let told = "Aucune fiche ne porte ce nom. Revenez en arrière et choisissez-la dans la liste.";
                return Err(trouble(told).about(Some(person)));
            };
            Some(id)
        }
    };
    let place = format!("{}:{}", form.appel, form.tour);
    let with = entry.as_ref().map(|entry| format!(", fiche {entry}")).unwrap_or_default();
    let deed =
        person.deed("relecture.verdict", &form.appel, format!("tour {} : {}{with}", form.tour, verdict_name(verdict)));
    let judgement = Judgement {
        call: form.appel.clone(),
        turn: form.tour,
        verdict,
        entry,
        drawn: Drawn::named(&form.tirage).unwrap_or(Drawn::Chosen),
        who: person.account.login.clone(),
        at: Timestamp::now(),
    };
    if !app.store.judge(judgement, deed).await? {
        return Err(Trouble::not_found().about(Some(person)));
    }
    let to = if form.retour == "appel" {
        format!("/appels/{}?fait=verdict#tour-{}", form.appel, form.tour)
    } else {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("fait", "verdict").append_pair("precedent", &place);
        if !form.passes.is_empty() {
            query.append_pair("passes", &form.passes);
        }
        format!("/relecture?{}", query.finish())
    };
    Ok(Redirect::to(&to).into_response())
}
