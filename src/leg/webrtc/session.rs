//! One browser's call: its connection, its clock, its end.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::RTCPeerConnectionState;

use super::channel::{self, Asked, LABEL};
use super::description::{Agreed, narrowed};
use super::leg::{Order, refused_transfer};
use super::peer::{self, CONSENT, Peer};
use super::ports::Port;
use super::settings::{BadOffer, IceServer, Settings};
use crate::audio::{Codec, FRAME_MS};
use crate::leg::presses::{Presses, Way};
use crate::leg::queue::Queue;
use crate::leg::stream::{Heard, Stream, Taken};
use crate::leg::{Event, Gone, Place};
use crate::rtp::Packet;

const TICK: Duration = Duration::from_millis(FRAME_MS);
/// A tick later than this is not made up for: a burst would only fill the browser's jitter buffer.
const LATEST_TICK: Duration = Duration::from_millis(200);
/// Messages kept for a channel that is not open yet: the greeting's captions and states, several times over.
const MOST_UNSENT: usize = 64;
/// Messages of the page that are read in a second; a thumb makes eight presses.
const MESSAGES_A_SECOND: u32 = 20;
/// Channels that are not ours, before the page is taken for hostile.
const MOST_STRANGERS: u32 = 16;
/// The last message is waited for this long, so that the page can say why the call ended.
const LAST_WORD: Duration = Duration::from_millis(200);

/// What the page's HTTP requests ask.
#[derive(Debug)]
pub enum Request {
    Offer(String, oneshot::Sender<Result<String, BadOffer>>),
    HangUp,
}

/// The session's ends of its channels.
pub struct Wires {
    pub signals: mpsc::UnboundedSender<Event>,
    pub frames: mpsc::Sender<Heard>,
    pub orders: mpsc::UnboundedReceiver<Order>,
    pub requests: mpsc::UnboundedReceiver<Request>,
    pub queue: Arc<Queue>,
    pub closing: CancellationToken,
    pub over: CancellationToken,
}

/// Whether the browser is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Connecting {
        until: Instant,
    },
    Up,
    /// No consent; the call waits.
    Lost {
        until: Instant,
    },
}

type Negotiation = Pin<Box<dyn Future<Output = Result<(String, Agreed), BadOffer>> + Send>>;

struct Session {
    settings: Arc<Settings>,
    peer: Peer,
    signals: mpsc::UnboundedSender<Event>,
    stream: Stream,
    began: Instant,
    answered: Option<Instant>,
    link: Link,
    track: Option<Arc<dyn TrackRemote>>,
    channel: Option<Arc<dyn DataChannel>>,
    open: bool,
    unsent: VecDeque<String>,
    presses: Presses,
    /// An offer being answered, and who waits for the answer.
    negotiation: Option<(Negotiation, oneshot::Sender<Result<String, BadOffer>>)>,
    /// Messages of the page in the second that began then.
    messages: (Instant, u32),
    strangers: u32,
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
        track: None,
        channel: None,
        open: false,
        unsent: VecDeque::new(),
        presses: Presses::default(),
        negotiation: None,
        messages: (now, 0),
        strangers: 0,
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
        let deadline = match self.link {
            Link::Connecting { until } | Link::Lost { until } => Some(until),
            Link::Up => None,
        };
        let (track, channel, negotiation) = (self.track.clone(), self.channel.clone(), self.negotiation.as_mut());
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
            Woken::Closing | Woken::Order(None | Some(Order::HangUp)) => Some(Gone::Us),
            Woken::Order(Some(Order::Say(message))) => {
                self.say(message).await;
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
            Woken::Channel(event) => self.on_channel(event).await,
            Woken::Late => {
                let never = matches!(self.link, Link::Connecting { .. });
                tracing::info!(never_connected = never, "no connection for too long, hanging up");
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
                if let Link::Lost { until } = &mut self.link {
                    *until = (*until).max(Instant::now() + self.settings.connecting);
                }
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
        if self.link != Link::Up {
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
                if self.channel.is_none() && channel.label().await.is_ok_and(|label| label == LABEL) {
                    self.channel = Some(channel);
                } else {
                    self.strangers += 1;
                    if self.strangers > MOST_STRANGERS {
                        return Some(Gone::Fault("the page opens channel after channel".to_owned()));
                    }
                    let _ = channel.close().await;
                }
            }
        }
        None
    }

    fn on_state(&mut self, state: RTCPeerConnectionState, clock: &mut Interval) -> Option<Gone> {
        tracing::debug!(%state, "connection");
        match state {
            RTCPeerConnectionState::Connected => {
                let before = std::mem::replace(&mut self.link, Link::Up);
                if self.answered.is_none() {
                    self.answered = Some(Instant::now());
                    clock.reset();
                    tracing::info!(after_ms = self.began.elapsed().as_millis(), "call connected");
                    self.tell(Event::Answered);
                } else if before != Link::Up {
                    tracing::info!("connection back");
                    self.tell(Event::Retrieved);
                }
                None
            }
            RTCPeerConnectionState::Disconnected | RTCPeerConnectionState::Failed => {
                if self.link == Link::Up {
                    let left = self.settings.media_timeout.saturating_sub(CONSENT);
                    self.link = Link::Lost { until: Instant::now() + left };
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

    async fn on_channel(&mut self, event: Option<DataChannelEvent>) -> Option<Gone> {
        match event {
            Some(DataChannelEvent::OnOpen) => {
                self.open = true;
                while let Some(message) = self.unsent.pop_front() {
                    self.say(message).await;
                }
                None
            }
            Some(DataChannelEvent::OnMessage(message)) => self.on_message(&message.data),
            // A page that is left closes its channel, long before consent runs out.
            Some(DataChannelEvent::OnClose) => Some(Gone::Caller),
            None => {
                (self.channel, self.open) = (None, false);
                None
            }
            Some(_) => None,
        }
    }

    fn on_message(&mut self, data: &[u8]) -> Option<Gone> {
        let (since, count) = &mut self.messages;
        if since.elapsed() > Duration::from_secs(1) {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        if *count > MESSAGES_A_SECOND {
            return None;
        }
        match channel::read(data) {
            Some(Asked::Key(key)) => {
                self.press(key, Way::Message);
                None
            }
            Some(Asked::HangUp) => Some(Gone::Caller),
            None => {
                tracing::debug!(bytes = data.len(), "a message of the page cannot be read");
                None
            }
        }
    }

    /// Sends the page a message, or keeps it until the channel opens.
    async fn say(&mut self, message: String) {
        match &self.channel {
            Some(channel) if self.open => {
                if let Err(error) = channel.try_send_text(&message).await {
                    tracing::debug!(%error, "a message to the page was lost");
                }
            }
            _ => {
                if self.unsent.len() == MOST_UNSENT {
                    self.unsent.pop_front();
                }
                self.unsent.push_back(message);
            }
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
        if self.link == Link::Up && self.open {
            self.say(channel::over(&gone)).await;
            if let Some(channel) = self.channel.take() {
                let _ = tokio::time::timeout(LAST_WORD, acknowledged(channel)).await;
            }
        }
        self.peer.close().await;
    }
}

async fn acknowledged(channel: Arc<dyn DataChannel>) {
    while channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0) {
        tokio::time::sleep(Duration::from_millis(5)).await;
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
