//! The browser's leg, as the driver sees it.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::channel;
use super::settings::BadOffer;
use crate::audio::Frame;
use crate::leg::queue::Queue;
use crate::leg::stream::Heard;
use crate::leg::{Caller, Caption, Event, Gone, Leg, Progress, Status, Transfer};

/// What the driver asks of the session.
#[derive(Debug)]
pub(super) enum Order {
    /// A message for the page.
    Say(String),
    /// A key for the page's citizen, who hears its tone.
    Press(char),
    /// A hand-over, which a browser cannot follow.
    Transfer,
    /// The hanging up that follows is the service's stop.
    Closing,
    HangUp,
}

/// What the page's HTTP requests ask.
#[derive(Debug)]
pub(super) enum Request {
    Offer(String, oneshot::Sender<Result<String, BadOffer>>),
    HangUp,
}

/// The session's ends of its channels.
pub(super) struct Wires {
    pub signals: mpsc::UnboundedSender<Event>,
    pub frames: mpsc::Sender<Heard>,
    pub orders: mpsc::UnboundedReceiver<Order>,
    pub requests: mpsc::UnboundedReceiver<Request>,
    pub queue: Arc<Queue>,
    pub closing: CancellationToken,
    pub over: CancellationToken,
}

/// One browser's call. Dropping it hangs up.
#[derive(Debug)]
pub struct WebRtcLeg {
    pub(super) caller: Caller,
    pub(super) signals: mpsc::UnboundedReceiver<Event>,
    pub(super) frames: mpsc::Receiver<Heard>,
    pub(super) orders: mpsc::UnboundedSender<Order>,
    pub(super) queue: Arc<Queue>,
    pub(super) gone: Option<Gone>,
}

/// A browser cannot be sent elsewhere (SIP's 501, Not Implemented).
pub(super) const NOT_IMPLEMENTED: u16 = 501;

impl Leg for WebRtcLeg {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    async fn event(&mut self) -> Event {
        if let Some(gone) = &self.gone {
            return Event::Gone(gone.clone());
        }
        let event = tokio::select! {
            biased;
            signal = self.signals.recv() => {
                signal.unwrap_or_else(|| Event::Gone(Gone::Fault("the call's task ended".to_owned())))
            }
            Some((frame, concealed)) = self.frames.recv() => Event::Frame { frame, concealed },
        };
        if let Event::Gone(gone) = &event {
            self.gone = Some(gone.clone());
        }
        event
    }

    /// Our answer has left with the SDP: the call is up when the browser connects.
    fn answer(&mut self) {}

    fn room(&self) -> usize {
        self.queue.room()
    }

    fn play(&mut self, frame: &Frame) {
        self.queue.push(frame);
    }

    fn flush(&mut self) {
        self.queue.clear();
    }

    fn caption(&mut self, caption: &Caption) {
        self.order(Order::Say(channel::caption(caption)));
    }

    fn status(&mut self, status: Status) {
        match status {
            // The end is told by the session, with its reason.
            Status::Over => {}
            Status::Closed => self.order(Order::Closing),
            status => self.order(Order::Say(channel::status(status))),
        }
    }

    fn press(&mut self, key: char) {
        self.order(Order::Press(key));
    }

    fn can_refer(&self) -> bool {
        false
    }

    fn transfer(&mut self, _: Transfer) {
        self.order(Order::Transfer);
    }

    fn hang_up(&mut self) {
        self.order(Order::HangUp);
    }
}

impl WebRtcLeg {
    fn order(&self, order: Order) {
        // The call may be over already: then there is nothing to ask of it.
        let _ = self.orders.send(order);
    }
}

pub(super) fn refused_transfer() -> Event {
    let reason = "a browser cannot be transferred".to_owned();
    Event::Transfer(Progress::Failed { status: NOT_IMPLEMENTED, reason })
}
