//! A call of our own: a human is rung (RFC 3261 §13.2), and gives a leg like any caller's.
//!
//! Until the answer the call is here; from then on it is a [`Call`], like one that came in. What `rsipstack` leaves to us:
//! a 200 that holds no usable answer is acknowledged by it and ended here; a CANCEL that crosses a 200 is followed by a
//! BYE, its own when it has seen the CANCEL in time, else ours; an INVITE that is given up is waited for until its final
//! answer, so that nothing of it is left.

use std::sync::Arc;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, DialogStateSender};
use rsipstack::dialog::invitation::InviteAsyncResult;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::Response;
use rsipstack::sip::prelude::HeadersExt;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, sleep_until};

use super::call::{ACK_LIMIT, Call, Inputs, Phase};
use super::invitation::{Failure, Order, Prepared, invite};
use super::leg::{Command, SipLeg, Wires};
use super::media::{self, Media, Parts};
use super::server::Shared;
use super::session_timer::granted;
use super::transport::Guest;
use super::whom;
use crate::leg::{Caller, Event, Gone, Progress, Transfer};
use crate::sdp;

/// Rings humans from the running telephone.
#[derive(Clone)]
pub struct Dialler(Arc<Shared>);

impl Dialler {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Rings `transfer.target` for at most `transfer.timeout`, on behalf of `caller`. Nothing waits here: the leg tells
    /// [`Progress::Trying`] for each provisional answer, then either [`Event::Answered`], or [`Progress::Failed`] and
    /// [`Gone::Declined`]. Frames before the answer are early media. Dropped while it rings, the leg gives the call up (CANCEL).
    ///
    /// A redirection (3xx) is a failure: only the configured telephones are rung. A challenge (401, 407) is answered with
    /// the registration's password where the exchange of that registration asks, and nowhere else.
    pub fn dial(&self, transfer: Transfer, caller: &Caller) -> SipLeg {
        let call_id = format!("{:032x}", rand::random::<u128>());
        let callee =
            Caller { from: String::new(), to: transfer.target.clone(), signalling_id: call_id.clone(), channel: "sip" };
        let (leg, wires) = SipLeg::new(callee, false);
        let shared = self.0.clone();
        let span = tracing::info_span!("dial", call_id);
        let order = Order { transfer, caller: caller.clone(), call_id };
        shared.tasks.spawn(tracing::Instrument::instrument(ring(shared.clone(), order, wires), span));
        leg
    }
}

impl std::fmt::Debug for Dialler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialler").finish_non_exhaustive()
    }
}

/// What became of the ringing.
enum Rung {
    Answered(Box<Response>),
    Failed(Failure),
    /// Nobody in time: the INVITE is still under way.
    TooLate,
    /// The caller went, or the telephone closes: the INVITE is still under way.
    Dropped,
}

async fn ring(shared: Arc<Shared>, order: Order, mut wires: Wires) {
    let deadline = Instant::now() + order.transfer.timeout;
    let closing = shared.closing.clone();
    let signals = wires.signals.clone();
    let prepared = tokio::select! {
        biased;
        () = closing.cancelled() => Err(Failure::new(503, "the telephone closes")),
        () = dropped(&mut wires.commands) => Err(Failure::new(487, "the caller went")),
        prepared = Prepared::new(&shared, &order.transfer.target) => prepared,
        () = sleep_until(deadline) => Err(Failure::new(408, "the destination's name was not found in time")),
    };
    match prepared.and_then(|prepared| Ringing::begin(shared, order, prepared, wires)) {
        Ok((ringing, invite)) => ringing.run(invite, deadline).await,
        Err(failure) => tell_failure(&signals, failure),
    }
}

/// An INVITE of ours under way.
struct Ringing {
    shared: Arc<Shared>,
    dialog: InviteDialog,
    session: sdp::Session,
    /// Until the media begin: at the answer, or before it when the other side sends sound already.
    parts: Option<Parts>,
    media: Option<Media>,
    media_events: mpsc::UnboundedReceiver<media::Event>,
    signals: mpsc::UnboundedSender<Event>,
    commands: mpsc::UnboundedReceiver<Command>,
    states: DialogStateReceiver,
    state_sender: DialogStateSender,
    guests: Vec<Guest>,
}

impl Ringing {
    fn begin(
        shared: Arc<Shared>,
        order: Order,
        prepared: Prepared,
        wires: Wires,
    ) -> Result<(Self, JoinHandle<InviteAsyncResult>), Failure> {
        let Prepared { target, peer, pair, mut session } = prepared;
        let guests = vec![shared.trust.welcome(peer.ip())];
        let invite = invite(&shared, &order, &target, peer, session.offer().into_bytes());
        let (state_sender, states) = shared.dialogs.new_dialog_state_channel();
        let (dialog, invite) = shared.dialogs.do_invite_async(invite, state_sender.clone()).map_err(|error| {
            tracing::warn!(%error, "an INVITE could not be made");
            Failure::new(500, "the INVITE could not be made")
        })?;
        tracing::info!("ringing a human");
        let (events, media_events) = mpsc::unbounded_channel();
        let parts =
            Parts { pair, queue: wires.queue, frames: wires.frames, events, timeout: shared.settings.media_timeout };
        let ringing = Self {
            shared,
            dialog,
            session,
            parts: Some(parts),
            media: None,
            media_events,
            signals: wires.signals,
            commands: wires.commands,
            states,
            state_sender,
            guests,
        };
        Ok((ringing, invite))
    }

    async fn run(mut self, mut invite: JoinHandle<InviteAsyncResult>, deadline: Instant) {
        match self.wait(&mut invite, deadline).await {
            Rung::Answered(response) => self.answered(&response).await,
            Rung::Failed(failure) => self.failed(failure).await,
            Rung::TooLate => self.give_up(invite, Some(Failure::new(408, "nobody answered in time"))).await,
            Rung::Dropped => self.give_up(invite, None).await,
        }
    }

    async fn wait(&mut self, invite: &mut JoinHandle<InviteAsyncResult>, deadline: Instant) -> Rung {
        let closing = self.shared.closing.clone();
        // From the final answer on, what the dialog tells is for the call.
        let mut final_answer = false;
        loop {
            tokio::select! {
                biased;
                () = closing.cancelled() => return Rung::Dropped,
                () = dropped(&mut self.commands) => return Rung::Dropped,
                Some(state) = self.states.recv(), if !final_answer => match state {
                    DialogState::Early(_, response) => self.on_provisional(&response),
                    DialogState::Confirmed(..) | DialogState::Terminated(..) => final_answer = true,
                    _ => {}
                },
                outcome = &mut *invite => return self.rung(outcome),
                () = sleep_until(deadline) => return Rung::TooLate,
            }
        }
    }

    /// 180, 183 and the like; with a description it is early media (RFC 3960), which is played and not answered.
    fn on_provisional(&mut self, response: &Response) {
        let _ = self.signals.send(Event::Transfer(Progress::Trying { status: response.status_code.clone().into() }));
        if response.body.is_empty() {
            return;
        }
        match self.session.accept(&response.body) {
            Ok(agreed) => {
                if let Err(error) = self.start_media(agreed) {
                    tracing::warn!(%error, "early media cannot be played");
                }
            }
            Err(error) => tracing::debug!(%error, "the description of a provisional answer cannot be used"),
        }
    }

    fn start_media(&mut self, agreed: sdp::Agreed) -> Result<(), crate::audio::CodecError> {
        match (&self.media, self.parts.take()) {
            (Some(media), _) => media.change(agreed),
            (None, Some(parts)) => {
                let media = Media::start(parts, agreed)?;
                // Nobody owes us sound before the answer.
                media.patient(true);
                self.media = Some(media);
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn rung(&self, outcome: Result<InviteAsyncResult, JoinError>) -> Rung {
        match outcome {
            Ok(Ok((_, Some(response)))) if self.dialog.state().is_confirmed() => Rung::Answered(Box::new(response)),
            Ok(Ok((_, Some(response)))) => {
                let status = u16::from(response.status_code.clone());
                Rung::Failed(Failure::new(status, response.status_code.text()))
            }
            Ok(Ok((_, None))) => Rung::Failed(Failure::new(408, "no answer")),
            // Its transport is broken, or its answer lacks what a dialog needs (Contact).
            Ok(Err(error)) => {
                tracing::warn!(%error, "the INVITE could not be completed");
                Rung::Failed(Failure::new(502, "the INVITE could not be completed"))
            }
            Err(error) => {
                tracing::error!(%error, "the INVITE's task failed");
                Rung::Failed(Failure::new(500, "the INVITE's task failed"))
            }
        }
    }

    async fn answered(mut self, response: &Response) {
        let early = self.session.agreed().copied();
        let agreed = match self.session.accept(&response.body) {
            // Its answer came with the early media, and some do not repeat it.
            Err(_) if response.body.is_empty() && early.is_some() => early,
            Ok(agreed) => Some(agreed),
            Err(error) => {
                tracing::warn!(%error, "the human's answer cannot be used");
                None
            }
        };
        let Some(agreed) = agreed else { return self.unusable().await };
        if let Err(error) = self.start_media(agreed) {
            tracing::error!(%error, "the codec cannot be set up");
            return self.unusable().await;
        }
        if let Some(media) = &self.media {
            media.patient(false);
        }
        let contact = response.contact_header().ok().and_then(|contact| whom::host_ip(contact.value()));
        self.guests.extend(contact.map(|ip| self.shared.trust.welcome(ip)));
        let (replies, reply_receiver) = mpsc::unbounded_channel();
        let mut call = Call {
            phase: Phase::Up,
            media: self.media,
            terms: granted(response.header_value("Session-Expires").as_deref()),
            answered_at: Some(Instant::now()),
            guests: self.guests,
            ..Call::new(self.shared, self.dialog, self.state_sender, self.session, self.signals, replies)
        };
        tracing::info!(codec = agreed.codec.name(), "the human answered");
        call.arm_session_timer();
        call.tell(Event::Answered);
        call.note_hold(agreed.held());
        let inputs =
            Inputs { states: self.states, commands: self.commands, media: self.media_events, replies: reply_receiver };
        call.run(inputs).await;
    }

    /// Acknowledged already, and ended at once (RFC 3261 §13.2.2.4); 488 as the answer deserves.
    async fn unusable(mut self) {
        self.stop_media().await;
        tell_failure(&self.signals, Failure::new(488, "the answer holds no audio that this line can use"));
        if let Err(error) = self.dialog.bye().await {
            tracing::debug!(%error, "BYE was not completed");
        }
        self.forget();
    }

    async fn failed(mut self, failure: Failure) {
        self.stop_media().await;
        tell_failure(&self.signals, failure);
        self.forget();
    }

    /// CANCEL (RFC 3261 §9.1), and BYE when the 200 was quicker. Who waited is told first.
    async fn give_up(mut self, invite: JoinHandle<InviteAsyncResult>, failure: Option<Failure>) {
        self.stop_media().await;
        match failure {
            Some(failure) => tell_failure(&self.signals, failure),
            None => {
                let _ = self.signals.send(Event::Gone(Gone::Us));
            }
        }
        let cancelled = async {
            if let Err(error) = self.dialog.cancel().await {
                tracing::debug!(%error, "CANCEL was not completed");
            }
        };
        // The INVITE's own final answer, which may come before that to the CANCEL, or never.
        let over = tokio::time::timeout(ACK_LIMIT, async { tokio::join!(cancelled, invite) });
        if over.await.is_err() {
            tracing::debug!("an INVITE that was given up never got its final answer");
        }
        if self.dialog.state().is_confirmed()
            && let Err(error) = self.dialog.bye().await
        {
            tracing::debug!(%error, "BYE was not completed");
        }
        metrics::counter!("standardiste_sip_dialled_total", "outcome" => "given_up").increment(1);
        self.forget();
    }

    async fn stop_media(&mut self) {
        if let Some(media) = self.media.take() {
            media.stop().await;
        }
        drop(self.parts.take());
    }

    fn forget(&self) {
        self.shared.dialogs.remove_dialog(&self.dialog.id());
    }
}

/// Waits until the leg hangs up or is dropped. A call that is not answered has nothing else to obey.
async fn dropped(commands: &mut mpsc::UnboundedReceiver<Command>) {
    while !matches!(commands.recv().await, Some(Command::HangUp) | None) {}
}

fn tell_failure(signals: &mpsc::UnboundedSender<Event>, failure: Failure) {
    let Failure { status, reason } = failure;
    tracing::info!(status, "the human did not take the call");
    metrics::counter!("standardiste_sip_dialled_total", "outcome" => "failed").increment(1);
    // Nobody listens any more to a leg that was dropped.
    let _ = signals.send(Event::Transfer(Progress::Failed { status, reason }));
    let _ = signals.send(Event::Gone(Gone::Declined));
}
