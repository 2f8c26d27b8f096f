//! Messages left by callers: who sees to them, and which are done.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::doors::Known;
use super::frame::{Answer, Frame, Trouble, note, show};
use super::rights::{Action, may};
use super::server::{App, Shared};
use crate::store::{MessageState, MessageTask};

const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "messages.html")]
struct Page {
    frame: Frame,
    view: &'static str,
    waiting: i64,
    mine: i64,
    tasks: Vec<Task>,
    people: Vec<(String, String)>,
    next: Option<i64>,
}

struct Task {
    id: i64,
    at: String,
    machine: String,
    ago: String,
    name: String,
    name_unsure: bool,
    number: String,
    /// `tel:` or `mailto:`; empty for what is neither.
    link: String,
    number_unsure: bool,
    text: String,
    /// The call's page, for whoever may read it.
    call: Option<String>,
    assigned_to: String,
    done: Option<String>,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    vue: String,
    #[serde(default)]
    apres: Option<i64>,
    #[serde(default)]
    fait: String,
}

fn view(word: &str) -> &'static str {
    match word {
        "miens" => "miens",
        "faits" => "faits",
        _ => "tous",
    }
}

pub async fn page(State(app): State<App>, Extension(person): Known, Query(asked): Query<Asked>) -> Answer {
    let view = view(&asked.vue);
    let login = person.account.login.as_str();
    let state = if view == "faits" { MessageState::Done } else { MessageState::Waiting };
    let tasks = app.store.message_tasks(state, (view == "miens").then_some(login), asked.apres, PAGE).await?;
    if !tasks.is_empty() {
        note(&app, person.deed("message.liste", "", format!("{} messages", tasks.len()))).await;
    }
    let (waiting, mine) = app.store.waiting_messages(login).await?;
    let accounts = app.store.accounts().await?;
    let names = |login: &str| {
        accounts.iter().find(|account| account.login == login).map_or(login.to_owned(), |account| account.name.clone())
    };
    let people = accounts
        .iter()
        .filter(|account| account.disabled_at.is_none() && may(&account.roles, Action::HandleMessages))
        .map(|account| (account.login.clone(), account.name.clone()))
        .collect();
    let next = tasks.last().filter(|_| tasks.len() == PAGE as usize).map(|task| task.id);
    let reads = person.may(Action::ReadCalls);
    let done = match asked.fait.as_str() {
        "fait" => "Message terminé.",
        "rouvert" => "Message remis à traiter.",
        "attribue" => "Message attribué.",
        _ => "",
    };
    let tasks = tasks.into_iter().map(|task| shown(&app, task, reads, names)).collect();
    let frame = Frame::of(&app, &person, "/messages", "Messages").await?.done(done);
    show(&Page { frame, view, waiting, mine, tasks, people, next })
}

fn shown(app: &Shared, task: MessageTask, reads: bool, names: impl Fn(&str) -> String) -> Task {
    let MessageTask { id, message, has_call, assigned_to, done_at, done_by } = task;
    let link = if message.number.contains('@') {
        format!("mailto:{}", message.number)
    } else {
        let digits: String = message.number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        if digits.len() >= 4 { format!("tel:{digits}") } else { String::new() }
    };
    Task {
        id,
        at: app.clock.whole(message.at),
        machine: app.clock.machine(message.at),
        ago: app.clock.ago(message.at),
        name_unsure: !message.name_confirmed && !message.name.is_empty(),
        number_unsure: !message.number_confirmed,
        name: message.name,
        number: message.number,
        link,
        text: message.text,
        call: (reads && has_call).then(|| format!("/appels/{}", message.call)),
        assigned_to: assigned_to.unwrap_or_default(),
        done: done_at.map(|at| {
            let by = done_by.as_deref().map(&names).unwrap_or_default();
            format!("terminé par {by}, {} à {}", app.clock.day(at), app.clock.time(at))
        }),
    }
}

#[derive(Deserialize)]
pub struct Assigning {
    #[serde(default)]
    a: String,
    #[serde(default)]
    vue: String,
}

pub async fn assign(
    State(app): State<App>,
    Extension(person): Known,
    Path(id): Path<i64>,
    Form(form): Form<Assigning>,
) -> Answer {
    let to = match form.a.as_str() {
        "" => None,
        login => {
            let able = app
                .store
                .account(login)
                .await?
                .map(|known| known.account)
                .filter(|account| account.disabled_at.is_none() && may(&account.roles, Action::HandleMessages));
            let Some(able) = able else {
                let told = "Cette personne ne traite pas les messages. Revenez en arrière et choisissez-en une autre.";
                return Err(
                    Trouble::new(StatusCode::UNPROCESSABLE_ENTITY, "Attribution refusée", told).about(Some(person))
                );
            };
            Some(able.login)
        }
    };
    let deed = person.deed("message.attribue", id.to_string(), to.clone().unwrap_or_else(|| "personne".to_owned()));
    if !app.store.assign_message(id, to, deed).await? {
        return Err(Trouble::not_found().about(Some(person)));
    }
    Ok(Redirect::to(&format!("/messages?vue={}&fait=attribue#message-{id}", view(&form.vue))).into_response())
}

#[derive(Deserialize)]
pub struct Finishing {
    #[serde(default)]
    fait: String,
    #[serde(default)]
    vue: String,
}

pub async fn finish(
    State(app): State<App>,
    Extension(person): Known,
    Path(id): Path<i64>,
    Form(form): Form<Finishing>,
) -> Answer {
    let done = form.fait == "oui";
    let action = if done { "message.fait" } else { "message.rouvert" };
    let by = done.then(|| person.account.login.clone());
    if !app.store.finish_message(id, by, person.deed(action, id.to_string(), "")).await? {
        return Err(Trouble::not_found().about(Some(person)));
    }
    let told = if done { "fait" } else { "rouvert" };
    Ok(Redirect::to(&format!("/messages?vue={}&fait={told}", view(&form.vue))).into_response())
}
