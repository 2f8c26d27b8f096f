//! What every page has around it: the town, the menu that a person's rights make, a word on what was just done; and the
//! pages of what went wrong.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::doors::Person;
use super::files;
use super::invitation::NotInvited;
use super::rights::{Action, may};
use super::secrets;
use super::server::App;
use crate::store::{self, Deed};

/// Around each page.
pub struct Frame {
    pub title: String,
    pub town: String,
    pub person: Option<Person>,
    pub menu: Vec<Item>,
    pub style: &'static str,
    pub script: &'static str,
    /// What was just done, in words; empty for nothing.
    pub done: &'static str,
}

pub struct Item {
    pub href: &'static str,
    pub label: &'static str,
    /// A drawing of `icone.html`.
    pub icon: &'static str,
    pub current: bool,
    /// What waits there; 0 is not shown.
    pub waiting: i64,
}

/// The menu, and who sees which part of it.
const MENU: [(&str, &str, &str, Option<Action>); 6] = [
    ("/", "Accueil", "accueil", None),
    ("/appels", "Appels", "appels", Some(Action::ReadCalls)),
    ("/relecture", "Relecture", "relecture", Some(Action::Review)),
    ("/messages", "Messages", "messages", Some(Action::HandleMessages)),
    ("/comptes", "Comptes", "comptes", Some(Action::ManageAccounts)),
    ("/journal", "Journal", "journal", Some(Action::ReadAudit)),
];

impl Frame {
    /// Around a page of somebody; `section` is its address in the menu.
    pub async fn of(app: &App, person: &Person, section: &str, title: impl Into<String>) -> Result<Self, Trouble> {
        let mut menu = Vec::with_capacity(MENU.len());
        for (href, label, icon, action) in MENU {
            if action.is_some_and(|action| !may(&person.account.roles, action)) {
                continue;
            }
            let waiting = match action {
                Some(Action::HandleMessages) => app.store.waiting_messages(&person.account.login).await?.0,
                _ => 0,
            };
            menu.push(Item { href, label, icon, current: href == section, waiting });
        }
        Ok(Self { menu, person: Some(person.clone()), ..Self::outside(app, title) })
    }

    /// Around a page of nobody in particular.
    pub fn outside(app: &App, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            town: app.settings.town.clone(),
            person: None,
            menu: Vec::new(),
            style: files::style_address(),
            script: files::script_address(),
            done: "",
        }
    }

    pub fn done(self, done: &'static str) -> Self {
        Self { done, ..self }
    }

    pub fn form_token(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.form_token)
    }

    pub fn shortcuts(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.account.shortcuts)
    }
}

/// What a handler gives.
pub type Answer = Result<Response, Trouble>;

pub fn show(page: &impl Template) -> Answer {
    show_with(StatusCode::OK, page)
}

pub fn show_with(status: StatusCode, page: &impl Template) -> Answer {
    Ok((status, Html(page.render()?)).into_response())
}

/// Writes a deed that changes nothing else; a disk that refuses is told to the operator, not to the reader.
pub async fn note(app: &App, deed: Deed) {
    if let Err(error) = app.store.audit(deed).await {
        tracing::error!(%error, "an access could not be written in the audit log");
    }
}

/// What went wrong, for a page that says what to do.
#[derive(Debug, Clone)]
pub struct Trouble {
    status: StatusCode,
    title: &'static str,
    detail: &'static str,
    person: Option<Box<Person>>,
}

impl Trouble {
    pub fn new(status: StatusCode, title: &'static str, detail: &'static str) -> Self {
        Self { status, title, detail, person: None }
    }

    pub fn about(self, person: Option<Person>) -> Self {
        Self { person: person.map(Box::new), ..self }
    }

    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Introuvable",
            "Il n'y a rien à cette adresse. Le lien est mal copié, ou ce qu'il montrait a été effacé au bout du délai de conservation.",
        )
    }

    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Accès réservé",
            "Vos rôles n'ouvrent pas cette page. Si vous en avez besoin, demandez-le à l'administrateur de la console.",
        )
    }

    pub fn foreign() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Demande refusée",
            "Cette demande ne vient pas d'une page de la console, ou la page était restée ouverte depuis une autre connexion. Rien \
             n'a été changé. Revenez à la page, rechargez-la, et recommencez.",
        )
    }

    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Session terminée",
            "Votre session est terminée, et rien n'a été changé. Connectez-vous de nouveau dans un autre onglet, puis revenez ici et \
             recommencez : ce que vous aviez écrit est encore dans la page précédente.",
        )
    }

    pub fn misshapen(status: StatusCode) -> Self {
        let detail =
            "Il manque quelque chose à cette demande, et rien n'a été changé. Revenez à la page et recommencez.";
        Self::new(status, "Demande incomplète", detail)
    }

    pub fn late() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Trop long",
            "La page n'est pas venue à temps. Réessayez dans un instant.",
        )
    }

    pub fn store(error: store::Error) -> Self {
        tracing::error!(%error, "the console cannot read or write the store");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Base indisponible",
            "La base des appels ne répond pas ; rien n'a été changé. Réessayez dans un instant ; si cela dure, prévenez \
             l'administrateur.",
        )
    }

    fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Erreur",
            "Quelque chose n'a pas marché de notre côté. Réessayez ; si cela dure, prévenez l'administrateur.",
        )
    }

    /// The whole page, for the outermost layer, which has everything at hand.
    pub async fn page(self, app: &App) -> Response {
        let frame = match &self.person {
            Some(person) => Frame::of(app, person, "", self.title).await.ok(),
            None => None,
        };
        let frame = frame.unwrap_or_else(|| Frame::outside(app, self.title));
        let page = TroublePage { frame, detail: self.detail };
        match page.render() {
            Ok(page) => (self.status, Html(page)).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                (self.status, self.detail).into_response()
            }
        }
    }
}

/// A bare response that carries what went wrong; `server::received` makes the page of it.
impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::store(error)
    }
}

impl From<askama::Error> for Trouble {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be written");
        Self::broken()
    }
}

impl From<secrets::Error> for Trouble {
    fn from(error: secrets::Error) -> Self {
        tracing::error!(%error, "the console lacks what secrets are made of");
        Self::broken()
    }
}

impl From<NotInvited> for Trouble {
    fn from(error: NotInvited) -> Self {
        match error {
            NotInvited::Store(error) => error.into(),
            NotInvited::Secret(error) => error.into(),
            NotInvited::Taken => Self::broken(),
        }
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    frame: Frame,
    detail: &'static str,
}
