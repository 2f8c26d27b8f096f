//! The addresses of STUN and TURN servers, looked up beside the calls: the stack would look a name up within the
//! call's own loop, and a name server that does not answer would hold the call.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::settings::IceServer;

/// A known address is looked up again after this.
const FRESH: Duration = Duration::from_secs(300);
/// A call waits for a name that is not known yet for this long at most.
const PATIENCE: Duration = Duration::from_millis(40);

#[derive(Debug, Clone, Default)]
pub struct Names(Arc<Mutex<HashMap<String, Known>>>);

#[derive(Debug, Clone, Copy)]
struct Known {
    address: IpAddr,
    at: Instant,
}

impl Names {
    /// The servers with addresses for names; those whose name is not known in time are left out.
    pub async fn resolve(&self, servers: &[IceServer]) -> Vec<IceServer> {
        let mut resolved = Vec::with_capacity(servers.len());
        for server in servers {
            let mut urls = Vec::with_capacity(server.urls.len());
            for url in &server.urls {
                urls.extend(self.url(url).await);
            }
            let usable = urls.iter().all(|url| url.starts_with("stun:"))
                || !server.username.is_empty() && !server.credential.is_empty();
            if !urls.is_empty() && usable {
                resolved.push(IceServer { urls, ..server.clone() });
            }
        }
        resolved
    }

    async fn url(&self, url: &str) -> Option<String> {
        let (scheme, rest) = url.split_once(':')?;
        // A certificate is for a name.
        if scheme == "turns" {
            return Some(url.to_owned());
        }
        let (server, query) = rest.split_once('?').map_or((rest, None), |(server, query)| (server, Some(query)));
        let (host, port) = host_and_port(server);
        let address = match host.trim_matches(['[', ']']).parse() {
            Ok(address) => address,
            Err(_) => self.address(host).await?,
        };
        let at = SocketAddr::new(address, port);
        Some(query.map_or_else(|| format!("{scheme}:{at}"), |query| format!("{scheme}:{at}?{query}")))
    }

    async fn address(&self, host: &str) -> Option<IpAddr> {
        let known = self.known(host);
        if known.is_some_and(|known| known.at.elapsed() < FRESH) {
            return known.map(|known| known.address);
        }
        let (names, name) = (self.clone(), host.to_owned());
        let looking = tokio::spawn(async move {
            match tokio::net::lookup_host((name.as_str(), 0)).await.map(|mut found| found.next()) {
                Ok(Some(found)) => {
                    let known = Known { address: found.ip(), at: Instant::now() };
                    names.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, known);
                }
                Ok(None) => tracing::warn!(%name, "an ICE server's name has no address"),
                Err(error) => tracing::warn!(%name, %error, "an ICE server's name cannot be looked up"),
            }
        });
        if known.is_none() {
            let _ = tokio::time::timeout(PATIENCE, looking).await;
        }
        self.known(host).map(|known| known.address)
    }

    fn known(&self, host: &str) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(host).copied()
    }
}

/// RFC 7064 §3.2 and RFC 7065 §3.2: 3478 when no port is said.
fn host_and_port(server: &str) -> (&str, u16) {
    let default = (server, 3_478);
    if server.ends_with(']') {
        return default;
    }
    match server.rsplit_once(':') {
        Some((host, port)) => port.parse().map_or(default, |port| (host, port)),
        None => default,
    }
}
