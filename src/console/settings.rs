//! What the console needs to know, and the errors of its start.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;

/// Whose request it is: the address of the other end and the headers in, the person's address out. Behind reverse
/// proxies, only the configured ones are believed.
pub type Client = Arc<dyn Fn(IpAddr, &HeaderMap) -> IpAddr + Send + Sync>;

#[derive(Clone)]
pub struct Settings {
    /// Port 0 takes any free port.
    pub listen: SocketAddr,
    /// How browsers reach it; none: as it is listened on. With `https://`, cookies are for encrypted connections only.
    pub public_url: Option<String>,
    pub client: Client,
    /// A session without a request ends after this.
    pub idle: Duration,
    /// A session ends after this, whatever happens.
    pub longest: Duration,
    /// IANA name of the pages' clock.
    pub time_zone: String,
    /// The town's name, on every page.
    pub town: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8070)),
            public_url: None,
            client: Arc::new(|peer, _| peer),
            // A coffee, a call to a citizen; an unattended screen no longer than that.
            idle: Duration::from_secs(30 * 60),
            // A working day.
            longest: Duration::from_secs(10 * 3_600),
            time_zone: "Europe/Paris".to_owned(),
            town: String::new(),
        }
    }
}

/// In French: the administrator reads it at the start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "console.listen : le port de {address} est déjà pris par un autre programme. Remède : arrêtez-le, ou changez console.listen \
         (variable STANDARDISTE_CONSOLE__LISTEN)"
    )]
    PortInUse { address: SocketAddr },
    #[error(
        "console.listen : impossible d'écouter sur {address} ({source}). Remède : donnez une adresse de cette machine"
    )]
    Listen { address: SocketAddr, source: io::Error },
}
