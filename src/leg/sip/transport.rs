//! Listeners, and the front door on them.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rsipstack::platform::net::UdpSocket as PlatformSocket;
use rsipstack::sip::SipMessage;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::transaction::endpoint::TransportEventInspector;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, TcpListenerConnection, TransportEvent, TransportLayer};
use tokio_util::sync::CancellationToken;

use super::door::{self, Verdict};
use super::settings::{Error, Network, Settings};

/// Who may talk to us: the configured peers, the registrar wherever DNS says it is, and, inside the calls that we made
/// to them, those whom we called.
#[derive(Debug, Clone)]
pub struct Trust {
    peers: Arc<[Network]>,
    registrar: Arc<RwLock<Vec<IpAddr>>>,
    /// Calls of ours by the other side's address.
    guests: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// While it is held, an address may speak inside a call.
#[derive(Debug)]
pub struct Guest {
    ip: IpAddr,
    guests: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(calls) = guests.get_mut(&self.ip) {
            *calls -= 1;
            if *calls == 0 {
                guests.remove(&self.ip);
            }
        }
    }
}

impl Trust {
    pub fn new(peers: &[Network]) -> Self {
        Self { peers: peers.into(), registrar: Arc::default(), guests: Arc::default() }
    }

    /// Lets an address that we call speak inside the call.
    pub fn welcome(&self, ip: IpAddr) -> Guest {
        let ip = ip.to_canonical();
        *self.guests.lock().unwrap_or_else(PoisonError::into_inner).entry(ip).or_default() += 1;
        Guest { ip, guests: self.guests.clone() }
    }

    /// Whether the address is one of those that have a call of ours.
    pub fn is_guest(&self, ip: IpAddr) -> bool {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&ip.to_canonical())
    }

    pub fn is_registrar(&self, ip: IpAddr) -> bool {
        self.registrar.read().unwrap_or_else(PoisonError::into_inner).contains(&ip.to_canonical())
    }

    pub fn set_registrar(&self, addresses: Vec<IpAddr>) {
        *self.registrar.write().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.peers.iter().any(|n| n.contains(ip)) || self.is_registrar(ip)
    }
}

/// The addresses really listened on.
#[derive(Debug, Clone, Copy)]
pub struct Listening {
    pub udp: Option<SocketAddr>,
    pub tcp: Option<SocketAddr>,
}

/// Binds the listeners and gives the layer that holds them.
pub async fn listen(
    settings: &Settings,
    trust: &Trust,
    stop: &CancellationToken,
) -> Result<(TransportLayer, Listening), Error> {
    let layer = TransportLayer::new(stop.clone());
    let mut listening = Listening { udp: None, tcp: None };
    let external = |address: SocketAddr| settings.public.map(|ip| SocketAddr::new(ip, address.port()));
    if let Some(address) = settings.udp {
        let fail = failure("sip.listen_udp", "UDP", address);
        let socket = tokio::net::UdpSocket::bind(address).await.map_err(&fail)?;
        let bound = socket.local_addr().map_err(&fail)?;
        let guarded = Arc::new(Guarded { socket, trust: trust.clone() });
        let connection = UdpConnection::from_socket(guarded, external(bound), Some(stop.child_token()))
            .await
            .map_err(|e| Error::Stack(e.to_string()))?;
        layer.add_transport(connection.into());
        listening.udp = Some(bound);
    }
    if let Some(address) = settings.tcp {
        let fail = failure("sip.listen_tcp", "TCP", address);
        // `rsipstack` binds when it begins to serve and only logs a failure: try first, where it can be told.
        let probe = tokio::net::TcpListener::bind(address).await.map_err(&fail)?;
        let bound = probe.local_addr().map_err(&fail)?;
        drop(probe);
        let listener =
            TcpListenerConnection::new(bound, external(bound)).await.map_err(|e| Error::Stack(e.to_string()))?;
        layer.add_transport(listener.into());
        listening.tcp = Some(bound);
    }
    if listening.udp.is_none() && listening.tcp.is_none() {
        return Err(Error::NoListener);
    }
    Ok((layer, listening))
}

fn failure(key: &'static str, transport: &'static str, address: SocketAddr) -> impl Fn(std::io::Error) -> Error {
    move |source| match source.kind() {
        std::io::ErrorKind::AddrInUse => Error::InUse { key, transport, address },
        _ => Error::Listen { key, transport, address, source },
    }
}

/// A UDP socket with the door in front.
struct Guarded {
    socket: tokio::net::UdpSocket,
    trust: Trust,
}

#[async_trait::async_trait]
impl PlatformSocket for Guarded {
    async fn recv_from(&self, buffer: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        loop {
            let (length, source) = self.socket.recv_from(buffer).await?;
            let known = self.trust.contains(source.ip()) || self.trust.is_guest(source.ip());
            match door::datagram(&buffer[..length], known) {
                Verdict::Pass => return Ok((length, source)),
                Verdict::Mend(whole) if whole.len() <= buffer.len() => {
                    buffer[..whole.len()].copy_from_slice(&whole);
                    return Ok((whole.len(), source));
                }
                Verdict::Reply(answer) => {
                    metrics::counter!("standardiste_sip_refused_at_door_total").increment(1);
                    tracing::debug!(%source, "SIP request refused at the door");
                    let _ = self.socket.try_send_to(&answer, source);
                }
                Verdict::Mend(_) | Verdict::Drop => {}
            }
        }
    }

    async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> rsipstack::Result<usize> {
        Ok(self.socket.send_to(bytes, to).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}

/// The door for what was parsed, on every transport.
pub struct Inspector(pub Trust);

#[async_trait::async_trait]
impl TransportEventInspector for Inspector {
    async fn handle(&self, event: TransportEvent) -> Option<TransportEvent> {
        let TransportEvent::Incoming(SipMessage::Request(request), connection, from) = event else {
            return Some(event);
        };
        // Whom we called may speak inside the call, and nothing else: a new call of theirs is a stranger's.
        let in_a_call = request.to_header().is_ok_and(|to| to.tag().is_ok_and(|tag| tag.is_some()));
        let trusted = ip(&from).is_some_and(|ip| self.0.contains(ip) || in_a_call && self.0.is_guest(ip));
        let refused =
            if trusted { door::request(&request).err() } else { Some(Box::new(door::response(&request, 403, vec![]))) };
        let Some(response) = refused else {
            return Some(TransportEvent::Incoming(request.into(), connection, from));
        };
        metrics::counter!("standardiste_sip_refused_at_door_total").increment(1);
        tracing::debug!(source = %from, status = %response.status_code, "SIP request refused at the door");
        if let Err(error) = connection.send((*response).into(), None).await {
            tracing::debug!(%error, "the refusal could not be sent");
        }
        if !trusted && connection.is_reliable() {
            let _ = connection.close().await;
        }
        None
    }
}

fn ip(address: &SipAddr) -> Option<IpAddr> {
    address.get_socketaddr().ok().map(|a| a.ip())
}

/// The address that this machine speaks from when it speaks to `peer`. No packet is sent.
pub fn local_ip_towards(peer: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if peer.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = std::net::UdpSocket::bind(any).ok()?;
    socket.connect(peer).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
