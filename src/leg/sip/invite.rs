//! An INVITE at the door of the line: refused, or made a call that rings.

use std::sync::Arc;

use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::{HeadersExt, ToTypedHeader};
use rsipstack::sip::{Header, Request, Transport};
use rsipstack::transaction::Transaction;
use tokio::sync::mpsc;

use super::call::{ACK_LIMIT, Call, Inputs};
use super::door;
use super::leg::SipLeg;
use super::media::Parts;
use super::server::Shared;
use super::session_timer::{Asked, Terms, asked};
use crate::leg::{Caller, Refusal};
use crate::sdp;

/// Takes an INVITE: refuses it, or makes a leg of it and drives its transaction until the ACK.
pub(super) async fn begin(shared: Arc<Shared>, mut transaction: Transaction) -> rsipstack::Result<()> {
    match set_up(&shared, &mut transaction).await {
        Ok((mut dialog, call, inputs)) => {
            shared.tasks.spawn(tracing::Instrument::instrument(call.run(inputs), tracing::Span::current()));
            dialog.handle(&mut transaction).await
        }
        Err((status, headers)) => {
            metrics::counter!("standardiste_sip_calls_total", "outcome" => "refused").increment(1);
            tracing::info!(status, "call refused");
            transaction.reply_with(status.into(), headers, None).await?;
            // Retransmits the refusal until its ACK.
            let acknowledged = async { while transaction.receive().await.is_some_and(|m| !is_ack(&m)) {} };
            let _ = tokio::time::timeout(ACK_LIMIT, acknowledged).await;
            Ok(())
        }
    }
}

fn is_ack(message: &rsipstack::sip::SipMessage) -> bool {
    matches!(message, rsipstack::sip::SipMessage::Request(r) if r.method == rsipstack::sip::Method::Ack)
}

type Refused = (u16, Vec<Header>);

async fn set_up(shared: &Arc<Shared>, transaction: &mut Transaction) -> Result<(InviteDialog, Call, Inputs), Refused> {
    let full = |refusal: Refusal| (refusal.status, vec![shared.retry_after(&refusal)]);
    let place = shared.admission.enter().map_err(full)?;
    let unavailable = || (503, vec![Header::RetryAfter("10".into())]);
    // A driver that does not keep up is as good as none.
    let slot = shared.legs.clone().try_reserve_owned().map_err(|_| unavailable())?;
    let request = transaction.original.clone();
    let connection = transaction.connection.as_ref();
    let peer = connection.and_then(|c| c.get_remote_addr()?.get_socketaddr().ok()).ok_or((400, vec![]))?;
    let transport = connection.map_or(Transport::Udp, |c| c.transport());

    let terms = session_terms(&request, shared.settings.session_min)?;
    check_content_type(&request)?;
    let ip = shared.local_ip(peer);
    let pair = shared.ports.take(ip).await.ok_or_else(|| {
        tracing::error!("no media port is free; widen media.port_min to media.port_max");
        unavailable()
    })?;
    let mut session =
        sdp::Session::new(rand::random(), shared.settings.public.unwrap_or(ip), pair.port, &shared.settings.sdp);
    let offered = request.body.is_empty();
    let description = if offered { session.offer() } else { session.answer(&request.body).map_err(refused_offer)?.0 };

    let (state_sender, states) = shared.dialogs.new_dialog_state_channel();
    let contact = shared.contact(peer, transport);
    let dialog = shared
        .dialogs
        .get_or_create_server_invite(transaction, state_sender.clone(), shared.credential.clone(), Some(contact))
        .map_err(|error| {
            tracing::debug!(%error, "INVITE without what a dialog needs");
            (400, vec![])
        })?;
    // Otherwise `rsipstack` would put another tag in the 487 than in the 180.
    if let Ok(to) = transaction.original.to_header() {
        let tagged = to.with_tag(dialog.id().local_tag.into());
        transaction.original.headers.unique_push(Header::To(tagged));
    }
    let (leg, wires) = SipLeg::new(caller(&request), true);
    let (media_events, media) = mpsc::unbounded_channel();
    let (replies, reply_receiver) = mpsc::unbounded_channel();
    let _ = slot.send(leg);
    let parts = Parts {
        pair,
        queue: wires.queue,
        frames: wires.frames,
        events: media_events,
        timeout: shared.settings.media_timeout,
    };
    let call = Call {
        description,
        offered,
        parts: Some(parts),
        terms,
        place: Some(place),
        invite: Some((transaction.original.clone(), transaction.tu_sender.clone())),
        ..Call::new(shared.clone(), dialog.clone(), state_sender, session, wires.signals, replies)
    };
    // Queued behind the 100 that `handle` sends first.
    let _ = dialog.ringing(None, None);
    Ok((dialog, call, Inputs { states, commands: wires.commands, media, replies: reply_receiver }))
}

pub(super) fn refused_offer(error: sdp::Error) -> Refused {
    tracing::info!(%error, "offer refused");
    let warning = format!("305 standardiste \"{}\"", error.to_string().replace(['"', '\\', '\r', '\n'], " "));
    (error.status(), vec![Header::Warning(warning.into())])
}

fn check_content_type(request: &Request) -> Result<(), Refused> {
    let kind = content_type(request);
    let sdp = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/sdp");
    if request.body.is_empty() || sdp { Ok(()) } else { Err((415, vec![Header::Accept(door::ACCEPT.into())])) }
}

pub(super) fn content_type(request: &Request) -> String {
    request.header_value("Content-Type").unwrap_or_default()
}

fn session_terms(request: &Request, min: u32) -> Result<Option<Terms>, Refused> {
    let supported =
        request.header_contains_token("Supported", "timer") || request.header_contains_token("Require", "timer");
    let value = request.header_value("Session-Expires");
    match asked(supported, value.as_deref(), min) {
        Asked::Nothing => Ok(None),
        Asked::Terms(terms) => Ok(Some(terms)),
        Asked::TooSmall => Err((422, vec![Header::MinSE(min.to_string().into())])),
    }
}

/// P-Asserted-Identity (RFC 3325) is worth more than From: every peer that we answer is trusted.
fn caller(request: &Request) -> Caller {
    let withheld = request.header_contains_token("Privacy", "id");
    let asserted = request.header_value("P-Asserted-Identity").and_then(|v| address(&v));
    let from = asserted.or_else(|| request.from_header().ok().and_then(|f| f.typed().ok()).map(|f| number(&f.uri)));
    let from = from.filter(|f| !withheld && !f.contains("anonymous")).unwrap_or_default();
    let to = request.to_header().ok().and_then(|t| t.typed().ok()).map(|t| number(&t.uri)).unwrap_or_default();
    let signalling_id = request.call_id_header().map(|c| c.value().to_owned()).unwrap_or_default();
    Caller { from, to, signalling_id, channel: "sip" }
}

/// The address of a `name-addr`.
fn address(text: &str) -> Option<String> {
    let uri = match text.split_once('<') {
        Some((_, rest)) => rest.split('>').next()?,
        None => text.split(';').next()?,
    };
    rsipstack::sip::Uri::try_from(uri.trim()).ok().map(|uri| number(&uri))
}

/// A telephone number alone, else the whole address.
fn number(uri: &rsipstack::sip::Uri) -> String {
    match uri.user() {
        Some(user) if !user.is_empty() && user.chars().all(|c| c.is_ascii_digit() || "+*#".contains(c)) => {
            user.to_owned()
        }
        Some(user) => format!("sip:{user}@{}", uri.host()),
        None => uri.to_string(),
    }
}
