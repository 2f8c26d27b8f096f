//! Messages are seen to by somebody, and the log of it is not rewritten.

use jiff::{SignedDuration, Timestamp};
use standardiste::store::{AuditFilter, MessageState, Role};

use crate::console::{self, message};
use crate::console_sessions::database;

#[tokio::test]
async fn a_message_is_given_to_somebody_then_done_then_reopened() {
    let console = console::open().await;
    console.store.leave_message(&message("appel-1")).await.unwrap();
    let tab = console.entered("anne.martin", &[Role::Writer]).await;
    console.account("chef.un", &[Role::Administrator]).await;
    let page = tab.get("/messages").await.body;
    for part in ["Camille Martin", "tel:0612345678", "à vérifier", "Mon acte a une faute."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("/appels/appel-1"), "she may not read calls");
    assert_eq!(tab.change("/messages/1/attribution", &[("a", "chef.un")]).await.status, 422, "not their work");
    assert_eq!(tab.change("/messages/1/attribution", &[("a", "anne.martin")]).await.status, 303);
    assert_eq!(console.store.waiting_messages("anne.martin").await.unwrap(), (1, 1));
    assert!(tab.get("/messages?vue=miens").await.body.contains("Camille Martin"));
    assert_eq!(tab.change("/messages/1/etat", &[("fait", "oui")]).await.status, 303);
    assert!(tab.get("/messages").await.body.contains("Aucun message n'attend"));
    let done = console.store.message_tasks(MessageState::Done, None, None, 10).await.unwrap();
    assert_eq!(done[0].done_by.as_deref(), Some("anne.martin"));
    assert_eq!(tab.change("/messages/1/etat", &[]).await.status, 303);
    assert_eq!(console.store.waiting_messages("anne.martin").await.unwrap(), (1, 1));
    assert_eq!(tab.change("/messages/9/etat", &[]).await.status, 404);
    let filter = AuditFilter { action: "message.".into(), ..AuditFilter::default() };
    let deeds = console.store.audited(&filter, None, 20).await.unwrap();
    let mut actions: Vec<_> = deeds.iter().map(|deed| deed.action.as_str()).collect();
    actions.retain(|action| *action != "message.liste");
    assert_eq!(actions, ["message.rouvert", "message.fait", "message.attribue"]);
}

#[tokio::test]
async fn the_audit_log_is_neither_rewritten_nor_shortened_before_a_year() {
    let console = console::open().await;
    console.account("anne.martin", &[Role::Writer]).await;
    let mut database = database(&console).await;
    for sql in ["UPDATE audit SET who = 'personne'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1"] {
        let refused = sqlx::query(sql).execute(&mut database).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    let old = format!("{:.9}", Timestamp::now() - SignedDuration::from_hours(24 * 370));
    let sql = "INSERT INTO audit (at, who, address, action, object, detail) VALUES (?, 'a', '', 'vieux', '', '')";
    sqlx::query(sql).bind(old).execute(&mut database).await.unwrap();
    let before = console.store.audited(&AuditFilter::default(), None, 100).await.unwrap().len();
    let now = Timestamp::now();
    console.store.forget_accesses(now, now).await.unwrap();
    let after = console.store.audited(&AuditFilter::default(), None, 100).await.unwrap();
    assert_eq!(after.len(), before - 1);
    assert!(after.iter().all(|deed| deed.action != "vieux"));
}

#[tokio::test]
async fn the_log_is_exported_for_a_spreadsheet_without_its_formulas() {
    let console = console::open().await;
    let tab = console.entered("chef.un", &[Role::Administrator]).await;
    let deed = standardiste::store::Deed {
        who: "=cmd".into(),
        address: "127.0.0.1".into(),
        action: "appel.lu",
        object: "un;deux".into(),
        detail: String::new(),
    };
    console.store.audit(deed).await.unwrap();
    let answer = tab.get("/journal.csv?quoi=appel.").await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(answer.header("content-disposition").unwrap().contains("journal-"));
    let lines: Vec<&str> = answer.body.lines().filter(|line| line.contains(';')).collect();
    assert_eq!(lines.len(), 2, "{}", answer.body);
    assert!(lines[1].contains(";'=cmd;127.0.0.1;appel.lu;\"un;deux\";"), "{}", lines[1]);
    let deeds = console.store.audited(&AuditFilter::default(), None, 1).await.unwrap();
    assert_eq!(deeds[0].action, "journal.exporte");
}
