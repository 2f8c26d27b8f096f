//! Connections: bounded in number and in patience, for strangers open them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use super::tls::Certificate;
use crate::leg::sip::Network;

/// Connections at once.
const MOST: usize = 1_024;
/// Of one address that is not a proxy's: a reading room's computers, at six connections each.
const MOST_OF_ONE: usize = 96;
/// The TLS handshake and each request's head must come within this.
const PATIENCE: Duration = Duration::from_secs(10);
/// Requests under way at shutdown are given this long.
const GRACE: Duration = Duration::from_secs(2);
/// After a failure of `accept` that is the machine's (no file descriptor left), rather than a connection's.
const BREATH: Duration = Duration::from_millis(200);

/// The address of a connection's other end; in each request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

pub struct Listener {
    pub tcp: TcpListener,
    pub tls: Option<(Arc<Certificate>, TlsAcceptor)>,
    pub proxies: Vec<Network>,
}

impl Listener {
    /// Serves until `stop`, then lets what is under way end.
    pub async fn run(self, router: Router, stop: CancellationToken) -> io::Result<()> {
        let open = Open::default();
        let mut connections = JoinSet::new();
        while let Some(accepted) = stop.run_until_cancelled(self.tcp.accept()).await {
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, peer)) => {
                    let known = self.proxies.iter().any(|proxy| proxy.contains(peer.ip()));
                    if connections.len() >= MOST {
                        metrics::counter!("standardiste_web_refused_total", "reason" => "connections").increment(1);
                    } else if let Some(one) = open.enter(peer, known) {
                        let (router, stop) = (router.clone(), stop.clone());
                        let acceptor = self.tls.as_ref().map(|(certificate, acceptor)| {
                            certificate.renew();
                            acceptor.clone()
                        });
                        connections.spawn(async move {
                            let _one = one;
                            serve(stream, peer, acceptor, router, stop).await;
                        });
                    } else {
                        metrics::counter!("standardiste_web_refused_total", "reason" => "connections").increment(1);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    sleep(BREATH).await;
                }
            }
        }
        let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
        Ok(())
    }
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    stop: CancellationToken,
) {
    // Captions are small and wanted at once.
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => speak_http(stream, peer, router, stop).await,
        Some(acceptor) => {
            // A handshake that fails is a scanner's, most often.
            if let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(stream)).await {
                speak_http(stream, peer, router, stop).await;
            }
        }
    }
}

async fn speak_http(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(Peer(peer.ip()));
            Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|never| match never {}))
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    // An error is the other side's: a line cut, a request that is none.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Connections by address.
#[derive(Clone, Default)]
struct Open(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address; dropping it takes it away.
struct One {
    open: Open,
    address: IpAddr,
}

impl Open {
    fn enter(&self, peer: SocketAddr, proxy: bool) -> Option<One> {
        let address = peer.ip();
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_insert(0);
        if *count >= MOST_OF_ONE && !proxy {
            return None;
        }
        *count += 1;
        drop(open);
        Some(One { open: self.clone(), address })
    }
}

impl Drop for One {
    fn drop(&mut self) {
        let mut open = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}
