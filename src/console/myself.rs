//! One's own account: password and preferences.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::doors::{Known, Person};
use super::frame::{Answer, Frame, note, show, show_with};
use super::password;
use super::rights::role_names;
use super::secrets;
use super::server::App;
use super::words::plural;

#[derive(Template)]
#[template(path = "mon_compte.html")]
struct Page {
    frame: Frame,
    name: String,
    login: String,
    roles: String,
    shortcuts: bool,
    problem: String,
}

#[derive(Deserialize)]
pub struct Told {
    #[serde(default)]
    fait: String,
}

pub async fn page(State(app): State<App>, Extension(person): Known, Query(told): Query<Told>) -> Answer {
    let done = match told.fait.as_str() {
        "mot-de-passe" => "Votre mot de passe est changé. Vos autres sessions sont fermées.",
        "raccourcis" => "Votre préférence est enregistrée.",
        _ => "",
    };
    show(&about(&app, &person, done, String::new()).await?)
}

async fn about(app: &App, person: &Person, done: &'static str, problem: String) -> Result<Page, super::frame::Trouble> {
    Ok(Page {
        frame: Frame::of(app, person, "/mon-compte", "Mon compte").await?.done(done),
        name: person.account.name.clone(),
        login: person.account.login.clone(),
        roles: role_names(&person.account.roles),
        shortcuts: person.account.shortcuts,
        problem,
    })
}

#[derive(Deserialize)]
pub struct Changing {
    ancien: String,
    nouveau: String,
    encore: String,
}

pub async fn change_password(State(app): State<App>, Extension(person): Known, Form(form): Form<Changing>) -> Answer {
    let login = person.account.login.clone();
    // A screen left open must not be a way to guess the password without limit.
    if let Err(wait) = app.attempts.take(&login, person.address, app.now()) {
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
        let problem =
            format!("Trop d'essais. Attendez {} avant de recommencer.", plural(seconds, "seconde", "secondes"));
        return show_with(StatusCode::TOO_MANY_REQUESTS, &about(&app, &person, "", problem).await?);
    }
    let hash = app.store.account(&login).await?.and_then(|known| known.password);
    if !secrets::verify(form.ancien, hash).await? {
        note(&app, person.deed("compte.mot_de_passe_refuse", login, "")).await;
        let problem = "Le mot de passe actuel n'est pas le bon.".to_owned();
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &about(&app, &person, "", problem).await?);
    }
    app.attempts.forgive(&login, person.address);
    let fault = match password::check(&form.nouveau, &login, &person.account.name) {
        _ if form.nouveau != form.encore => Some("Les deux nouveaux mots de passe ne sont pas les mêmes."),
        Err(fault) => Some(fault.told()),
        Ok(()) => None,
    };
    if let Some(problem) = fault {
        let page = about(&app, &person, "", problem.to_owned()).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let hash = secrets::hash(form.nouveau).await?;
    let deed = person.deed("compte.mot_de_passe", login.clone(), "");
    app.store.set_password(&login, hash, person.token, deed).await?;
    Ok(Redirect::to("/mon-compte?fait=mot-de-passe").into_response())
}

#[derive(Deserialize)]
pub struct Shortcuts {
    #[serde(default)]
    raccourcis: Option<String>,
}

pub async fn set_shortcuts(State(app): State<App>, Extension(person): Known, Form(form): Form<Shortcuts>) -> Answer {
    let login = person.account.login.clone();
    let on = form.raccourcis.is_some();
    let deed = person.deed("compte.preferences", login.clone(), if on { "raccourcis" } else { "sans raccourcis" });
    app.store.set_shortcuts(&login, on, deed).await?;
    Ok(Redirect::to("/mon-compte?fait=raccourcis").into_response())
}
