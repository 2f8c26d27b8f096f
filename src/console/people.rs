//! The accounts, for administrators.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::doors::{Known, Person};
use super::frame::{Answer, Frame, Trouble, show, show_with};
use super::invitation;
use super::rights::{role_name, role_names, role_told};
use super::server::App;
use crate::store::{Account, Role, Saved};

#[derive(Template)]
#[template(path = "comptes.html")]
struct Page {
    frame: Frame,
    people: Vec<Line>,
    login: String,
    name: String,
    roles: Vec<Choice>,
    problem: &'static str,
}

struct Line {
    login: String,
    name: String,
    roles: String,
    state: &'static str,
    seen: String,
}

struct Choice {
    word: &'static str,
    name: &'static str,
    told: &'static str,
    chosen: bool,
}

#[derive(Deserialize)]
pub struct Told {
    #[serde(default)]
    fait: String,
}

pub async fn page(State(app): State<App>, Extension(person): Known, Query(told): Query<Told>) -> Answer {
    let done = if told.fait == "compte" { "Le compte est enregistré." } else { "" };
    show(&list(&app, &person, done, Filled::default(), "").await?)
}

/// The form of an account, as it comes. Checkboxes come one by one.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Filled {
    #[serde(default)]
    login: String,
    #[serde(default)]
    nom: String,
    #[serde(default)]
    redacteur: Option<String>,
    #[serde(default)]
    valideur: Option<String>,
    #[serde(default)]
    superviseur: Option<String>,
    #[serde(default)]
    administrateur: Option<String>,
    #[serde(default)]
    ouvert: Option<String>,
}

impl Filled {
    fn roles(&self) -> Vec<Role> {
        let asked = |role: &Role| match role {
            Role::Writer => self.redacteur.is_some(),
            Role::Approver => self.valideur.is_some(),
            Role::Supervisor => self.superviseur.is_some(),
            Role::Administrator => self.administrateur.is_some(),
        };
        Role::ALL.into_iter().filter(asked).collect()
    }
}

fn choices(chosen: &[Role]) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        word: role.word(),
        name: role_name(role),
        told: role_told(role),
        chosen: chosen.contains(&role),
    };
    Role::ALL.into_iter().map(choice).collect()
}

async fn list(
    app: &App,
    person: &Person,
    done: &'static str,
    form: Filled,
    problem: &'static str,
) -> Result<Page, Trouble> {
    let line = |account: Account| Line {
        roles: role_names(&account.roles),
        state: state(&account),
        seen: account.seen_at.map_or_else(|| "jamais".to_owned(), |at| app.clock.day(at)),
        login: account.login,
        name: account.name,
    };
    Ok(Page {
        frame: Frame::of(app, person, "/comptes", "Comptes").await?.done(done),
        people: app.store.accounts().await?.into_iter().map(line).collect(),
        roles: choices(&form.roles()),
        login: form.login,
        name: form.nom,
        problem,
    })
}

fn state(account: &Account) -> &'static str {
    match account {
        Account { disabled_at: Some(_), .. } => "fermé",
        Account { has_password: false, .. } => "invité",
        _ => "ouvert",
    }
}

/// What is wrong with a login, in words.
pub fn login_fault(login: &str) -> Option<&'static str> {
    let fits = (3..=64).contains(&login.len())
        && login.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c));
    let told = "L'identifiant a de 3 à 64 caractères : lettres sans accent, chiffres, point, tiret ou @, par exemple anne.martin.";
    (!fits).then_some(told)
}

#[derive(Template)]
#[template(path = "lien.html")]
struct Link {
    frame: Frame,
    name: String,
    link: String,
}

pub async fn add(State(app): State<App>, Extension(person): Known, Form(form): Form<Filled>) -> Answer {
    let form = Filled { login: form.login.trim().to_lowercase(), nom: form.nom.trim().to_owned(), ..form };
    let roles = form.roles();
    let fault = login_fault(&form.login)
        .or_else(|| form.nom.is_empty().then_some("Donnez le nom de la personne."))
        .or_else(|| roles.is_empty().then_some("Cochez au moins un rôle."));
    if let Some(problem) = fault {
        let page = list(&app, &person, "", form, problem).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let deed = person.deed("compte.cree", form.login.clone(), told(&roles, true));
    match app.store.add_account(&form.login, &form.nom, &roles, deed).await? {
        Saved::Done => give_link(&app, &person, &form.login, form.nom.clone()).await,
        _ => {
            let page = list(&app, &person, "", form, "Cet identifiant est déjà pris.").await?;
            show_with(StatusCode::CONFLICT, &page)
        }
    }
}

fn told(roles: &[Role], open: bool) -> String {
    format!("{}{}", role_names(roles), if open { "" } else { " ; fermé" })
}

/// A new link, shown once: only its hash is kept.
async fn give_link(app: &App, person: &Person, login: &str, name: String) -> Answer {
    let deed = person.deed("compte.invitation", login, "");
    let token = invitation::make(&app.store, login, Vec::new(), invitation::VALID, deed).await?;
    let frame = Frame::of(app, person, "/comptes", "Lien d'invitation").await?;
    show(&Link { frame, name, link: app.link(&invitation::path(&token)) })
}

#[derive(Template)]
#[template(path = "compte.html")]
struct One {
    frame: Frame,
    login: String,
    name: String,
    roles: Vec<Choice>,
    open: bool,
    state: &'static str,
    created: String,
    problem: &'static str,
}

pub async fn one(State(app): State<App>, Extension(person): Known, Path(login): Path<String>) -> Answer {
    let account = app.store.account(&login).await?.ok_or_else(|| Trouble::not_found().about(Some(person.clone())))?;
    show(&detail(&app, &person, account.account, "").await?)
}

async fn detail(app: &App, person: &Person, account: Account, problem: &'static str) -> Result<One, Trouble> {
    Ok(One {
        frame: Frame::of(app, person, "/comptes", format!("Compte de {}", account.name)).await?,
        roles: choices(&account.roles),
        open: account.disabled_at.is_none(),
        state: state(&account),
        created: app.clock.day(account.created_at),
        login: account.login,
        name: account.name,
        problem,
    })
}

pub async fn save(
    State(app): State<App>,
    Extension(person): Known,
    Path(login): Path<String>,
    Form(form): Form<Filled>,
) -> Answer {
    let known = app.store.account(&login).await?.ok_or_else(|| Trouble::not_found().about(Some(person.clone())))?;
    let (roles, open, name) = (form.roles(), form.ouvert.is_some(), form.nom.trim());
    let problem = if name.is_empty() {
        "Donnez le nom de la personne."
    } else if roles.is_empty() {
        "Cochez au moins un rôle."
    } else {
        let deed = person.deed("compte.modifie", login.clone(), told(&roles, open));
        match app.store.save_account(&login, name, &roles, open, deed).await? {
            Saved::Done => return Ok(Redirect::to("/comptes?fait=compte").into_response()),
            Saved::LastAdministrator => {
                "C'est le dernier administrateur : sans lui, plus personne ne pourrait gérer les comptes. Donnez d'abord ce rôle à \
                 quelqu'un d'autre."
            }
            Saved::Unknown | Saved::Taken => return Err(Trouble::not_found().about(Some(person))),
        }
    };
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &detail(&app, &person, known.account, problem).await?)
}

/// A new link for somebody who has lost their password; the former one is good until the new one is chosen.
pub async fn invite(State(app): State<App>, Extension(person): Known, Path(login): Path<String>) -> Answer {
    let known = app.store.account(&login).await?.ok_or_else(|| Trouble::not_found().about(Some(person.clone())))?;
    if known.account.disabled_at.is_some() {
        let page = detail(&app, &person, known.account, "Ce compte est fermé : rouvrez-le d'abord.").await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    give_link(&app, &person, &login, known.account.name).await
}
