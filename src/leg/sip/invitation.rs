//! An INVITE of ours before it is sent: where it goes, with which port, and what it says.

use std::net::{IpAddr, SocketAddr};

use rsipstack::dialog::authenticate::Credential;
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::sip::{Header, Transport, Uri};

use super::door;
use super::ports::Pair;
use super::server::Shared;
use super::whom;
use crate::leg::{Caller, Transfer};
use crate::sdp;

/// Who is to be rung, and for whom.
pub struct Order {
    pub transfer: Transfer,
    pub caller: Caller,
    pub call_id: String,
}

/// Why nobody took the call.
#[derive(Debug)]
pub struct Failure {
    pub status: u16,
    pub reason: String,
}

impl Failure {
    pub fn new(status: u16, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }
}

/// What an INVITE of ours needs before it can be sent.
pub struct Prepared {
    pub target: Uri,
    pub peer: SocketAddr,
    pub pair: Pair,
    pub session: sdp::Session,
}

impl Prepared {
    pub async fn new(shared: &Shared, target: &str) -> Result<Self, Failure> {
        let exchange = shared.account.as_ref().map(|account| account.domain());
        let target = whom::target(target, exchange, !shared.has_udp())
            .map_err(|error| Failure::new(error.status(), error.to_string()))?;
        let peer = shared.next_hop(&target).await.ok_or_else(|| Failure::new(503, "its name is not found in DNS"))?;
        let ip = shared.local_ip(peer);
        let pair = shared.ports.take(ip).await.ok_or_else(|| {
            tracing::error!("no media port is free for the human's side; widen media.port_min to media.port_max");
            Failure::new(503, "no media port is free")
        })?;
        let address = shared.settings.public.unwrap_or(ip);
        let session = sdp::Session::new(rand::random(), address, pair.port, &shared.settings.sdp);
        Ok(Self { target, peer, pair, session })
    }
}

/// The INVITE: From is the line, as the exchange knows it; who calls is shown beside it.
pub fn invite(shared: &Shared, order: &Order, target: &Uri, peer: SocketAddr, offer: Vec<u8>) -> InviteOption {
    let transport = whom::transport(target).unwrap_or(Transport::Udp);
    let contact = shared.contact(peer, transport);
    let domain = shared.account.as_ref().map_or_else(|| contact.host_with_port.clone(), |a| a.domain().clone());
    let line = Uri { host_with_port: domain.clone(), params: vec![], ..contact.clone() };
    let mut headers = vec![Header::Allow(door::ALLOW.into()), Header::Supported(door::SUPPORTED.into())];
    headers.extend(shared.settings.assert_caller.then(|| whom::asserted(&order.caller, &domain)).flatten());
    headers.extend(whom::fields(&order.transfer.headers));
    InviteOption {
        caller_display_name: Some(whom::shown(&order.caller)),
        caller: line,
        callee: target.clone(),
        offer: Some(offer),
        contact,
        credential: credential(shared, target, peer.ip()),
        headers: Some(headers),
        call_id: Some(order.call_id.clone()),
        ..InviteOption::default()
    }
}

/// The password answers to the exchange that it is for: a digest lets whoever asked try passwords on it at leisure.
fn credential(shared: &Shared, target: &Uri, peer: IpAddr) -> Option<Credential> {
    let account = shared.account.as_ref()?;
    let same = target.host() == &account.domain().host || shared.trust.is_registrar(peer);
    same.then(|| account.credential())
}
