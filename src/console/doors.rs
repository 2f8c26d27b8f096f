//! Every route, with what it asks for; and what each request must prove before it reaches one.

use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use jiff::{SignedDuration, Timestamp};

use super::frame::{self, Trouble};
use super::rights::{Action, may};
use super::secrets::{Token, same};
use super::server::App;
use super::{call, calls, entering, files, home, invitation, journal, messages, myself, people, review};
use crate::store::{Account, Deed, TokenHash};

/// What a route asks of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: to enter, and the pages' style.
    Public,
    /// A session, whatever the roles.
    SignedIn,
    May(Action),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub method: Method,
    /// As axum writes it: `/appels/{id}`.
    pub path: &'static str,
    pub access: Access,
}

/// Every route there is.
pub fn routes() -> Vec<Route> {
    doors().0.into_iter().map(|(route, _)| route).collect()
}

fn doors() -> Doors {
    use Access::{May, Public, SignedIn};
    use Action::{HandleMessages, ManageAccounts, ReadAudit, ReadCalls, Review};
    Doors(Vec::new())
        .read("/console.css", Public, files::style)
        .read("/console.js", Public, files::script)
        .read("/icone.svg", Public, files::icon)
        .read("/connexion", Public, entering::page)
        .change("/connexion", Public, entering::enter)
        .read("/invitation/{jeton}", Public, invitation::page)
        .change("/invitation/{jeton}", Public, invitation::accept)
        .read("/", SignedIn, home::page)
        .change("/deconnexion", SignedIn, entering::leave)
        .read("/mon-compte", SignedIn, myself::page)
        .change("/mon-compte/mot-de-passe", SignedIn, myself::change_password)
        .change("/mon-compte/raccourcis", SignedIn, myself::set_shortcuts)
        .read("/appels", May(ReadCalls), calls::page)
        .read("/appels/{id}", May(ReadCalls), call::page)
        .read("/relecture", May(Review), review::page)
        .change("/relecture", May(Review), review::judge)
        .read("/messages", May(HandleMessages), messages::page)
        .change("/messages/{id}/attribution", May(HandleMessages), messages::assign)
        .change("/messages/{id}/etat", May(HandleMessages), messages::finish)
        .read("/comptes", May(ManageAccounts), people::page)
        .change("/comptes", May(ManageAccounts), people::add)
        .read("/comptes/{login}", May(ManageAccounts), people::one)
        .change("/comptes/{login}", May(ManageAccounts), people::save)
        .change("/comptes/{login}/invitation", May(ManageAccounts), people::invite)
        .read("/journal", May(ReadAudit), journal::page)
        .read("/journal.csv", May(ReadAudit), journal::export)
}

struct Doors(Vec<(Route, MethodRouter<App>)>);

impl Doors {
    /// A page that changes nothing but the audit log.
    fn read<H: Handler<T, App>, T: 'static>(mut self, path: &'static str, access: Access, handler: H) -> Self {
        self.0.push((Route { method: Method::GET, path, access }, get(handler)));
        self
    }

    /// What changes something: a form that is sent.
    fn change<H: Handler<T, App>, T: 'static>(mut self, path: &'static str, access: Access, handler: H) -> Self {
        self.0.push((Route { method: Method::POST, path, access }, post(handler)));
        self
    }
}

/// The routes behind their doors.
pub fn router(app: &App) -> Router<App> {
    doors().0.into_iter().fold(Router::new(), |router, (route, handler)| {
        let door = from_fn_with_state((app.clone(), route.access), pass);
        router.route(route.path, handler.layer(door))
    })
}

/// Whoever makes a request; in each request's extensions.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub address: IpAddr,
}

/// Somebody with a session; in the extensions of every request that asks for one.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: Account,
    pub address: IpAddr,
    pub token: TokenHash,
    /// For the forms.
    pub form_token: String,
}

impl Person {
    pub fn may(&self, action: Action) -> bool {
        may(&self.account.roles, action)
    }

    pub fn deed(&self, action: &'static str, object: impl Into<String>, detail: impl Into<String>) -> Deed {
        Deed {
            who: self.account.login.clone(),
            address: self.address.to_string(),
            action,
            object: object.into(),
            detail: detail.into(),
        }
    }
}

/// Forms are small; one that is not is no form of ours.
const LARGEST: usize = 64 * 1024;
/// A session is written down as seen this often.
const TOUCH: SignedDuration = SignedDuration::from_secs(60);

async fn pass(State((app, access)): State<(App, Access)>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = (app.settings.client)(peer.unwrap_or(IpAddr::from([0, 0, 0, 0])), request.headers());
    let person = match person(&app, request.headers(), address).await {
        Ok(person) => person,
        Err(trouble) => return trouble.into_response(),
    };
    if request.method() != Method::GET {
        // What asks for nobody does nothing in anybody's name: an administrator may try the link they have just made.
        let named = person.as_ref().filter(|_| access != Access::Public);
        request = match sent_by_us(&app, named, request).await {
            Ok(request) => request,
            Err(trouble) => return trouble.about(person).into_response(),
        };
    }
    match (access, &person) {
        (Access::Public, _) => {}
        (_, None) if request.method() == Method::GET => {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let wanted: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
            return Redirect::to(&format!("/connexion?vers={wanted}")).into_response();
        }
        (_, None) => return Trouble::signed_out().into_response(),
        (Access::SignedIn, Some(_)) => {}
        (Access::May(action), Some(known)) if known.may(action) => {}
        (Access::May(_), Some(known)) => {
            let deed = known.deed("acces.refuse", request.uri().path(), "");
            frame::note(&app, deed).await;
            return Trouble::forbidden().about(person).into_response();
        }
    }
    request.extensions_mut().insert(Visitor { address });
    if let Some(person) = person {
        request.extensions_mut().insert(person);
    }
    next.run(request).await
}

/// Whose session the request brings; none for none, or one that has ended.
async fn person(app: &App, headers: &HeaderMap, address: IpAddr) -> Result<Option<Person>, Trouble> {
    let Some(token) = cookie(headers, app.cookie_name()).and_then(Token::read) else { return Ok(None) };
    let now = Timestamp::now();
    let before = |time: std::time::Duration| {
        SignedDuration::try_from(time).ok().and_then(|time| now.checked_sub(time).ok()).unwrap_or(Timestamp::MIN)
    };
    let (oldest, idle) = (before(app.settings.longest), before(app.settings.idle));
    let session = app.store.session(&token.hash(), oldest, idle).await.map_err(Trouble::store)?;
    let Some(session) = session else { return Ok(None) };
    if now.duration_since(session.seen_at) > TOUCH
        && let Err(error) = app.store.touch_session(token.hash(), now).await
    {
        tracing::warn!(%error, "a session could not be marked as seen");
    }
    let form_token = token.of_forms();
    Ok(Some(Person { account: session.account, address, token: token.hash(), form_token }))
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Refuses a change that another site's page asks for: the browser must say that it comes from a page of ours, and a
/// session's form must bring the session's own token.
async fn sent_by_us(app: &App, person: Option<&Person>, request: Request) -> Result<Request, Trouble> {
    let origin = request.headers().get(header::ORIGIN);
    if !origin.and_then(|origin| origin.to_str().ok()).is_some_and(|origin| app.is_own(origin)) {
        return Err(Trouble::foreign());
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return Err(Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, "Trop long", "Ce qui a été envoyé est trop long."));
    };
    if let Some(person) = person {
        let brought = form_urlencoded::parse(&bytes).find(|(name, _)| name == "jeton");
        if !brought.is_some_and(|(_, token)| same(&token, &person.form_token)) {
            return Err(Trouble::foreign());
        }
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// What a page that asks for a session takes.
pub type Known = Extension<Person>;
