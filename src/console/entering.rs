//! In and out: login and logout.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::doors::{Known, Person, Visitor};
use super::frame::{Answer, Frame, note, show, show_with};
use super::secrets::{self, Token};
use super::server::{App, Shared};
use super::words::plural;
use crate::store::Deed;

#[derive(Template)]
#[template(path = "connexion.html")]
struct Page {
    frame: Frame,
    login: String,
    wanted: String,
    problem: String,
    /// Nobody can enter yet.
    nobody: bool,
}

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    vers: String,
    #[serde(default)]
    fait: String,
}

pub async fn page(State(app): State<App>, person: Option<Known>, Query(wanted): Query<Wanted>) -> Answer {
    if person.is_some() {
        return Ok(Redirect::to(inside(&wanted.vers)).into_response());
    }
    let done = match wanted.fait.as_str() {
        "sortie" => "Vous êtes déconnecté.",
        "bienvenue" => "Votre mot de passe est enregistré. Connectez-vous.",
        _ => "",
    };
    let nobody = !app.store.has_accounts().await?;
    let frame = Frame::outside(&app, "Connexion").done(done);
    show(&Page { frame, login: String::new(), wanted: wanted.vers, problem: String::new(), nobody })
}

#[derive(Deserialize)]
pub struct Entering {
    login: String,
    mot_de_passe: String,
    #[serde(default)]
    vers: String,
}

pub async fn enter(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<Entering>,
) -> Answer {
    let login = form.login.trim().to_lowercase();
    let address = visitor.address;
    let refuse = |status, problem: String| {
        let frame = Frame::outside(&app, "Connexion");
        show_with(status, &Page { frame, login: login.clone(), wanted: form.vers.clone(), problem, nobody: false })
    };
    if let Err(wait) = app.attempts.take(&login, address, app.now()) {
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
        let told = match seconds {
            ..=90 => plural(seconds, "seconde", "secondes"),
            _ => plural((seconds + 59) / 60, "minute", "minutes"),
        };
        let problem = format!(
            "Trop d'essais. Par sécurité, attendez {told} avant de recommencer. Mot de passe oublié ? L'administrateur de la \
             console peut vous envoyer un nouveau lien."
        );
        let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, problem)?;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    let known = app.store.account(&login).await?;
    let enabled = known.as_ref().filter(|known| known.account.disabled_at.is_none());
    let hash = enabled.and_then(|known| known.password.clone());
    let right = secrets::verify(form.mot_de_passe, hash).await?;
    let deed = |action, detail: &str| Deed {
        who: if right { login.clone() } else { String::new() },
        address: address.to_string(),
        action,
        // What is typed for a login may be a password, typed too early: only a known one is written down.
        object: known.as_ref().map(|known| known.account.login.clone()).unwrap_or_default(),
        detail: detail.to_owned(),
    };
    if !right {
        note(&app, deed("connexion.refusee", "")).await;
        let problem = "Identifiant ou mot de passe inexact. Vérifiez les majuscules, puis réessayez.".to_owned();
        return refuse(StatusCode::UNAUTHORIZED, problem);
    }
    app.attempts.forgive(&login, address);
    let token = Token::new()?;
    app.store.begin_session(token.hash(), &login, Timestamp::now(), deed("connexion.ouverte", "")).await?;
    let mut response = Redirect::to(inside(&form.vers)).into_response();
    set_cookie(&mut response, &cookie(&app, token.text(), app.settings.longest.as_secs()));
    Ok(response)
}

pub async fn leave(State(app): State<App>, Extension(person): Known) -> Answer {
    let Person { token, .. } = person;
    app.store.end_session(token, person.deed("connexion.fermee", person.account.login.clone(), "")).await?;
    let mut response = Redirect::to("/connexion?fait=sortie").into_response();
    set_cookie(&mut response, &cookie(&app, "", 0));
    let clear = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert("clear-site-data", clear);
    Ok(response)
}

/// Lax: a link in a mail of the town hall opens the page; no other site's form brings the cookie along.
fn cookie(app: &Shared, value: &str, seconds: u64) -> String {
    let secure = if app.is_encrypted() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", app.cookie_name())
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Where to go on: a page of ours, never another site's.
fn inside(wanted: &str) -> &str {
    let ours = wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains(['\\', '\r', '\n', '\t']);
    if ours && wanted != "/connexion" { wanted } else { "/" }
}
