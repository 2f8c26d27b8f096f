//! The browsers' way in: offers to legs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::leg::{Request, WebRtcLeg, Wires};
use super::names::Names;
use super::ports::Ports;
use super::session;
use super::settings::{BadOffer, IceServer, Settings};
use crate::leg::queue::Queue;
use crate::leg::stream::FRAMES_WAITING;
use crate::leg::{Caller, Place};

/// How long `shutdown` waits for the connections to close.
const SHUTDOWN: Duration = Duration::from_secs(3);

/// An offer of a call.
#[derive(Debug, Clone)]
pub struct Offer {
    pub sdp: String,
    /// What was called: the site that shows the button.
    pub to: String,
    /// STUN and TURN servers for our own candidates, with credentials that are good now.
    pub ice: Vec<IceServer>,
}

/// Makes calls of offers.
#[derive(Clone)]
pub struct Server(Arc<Shared>);

struct Shared {
    settings: Arc<Settings>,
    ports: Ports,
    names: Names,
    tasks: TaskTracker,
    closing: CancellationToken,
}

/// One call, as the page's requests reach it.
#[derive(Debug, Clone)]
pub struct Control {
    requests: mpsc::UnboundedSender<Request>,
    over: CancellationToken,
}

impl Server {
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Shared {
            ports: Ports::new(settings.ports.clone()),
            settings: Arc::new(settings),
            names: Names::default(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Answers an offer; the call holds `place` to its end.
    ///
    /// # Errors
    /// The offer is none that we can take, or the connection could not be set up; nothing is left of it.
    pub async fn accept(&self, offer: Offer, place: Place) -> Result<(String, WebRtcLeg, Control), BadOffer> {
        let began = Instant::now();
        let answered = self.set_up(offer, place).await;
        match &answered {
            Ok(_) => {
                metrics::histogram!("standardiste_webrtc_offer_to_answer_seconds").record(began.elapsed().as_secs_f64())
            }
            Err(error) => {
                metrics::counter!("standardiste_webrtc_calls_total", "outcome" => "refused").increment(1);
                tracing::info!(%error, "a browser's offer was not taken");
            }
        }
        answered
    }

    async fn set_up(&self, offer: Offer, place: Place) -> Result<(String, WebRtcLeg, Control), BadOffer> {
        if self.0.closing.is_cancelled() {
            return Err(BadOffer::SetUp("the service is closing".to_owned()));
        }
        let port = self.0.ports.take(&self.0.settings.addresses);
        let port = port.ok_or_else(|| BadOffer::SetUp("no media port is free".to_owned()))?;
        let ice = self.0.names.resolve(&offer.ice).await;
        let queue = Arc::new(Queue::default());
        let (signals, signal_receiver) = mpsc::unbounded_channel();
        let (frames, frame_receiver) = mpsc::channel(FRAMES_WAITING);
        let (orders, order_receiver) = mpsc::unbounded_channel();
        let (requests, request_receiver) = mpsc::unbounded_channel();
        let (answer, answered) = oneshot::channel();
        let over = CancellationToken::new();
        let id = uuid::Uuid::new_v4().to_string();
        let wires = Wires {
            signals,
            frames,
            orders: order_receiver,
            requests: request_receiver,
            queue: Arc::clone(&queue),
            closing: self.0.closing.clone(),
            over: over.clone(),
        };
        let span = tracing::info_span!("webrtc", signalling_id = %id);
        // In a task of its own: whoever asked may go away, and what the stack makes of hostile input stays there.
        let begun = session::begin(Arc::clone(&self.0.settings), offer.sdp, ice, port, place, wires, answer);
        self.0.tasks.spawn(tracing::Instrument::instrument(begun, span));
        let answer = answered.await.map_err(|_| BadOffer::SetUp("the session ended while it began".to_owned()))??;
        let caller = Caller { from: String::new(), to: offer.to, signalling_id: id, channel: "webrtc" };
        let leg = WebRtcLeg { caller, signals: signal_receiver, frames: frame_receiver, orders, queue, gone: None };
        Ok((answer, leg, Control { requests, over }))
    }

    /// Calls whose connection is up or being closed.
    pub fn sessions(&self) -> usize {
        self.0.tasks.len()
    }

    /// Ends every call, and waits for their connections to close.
    pub async fn shutdown(&self) {
        self.0.closing.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(SHUTDOWN, self.0.tasks.wait()).await.is_err() {
            tracing::warn!(sessions = self.sessions(), "browsers' connections are left behind");
        }
    }
}

impl Control {
    /// A new offer on the same call: an ICE restart when its credentials are new.
    ///
    /// # Errors
    /// As [`Server::accept`]; the call goes on as it was.
    pub async fn offer(&self, sdp: String) -> Result<String, BadOffer> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request::Offer(sdp, reply)).map_err(|_| BadOffer::Over)?;
        answer.await.map_err(|_| BadOffer::Over)?
    }

    /// The caller hangs up.
    pub fn hang_up(&self) {
        // Over already.
        let _ = self.requests.send(Request::HangUp);
    }

    /// Waits for the call's end.
    pub async fn over(&self) {
        self.over.cancelled().await;
    }

    pub fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }
}
