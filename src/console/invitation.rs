//! Links that let somebody choose a password, once.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::doors::Visitor;
use super::frame::{Answer, Frame, Trouble, show, show_with};
use super::password;
use super::people::login_fault;
use super::secrets::{self, Token};
use super::server::App;
use crate::store::{self, Accepted, Deed, Invitation, Role, Store};

/// Long enough for a mail to be read after the weekend.
pub const VALID: SignedDuration = SignedDuration::from_hours(72);
/// The first administrator sits at the machine.
const VALID_FIRST: SignedDuration = SignedDuration::from_hours(1);

#[derive(Template)]
#[template(path = "invitation.html")]
struct Page {
    frame: Frame,
    action: String,
    /// The person chooses them.
    open: bool,
    login: String,
    name: String,
    problem: &'static str,
}

pub async fn page(State(app): State<App>, Path(token): Path<String>) -> Answer {
    let (_, invitation) = find(&app, &token).await?;
    let name = match app.store.account(&invitation.login).await? {
        Some(known) => known.account.name,
        None => String::new(),
    };
    show(&Page {
        frame: Frame::outside(&app, "Bienvenue"),
        action: format!("/invitation/{token}"),
        open: invitation.login.is_empty(),
        login: invitation.login,
        name,
        problem: "",
    })
}

#[derive(Deserialize)]
pub struct Choosing {
    #[serde(default)]
    login: String,
    #[serde(default)]
    nom: String,
    mot_de_passe: String,
    encore: String,
}

pub async fn accept(
    State(app): State<App>,
    Path(token): Path<String>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<Choosing>,
) -> Answer {
    let (hash, invitation) = find(&app, &token).await?;
    let open = invitation.login.is_empty();
    let (login, name) = match app.store.account(&invitation.login).await? {
        Some(known) => (known.account.login, known.account.name),
        None => (form.login.trim().to_lowercase(), form.nom.trim().to_owned()),
    };
    let refuse = |problem| {
        let frame = Frame::outside(&app, "Bienvenue");
        let action = format!("/invitation/{token}");
        let page = Page { frame, action, open, login: login.clone(), name: name.clone(), problem };
        show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    if open && let Some(problem) = login_fault(&login) {
        return refuse(problem);
    }
    if name.is_empty() {
        return refuse("Donnez votre nom, tel que vos collègues le liront.");
    }
    if form.mot_de_passe != form.encore {
        return refuse("Les deux mots de passe ne sont pas les mêmes.");
    }
    if let Err(fault) = password::check(&form.mot_de_passe, &login, &name) {
        return refuse(fault.told());
    }
    let deed = Deed {
        who: login.clone(),
        address: visitor.address.to_string(),
        action: "compte.mot_de_passe",
        object: login.clone(),
        detail: format!("par le lien de {}", invitation.made_by),
    };
    let password = secrets::hash(form.mot_de_passe).await?;
    match app.store.accept(hash, Timestamp::now(), &login, &name, password, deed).await? {
        Accepted::Done => Ok(Redirect::to("/connexion?fait=bienvenue").into_response()),
        Accepted::Unknown => Err(used()),
        Accepted::Taken => refuse("Cet identifiant est déjà pris. Choisissez-en un autre."),
    }
}

async fn find(app: &App, token: &str) -> Result<(store::TokenHash, Invitation), Trouble> {
    let hash = Token::read(token).ok_or_else(used)?.hash();
    let invitation = app.store.invitation(&hash, Timestamp::now()).await?.ok_or_else(used)?;
    Ok((hash, invitation))
}

fn used() -> Trouble {
    Trouble::new(
        StatusCode::GONE,
        "Lien périmé",
        "Ce lien a déjà servi, ou son délai est passé. Demandez-en un autre à l'administrateur de la console ; le tout premier se \
         fait sur la machine : standardiste console invite.",
    )
}

/// Makes a link for an account (`login` empty: whoever uses it chooses theirs); its path is `path`'s.
pub async fn make(
    store: &Store,
    login: &str,
    roles: Vec<Role>,
    valid: SignedDuration,
    deed: Deed,
) -> Result<Token, NotInvited> {
    let token = Token::new()?;
    let expires_at = Timestamp::now().checked_add(valid).unwrap_or(Timestamp::MAX);
    let invitation = Invitation { login: login.to_owned(), roles, made_by: deed.who.clone(), expires_at };
    store.invite(token.hash(), invitation, deed).await?;
    Ok(token)
}

/// Where a link leads, under the console's address.
pub fn path(token: &Token) -> String {
    format!("/invitation/{}", token.text())
}

/// What the command line does: whoever may run it has the database anyway.
fn by_hand(action: &'static str, object: &str, detail: &str) -> Deed {
    Deed {
        who: "console".to_owned(),
        address: String::new(),
        action,
        object: object.to_owned(),
        detail: detail.to_owned(),
    }
}

/// In French: read at the command line.
#[derive(Debug, thiserror::Error)]
pub enum NotInvited {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("le secret du lien n'a pas pu être tiré au sort ou calculé ({0})")]
    Secret(#[from] secrets::Error),
    #[error("cet identifiant est déjà pris")]
    Taken,
}

/// An account with its password, at once: for a store of a bench or of a test, which nobody is invited to.
pub async fn make_account(
    store: &Store,
    login: &str,
    name: &str,
    roles: Vec<Role>,
    password: &str,
) -> Result<(), NotInvited> {
    let token = make(store, "", roles, VALID_FIRST, by_hand("compte.invitation", login, "")).await?;
    let hash = secrets::hash(password.to_owned()).await?;
    let deed = by_hand("compte.mot_de_passe", login, "");
    let accepted = store.accept(token.hash(), Timestamp::now(), login, name, hash, deed).await?;
    if accepted == Accepted::Done { Ok(()) } else { Err(NotInvited::Taken) }
}

/// The link of the first administrator, or of one more when the others have lost theirs: its path, good once, for an hour.
pub async fn invite_administrator(store: &Store, roles: Vec<Role>) -> Result<String, NotInvited> {
    let deed = by_hand("compte.invitation", "", "premier administrateur, par la ligne de commande");
    Ok(path(&make(store, "", roles, VALID_FIRST, deed).await?))
}
