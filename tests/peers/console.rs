//! The console in a real Chromium: what is proven is in `browser/console.mjs`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use standardiste::call::{CallEnd, CallStart, Decision, Message, Reason, Stages, TurnCandidate, TurnRecord};
use standardiste::console::{self, Server, Settings, Sources};
use standardiste::store::{EntryRow, Role, Store, Verdict};
use tokio_util::sync::CancellationToken;

use crate::support::{Peer, browser};

const PASSWORD: &str = "Sept mots tres simples pour un essai";

struct Town {
    store: Store,
    address: std::net::SocketAddr,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Town {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("line.sqlite")).await.unwrap();
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            town: "Saint-Exemple-sur-Loire".into(),
            ..Settings::default()
        };
        let server = Server::bind(settings, Sources { store: store.clone() }).await.unwrap();
        let address = server.address();
        let stop = CancellationToken::new();
        tokio::spawn(server.run(stop.clone()));
        let roles = [
            ("anne.martin", "Anne Martin", Role::ALL.to_vec()),
            ("paul.durand", "Paul Durand", vec![Role::Supervisor]),
            ("lea.petit", "Léa Petit", vec![Role::Writer]),
            ("oubli.oubli", "Olivier Oubli", vec![Role::Writer]),
        ];
        for (login, name, roles) in roles {
            console::make_account(&store, login, name, roles, PASSWORD).await.unwrap();
        }
        Self { store, address, stop, _folder: folder }
    }

    /// A morning's calls.
    async fn fill(&self) {
        let titles = [
            ("acte-naissance", "Acte de naissance"),
            ("acte-mariage", "Acte de mariage"),
            ("carte-identite-perdue", "Carte d'identité perdue"),
            ("carte-identite", "Carte d'identité : première demande"),
            ("passeport-renouvellement", "Renouveler un passeport"),
            ("pacs", "Se pacser"),
        ];
        let rows = titles.map(|(id, title)| EntryRow {
            id: id.into(),
            title: title.into(),
            status: "published".into(),
            document: "{}".into(),
            author: String::new(),
            approver: String::new(),
        });
        self.store.publish(rows.into()).await.unwrap();
        let now = Timestamp::now();
        for number in 0..60_i64 {
            let id = format!("0190-appel-{number:03}");
            let at = now - SignedDuration::from_mins(7 + number * 37);
            self.store.begin_call(&CallStart {
                id: id.clone(),
                at,
                channel: ["sip", "sip", "webrtc", "written"][number as usize % 4].into(),
                from: format!("06123456{:02}", number % 100),
                to: "0400000000".into(),
                signalling_id: id.clone(),
                handover_token: format!("jeton-{number}"),
            });
            let turns = turns(number as usize, at);
            let last = turns.last().unwrap().clone();
            turns.iter().for_each(|turn| self.store.record_turn(&id, turn));
            let handed = (last.decision == Decision::Escalate).then_some(last.reason);
            self.store.end_call(
                &id,
                &CallEnd {
                    at: at + SignedDuration::from_secs(35 + number * 7 % 300),
                    how: if handed.is_some() { "handed_over" } else { "caller" }.into(),
                    handed_over: handed,
                    destination: handed.map(|_| "Guichet de l'état civil".into()),
                    way: None,
                },
            );
            if number % 12 == 0 {
                let message = Message {
                    call: id,
                    at,
                    name: ["Camille Martin-Dubois", "Nadia Benali", ""][number as usize / 12 % 3].into(),
                    name_confirmed: number % 24 == 0,
                    number: "06 12 34 56 78".into(),
                    number_confirmed: number % 24 == 0,
                    text: "Mon acte a une faute sur le prénom de ma mère, j'aimerais savoir comment la faire corriger avant mon \
                           mariage du mois de juin."
                        .into(),
                };
                self.store.leave_message(&message).await.unwrap();
            }
        }
        self.store.flush().await.unwrap();
    }

    /// Runs scenarios of `browser/console.mjs`; gives what they print.
    async fn visited(&self, scenarios: &[&str]) -> String {
        let mut command = Command::new("node");
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/browser/console.mjs"))
            .arg(browser::modules())
            .arg(format!("http://{}", self.address))
            .args(scenarios);
        let mut node = Peer::start("node console.mjs", command);
        node.succeeds(Duration::from_secs(300)).await;
        let printed = node.output();
        assert_eq!(printed.lines().filter(|line| line.starts_with("ok ")).count(), scenarios.len(), "{printed}");
        printed
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn turns(number: usize, at: Timestamp) -> Vec<TurnRecord> {
    let turn =
        |turn: u32, heard: &str, decision, reason, entry: Option<&str>, probability: f32, said: &str| TurnRecord {
            turn,
            at: at + SignedDuration::from_secs(i64::from(turn) * 9),
            heard: heard.into(),
            word_probabilities: heard
                .split_whitespace()
                .enumerate()
                .map(|(place, word)| (word.to_owned(), if (place + number) % 5 == 3 { 0.38 } else { 0.93 }))
                .collect(),
            personal: Vec::new(),
            hearing_confidence: Some(if decision == Decision::Reprompt { 0.34 } else { 0.88 }),
            decision,
            entry: entry.map(str::to_owned),
            version: entry.map(|_| 3),
            service_public: Vec::new(),
            probability: entry.map(|_| probability),
            reason,
            candidates: [entry.unwrap_or("carte-identite"), "acte-mariage", "pacs"]
                .into_iter()
                .enumerate()
                .map(|(place, entry)| TurnCandidate {
                    entry: entry.into(),
                    service_public: Vec::new(),
                    probability: if place == 0 { probability } else { (1.0 - probability) / (place as f32 + 1.5) },
                })
                .collect(),
            said: said.into(),
            interrupted: number % 7 == 2,
            voice_to_voice_ms: Some(740 + number as u32 * 3),
            stages: Stages {
                end_of_turn: Some(500),
                asr: Some(380),
                asr_wait: Some(110),
                search: Some(9),
                tts: Some(2),
                playout: Some(130),
            },
        };
    let agent = "Je vous passe un agent. Ne quittez pas.";
    let birth = "L'acte de naissance se demande à la mairie du lieu de naissance, par internet, par courrier ou au guichet. Il est \
                 gratuit, et arrive en quelques jours.";
    match number % 6 {
        0 => vec![turn(
            1,
            "bonjour je voudrais un acte de naissance s'il vous plaît",
            Decision::Answer,
            Reason::Sure,
            Some("acte-naissance"),
            0.96,
            birth,
        )],
        1 => vec![
            turn(
                1,
                "euh ma carte je l'ai plus enfin je la trouve plus",
                Decision::Confirm,
                Reason::HalfSure,
                Some("carte-identite-perdue"),
                0.71,
                "Vous demandez bien que faire quand la carte d'identité est perdue ?",
            ),
            turn(
                2,
                "oui",
                Decision::Answer,
                Reason::Confirmed,
                Some("carte-identite-perdue"),
                0.71,
                "Déclarez d'abord la perte, au commissariat ou au guichet quand vous demandez la nouvelle carte.",
            ),
        ],
        2 => vec![turn(
            1,
            "c'est au sujet du courrier que j'ai reçu hier",
            Decision::Escalate,
            Reason::LowConfidence,
            None,
            0.22,
            agent,
        )],
        3 => vec![turn(
            1,
            "pour refaire mon passeport il faut quoi comme papiers",
            Decision::Answer,
            Reason::Sure,
            Some("passeport-renouvellement"),
            0.89,
            "Pour renouveler un passeport, faites d'abord la pré-demande en ligne, puis prenez rendez-vous.",
        )],
        4 => vec![
            turn(
                1,
                "mmh le le machin là",
                Decision::Reprompt,
                Reason::NotHeard,
                None,
                0.1,
                "Je n'ai pas compris. Dites-moi en quelques mots ce que vous cherchez.",
            ),
            turn(2, "le truc pour l'école", Decision::Escalate, Reason::RepeatedFailure, None, 0.18, agent),
        ],
        _ => vec![turn(1, "je veux parler à quelqu'un", Decision::Escalate, Reason::Requested, None, 0.05, agent)],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_empty_and_full_from_a_phone_to_a_desk() {
    let town = Town::open().await;
    town.visited(&["pages_empty"]).await;
    town.fill().await;
    town.visited(&["pages_full", "print"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_in_are_refused_and_are_made_to_wait_in_clear_words() {
    let town = Town::open().await;
    town.visited(&["entering", "role_refused", "wrong_passwords", "invitation"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_reviews_by_the_keyboard_alone_and_a_message_is_seen_to() {
    let town = Town::open().await;
    town.fill().await;
    let printed = town.visited(&["review_by_keyboard", "shortcuts_off", "messages"]).await;
    let call = printed.lines().find_map(|line| line.strip_prefix("judged ")).expect("the call that was judged");
    let given = town.store.verdicts(call).await.unwrap();
    assert_eq!(given[0].verdict, Verdict::ShouldHaveAnswered);
    assert_eq!((given[0].entry.as_deref(), given[0].who.as_str()), (Some("pacs"), "paul.durand"));
}
