//! A line whose driver answers, plays a tone, and notes what happens.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use standardiste::audio::{FRAME_SAMPLES, Frame, level};
use standardiste::leg::sip::{Server, Settings};
use standardiste::leg::{Admission, Caller, Event, Gone, Leg, Progress, Transfer};
use tokio::sync::mpsc;

use super::LOOPBACK;

/// What the driver does besides noting.
#[derive(Clone, Default)]
pub struct Script {
    /// Lets it ring for good.
    pub ring_only: bool,
    /// Hangs up this long after the answer.
    pub hang_up_after: Option<Duration>,
    /// Presses these keys once answered.
    pub keys: &'static str,
    /// Hands over once answered; the next one after each failure.
    pub transfers: Vec<Transfer>,
}

/// What one call saw.
#[derive(Debug, Clone)]
pub struct Noted {
    pub caller: Caller,
    /// Everything but frames.
    pub events: Vec<Event>,
    pub frames: usize,
    pub concealed: usize,
    /// Frames louder than −40 dBFS.
    pub loud: usize,
}

impl Noted {
    pub fn of(caller: Caller) -> Self {
        Self { caller, events: vec![], frames: 0, concealed: 0, loud: 0 }
    }

    pub fn digits(&self) -> String {
        self.events.iter().filter_map(|e| if let Event::Digit(d) = e { Some(*d) } else { None }).collect()
    }

    pub fn gone(&self) -> Option<&Gone> {
        self.events.iter().find_map(|e| if let Event::Gone(g) = e { Some(g) } else { None })
    }

    pub fn has(&self, event: &Event) -> bool {
        self.events.contains(event)
    }
}

pub struct Line {
    pub server: Option<Server>,
    pub admission: Admission,
    pub port: u16,
    calls: Arc<Mutex<Vec<Arc<Mutex<Noted>>>>>,
}

/// Settings of a line on a free port of loopback, trusting loopback.
pub fn settings() -> Settings {
    let address = Some((LOOPBACK, super::free_port()).into());
    Settings { udp: address, tcp: address, trusted: vec!["127.0.0.1".parse().unwrap()], ..Settings::default() }
}

impl Line {
    pub async fn start(settings: Settings, limit: usize, script: Script) -> Self {
        let admission = Admission::new(limit, Duration::from_secs(7));
        let (server, legs) = Server::start(settings, admission.clone()).await.unwrap();
        let port = server.address().port();
        let calls = Arc::default();
        tokio::spawn(take(legs, script, Arc::clone(&calls)));
        Self { server: Some(server), admission, port, calls }
    }

    pub async fn plain(script: Script) -> Self {
        Self::start(settings(), 10, script).await
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub fn calls(&self) -> Vec<Noted> {
        self.calls.lock().unwrap().iter().map(|c| c.lock().unwrap().clone()).collect()
    }

    /// The only call so far.
    pub fn call(&self) -> Noted {
        let calls = self.calls();
        assert_eq!(calls.len(), 1, "{calls:#?}");
        calls.into_iter().next().unwrap()
    }

    /// Waits until the only call satisfies `what`.
    pub async fn sees(&self, limit: Duration, what: impl Fn(&Noted) -> bool) -> Noted {
        let start = Instant::now();
        loop {
            let calls = self.calls();
            if let Some(call) = calls.first().filter(|c| what(c)) {
                return call.clone();
            }
            assert!(start.elapsed() < limit, "not seen in {limit:?}: {calls:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Rings `target` on behalf of `caller`, and notes what its leg tells.
    pub fn rings(&self, transfer: Transfer, caller: &Caller, script: Script) -> Rung {
        let leg = self.server().dialler().dial(transfer, caller);
        let noted = Arc::new(Mutex::new(Noted::of(leg.caller().clone())));
        let task = tokio::spawn(drive(leg, script, noted.clone()));
        Rung { noted, task }
    }

    /// Waits until nothing of any call is left: places, ports, dialogs, tasks.
    pub async fn is_clean(&self, limit: Duration) {
        let start = Instant::now();
        loop {
            let server = self.server();
            let left = (self.admission.taken(), server.ports_taken(), server.dialogs(), server.tasks());
            if left == (0, 0, 0, 0) {
                return;
            }
            assert!(start.elapsed() < limit, "left behind (places, ports, dialogs, tasks): {left:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A human rung by the line.
pub struct Rung {
    noted: Arc<Mutex<Noted>>,
    task: tokio::task::JoinHandle<()>,
}

impl Rung {
    /// Waits until it satisfies `what`.
    pub async fn sees(&self, limit: Duration, what: impl Fn(&Noted) -> bool) -> Noted {
        let start = Instant::now();
        loop {
            let noted = self.noted.lock().unwrap().clone();
            if what(&noted) {
                return noted;
            }
            assert!(start.elapsed() < limit, "not seen in {limit:?}: {noted:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Drops the leg.
    pub fn let_go(&self) {
        self.task.abort();
    }
}

async fn take(
    mut legs: mpsc::Receiver<standardiste::leg::sip::SipLeg>,
    script: Script,
    calls: Arc<Mutex<Vec<Arc<Mutex<Noted>>>>>,
) {
    while let Some(leg) = legs.recv().await {
        let noted = Arc::new(Mutex::new(Noted::of(leg.caller().clone())));
        calls.lock().unwrap().push(noted.clone());
        tokio::spawn(drive(leg, script.clone(), noted));
    }
}

pub async fn drive(mut leg: impl Leg, script: Script, noted: Arc<Mutex<Noted>>) {
    let tone = tone();
    let mut transfers = script.transfers.into_iter();
    let mut hang_up_at = None;
    if !script.ring_only {
        leg.answer();
    }
    loop {
        let event = leg.event().await;
        let mut note = noted.lock().unwrap();
        match &event {
            Event::Frame { frame, concealed } => {
                note.frames += 1;
                note.concealed += usize::from(*concealed);
                note.loud += usize::from(level::rms_dbfs(frame.as_ref()) > -40.0);
                while leg.room() > 0 {
                    leg.play(&tone);
                }
            }
            Event::Answered => {
                hang_up_at = script.hang_up_after.map(|d| Instant::now() + d);
                script.keys.chars().for_each(|key| leg.press(key));
                if let Some(transfer) = transfers.next() {
                    leg.transfer(transfer);
                }
            }
            Event::Transfer(Progress::Failed { .. } | Progress::Refused { .. }) => {
                if let Some(transfer) = transfers.next() {
                    leg.transfer(transfer);
                }
            }
            _ => {}
        }
        let over = matches!(event, Event::Gone(_));
        if !matches!(event, Event::Frame { .. }) {
            note.events.push(event);
        }
        if over {
            return;
        }
        if hang_up_at.is_some_and(|at| Instant::now() >= at) {
            hang_up_at = None;
            leg.hang_up();
        }
    }
}

/// 400 Hz, whole periods in a frame.
pub fn tone() -> Frame {
    let mut frame = [0; FRAME_SAMPLES];
    for (i, sample) in frame.iter_mut().enumerate() {
        *sample = ((i as f32 * 400.0 * std::f32::consts::TAU / 16_000.0).sin() * 8_000.0) as i16;
    }
    frame
}
