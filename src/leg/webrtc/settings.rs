//! What the browser's way in needs to know, and why an offer is not taken.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Addresses to bind for media; `0.0.0.0` and `::` stand for every interface of their family but loopback.
    pub addresses: Vec<IpAddr>,
    /// UDP ports, one a call; none for any free one.
    pub ports: Option<RangeInclusive<u16>>,
    /// Address under which browsers reach us through a one-to-one NAT.
    pub public: Option<IpAddr>,
    /// How long candidates may be gathered before the answer leaves with those that are there.
    pub gathering: Duration,
    /// How long a browser may take to connect after our answer.
    pub connecting: Duration,
    /// A connection lost for this long ends the call; not less than the 5 s that it takes to notice.
    pub media_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            addresses: vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()],
            ports: None,
            public: None,
            // A STUN server of the same country answers in 30 ms; the answer must not take 150.
            gathering: Duration::from_millis(100),
            // ICE over a relay and a DTLS handshake with two losses.
            connecting: Duration::from_secs(20),
            // As the telephone's.
            media_timeout: Duration::from_secs(30),
        }
    }
}

/// A STUN or TURN server.
#[derive(Clone, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:host:port` or `turn:host:port?transport=udp`.
    pub urls: Vec<String>,
    /// For TURN.
    pub username: String,
    pub credential: String,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).field("username", &self.username).finish_non_exhaustive()
    }
}

/// Why an offer is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOffer {
    #[error("the offer has {0} bytes, more than is read")]
    TooLong(usize),
    #[error("not an offer of a call: {0}")]
    Malformed(String),
    /// The audio has no codec of ours.
    #[error("the offer has no Opus audio")]
    NoOpus,
    /// We could not: no port, no codec, the connection failed to start.
    #[error("the call could not be set up: {0}")]
    SetUp(String),
    #[error("the call is over")]
    Over,
}
