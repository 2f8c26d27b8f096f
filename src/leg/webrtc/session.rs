//! One browser's call: its connection, its clock, its end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use webrtc::data_channel::DataChannelEvent;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::RTCPeerConnectionState;

use super::channel::{self, Asked};
use super::description::{Agreed, narrowed};
use super::leg::{Order, Request, Wires, refused_transfer};
use super::link::Link;
use super::page::Page;
use super::peer::{self, CONSENT, Peer};
use super::ports::Port;
use super::settings::{BadOffer, IceServer, Settings};
use crate::audio::{Codec, FRAME_MS};
use crate::leg::presses::{Presses, Way};
use crate::leg::stream::{Stream, Taken};
use crate::leg::{Event, Gone, Place};
use crate::rtp::Packet;

const TICK: Duration = Duration::from_millis(FRAME_MS);
/// A tick later than this is not made up for: a burst would only fill the browser's jitter buffer.
const LATEST_TICK: Duration = Duration::from_millis(200);

type Negotiation = Pin<Box<dyn Future<Output = Result<(String, Agreed), BadOffer>> + Send>>;

struct Session {
    settings: Arc<Settings>,
    peer: Peer,
    signals: mpsc::UnboundedSender<Event>,
    stream: Stream,
    began: Instant,
    answered: Option<Instant>,
    link: Link,
    page: Page,
    track: Option<Arc<dyn TrackRemote>>,
    presses: Presses,
    /// An offer being answered, and who waits for the answer.
    negotiation: Option<(Negotiation, oneshot::Sender<Result<String, BadOffer>>)>,
    /// The service stops.
    closing: bool,
}

enum Woken {
    Order(Option<Order>),
    Request(Request),
    Tick(Instant),
    Peer(peer::Event),
    Track(Option<TrackRemoteEvent>),
    Channel(Option<DataChannelEvent>),
    Negotiated(Result<(String, Agreed), BadOffer>),
    Late,
    Closing,
}

/// Answers the offer, then drives the call to its end. `place` is given back at the end.
pub async fn begin(
    settings: Arc<Settings>,
    offer: String,
    ice: Vec<IceServer>,
    port: Port,
    place: Place,
    wires: Wires,
    answer: oneshot::Sender<Result<String, BadOffer>>,
) {
    // Whatever ends this task, a panic of the stack included, the call is over.
    let _over = wires.over.clone().drop_guard();
    let _place = place;
    let (mut session, events, described) = match set_up(settings, offer, &ice, port, &wires).await {
        Ok(ready) => ready,
        Err(error) => {
            let _ = answer.send(Err(error));
            return;
        }
    };
    if answer.send(Ok(described)).is_err() {
        // Whoever asked has gone.
        session.peer.close().await;
        return;
    }
    let gone = session.run(wires, events).await;
    session.end(gone).await;
}

async fn set_up(
    settings: Arc<Settings>,
    offer: String,
    ice: &[IceServer],
    port: Port,
    wires: &Wires,
) -> Result<(Session, mpsc::UnboundedReceiver<peer::Event>, String), BadOffer> {
    let set_up = |error: crate::audio::CodecError| BadOffer::SetUp(error.to_string());
    let mut stream =
        Stream::new(Codec::Opus, 0, Vec::new(), Arc::clone(&wires.queue), wires.frames.clone()).map_err(set_up)?;
    let (offer, offered) = narrowed(&offer)?;
    let (peer, events) = Peer::new(Arc::clone(&settings), ice, port, stream.sequencer.ssrc(), offered).await?;
    let (answer, agreed) = match peer.negotiator().answer(offer).await {
        Ok(answered) => answered,
        Err(error) => {
            peer.close().await;
            return Err(error);
        }
    };
    stream.change(Codec::Opus, agreed.opus, event_types(agreed)).map_err(set_up)?;
    let now = Instant::now();
    let session = Session {
        link: Link::Connecting { until: now + settings.connecting },
        settings,
        peer,
        signals: wires.signals.clone(),
        stream,
        began: now,
        answered: None,
        page: Page::new(now),
        track: None,
        presses: Presses::default(),
        negotiation: None,
        closing: false,
    };
    Ok((session, events, answer))
}

impl Session {
    async fn run(&mut self, mut wires: Wires, mut events: mpsc::UnboundedReceiver<peer::Event>) -> Gone {
        let mut clock = interval(TICK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            let woken = self.woken(&mut wires, &mut events, &mut clock).await;
            if let Some(gone) = self.act(woken, &mut clock).await {
                return gone;
            }
        }
    }

    async fn woken(
        &mut self,
        wires: &mut Wires,
        events: &mut mpsc::UnboundedReceiver<peer::Event>,
        clock: &mut Interval,
    ) -> Woken {
        let deadline = self.link.deadline();
        let (track, channel, negotiation) = (self.track.clone(), self.page.channel(), self.negotiation.as_mut());
        tokio::select! {
            biased;
            () = wires.closing.cancelled() => Woken::Closing,
            order = wires.orders.recv() => Woken::Order(order),
            due = clock.tick(), if self.answered.is_some() => Woken::Tick(due),
            Some(event) = events.recv() => Woken::Peer(event),
            Some(request) = wires.requests.recv() => Woken::Request(request),
            event = async {
                match track {
                    Some(track) => track.poll().await,
                    None => std::future::pending().await,
                }
            } => Woken::Track(event),
            event = async {
                match channel {
                    Some(channel) => channel.poll().await,
                    None => std::future::pending().await,
                }
            } => Woken::Channel(event),
            answer = async {
                match negotiation {
                    Some((negotiation, _)) => negotiation.await,
                    None => std::future::pending().await,
                }
            } => Woken::Negotiated(answer),
            () = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            } => Woken::Late,
        }
    }

    async fn act(&mut self, woken: Woken, clock: &mut Interval) -> Option<Gone> {
        match woken {
            Woken::Closing => {
                self.closing = true;
                Some(Gone::Us)
            }
            Woken::Order(None | Some(Order::HangUp)) => Some(Gone::Us),
            Woken::Order(Some(Order::Closing)) => {
                self.closing = true;
                None
            }
            Woken::Order(Some(Order::Say(message))) => {
                self.page.say(message).await;
                None
            }
            Woken::Order(Some(Order::Press(key))) => {
                self.stream.press(key);
                None
            }
            Woken::Order(Some(Order::Transfer)) => {
                self.tell(refused_transfer());
                None
            }
            Woken::Request(Request::HangUp) => Some(Gone::Caller),
            Woken::Request(Request::Offer(offer, reply)) => {
                self.negotiate(offer, reply);
                None
            }
            Woken::Negotiated(answer) => self.negotiated(answer),
            Woken::Tick(due) => self.tick(due, clock),
            Woken::Peer(event) => self.on_peer(event, clock).await,
            Woken::Track(event) => {
                self.on_track(event);
                None
            }
            Woken::Channel(event) => match self.page.on_event(event).await {
                Some(Asked::Key(key)) => {
                    self.press(key, Way::Message);
                    None
                }
                Some(Asked::HangUp) => Some(Gone::Caller),
                None => None,
            },
            Woken::Late => {
                tracing::info!(never_connected = self.answered.is_none(), "no connection for too long, hanging up");
                Some(Gone::MediaTimeout)
            }
        }
    }

    fn tell(&self, event: Event) {
        // A leg that was dropped asks for the end by its closed channel.
        let _ = self.signals.send(event);
    }

    fn negotiate(&mut self, offer: String, reply: oneshot::Sender<Result<String, BadOffer>>) {
        if self.negotiation.is_some() {
            let _ = reply.send(Err(BadOffer::Malformed("another offer is being answered".to_owned())));
            return;
        }
        let offer = match narrowed(&offer) {
            Ok((offer, _)) => offer,
            Err(error) => {
                let _ = reply.send(Err(error));
                return;
            }
        };
        let mut negotiator = self.peer.negotiator();
        self.negotiation = Some((Box::pin(async move { negotiator.answer(offer).await }), reply));
    }

    fn negotiated(&mut self, answer: Result<(String, Agreed), BadOffer>) -> Option<Gone> {
        let (_, reply) = self.negotiation.take()?;
        let answer = match answer {
            Ok((answer, agreed)) => {
                if let Err(error) = self.stream.change(Codec::Opus, agreed.opus, event_types(agreed)) {
                    return Some(Gone::Fault(format!("the codec cannot be set up: {error}")));
                }
                // The browser has asked anew: it gets the time that a first connection has.
                self.link.waits(Instant::now() + self.settings.connecting);
                Ok(answer)
            }
            Err(error) => Err(error),
        };
        let _ = reply.send(answer);
        None
    }

    fn tick(&mut self, due: Instant, clock: &mut Interval) -> Option<Gone> {
        let late = due.elapsed();
        if late > LATEST_TICK {
            tracing::warn!(late_ms = late.as_millis(), "media clock stood still");
            for _ in 0..late.as_millis() / TICK.as_millis() {
                self.stream.pause();
            }
            clock.reset();
        }
        self.stream.hear(self.began.elapsed());
        if !self.link.is_up() {
            self.stream.pause();
            return None;
        }
        let packet = self.stream.speak()?;
        (!self.peer.send(packet)).then(|| Gone::Fault("the connection's task has ended".to_owned()))
    }

    async fn on_peer(&mut self, event: peer::Event, clock: &mut Interval) -> Option<Gone> {
        match event {
            peer::Event::State(state) => return self.on_state(state, clock),
            peer::Event::Track(track) => self.track = Some(track),
            peer::Event::Channel(channel) => {
                if !self.page.takes(channel).await {
                    return Some(Gone::Fault("the page opens channel after channel".to_owned()));
                }
            }
        }
        None
    }

    fn on_state(&mut self, state: RTCPeerConnectionState, clock: &mut Interval) -> Option<Gone> {
        tracing::debug!(%state, "connection");
        match state {
            RTCPeerConnectionState::Connected => {
                let was_up = self.link.comes();
                if self.answered.is_none() {
                    self.answered = Some(Instant::now());
                    clock.reset();
                    tracing::info!(after_ms = self.began.elapsed().as_millis(), "call connected");
                    self.tell(Event::Answered);
                } else if !was_up {
                    tracing::info!("connection back");
                    self.tell(Event::Retrieved);
                }
                None
            }
            RTCPeerConnectionState::Disconnected | RTCPeerConnectionState::Failed => {
                let left = self.settings.media_timeout.saturating_sub(CONSENT);
                if self.link.goes(Instant::now() + left) {
                    tracing::info!(wait_s = left.as_secs(), "connection lost");
                    self.tell(Event::Held);
                }
                None
            }
            // The other side has said so (DTLS close_notify).
            RTCPeerConnectionState::Closed => Some(Gone::Caller),
            _ => None,
        }
    }

    fn on_track(&mut self, event: Option<TrackRemoteEvent>) {
        match event {
            Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                let packet = Packet {
                    payload_type: packet.header.payload_type,
                    marker: packet.header.marker,
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    ssrc: packet.header.ssrc,
                    payload: packet.payload,
                };
                if let Taken::Key(key) = self.stream.take(packet, self.began.elapsed()) {
                    self.press(key, Way::Rtp);
                }
            }
            Some(TrackRemoteEvent::OnEnded) | None => self.track = None,
            Some(_) => {}
        }
    }

    fn press(&mut self, key: char, way: Way) {
        if self.presses.press(key, way, std::time::Instant::now()) {
            self.tell(Event::Digit(key));
        }
    }

    async fn end(mut self, gone: Gone) {
        self.stream.count();
        let outcome = outcome(&gone, self.answered);
        metrics::counter!("standardiste_webrtc_calls_total", "outcome" => outcome).increment(1);
        if let Some(at) = self.answered {
            metrics::histogram!("standardiste_webrtc_call_seconds").record(at.elapsed().as_secs_f64());
        }
        tracing::info!(how = ?gone, "call ended");
        self.tell(Event::Gone(gone.clone()));
        if self.link.is_up() {
            self.page.last_word(channel::over(&gone, self.closing)).await;
        }
        self.peer.close().await;
    }
}

fn event_types(agreed: Agreed) -> Vec<u8> {
    agreed.event.map(|(payload_type, _)| payload_type).into_iter().collect()
}

fn outcome(gone: &Gone, answered: Option<Instant>) -> &'static str {
    match gone {
        _ if answered.is_none() => "never_connected",
        Gone::Caller => "caller",
        Gone::Us => "us",
        Gone::MediaTimeout => "media_timeout",
        Gone::Fault(_) | Gone::Declined => "fault",
    }
}
