//! Shared by the console's tests: a console on a store of its own, and a browser that is only words.

use std::net::SocketAddr;

use jiff::Timestamp;
use standardiste::call::{CallEnd, CallStart, Decision, Message, Reason, Stages, TurnCandidate, TurnRecord};
use standardiste::console::{self, Server, Settings, Sources};
use standardiste::store::{Role, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

pub const PASSWORD: &str = "Sept mots tres simples pour un essai";

pub struct Console {
    pub store: Store,
    pub address: SocketAddr,
    stop: CancellationToken,
    pub folder: tempfile::TempDir,
}

impl Drop for Console {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn open() -> Console {
    open_with(|settings| settings).await
}

pub async fn open_with(change: impl FnOnce(Settings) -> Settings) -> Console {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("line.sqlite")).await.unwrap();
    let settings = Settings { listen: ([127, 0, 0, 1], 0).into(), town: "Lyon".into(), ..Settings::default() };
    let server = Server::bind(change(settings), Sources { store: store.clone() }).await.unwrap();
    let address = server.address();
    let stop = CancellationToken::new();
    tokio::spawn(server.run(stop.clone()));
    Console { store, address, stop, folder }
}

/// What a page answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v))
    }

    /// The token of the forms.
    pub fn token(&self) -> String {
        let (_, rest) =
            self.body.split_once("name=\"jeton\" value=\"").unwrap_or_else(|| panic!("no form: {}", self.body));
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A browser's tab, with its cookie.
#[derive(Clone)]
pub struct Tab {
    pub address: SocketAddr,
    pub cookie: Option<String>,
    pub origin: Option<String>,
}

impl Console {
    pub fn tab(&self) -> Tab {
        Tab { address: self.address, cookie: None, origin: Some(format!("http://{}", self.address)) }
    }

    pub async fn account(&self, login: &str, roles: &[Role]) {
        console::make_account(&self.store, login, "Anne Essai", roles.to_vec(), PASSWORD).await.unwrap();
    }

    /// A tab of somebody who has entered.
    pub async fn entered(&self, login: &str, roles: &[Role]) -> Tab {
        self.account(login, roles).await;
        let mut tab = self.tab();
        let answer = tab.enter(login, PASSWORD).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        tab
    }
}

impl Tab {
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None).await
    }

    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        self.ask("POST", path, Some(form.finish())).await
    }

    /// Sends a form with the token that the page at `/mon-compte` gives.
    pub async fn change(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get("/mon-compte").await.token();
        let mut fields = fields.to_vec();
        fields.push(("jeton", &token));
        self.send(path, &fields).await
    }

    pub async fn enter(&mut self, login: &str, password: &str) -> Answer {
        let answer = self.send("/connexion", &[("login", login), ("mot_de_passe", password)]).await;
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        answer
    }

    async fn ask(&self, method: &str, path: &str, body: Option<String>) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        if let Some(cookie) = &self.cookie {
            request += &format!("Cookie: autre=1; {cookie}\r\n");
        }
        if let Some(origin) = &self.origin {
            request += &format!("Origin: {origin}\r\n");
        }
        let body = body.unwrap_or_default();
        if method == "POST" {
            request +=
                &format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len());
        }
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{text}"));
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }
}

pub fn call(id: &str, at: Timestamp) -> CallStart {
    CallStart {
        id: id.into(),
        at,
        channel: "sip".into(),
        from: "0612345678".into(),
        to: "0400000000".into(),
        signalling_id: id.into(),
        handover_token: format!("token-of-{id}"),
    }
}

pub fn turn(number: u32, heard: &str, decision: Decision, reason: Reason, probability: f32) -> TurnRecord {
    TurnRecord {
        turn: number,
        at: Timestamp::now(),
        heard: heard.into(),
        word_probabilities: heard.split_whitespace().map(|word| (word.to_owned(), 0.9)).collect(),
        personal: Vec::new(),
        hearing_confidence: Some(0.9),
        decision,
        entry: Some("acte-naissance".into()),
        version: Some(1),
        service_public: Vec::new(),
        probability: Some(probability),
        reason,
        candidates: vec![TurnCandidate { entry: "pacs".into(), service_public: Vec::new(), probability: 0.05 }],
        said: "L'acte de naissance se demande à la mairie.".into(),
        interrupted: false,
        voice_to_voice_ms: Some(812),
        stages: Stages { end_of_turn: Some(500), ..Stages::default() },
    }
}

pub fn end(at: Timestamp) -> CallEnd {
    CallEnd { at, how: "caller".into(), handed_over: None, destination: None, way: None }
}

pub fn message(call: &str) -> Message {
    Message {
        call: call.into(),
        at: Timestamp::now(),
        name: "Camille Martin".into(),
        name_confirmed: true,
        number: "06 12 34 56 78".into(),
        number_confirmed: false,
        text: "Mon acte a une faute.".into(),
    }
}
