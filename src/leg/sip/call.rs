//! The signalling of one call, to the end of its dialog: from its INVITE when it came in ([`super::invite`]), from the
//! answer when we made it ([`super::dial`]).

use std::sync::Arc;

use rsipstack::dialog::dialog::{
    Dialog, DialogSnapshotState, DialogState, DialogStateReceiver, DialogStateSender, TerminatedReason,
};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Header, Request, Response};
use rsipstack::transaction::transaction::{TransactionEvent, TransactionEventSender};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::door;
use super::leg::Command;
use super::media::{self, Media, Parts};
use super::server::Shared;
use super::session_timer::{Refresher, Terms};
use super::transport::Guest;
use super::update::Transferring;
use crate::leg::presses::{Presses, Way};
use crate::leg::{Event, Gone, Place};
use crate::sdp;

/// How long the ACK is waited for before a BYE that comes after our 200 (RFC 3261 §13.3.1.4: 64 × T1).
pub(super) const ACK_LIMIT: std::time::Duration = std::time::Duration::from_secs(32);

/// Where the call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Ringing,
    /// Our 200 is out, the ACK is not in.
    Answered,
    Up,
    /// The dialog is over on the wire.
    Over,
}

/// The call's signalling task.
pub(super) struct Call {
    pub shared: Arc<Shared>,
    pub dialog: InviteDialog,
    /// Where the dialog tells its states.
    pub states: DialogStateSender,
    pub phase: Phase,
    pub session: sdp::Session,
    /// What we say in the 200; made when the INVITE came, or by us when it had no offer.
    pub description: String,
    /// The INVITE had no offer: its answer is in the ACK.
    pub offered: bool,
    pub signals: mpsc::UnboundedSender<Event>,
    /// Until the media begin.
    pub parts: Option<Parts>,
    pub media: Option<Media>,
    pub held: bool,
    pub presses: Presses,
    pub terms: Option<Terms>,
    /// When the session timer asks for something.
    pub session_due: Option<Instant>,
    pub transfer: Option<Transferring>,
    /// CSeq numbers of re-INVITEs that we answered with an offer of ours.
    pub awaiting_answer: Option<u32>,
    pub refreshing: bool,
    pub replies: mpsc::UnboundedSender<Reply>,
    pub place: Option<Place>,
    /// To answer the INVITE after a BYE has ended the dialog early; none when it was ours.
    pub invite: Option<(Request, TransactionEventSender)>,
    /// The other side's addresses, which may speak inside this call when we made it.
    pub guests: Vec<Guest>,
    pub answered_at: Option<Instant>,
}

/// Outcome of a request of ours.
pub(super) enum Reply {
    Refer(rsipstack::Result<Option<Response>>),
    Refresh(rsipstack::Result<Option<Response>>),
}

pub(super) struct Inputs {
    pub states: DialogStateReceiver,
    pub commands: mpsc::UnboundedReceiver<Command>,
    pub media: mpsc::UnboundedReceiver<media::Event>,
    pub replies: mpsc::UnboundedReceiver<Reply>,
}

impl Call {
    /// A call with nothing but what all have.
    pub(super) fn new(
        shared: Arc<Shared>,
        dialog: InviteDialog,
        states: DialogStateSender,
        session: sdp::Session,
        signals: mpsc::UnboundedSender<Event>,
        replies: mpsc::UnboundedSender<Reply>,
    ) -> Self {
        Self {
            shared,
            dialog,
            states,
            phase: Phase::Ringing,
            session,
            description: String::new(),
            offered: false,
            signals,
            parts: None,
            media: None,
            held: false,
            presses: Presses::default(),
            terms: None,
            session_due: None,
            transfer: None,
            awaiting_answer: None,
            refreshing: false,
            replies,
            place: None,
            invite: None,
            guests: Vec::new(),
            answered_at: None,
        }
    }

    pub(super) async fn run(mut self, mut inputs: Inputs) {
        let closing = self.shared.closing.clone();
        let gone = loop {
            let due = self.due();
            let step = tokio::select! {
                biased;
                () = closing.cancelled() => Some(Gone::Us),
                Some(state) = inputs.states.recv() => self.on_state(state).await,
                command = inputs.commands.recv() => self.on_command(command.unwrap_or(Command::HangUp)),
                Some(event) = inputs.media.recv() => self.on_media(event),
                Some(reply) = inputs.replies.recv() => self.on_reply(reply),
                () = until(due) => self.on_time(),
            };
            if let Some(gone) = step {
                break gone;
            }
        };
        self.end(gone, &mut inputs.states).await;
    }

    fn due(&self) -> Option<Instant> {
        let transfer = self.transfer.as_ref().and_then(Transferring::due);
        [self.session_due, transfer].into_iter().flatten().min()
    }

    pub(super) fn tell(&self, event: Event) {
        // A leg that was dropped asks for the end by its closed command channel.
        let _ = self.signals.send(event);
    }

    async fn on_state(&mut self, state: DialogState) -> Option<Gone> {
        match state {
            DialogState::Confirmed(..) => self.on_confirmed(),
            DialogState::Terminated(_, TerminatedReason::ProxyAuthRequired) if self.revive() => None,
            DialogState::Terminated(_, reason) => {
                let ringing = self.phase == Phase::Ringing;
                self.phase = Phase::Over;
                Some(match reason {
                    TerminatedReason::UacCancel => Gone::Caller,
                    TerminatedReason::UacBye | TerminatedReason::UasBye => {
                        if ringing {
                            self.answer_invite_487();
                        }
                        Gone::Caller
                    }
                    TerminatedReason::Timeout => {
                        Gone::Fault("the caller never acknowledged our answer (no ACK)".to_owned())
                    }
                    reason => Gone::Fault(format!("the dialog ended: {reason:?}")),
                })
            }
            DialogState::Updated(_, request, handle) => self.on_update(request, handle).await,
            DialogState::Info(_, request, handle) => self.on_info(request, handle).await,
            DialogState::Notify(_, request, handle) => self.on_notify(request, handle).await,
            DialogState::Options(_, _, handle) => {
                let headers = vec![Header::Allow(door::ALLOW.into()), Header::Accept(door::ACCEPT.into())];
                let _ = handle.respond(200.into(), Some(headers), None).await;
                None
            }
            DialogState::Refer(_, _, handle)
            | DialogState::Message(_, _, handle)
            | DialogState::Publish(_, _, handle) => {
                let headers = vec![Header::Allow(door::ALLOW.into())];
                let _ = handle.respond(405.into(), Some(headers), None).await;
                None
            }
            DialogState::Calling(_) | DialogState::Trying(_) | DialogState::Early(..) | DialogState::WaitAck(..) => {
                None
            }
        }
    }

    /// A BYE before our answer leaves the INVITE open (RFC 3261 §15.1.2).
    fn answer_invite_487(&self) {
        let Some((request, sender)) = &self.invite else { return };
        let response = self.shared.endpoint.make_response(request, 487.into(), None);
        let _ = sender.send(TransactionEvent::Respond(response));
    }

    fn on_confirmed(&mut self) -> Option<Gone> {
        if self.phase != Phase::Answered {
            return self.on_late_answer();
        }
        if self.offered {
            let body = self.dialog.last_remote_ack().map(|ack| ack.body).unwrap_or_default();
            self.phase = Phase::Up;
            if let Err(error) = self.session.accept(&body) {
                return Some(Gone::Fault(format!("the answer in the ACK cannot be used: {error}")));
            }
        }
        self.phase = Phase::Up;
        self.arm_session_timer();
        let (Some(parts), Some(agreed)) = (self.parts.take(), self.session.agreed().copied()) else { return None };
        match Media::start(parts, agreed) {
            Ok(media) => self.media = Some(media),
            Err(error) => return Some(Gone::Fault(format!("the codec cannot be set up: {error}"))),
        }
        self.answered_at = Some(Instant::now());
        tracing::info!(codec = agreed.codec.name(), "call answered");
        self.tell(Event::Answered);
        self.note_hold(agreed.held());
        None
    }

    fn on_command(&mut self, command: Command) -> Option<Gone> {
        match command {
            Command::Answer if self.phase == Phase::Ringing => self.answer(),
            Command::Transfer(transfer) if self.phase == Phase::Up => {
                self.refer(transfer);
                None
            }
            Command::Press(key) if self.phase == Phase::Up => {
                self.send_key(key);
                None
            }
            Command::HangUp => Some(Gone::Us),
            Command::Answer | Command::Transfer(_) | Command::Press(_) => None,
        }
    }

    /// `rsipstack` calls a dialog terminated when a request inside it is challenged and it has no answer; by RFC 3261
    /// §12.2.1.2 only that request has failed. The dialog is made again as it was, and the call goes on.
    fn revive(&mut self) -> bool {
        if self.phase != Phase::Up {
            return false;
        }
        let mut snapshot = self.dialog.snapshot();
        snapshot.state = DialogSnapshotState::Confirmed;
        let id = snapshot.id.clone();
        self.shared.dialogs.remove_dialog(&id);
        if let Err(error) = self.shared.dialogs.restore_from_snapshot(snapshot, self.states.clone()) {
            tracing::warn!(%error, "a challenged dialog could not be kept");
        }
        let Some(Dialog::Invite(dialog)) = self.shared.dialogs.get_dialog(&id) else { return false };
        self.dialog = dialog;
        tracing::warn!("the peer challenged a request inside the call and we have no account there");
        true
    }

    fn answer(&mut self) -> Option<Gone> {
        let mut headers = vec![
            Header::ContentType("application/sdp".into()),
            Header::Allow(door::ALLOW.into()),
            Header::Supported(door::SUPPORTED.into()),
        ];
        headers.extend(self.session_headers());
        match self.dialog.accept(Some(headers), Some(self.description.clone().into_bytes())) {
            Ok(()) => {
                self.phase = Phase::Answered;
                None
            }
            Err(error) => Some(Gone::Fault(format!("the call could not be answered: {error}"))),
        }
    }

    fn on_media(&mut self, event: media::Event) -> Option<Gone> {
        match event {
            media::Event::Digit(key) => {
                self.press(key, Way::Rtp);
                None
            }
            media::Event::Silent => {
                tracing::info!("no media for too long, hanging up");
                Some(Gone::MediaTimeout)
            }
        }
    }

    pub(super) fn press(&mut self, key: char, way: Way) {
        if self.presses.press(key, way, std::time::Instant::now()) {
            self.tell(Event::Digit(key));
        }
    }

    pub(super) fn note_hold(&mut self, held: bool) {
        if held != self.held {
            self.held = held;
            self.tell(if held { Event::Held } else { Event::Retrieved });
        }
    }

    pub(super) fn arm_session_timer(&mut self) {
        self.session_due = self.terms.map(|terms| Instant::now() + terms.deadline());
    }

    pub(super) fn session_headers(&self) -> Vec<Header> {
        let Some(terms) = self.terms else { return Vec::new() };
        let mut headers = vec![Header::SessionExpires(terms.header().into())];
        if terms.refresher == Refresher::Peer {
            headers.push(Header::Require("timer".into()));
        }
        headers
    }

    /// Gives everything back, then ends the dialog on the wire.
    async fn end(mut self, gone: Gone, states: &mut DialogStateReceiver) {
        if let Some(media) = self.media.take() {
            media.stop().await;
        }
        drop(self.parts.take());
        drop(self.place.take());
        let outcome = outcome(&gone, self.answered_at);
        match self.invite {
            Some(_) => metrics::counter!("standardiste_sip_calls_total", "outcome" => outcome).increment(1),
            None => metrics::counter!("standardiste_sip_dialled_total", "outcome" => outcome).increment(1),
        }
        if let Some(at) = self.answered_at {
            metrics::histogram!("standardiste_sip_call_seconds").record(at.elapsed().as_secs_f64());
        }
        tracing::info!(how = ?gone, "call ended");
        self.tell(Event::Gone(gone.clone()));
        match self.phase {
            Phase::Over => {}
            Phase::Ringing => {
                let status = if self.shared.closing.is_cancelled() { 503 } else { 480 };
                let _ = self.dialog.reject(Some(status.into()), None);
            }
            Phase::Answered => {
                // RFC 3261 §15: no BYE before the ACK.
                let settled = async {
                    while let Some(state) = states.recv().await {
                        if state.is_confirmed() || state.is_terminated() {
                            break;
                        }
                    }
                };
                let _ = tokio::time::timeout(ACK_LIMIT, settled).await;
                self.bye(&gone).await;
            }
            Phase::Up => self.bye(&gone).await,
        }
        self.shared.dialogs.remove_dialog(&self.dialog.id());
        self.guests.clear();
    }

    async fn bye(&self, gone: &Gone) {
        let sent = match gone {
            Gone::MediaTimeout => self.dialog.bye_with_reason("SIP;cause=408;text=\"no media\"".to_owned()).await,
            _ => self.dialog.bye().await,
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "BYE was not completed");
        }
    }
}

fn outcome(gone: &Gone, answered: Option<Instant>) -> &'static str {
    match gone {
        Gone::Caller if answered.is_none() => "abandoned",
        Gone::Caller => "caller",
        Gone::Us => "us",
        Gone::Declined => "declined",
        Gone::MediaTimeout => "media_timeout",
        Gone::Fault(_) => "fault",
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
