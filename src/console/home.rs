//! The first page: what waits, and how the line did.

use askama::Template;
use axum::extract::{Extension, State};
use jiff::Timestamp;

use super::calls::{Line, line};
use super::doors::Known;
use super::frame::{Answer, Frame, note, show};
use super::rights::Action;
use super::server::App;
use super::words::{long_date, number, percent, plural, titles};
use crate::store::{CallFilter, CallOrder, MessageState};

#[derive(Template)]
#[template(path = "accueil.html")]
struct Page {
    frame: Frame,
    name: String,
    date: String,
    cards: Vec<Card>,
    callbacks: Vec<Callback>,
    calls: Vec<Line>,
}

/// A message that has waited long.
struct Callback {
    id: i64,
    name: String,
    ago: String,
    text: String,
}

/// The oldest messages, and the last calls, that the page shows.
const CALLBACKS: u32 = 3;
const CALLS: u32 = 6;

/// One thing to open.
struct Card {
    href: &'static str,
    icon: &'static str,
    figure: String,
    label: String,
    more: String,
    /// Something waits for somebody.
    calls: bool,
}

pub async fn page(State(app): State<App>, Extension(person): Known) -> Answer {
    let (store, login) = (&app.store, &person.account.login);
    let today = app.clock.today();
    let midnight = app.clock.midnight(today).unwrap_or(Timestamp::MIN);
    let (mut cards, mut callbacks, mut calls_shown) = (Vec::new(), Vec::new(), Vec::new());
    if person.may(Action::HandleMessages) {
        let (waiting, mine) = store.waiting_messages(login).await?;
        cards.push(Card {
            href: "/messages",
            icon: "messages",
            figure: number(waiting),
            label: if waiting < 2 { "message à traiter" } else { "messages à traiter" }.to_owned(),
            more: if mine > 0 { format!("dont {} pour vous", number(mine)) } else { String::new() },
            calls: waiting > 0,
        });
        let oldest = store.message_tasks(MessageState::Waiting, None, None, CALLBACKS).await?;
        if !oldest.is_empty() {
            note(&app, person.deed("message.liste", "", "accueil")).await;
        }
        callbacks.extend(oldest.into_iter().map(|task| Callback {
            id: task.id,
            ago: app.clock.ago(task.message.at),
            name: if task.message.name.is_empty() { "Nom non dit".to_owned() } else { task.message.name },
            text: task.message.text,
        }));
    }
    if person.may(Action::Review) {
        let counts = store.review_counts(login, midnight).await?;
        cards.push(Card {
            href: "/relecture",
            icon: "relecture",
            figure: if counts.waiting > 1_000 { "1\u{202f}000+".to_owned() } else { number(counts.waiting) },
            label: if counts.waiting < 2 { "question à relire" } else { "questions à relire" }.to_owned(),
            more: format!("{} par vous aujourd'hui", plural(counts.done, "relue", "relues")),
            calls: counts.waiting > 0,
        });
    }
    if person.may(Action::ReadCalls) {
        let yesterday = today.yesterday().ok().and_then(|day| app.clock.midnight(day)).unwrap_or(Timestamp::MIN);
        let (calls, handed) = store.calls_between(midnight, Timestamp::MAX).await?;
        let (before, _) = store.calls_between(yesterday, midnight).await?;
        let share = if calls > 0 {
            let share = handed as f64 / calls as f64;
            format!("{} passés à un agent · {} hier", percent(share), number(before))
        } else {
            format!("{} hier", number(before))
        };
        cards.push(Card {
            href: "/appels",
            icon: "appels",
            figure: number(calls),
            label: if calls < 2 { "appel aujourd'hui" } else { "appels aujourd'hui" }.to_owned(),
            more: share,
            calls: false,
        });
        let last = store.search_calls(&CallFilter::default(), CallOrder::Newest, None, CALLS).await?;
        let entries = store.entry_titles().await?;
        let titles = titles(&entries);
        calls_shown.extend(last.lines.into_iter().map(|call| line(&app, call, &titles)));
    }
    if person.may(Action::ManageAccounts) {
        let accounts = store.accounts().await?;
        let open = accounts.iter().filter(|a| a.disabled_at.is_none() && a.has_password).count();
        let invited = accounts.iter().filter(|a| a.disabled_at.is_none() && !a.has_password).count();
        cards.push(Card {
            href: "/comptes",
            icon: "comptes",
            figure: number(open as i64),
            label: if open < 2 { "compte ouvert" } else { "comptes ouverts" }.to_owned(),
            more: if invited > 0 {
                plural(invited as i64, "invitation en attente", "invitations en attente")
            } else {
                String::new()
            },
            calls: false,
        });
    }
    let frame = Frame::of(&app, &person, "/", "Accueil").await?;
    show(&Page {
        frame,
        name: person.account.name.clone(),
        date: long_date(today),
        cards,
        callbacks,
        calls: calls_shown,
    })
}
