//! The audit log: who saw or changed what.

use askama::Template;
use axum::extract::{Extension, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;

use super::doors::Known;
use super::frame::{Answer, Frame, note, show};
use super::server::{App, Shared};
use super::words::query;
use crate::store::{AuditFilter, Audited};

const PAGE: u32 = 100;
/// The most that one file holds; further ones are asked for by date.
const EXPORTED: u32 = 100_000;

/// The kinds of deeds, by the beginning of their word.
const KINDS: [(&str, &str); 6] = [
    ("connexion.", "connexions"),
    ("compte.", "comptes"),
    ("appel.", "appels lus"),
    ("relecture.", "relectures"),
    ("message.", "messages"),
    ("acces.", "accès refusés"),
];

fn told(action: &str) -> &str {
    match action {
        "connexion.ouverte" => "s'est connecté",
        "connexion.fermee" => "s'est déconnecté",
        "connexion.refusee" => "connexion refusée",
        "compte.invitation" => "a fait un lien d'invitation",
        "compte.cree" => "a créé un compte",
        "compte.modifie" => "a modifié un compte",
        "compte.mot_de_passe" => "a choisi un mot de passe",
        "compte.mot_de_passe_refuse" => "mot de passe actuel inexact",
        "compte.preferences" => "a changé ses préférences",
        "appel.cherche" => "a cherché des appels",
        "appel.lu" => "a lu un appel",
        "relecture.verdict" => "a donné un verdict",
        "message.liste" => "a lu les messages",
        "message.attribue" => "a attribué un message",
        "message.fait" => "a terminé un message",
        "message.rouvert" => "a rouvert un message",
        "journal.exporte" => "a exporté le journal",
        "acces.refuse" => "accès refusé",
        other => other,
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    qui: String,
    #[serde(default)]
    quoi: String,
    #[serde(default)]
    objet: String,
    #[serde(default)]
    du: String,
    #[serde(default)]
    au: String,
    #[serde(default)]
    avant: Option<i64>,
}

impl Asked {
    fn filter(&self, app: &Shared) -> AuditFilter {
        AuditFilter {
            who: self.qui.trim().to_lowercase(),
            action: KINDS
                .iter()
                .find(|(word, _)| *word == self.quoi)
                .map(|(word, _)| (*word).to_owned())
                .unwrap_or_default(),
            object: self.objet.trim().to_owned(),
            from: app.clock.since(&self.du),
            to: app.clock.until(&self.au),
        }
    }

    fn query(&self) -> String {
        let Self { qui, quoi, objet, du, au, .. } = self;
        query(
            [("qui", qui), ("quoi", quoi), ("objet", objet), ("du", du), ("au", au)]
                .map(|(name, v)| (name, v.as_str())),
        )
    }
}

#[derive(Template)]
#[template(path = "journal.html")]
struct Page {
    frame: Frame,
    lines: Vec<Line>,
    asked: Asked,
    kinds: Vec<(&'static str, &'static str)>,
    next: Option<i64>,
    query: String,
}

struct Line {
    at: String,
    machine: String,
    who: String,
    told: String,
    object: String,
    detail: String,
    address: String,
}

pub async fn page(State(app): State<App>, Extension(person): Known, Query(asked): Query<Asked>) -> Answer {
    let audited = app.store.audited(&asked.filter(&app), asked.avant, PAGE).await?;
    let next = audited.last().filter(|_| audited.len() == PAGE as usize).map(|last| last.id);
    let line = |deed: Audited| Line {
        at: format!("{} {}", app.clock.day(deed.at), app.clock.seconds(deed.at)),
        machine: app.clock.machine(deed.at),
        told: told(&deed.action).to_owned(),
        who: deed.who,
        object: deed.object,
        detail: deed.detail,
        address: deed.address,
    };
    let frame = Frame::of(&app, &person, "/journal", "Journal des accès").await?;
    let lines = audited.into_iter().map(line).collect();
    let query = asked.query();
    show(&Page { frame, lines, asked, kinds: KINDS.to_vec(), next, query })
}

/// CSV in UTF-8, with the mark that spreadsheets want to read its accents, and `;` as French ones do.
pub async fn export(State(app): State<App>, Extension(person): Known, Query(asked): Query<Asked>) -> Answer {
    note(&app, person.deed("journal.exporte", "", asked.query())).await;
    let audited = app.store.audited(&asked.filter(&app), None, EXPORTED).await?;
    let mut csv = csv::WriterBuilder::new().delimiter(b';').from_writer("\u{feff}".as_bytes().to_vec());
    let written = (|| {
        csv.write_record(["numéro", "moment (UTC)", "qui", "adresse", "action", "objet", "détail"])?;
        for deed in &audited {
            let (id, at) = (deed.id.to_string(), deed.at.to_string());
            let texts = [&deed.who, &deed.address, &deed.action, &deed.object, &deed.detail].map(|text| harmless(text));
            csv.write_record([&id, &at].into_iter().chain(&texts))?;
        }
        csv.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    })();
    let text = written.map_err(|error| {
        tracing::error!(%error, "the audit log could not be written as CSV");
        super::frame::Trouble::late()
    })?;
    let name = format!("attachment; filename=\"journal-{}.csv\"", app.clock.today());
    let head = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, text).into_response())
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
