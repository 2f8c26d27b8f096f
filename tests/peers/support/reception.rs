//! Browsers' calls without a service: the leg's server behind three routes, its driver the tests' own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, patch, post};
use standardiste::leg::webrtc::{Control, Offer, Server, Settings};
use standardiste::leg::{Admission, Leg};

use super::LOOPBACK;
use super::line::{Noted, Script, drive};

#[derive(Clone)]
pub struct Reception {
    pub address: SocketAddr,
    pub server: Server,
    pub admission: Admission,
    script: Script,
    controls: Arc<Mutex<Vec<Control>>>,
    calls: Arc<Mutex<Vec<Arc<Mutex<Noted>>>>>,
}

pub fn settings() -> Settings {
    Settings { addresses: vec![LOOPBACK], media_timeout: Duration::from_secs(7), ..Settings::default() }
}

impl Reception {
    pub async fn start(settings: Settings, script: Script) -> Self {
        let listener = tokio::net::TcpListener::bind((LOOPBACK, 0)).await.unwrap();
        let reception = Self {
            address: listener.local_addr().unwrap(),
            server: Server::new(settings),
            admission: Admission::new(10, Duration::from_secs(7)),
            script,
            controls: Arc::default(),
            calls: Arc::default(),
        };
        let router = Router::new()
            .route("/", get(|| async { Html("<!doctype html><title>essai</title>") }))
            .route("/appel", post(begin))
            .route("/appel/{index}", patch(renew).delete(end))
            .with_state(reception.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        reception
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn calls(&self) -> Vec<Noted> {
        self.calls.lock().unwrap().iter().map(|c| c.lock().unwrap().clone()).collect()
    }

    /// Waits until the last call satisfies `what`.
    pub async fn sees(&self, limit: Duration, what: impl Fn(&Noted) -> bool) -> Noted {
        let start = Instant::now();
        loop {
            if let Some(call) = self.calls().pop().filter(&what) {
                return call;
            }
            assert!(start.elapsed() < limit, "not seen in {limit:?}: {:#?}", self.calls().pop());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until nothing of any call is left.
    pub async fn is_clean(&self, limit: Duration) {
        let start = Instant::now();
        while (self.admission.taken(), self.server.sessions()) != (0, 0) {
            let left = (self.admission.taken(), self.server.sessions());
            assert!(start.elapsed() < limit, "left behind (places, sessions): {left:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn begin(State(reception): State<Reception>, sdp: String) -> Response {
    let place = match reception.admission.enter() {
        Ok(place) => place,
        Err(refusal) => return (StatusCode::SERVICE_UNAVAILABLE, format!("{refusal:?}")).into_response(),
    };
    let offer = Offer { sdp, to: "essai".to_owned(), ice: Vec::new() };
    match reception.server.accept(offer, place).await {
        Ok((answer, leg, control)) => {
            let noted = Arc::new(Mutex::new(Noted::of(leg.caller().clone())));
            reception.calls.lock().unwrap().push(Arc::clone(&noted));
            tokio::spawn(drive(leg, reception.script.clone(), noted));
            let mut controls = reception.controls.lock().unwrap();
            controls.push(control);
            let location = format!("/appel/{}", controls.len() - 1);
            (StatusCode::CREATED, [(header::LOCATION, location)], answer).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

async fn renew(State(reception): State<Reception>, Path(index): Path<usize>, sdp: String) -> Response {
    let control = reception.controls.lock().unwrap()[index].clone();
    match control.offer(sdp).await {
        Ok(answer) => answer.into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

async fn end(State(reception): State<Reception>, Path(index): Path<usize>) {
    let control = reception.controls.lock().unwrap()[index].clone();
    control.hang_up();
    control.over().await;
}
