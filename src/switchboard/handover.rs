//! The driver's part of a hand-over: asking the caller's side, or ringing the human ourselves and staying between them.

use std::time::{Duration, Instant};

use tracing::{info, warn};

use super::bridge::{Bridge, Passing};
use super::driver::Driver;
use super::keep::word;
use crate::audio::Frame;
use crate::call::{CallStart, Destination, Input, Progress, Reason};
use crate::leg::sip::SipLeg;
use crate::leg::{self, Event, Leg, Status};

/// However late a refusal of REFER came, the human's telephone rings this long.
const SHORTEST_RING: Duration = Duration::from_secs(5);

/// What is under way of a hand-over.
#[derive(Default)]
pub(super) struct Handover {
    /// What REFER asks for, and since when: if it is refused, we ring the same telephone.
    asked: Option<(leg::Transfer, Instant)>,
    bridge: Option<Bridge<SipLeg>>,
}

impl Handover {
    /// What the human's side tells; never when there is none.
    pub async fn event(&mut self) -> Event {
        match &mut self.bridge {
            Some(bridge) => bridge.event().await,
            None => std::future::pending().await,
        }
    }

    /// The tone to play while a human's telephone rings.
    pub fn ringing_tone(&mut self) -> Option<Frame> {
        self.bridge.as_mut()?.ringing_tone()
    }

    /// Passes the caller's sound on; whether it has been, and is nobody else's to hear.
    pub fn from_caller(&mut self, frame: &Frame) -> bool {
        match self.bridge.as_mut().filter(|bridge| bridge.is_answered()) {
            Some(bridge) => {
                bridge.from_caller(frame);
                true
            }
            None => false,
        }
    }
}

impl<L: Leg> Driver<'_, L> {
    /// Has the human rung, by whom the configuration says.
    pub(super) fn hand_over(&mut self, destination: &Destination, reason: Reason) {
        info!(?reason, destination = %destination.name, "handing over");
        let transfer = leg::Transfer {
            target: destination.uri.clone(),
            headers: handover_headers(&self.start, reason, self.engines.handover_url.as_deref()),
            timeout: self.engines.line.settings.ring_timeout,
        };
        // Whoever still rings of the destination before is let go.
        self.handover = Handover::default();
        match self.engines.bridging.at_first(self.leg.can_refer(), self.engines.dialler.is_some()) {
            Passing::Refer => {
                self.handover.asked = Some((transfer.clone(), Instant::now()));
                self.leg.transfer(transfer);
            }
            Passing::Dial => self.dial(transfer),
            Passing::Nobody => {
                warn!("this caller cannot be passed to anybody: neither REFER nor a bridge ([handover] bridge)");
                self.aside = None;
                self.call.handle(Input::Transfer(Progress::Failed(501)), self.now());
            }
        }
    }

    fn dial(&mut self, transfer: leg::Transfer) {
        if let Some(dialler) = &self.engines.dialler {
            self.handover.bridge = Some(Bridge::new(dialler.dial(transfer, self.leg.caller())));
        }
    }

    /// What the caller's leg tells that concerns the two in conversation, or a REFER that the line can do without;
    /// given back when it is for the call.
    pub(super) fn on_bridged(&mut self, event: Event) -> Option<Event> {
        if let Event::Transfer(leg::Progress::Refused { status, .. }) = &event
            && let Some((transfer, since)) = self.handover.asked.take()
            && self.engines.bridging.after_refusal(*status, self.engines.dialler.is_some()) == Passing::Dial
        {
            info!(status, "REFER refused: ringing the human ourselves");
            let timeout = transfer.timeout.saturating_sub(since.elapsed()).max(SHORTEST_RING);
            self.dial(leg::Transfer { timeout, ..transfer });
            return None;
        }
        let Some(bridge) = self.handover.bridge.as_mut().filter(|bridge| bridge.is_answered()) else {
            return Some(event);
        };
        match event {
            Event::Digit(key) => bridge.press(key),
            Event::Held | Event::Retrieved => bridge.hold(&mut self.leg),
            event => return Some(event),
        }
        None
    }

    /// What the human's leg tells.
    pub(super) async fn on_human(&mut self, event: Event) {
        let Some(bridge) = &mut self.handover.bridge else { return };
        match event {
            Event::Frame { frame, .. } => bridge.from_human(&frame, &mut self.leg),
            Event::Digit(key) if bridge.is_answered() => self.leg.press(key),
            Event::Digit(_) => {}
            Event::Held | Event::Retrieved => bridge.hold(&mut self.leg),
            Event::Answered => self.on_human_answered().await,
            Event::Transfer(leg::Progress::Trying { .. }) => self.tell(Input::Transfer(Progress::Trying)).await,
            Event::Transfer(leg::Progress::Failed { status, .. } | leg::Progress::Refused { status, .. }) => {
                self.on_human_failed(status).await;
            }
            // Only an answer says so of a telephone that we ring ourselves.
            Event::Transfer(leg::Progress::Accepted) => {}
            Event::Gone(_) if bridge.is_answered() => {
                self.handover.bridge = None;
                self.tell(Input::HumanGone).await;
            }
            Event::Gone(_) => self.on_human_failed(503).await,
        }
    }

    async fn on_human_answered(&mut self) {
        self.tell(Input::Transfer(Progress::Bridged)).await;
        if !self.call.is_with_human() {
            // The call has gone on without: nobody would speak with this human.
            self.handover.bridge = None;
            return;
        }
        self.aside = Some(Status::Human);
        self.detector.reset();
        self.earlier.clear();
        if let Some(bridge) = &mut self.handover.bridge {
            bridge.answer(&mut self.leg);
        }
    }

    async fn on_human_failed(&mut self, status: u16) {
        self.handover.bridge = None;
        self.leg.flush();
        self.aside = None;
        self.tell(Input::Transfer(Progress::Failed(status))).await;
    }
}

/// What the human's telephone is told: the call, why, and where to read what was said.
fn handover_headers(start: &CallStart, reason: Reason, url: Option<&str>) -> Vec<(String, String)> {
    let mut headers =
        vec![("X-Standardiste-Call".to_owned(), start.id.clone()), ("X-Standardiste-Reason".to_owned(), word(reason))];
    if let Some(url) = url {
        let link = format!("<{}/handover/{}>;purpose=info", url.trim_end_matches('/'), start.handover_token);
        headers.push(("Call-Info".to_owned(), link));
    }
    headers
}
