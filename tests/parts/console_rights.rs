//! Every route asks every role, and nobody, for what the table of rights says.

use std::path::Path;

use axum::http::Method;
use jiff::Timestamp;
use standardiste::call::{Decision, Reason};
use standardiste::console::rights::{self, may};
use standardiste::console::{Access, Route, routes};
use standardiste::store::Role;

use crate::console;

/// A path that leads to something.
fn filled(path: &str) -> String {
    path.replace("/appels/{id}", "/appels/appel-1")
        .replace("/messages/{id}", "/messages/1")
        .replace("{login}", "quelqu.un")
        .replace("{jeton}", &"A".repeat(43))
}

#[tokio::test]
async fn every_route_lets_in_the_roles_of_the_table_and_nobody_else() {
    let console = console::open().await;
    console.store.begin_call(&console::call("appel-1", Timestamp::now()));
    console.store.record_turn("appel-1", &console::turn(1, "un acte", Decision::Answer, Reason::Sure, 0.9));
    console.store.end_call("appel-1", &console::end(Timestamp::now()));
    console.store.leave_message(&console::message("appel-1")).await.unwrap();
    console.account("quelqu.un", &[Role::Writer]).await;
    let mut people = vec![(None, console.tab())];
    for role in Role::ALL {
        people.push((Some(role), console.entered(&format!("essai.{}", role.word()), &[role]).await));
    }
    let mut asked = 0;
    // Leaving ends the session that the others need.
    for Route { method, path, access } in routes().into_iter().filter(|route| route.path != "/deconnexion") {
        for (role, tab) in &people {
            let answer = match (&method, role) {
                (&Method::GET, _) => tab.get(&filled(path)).await,
                (_, Some(_)) => tab.change(&filled(path), &[]).await,
                (_, None) => tab.send(&filled(path), &[]).await,
            };
            let what = format!("{method} {path} for {role:?}: {}", answer.status);
            let let_in = match access {
                Access::Public => true,
                Access::SignedIn => role.is_some(),
                Access::May(action) => role.is_some_and(|role| may(&[role], action)),
            };
            match (let_in, role, &method) {
                // What is asked for badly is told so, by the page itself: nothing else than a door says 403.
                (true, _, _) => assert!(answer.status != 403 && answer.status != 401 && answer.status < 500, "{what}"),
                (false, Some(_), _) => assert_eq!(answer.status, 403, "{what}"),
                (false, None, &Method::GET) => {
                    assert_eq!(answer.status, 303, "{what}");
                    assert!(answer.header("location").unwrap().starts_with("/connexion?vers="), "{what}");
                }
                (false, None, _) => assert_eq!(answer.status, 401, "{what}"),
            }
            asked += 1;
        }
    }
    assert_eq!(asked, (routes().len() - 1) * (Role::ALL.len() + 1));
}

#[tokio::test]
async fn what_is_refused_is_written_down() {
    let console = console::open().await;
    let tab = console.entered("anne.martin", &[Role::Writer]).await;
    assert_eq!(tab.get("/journal").await.status, 403);
    let deeds = console.store.audited(&Default::default(), None, 1).await.unwrap();
    assert_eq!((deeds[0].who.as_str(), deeds[0].action.as_str()), ("anne.martin", "acces.refuse"));
    assert_eq!(deeds[0].object, "/journal");
}

#[tokio::test]
async fn a_lost_role_and_a_closed_account_count_at_the_next_page() {
    let console = console::open().await;
    let administrator = console.entered("chef.un", &[Role::Administrator]).await;
    let tab = console.entered("anne.martin", &[Role::Supervisor]).await;
    assert_eq!(tab.get("/appels").await.status, 200);
    let fields = [("nom", "Anne"), ("redacteur", "oui"), ("ouvert", "oui")];
    assert_eq!(administrator.change("/comptes/anne.martin", &fields).await.status, 303);
    assert_eq!(tab.get("/appels").await.status, 403);
    assert_eq!(tab.get("/messages").await.status, 200);
    assert_eq!(
        administrator.change("/comptes/anne.martin", &[("nom", "Anne"), ("redacteur", "oui")]).await.status,
        303
    );
    assert_eq!(tab.get("/messages").await.status, 303, "her session is over");
    let mut again = console.tab();
    assert_eq!(again.enter("anne.martin", console::PASSWORD).await.status, 401);
}

#[tokio::test]
async fn the_last_administrator_cannot_be_lost() {
    let console = console::open().await;
    let tab = console.entered("chef.un", &[Role::Administrator]).await;
    for fields in
        [&[("nom", "Chef"), ("redacteur", "oui"), ("ouvert", "oui")][..], &[("nom", "Chef"), ("administrateur", "oui")]]
    {
        let answer = tab.change("/comptes/chef.un", fields).await;
        assert_eq!(answer.status, 422, "{fields:?}");
        assert!(answer.body.contains("dernier administrateur"), "{}", answer.body);
    }
    console.account("chef.deux", &[Role::Administrator]).await;
    assert_eq!(
        tab.change("/comptes/chef.un", &[("nom", "Chef"), ("redacteur", "oui"), ("ouvert", "oui")]).await.status,
        303
    );
}

/// The guide's part between two marks is made from the table.
#[test]
fn the_reference_of_rights_is_up_to_date() {
    const BEGIN: &str = "<!-- droits : fait par le programme -->\n";
    const END: &str = "<!-- fin des droits -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide-console.md");
    let guide = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = guide.split_once(BEGIN).expect("the mark of the table's beginning");
    let (_, after) = rest.split_once(END).expect("the mark of its end");
    let fresh = format!("{before}{BEGIN}{}{END}{after}", rights::table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written == fresh, "docs/guide-console.md is out of date: UPDATE_DOCS=1 cargo test --test parts reference");
}
