//! What the web server needs to know, and the errors of its start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::ice::Ice;
use crate::leg::sip::Network;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Port 0 takes any free port.
    pub listen: SocketAddr,
    /// How browsers reach it: scheme, host and port; none: as it is listened on.
    pub public_url: Option<String>,
    /// Web sites that may embed the widget, besides our own page.
    pub allowed_origins: Vec<String>,
    /// Reverse proxies, whose word on the citizen's address is believed.
    pub proxies: Vec<Network>,
    /// None: plain HTTP, for a reverse proxy.
    pub tls: Option<Tls>,
    /// Calls and conversations that one address may begin.
    pub begun_per_minute: u32,
    /// Messages that one address may write.
    pub messages_per_minute: u32,
    pub ice: Ice,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8090)),
            public_url: None,
            allowed_origins: Vec::new(),
            proxies: Vec::new(),
            tls: None,
            // Somebody whose call fails tries again a few times; six citizens may share one address.
            begun_per_minute: 6,
            // Nobody writes a sentence every two seconds for long.
            messages_per_minute: 30,
            ice: Ice::default(),
        }
    }
}

/// Files in PEM, read again when they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The whole chain, the server's own certificate first.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// In French: the administrator reads it at the start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "web.listen : le port de {address} est déjà pris par un autre programme. Remède : arrêtez-le, ou changez web.listen \
         (variable STANDARDISTE_WEB__LISTEN)"
    )]
    PortInUse { address: SocketAddr },
    #[error("web.listen : impossible d'écouter sur {address} ({source}). Remède : donnez une adresse de cette machine")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("{key} : {} ne convient pas ({why}). Remède : {remedy}", path.display())]
    Tls { key: &'static str, path: PathBuf, why: String, remedy: &'static str },
}
