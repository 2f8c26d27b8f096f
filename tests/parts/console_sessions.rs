//! Who is inside, how they came in, and what keeps others out.

use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row};
use standardiste::console::{self as product, Attempts, PasswordFault, check_password};
use standardiste::store::Role;

use crate::console::{self, PASSWORD};

#[tokio::test]
async fn the_first_administrator_comes_in_by_a_link_that_is_good_once() {
    let console = console::open().await;
    let mut tab = console.tab();
    assert!(tab.get("/connexion").await.body.contains("standardiste console invite"));
    let path = product::invite_administrator(&console.store, vec![Role::Administrator]).await.unwrap();
    assert!(tab.get(&path).await.body.contains("Créez le premier compte"));
    assert_eq!(tab.get(&path).await.status, 200, "looking at it does not use it up");
    let weak = [("nom", "Anne Martin"), ("login", "anne.martin"), ("mot_de_passe", "soleil"), ("encore", "soleil")];
    let answer = tab.send(&path, &weak).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("Trop facile"), "{}", answer.body);
    let good = [("nom", "Anne Martin"), ("login", "Anne.Martin"), ("mot_de_passe", PASSWORD), ("encore", PASSWORD)];
    assert_eq!(tab.send(&path, &good).await.status, 303);
    assert_eq!(tab.get(&path).await.status, 410, "used");
    assert_eq!(tab.send(&path, &good).await.status, 410);
    assert_eq!(tab.enter("anne.martin", PASSWORD).await.status, 303);
    assert_eq!(tab.get("/comptes").await.status, 200);
    assert!(!console.tab().get("/connexion").await.body.contains("console invite"));
}

#[tokio::test]
async fn a_new_link_voids_the_former_one_and_an_old_one_expires() {
    let console = console::open().await;
    let first = product::invite_administrator(&console.store, vec![Role::Administrator]).await.unwrap();
    let second = product::invite_administrator(&console.store, vec![Role::Administrator]).await.unwrap();
    assert_eq!(console.tab().get(&first).await.status, 410);
    assert_eq!(console.tab().get(&second).await.status, 200);
    let mut database = database(&console).await;
    let past = (Timestamp::now() - SignedDuration::from_mins(1)).to_string();
    sqlx::query("UPDATE invitation SET expires_at = ?").bind(past).execute(&mut database).await.unwrap();
    assert_eq!(console.tab().get(&second).await.status, 410);
}

#[tokio::test]
async fn a_person_invited_by_an_administrator_chooses_a_password() {
    let console = console::open().await;
    let administrator = console.entered("chef.un", &[Role::Administrator]).await;
    let fields = [("login", "paul.durand"), ("nom", "Paul Durand"), ("superviseur", "oui")];
    let answer = administrator.change("/comptes", &fields).await;
    assert_eq!(answer.status, 200);
    let path = answer.body.split("/invitation/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let path = format!("/invitation/{path}");
    let mut tab = console.tab();
    assert_eq!(tab.enter("paul.durand", "").await.status, 401, "no password yet");
    assert!(tab.get(&path).await.body.contains("Bienvenue, Paul Durand"));
    let weak = [("mot_de_passe", "court"), ("encore", "court")];
    assert_eq!(administrator.send(&path, &weak).await.status, 422, "a browser with a session may use a link too");
    assert_eq!(tab.send(&path, &[("mot_de_passe", PASSWORD), ("encore", PASSWORD)]).await.status, 303);
    assert_eq!(tab.enter("paul.durand", PASSWORD).await.status, 303);
    assert_eq!(tab.get("/relecture").await.status, 200);
    assert_eq!(administrator.change("/comptes", &fields).await.status, 409, "the login is taken");
}

#[tokio::test]
async fn the_store_holds_neither_a_password_nor_a_token() {
    let console = console::open().await;
    let tab = console.entered("anne.martin", &[Role::Writer]).await;
    let token = tab.cookie.unwrap().split_once('=').unwrap().1.to_owned();
    let mut database = database(&console).await;
    let hash: String =
        sqlx::query("SELECT password FROM account").fetch_one(&mut database).await.unwrap().get("password");
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    console.store.close().await;
    for name in ["line.sqlite", "line.sqlite-wal"] {
        let bytes = std::fs::read(console.folder.path().join(name)).unwrap_or_default();
        for secret in [PASSWORD, &token] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{name} holds a secret");
        }
    }
}

#[tokio::test]
async fn the_cookie_is_for_this_host_and_no_script() {
    let console = console::open().await;
    console.account("anne.martin", &[Role::Writer]).await;
    let cookie = console.tab().enter("anne.martin", PASSWORD).await.header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.starts_with("standardiste=") && cookie.ends_with("Path=/; Max-Age=36000; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );

    let encrypted = console::open_with(|settings| product::Settings {
        public_url: Some("https://console.ville.test".into()),
        ..settings
    })
    .await;
    encrypted.account("anne.martin", &[Role::Writer]).await;
    let mut tab = encrypted.tab();
    assert_eq!(tab.enter("anne.martin", PASSWORD).await.status, 403, "this address is not the public one");
    tab.origin = Some("https://console.ville.test".into());
    let answer = tab.enter("anne.martin", PASSWORD).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-standardiste=") && cookie.ends_with("HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
}

#[tokio::test]
async fn a_session_ends_when_nothing_happens_and_after_a_day_s_work() {
    let console = console::open().await;
    let tab = console.entered("anne.martin", &[Role::Writer]).await;
    let mut database = database(&console).await;
    let ago = |minutes: i64| format!("{:.9}", Timestamp::now() - SignedDuration::from_mins(minutes));
    for (seen, begun, status) in [(29, 29, 200), (31, 31, 303), (1, 599, 200), (1, 601, 303)] {
        let sql = sqlx::query("UPDATE session SET seen_at = ?, begun_at = ?").bind(ago(seen)).bind(ago(begun));
        sql.execute(&mut database).await.unwrap();
        assert_eq!(tab.get("/").await.status, status, "seen {seen} minutes ago, begun {begun} minutes ago");
    }
    let sql = sqlx::query("UPDATE session SET seen_at = ?, begun_at = ?").bind(ago(5)).bind(ago(5));
    sql.execute(&mut database).await.unwrap();
    assert_eq!(tab.get("/").await.status, 200);
    let seen: String = sqlx::query("SELECT seen_at FROM session").fetch_one(&mut database).await.unwrap().get(0);
    assert!(seen > ago(1), "a page asked for keeps the session open");
}

#[tokio::test]
async fn leaving_ends_the_session_for_good() {
    let console = console::open().await;
    let tab = console.entered("anne.martin", &[Role::Writer]).await;
    let answer = tab.change("/deconnexion", &[]).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(tab.get("/").await.status, 303, "the same cookie, kept by somebody, opens nothing");
}

#[tokio::test]
async fn a_new_password_closes_the_other_sessions_and_wants_the_old_one() {
    let console = console::open().await;
    let tab = console.entered("anne.martin", &[Role::Writer]).await;
    let mut other = console.tab();
    other.enter("anne.martin", PASSWORD).await;
    let new = "Encore sept autres mots bien plus longs";
    let wrong = [("ancien", "faux"), ("nouveau", new), ("encore", new)];
    assert_eq!(tab.change("/mon-compte/mot-de-passe", &wrong).await.status, 422);
    let right = [("ancien", PASSWORD), ("nouveau", new), ("encore", new)];
    assert_eq!(tab.change("/mon-compte/mot-de-passe", &right).await.status, 303);
    assert_eq!(tab.get("/").await.status, 200);
    assert_eq!(other.get("/").await.status, 303);
    assert_eq!(other.enter("anne.martin", PASSWORD).await.status, 401);
    assert_eq!(other.enter("anne.martin", new).await.status, 303);
}

#[tokio::test]
async fn no_change_is_taken_from_another_site_or_without_the_session_s_token() {
    let console = console::open().await;
    let tab = console.entered("anne.martin", &[Role::Writer]).await;
    let token = tab.get("/mon-compte").await.token();
    let with = |origin: Option<&str>| console::Tab { origin: origin.map(str::to_owned), ..tab.clone() };
    let path = "/mon-compte/raccourcis";
    for origin in [None, Some("null"), Some("https://ailleurs.test"), Some("http://127.0.0.1:1")] {
        assert_eq!(with(origin).send(path, &[("jeton", &token)]).await.status, 403, "{origin:?}");
    }
    let other = console.entered("paul.durand", &[Role::Writer]).await.get("/mon-compte").await.token();
    for wrong in ["", "faux", &other] {
        assert_eq!(tab.send(path, &[("jeton", wrong)]).await.status, 403, "{wrong}");
    }
    assert_eq!(tab.send(path, &[]).await.status, 403);
    let login = [("login", "anne.martin"), ("mot_de_passe", PASSWORD)];
    assert_eq!(
        console::Tab { cookie: None, ..with(Some("https://ailleurs.test")) }.send("/connexion", &login).await.status,
        403
    );
    assert!(console.store.account("anne.martin").await.unwrap().unwrap().account.shortcuts, "nothing was changed");
    assert_eq!(tab.send(path, &[("jeton", &token)]).await.status, 303);
    assert!(!console.store.account("anne.martin").await.unwrap().unwrap().account.shortcuts);
}

#[tokio::test]
async fn after_five_wrong_passwords_one_waits_even_with_the_right_one() {
    let console = console::open().await;
    console.account("anne.martin", &[Role::Writer]).await;
    let mut tab = console.tab();
    for _ in 0..5 {
        let answer = tab.enter("anne.martin", "faux").await;
        assert_eq!(answer.status, 401);
        assert!(answer.body.contains("Identifiant ou mot de passe inexact"));
    }
    let answer = tab.enter("anne.martin", PASSWORD).await;
    assert_eq!(answer.status, 429);
    assert!(answer.body.contains("attendez") && answer.body.contains("secondes"), "{}", answer.body);
    let wait: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((25..=31).contains(&wait), "{wait}");
    for _ in 0..5 {
        assert_eq!(tab.enter("personne", "faux").await.status, 401, "an unknown login is told the same");
    }
    assert_eq!(tab.enter("personne", "faux").await.status, 429, "and waits the same");
}

#[test]
fn each_further_try_waits_longer_and_a_good_one_forgives() {
    let attempts = Attempts::default();
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let mut now = Duration::ZERO;
    let mut waits = Vec::new();
    for _ in 0..12 {
        if let Err(wait) = attempts.take("anne", address, now) {
            waits.push(wait.as_secs());
            now += wait;
            attempts.take("anne", address, now).unwrap();
        }
    }
    assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900], "doubled, a quarter of an hour at most");
    attempts.forgive("anne", address);
    attempts.take("anne", address, now).unwrap();
}

#[test]
fn one_address_that_tries_many_logins_waits_and_others_do_not() {
    let attempts = Attempts::default();
    let address: IpAddr = "2001:db8::1".parse().unwrap();
    for number in 0..20 {
        attempts.take(&format!("login{number}"), address, Duration::ZERO).unwrap();
    }
    let neighbour: IpAddr = "2001:db8::ffff".parse().unwrap();
    assert!(attempts.take("autre", neighbour, Duration::ZERO).is_err(), "the same household");
    attempts.take("autre", "2001:db8:1::1".parse().unwrap(), Duration::ZERO).unwrap();
}

#[test]
fn passwords_are_judged_as_the_cnil_and_the_anssi_recommend() {
    let judge = |password: &str| check_password(password, "anne.martin", "Anne Martin");
    for good in ["Xk7!mPq2$vLn", "Tournesol84Vendredi", "le chat dort sous la table du salon", "Zèbre-Violet#92!"] {
        assert_eq!(judge(good), Ok(()), "{good}");
    }
    for (bad, why) in [
        ("Xk7!mPq2$vL", PasswordFault::TooWeak),
        ("tournesolvendrediplage", PasswordFault::TooWeak),
        ("le chat dort sous la", PasswordFault::TooWeak),
        ("non non non non non non non non", PasswordFault::TooWeak),
        ("Aa1!Aa1!Aa1!Aa1!", PasswordFault::Repeated),
        ("Motdepasse123!", PasswordFault::Guessed),
        ("Martin-2026-Lyon!", PasswordFault::OfThePerson),
        ("x".repeat(129).as_str(), PasswordFault::TooLong),
    ] {
        assert_eq!(judge(bad), Err(why), "{bad}");
    }
}

#[tokio::test]
async fn no_page_may_be_framed_cached_or_fed_from_elsewhere() {
    let console = console::open().await;
    let tab = console.entered("anne.martin", &Role::ALL).await;
    for path in ["/", "/connexion", "/appels", "/nulle-part", "/journal.csv"] {
        let answer = tab.get(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(!answer.body.contains("style=") && !answer.body.contains(" onclick"), "{path}");
    }
    assert_eq!(tab.get("/nulle-part").await.status, 404);
}

pub async fn database(console: &console::Console) -> sqlx::sqlite::SqliteConnection {
    SqliteConnectOptions::new().filename(console.folder.path().join("line.sqlite")).connect().await.unwrap()
}
