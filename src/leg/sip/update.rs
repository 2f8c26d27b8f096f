//! What happens inside an established call: new offers, refreshes, keys by INFO, the hand-over.

use rsipstack::dialog::dialog::TransactionHandle;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Method, Request, Response};
use tokio::time::Instant;

use super::call::{Call, Reply};
use super::digits::{self, Info};
use super::door;
use super::invite::{content_type, refused_offer};
use super::refer::{self, refer_to};
use super::session_timer::Refresher;
use crate::leg::keys::PRESS;
use crate::leg::presses::Way;
use crate::leg::{Event, Gone, Progress, Transfer};
use crate::sdp::Agreed;

/// After 491, the side that did not make the Call-ID waits up to 2 s (RFC 3261 §14.1).
const GLARE_RETRY: std::time::Duration = std::time::Duration::from_secs(2);

/// A hand-over under way, or the memory of one that failed.
#[derive(Debug)]
pub(super) struct Transferring {
    deadline: Instant,
    /// CSeq number of our REFER, known from its response; names the subscription.
    id: Option<u32>,
    /// Hand-overs given up before: a late NOTIFY may still tell that their human answered.
    given_up: Vec<u32>,
    over: bool,
}

impl Transferring {
    pub fn due(&self) -> Option<Instant> {
        (!self.over).then_some(self.deadline)
    }
}

impl Call {
    // ── New offers ──

    pub(super) async fn on_update(&mut self, request: Request, handle: TransactionHandle) -> Option<Gone> {
        if request.method == Method::Invite && self.refreshing {
            // Our own re-INVITE is under way (RFC 3261 §14.2).
            let _ = handle.respond(491.into(), None, None).await;
            return None;
        }
        if request.body.is_empty() {
            self.answer_without_offer(&request, handle).await;
            return None;
        }
        match self.session.answer(&request.body) {
            Ok((description, agreed)) => {
                self.respond_with(description, &handle).await;
                self.apply(agreed);
                self.arm_session_timer();
            }
            Err(error) => {
                let (status, headers) = refused_offer(error);
                let _ = handle.respond(status.into(), Some(headers), None).await;
            }
        }
        None
    }

    async fn answer_without_offer(&mut self, request: &Request, handle: TransactionHandle) {
        if request.method == Method::Invite {
            self.awaiting_answer = request.cseq_header().ok().and_then(|c| c.seq().ok());
            let offer = self.session.offer();
            self.respond_with(offer, &handle).await;
        } else {
            let _ = handle.respond(200.into(), Some(self.session_headers()), None).await;
        }
        self.arm_session_timer();
    }

    async fn respond_with(&self, description: String, handle: &TransactionHandle) {
        let mut headers = vec![Header::ContentType("application/sdp".into()), Header::Allow(door::ALLOW.into())];
        headers.extend(self.session_headers());
        let _ = handle.respond(200.into(), Some(headers), Some(description.into_bytes())).await;
    }

    fn apply(&mut self, agreed: Agreed) {
        if let Some(media) = &self.media {
            media.change(agreed);
        }
        self.note_hold(agreed.held());
    }

    /// A dialog confirmed again: perhaps by the ACK that answers an offer of ours.
    pub(super) fn on_late_answer(&mut self) -> Option<Gone> {
        let wanted = self.awaiting_answer?;
        let ack = self.dialog.last_remote_ack()?;
        let number = ack.cseq_header().ok().and_then(|c| c.seq().ok());
        if number != Some(wanted) {
            return None;
        }
        self.awaiting_answer = None;
        match self.session.accept(&ack.body) {
            Ok(agreed) => {
                self.apply(agreed);
                None
            }
            Err(error) => Some(Gone::Fault(format!("the answer in the ACK cannot be used: {error}"))),
        }
    }

    // ── Time ──

    pub(super) fn on_time(&mut self) -> Option<Gone> {
        let now = Instant::now();
        if let Some(transfer) = self.transfer.as_mut().filter(|t| !t.over && t.deadline <= now) {
            transfer.give_up();
            self.failed(408, "the human did not answer in time".to_owned());
        }
        if self.session_due.is_some_and(|due| due <= now) {
            return self.session_timer();
        }
        None
    }

    fn session_timer(&mut self) -> Option<Gone> {
        self.session_due = None;
        match self.terms.map(|t| t.refresher) {
            Some(Refresher::Us) => {
                self.refresh();
                None
            }
            Some(Refresher::Peer) => Some(Gone::Fault("the caller did not refresh the session in time".to_owned())),
            None => None,
        }
    }

    fn refresh(&mut self) {
        self.refreshing = true;
        let (dialog, replies) = (self.dialog.clone(), self.replies.clone());
        let body = self.session.again().into_bytes();
        let mut headers =
            vec![Header::ContentType("application/sdp".into()), Header::Supported(door::SUPPORTED.into())];
        // In a request of ours, we are the client.
        headers.extend(self.terms.map(|t| Header::SessionExpires(format!("{};refresher=uac", t.interval).into())));
        self.shared.tasks.spawn(async move {
            let _ = replies.send(Reply::Refresh(dialog.reinvite(Some(headers), Some(body)).await));
        });
    }

    pub(super) fn on_reply(&mut self, reply: Reply) -> Option<Gone> {
        match reply {
            Reply::Refer(answer) => {
                self.on_refer_answer(answer);
                None
            }
            Reply::Refresh(answer) => self.on_refresh_answer(answer),
        }
    }

    fn on_refresh_answer(&mut self, answer: rsipstack::Result<Option<Response>>) -> Option<Gone> {
        self.refreshing = false;
        let status = answer.as_ref().ok().and_then(|a| a.as_ref()).map(|r| u16::from(r.status_code.clone()));
        match (status, answer) {
            (Some(200..=299), Ok(Some(response))) => {
                if let Ok(agreed) = self.session.accept(&response.body) {
                    self.apply(agreed);
                }
                self.arm_session_timer();
                None
            }
            (Some(491), _) => {
                self.session_due = Some(Instant::now() + GLARE_RETRY);
                None
            }
            // RFC 4028 §10: a session that cannot be refreshed is over.
            (status, _) => Some(Gone::Fault(format!("the session could not be refreshed: {}", said(status)))),
        }
    }

    // ── Keys ──

    pub(super) async fn on_info(&mut self, request: Request, handle: TransactionHandle) -> Option<Gone> {
        let (status, headers) = match digits::info(&content_type(&request), &request.body) {
            Info::Digit(key) => {
                self.press(key, Way::Message);
                (200, vec![])
            }
            Info::Empty => (200, vec![]),
            Info::Malformed => (400, vec![]),
            Info::Unsupported => (415, vec![Header::Accept(door::ACCEPT.into())]),
        };
        let _ = handle.respond(status.into(), Some(headers), None).await;
        None
    }

    /// A key of ours: in the RTP stream, else by INFO to a side that has no telephone events.
    pub(super) fn send_key(&self, key: char) {
        let in_stream = self.session.agreed().is_some_and(|agreed| agreed.telephone_event.is_some());
        match &self.media {
            Some(media) if in_stream => media.press(key),
            _ => {
                let dialog = self.dialog.clone();
                let headers = vec![Header::ContentType(digits::RELAY.into())];
                let body = digits::relay(key, PRESS).into_bytes();
                self.shared.tasks.spawn(async move {
                    if let Err(error) = dialog.info(Some(headers), Some(body)).await {
                        tracing::debug!(%error, "a key could not be sent by INFO");
                    }
                });
            }
        }
    }

    // ── Hand-over ──

    pub(super) fn refer(&mut self, transfer: Transfer) {
        let given_up = self.transfer.take().map(|t| t.given_up).unwrap_or_default();
        let deadline = Instant::now() + transfer.timeout;
        self.transfer = Some(Transferring { deadline, id: None, given_up, over: false });
        if let Some(media) = &self.media {
            media.patient(true);
        }
        let mut headers = vec![Header::ReferTo(refer_to(&transfer).into())];
        headers.extend(self.shared_contact().map(|c| Header::ReferredBy(c.into())));
        let (dialog, replies) = (self.dialog.clone(), self.replies.clone());
        tracing::info!("hand-over asked for");
        self.shared.tasks.spawn(async move {
            let _ = replies.send(Reply::Refer(dialog.request(Method::Refer, Some(headers), None).await));
        });
    }

    fn shared_contact(&self) -> Option<String> {
        self.dialog.snapshot().local_contact.map(|uri| format!("<{uri}>"))
    }

    fn on_refer_answer(&mut self, answer: rsipstack::Result<Option<Response>>) {
        let Some(transfer) = self.transfer.as_mut().filter(|t| !t.over) else { return };
        let status = match &answer {
            Ok(Some(response)) => u16::from(response.status_code.clone()),
            // A challenge that we have no account to answer.
            Ok(None) => 401,
            Err(_) => 503,
        };
        match (status, answer) {
            (200..=299, Ok(Some(response))) => {
                transfer.id = response.cseq_header().ok().and_then(|c| c.seq().ok());
                self.tell(Event::Transfer(Progress::Trying { status }));
            }
            _ => {
                transfer.give_up();
                let reason = format!("REFER refused: {}", said(Some(status)));
                self.taken_back(status, Progress::Refused { status, reason });
            }
        }
    }

    pub(super) async fn on_notify(&mut self, request: Request, handle: TransactionHandle) -> Option<Gone> {
        let field = |name| request.header_value(name).unwrap_or_default();
        let event = field("Event");
        if !event.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("refer") {
            let headers = vec![Header::Other("Allow-Events".to_owned(), "refer".to_owned())];
            let _ = handle.respond(489.into(), Some(headers), None).await;
            return None;
        }
        let status = if self.transfer.is_some() { 200 } else { 481 };
        let _ = handle.respond(status.into(), None, None).await;
        let notice = refer::notice(&event, &field("Subscription-State"), &request.body)?;
        let transfer = self.transfer.as_mut()?;
        let stale = transfer.over || notice.id.is_some_and(|id| transfer.given_up.contains(&id));
        match notice.progress {
            // Even late: the caller now speaks with the human.
            Progress::Accepted => {
                transfer.over = true;
                tracing::info!("hand-over accepted");
                metrics::counter!("standardiste_sip_transfers_total", "outcome" => "accepted").increment(1);
                self.tell(Event::Transfer(Progress::Accepted));
                return Some(Gone::Us);
            }
            _ if stale => {}
            Progress::Trying { status } => self.tell(Event::Transfer(Progress::Trying { status })),
            Progress::Failed { status, reason } => {
                transfer.give_up();
                self.failed(status, reason);
            }
            // Only the REFER's own answer says so; a NOTIFY tells of telephones.
            Progress::Refused { .. } => {}
        }
        None
    }

    fn failed(&mut self, status: u16, reason: String) {
        self.taken_back(status, Progress::Failed { status, reason });
    }

    /// The hand-over came to nothing: the caller is with us again.
    fn taken_back(&mut self, status: u16, progress: Progress) {
        if let Some(media) = &self.media {
            media.patient(false);
        }
        tracing::info!(status, "hand-over failed");
        metrics::counter!("standardiste_sip_transfers_total", "outcome" => "failed").increment(1);
        self.tell(Event::Transfer(progress));
    }
}

impl Transferring {
    fn give_up(&mut self) {
        self.over = true;
        self.given_up.extend(self.id.take());
    }
}

fn said(status: Option<u16>) -> String {
    status.map_or_else(|| "no answer".to_owned(), |s| format!("answered {s}"))
}
