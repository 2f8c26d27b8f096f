//! A leg: one caller's way into the line. The telephone, a browser, or a WAV file as the caller.
//!
//! A leg owns the 20 ms clock of its call. At each tick it gives one frame of what the caller
//! says ([`Event::Frame`]) and takes, from a short queue that [`Leg::play`] fills, one frame to send.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::audio::Frame;

pub mod keys;
pub mod presses;
mod queue;
pub mod scripted;
pub mod sip;
mod stream;
pub mod webrtc;

/// Who calls, and what was dialled, as the signalling says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The caller's address or number, for instance `0612345678` or `sip:anne@ville.fr`; empty when withheld.
    pub from: String,
    /// The address or number dialled.
    pub to: String,
    /// The signalling's own identifier (SIP `Call-ID`).
    pub signalling_id: String,
    /// How the call came in: `sip`, `webrtc`, `scripted`.
    pub channel: &'static str,
}

/// Frames of our own speech waiting in the leg. Two frames ride out scheduling noise and keep
/// the sound that is still played after an interruption under 60 ms.
pub const PLAYOUT_FRAMES: usize = 2;

#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The media path is up (SIP: ACK received): what is played from now on is heard.
    Answered,
    /// 20 ms from the caller. `concealed` when the network lost it and the frame was made up.
    Frame {
        frame: Box<Frame>,
        concealed: bool,
    },
    /// One key press: `0` to `9`, `*`, `#`, `A` to `D`.
    Digit(char),
    /// The caller put us on hold (re-INVITE with `sendonly` or `inactive`).
    Held,
    /// The caller is back.
    Retrieved,
    Transfer(Progress),
    /// The leg is over; nothing follows.
    Gone(Gone),
}

/// How a hand-over goes (RFC 3515: the `message/sipfrag` bodies of NOTIFY).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The other side accepted to try (202), or reported a provisional status.
    Trying { status: u16 },
    /// The human answered; the caller now speaks with them and our leg will be ended.
    Accepted,
    /// The caller's side refused to ring anybody (REFER itself got this status): no telephone has rung.
    Refused { status: u16, reason: String },
    /// Refused, busy, or unanswered in time. `status` 408 when nothing came before the time limit.
    Failed { status: u16, reason: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// The caller hung up (BYE), or gave up before we answered (CANCEL).
    Caller,
    /// We hung up.
    Us,
    /// The human whom we rang did not take the call; the [`Progress::Failed`] before it says why.
    Declined,
    /// No RTP for the configured time.
    MediaTimeout,
    /// The signalling failed: no ACK, transport broken, protocol error.
    Fault(String),
}

/// What a human destination is asked to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The human's SIP URI, for instance `sip:etat-civil@pbx.mairie.fr`.
    pub target: String,
    /// Header fields for the human's INVITE, carried in the Refer-To URI (RFC 3261 §19.1.1).
    pub headers: Vec<(String, String)>,
    /// How long the human's side may ring before the caller is taken back.
    pub timeout: Duration,
}

/// Who speaks in a caption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Line,
    Caller,
}

/// What was said, for a caller who reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    pub side: Side,
    /// One sentence of the line; or all that the caller has been heard to say in this turn.
    pub text: String,
    /// From 1, the caller's utterance; the line's sentences have that of the utterance before them, 0 for the greeting.
    pub turn: u32,
    /// The words stand. Until then the caller's are replaced by the next caption of the same turn.
    pub last: bool,
}

/// What the line is doing, for a caller who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Listening,
    /// The caller's words are being made out, or the reply is not ready to sound.
    Thinking,
    Speaking,
    /// A human is being rung.
    HandingOver,
    /// The caller speaks with a human.
    Human,
    Over,
    /// Over, because the service stops.
    Closed,
}

/// Why a call is not taken, before it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// SIP status: 486 when full, 503 when shutting down or not ready.
    pub status: u16,
    /// Seconds for `Retry-After`.
    pub retry_after: Duration,
}

/// One caller's way into the line.
///
/// Contract: the driver calls [`event`](Leg::event) in a loop until [`Event::Gone`]; it is cancel-safe.
/// The other calls never block and are ignored once the leg is gone. Dropping a leg ends it.
pub trait Leg: Send + 'static {
    fn caller(&self) -> &Caller;
    /// Waits for what happens next.
    fn event(&mut self) -> impl Future<Output = Event> + Send;
    /// Answers the call (SIP: 200). Before it, the caller hears ringing.
    fn answer(&mut self);
    /// Frames that [`play`](Leg::play) will still take.
    fn room(&self) -> usize;
    /// Queues one frame for the caller. When the queue is empty at a tick, silence is sent.
    fn play(&mut self, frame: &Frame);
    /// Drops the queued frames: the caller interrupted.
    fn flush(&mut self);
    /// The line has finished speaking and listens. Only a leg whose caller is a program needs to know.
    fn listening(&mut self) {}
    /// Words of either side, as they begin to sound or have been heard. Only a leg with a screen shows them.
    fn caption(&mut self, _caption: &Caption) {}
    /// What the line does from now on; told at each change.
    fn status(&mut self, _status: Status) {}
    /// Whether the caller's side can be asked to ring a human: a browser cannot.
    fn can_refer(&self) -> bool {
        true
    }
    /// Presses a key towards the other side (RFC 4733): what one side of a bridge dials, the other one gets.
    fn press(&mut self, _key: char) {}
    /// Asks the caller's side to ring a human (SIP: REFER). Answered by [`Event::Transfer`].
    fn transfer(&mut self, transfer: Transfer);
    fn hang_up(&mut self);
}

/// Admission: how many calls the line may hold at once, shared by all ways in.
///
/// A place is taken before a call's first provisional answer and given back when its [`Place`] is dropped.
#[derive(Debug, Clone)]
pub struct Admission {
    state: Arc<AdmissionState>,
    /// What these places are a part of.
    whole: Option<Arc<Admission>>,
}

#[derive(Debug)]
struct AdmissionState {
    limit: usize,
    taken: AtomicUsize,
    closed: AtomicBool,
    retry_after: Duration,
}

impl Admission {
    /// `limit`: calls at once. `retry_after`: what a refused caller is told to wait.
    pub fn new(limit: usize, retry_after: Duration) -> Self {
        let state = AdmissionState { limit, taken: AtomicUsize::new(0), closed: AtomicBool::new(false), retry_after };
        Self { state: Arc::new(state), whole: None }
    }

    /// At most `limit` of these places, for one way in: whatever comes by it, the others have the rest.
    pub fn part(&self, limit: usize) -> Self {
        let whole = Some(Arc::new(self.clone()));
        Self { whole, ..Self::new(limit, self.state.retry_after) }
    }

    /// Takes a place, or says why not.
    pub fn enter(&self) -> Result<Place, Refusal> {
        let refuse = |status| Refusal { status, retry_after: self.state.retry_after };
        if self.is_closed() {
            return Err(refuse(503));
        }
        self.state
            .taken
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < self.state.limit).then_some(n + 1))
            .map_err(|_| refuse(486))?;
        let mut place = Place { state: Arc::clone(&self.state), _whole: None };
        if let Some(whole) = &self.whole {
            place._whole = Some(Box::new(whole.enter()?));
        }
        Ok(place)
    }

    /// Whether the next one would have a place.
    pub fn has_room(&self) -> bool {
        !self.is_closed() && self.taken() < self.state.limit && self.whole.as_ref().is_none_or(|whole| whole.has_room())
    }

    /// Refuses every new call from now on (shutdown); running calls keep their places.
    pub fn close(&self) {
        self.state.closed.store(true, Ordering::Release);
    }

    /// New calls are refused for good.
    pub fn is_closed(&self) -> bool {
        self.state.closed.load(Ordering::Acquire) || self.whole.as_ref().is_some_and(|whole| whole.is_closed())
    }

    /// Calls under way.
    pub fn taken(&self) -> usize {
        self.state.taken.load(Ordering::Acquire)
    }
}

/// One call's place; dropping it gives the place back.
#[derive(Debug)]
pub struct Place {
    state: Arc<AdmissionState>,
    _whole: Option<Box<Place>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.state.taken.fetch_sub(1, Ordering::AcqRel);
    }
}
