//! What the telephone needs to know, and the errors of its start.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use crate::sdp;

#[derive(Debug, Clone)]
pub struct Settings {
    /// UDP listening address; none for no UDP. Port 0 takes any free port.
    pub udp: Option<SocketAddr>,
    /// TCP listening address; none for no TCP. Port 0 takes any free port.
    pub tcp: Option<SocketAddr>,
    /// Address told to the other side in Via, Contact and SDP, when it differs from the one listened on (NAT).
    pub public: Option<IpAddr>,
    /// Peers that may call directly. The registrar, when there is one, is trusted besides.
    pub trusted: Vec<Network>,
    /// The PBX account to register, when calls come through one.
    pub registration: Option<Registration>,
    /// User part of our address when nothing is registered.
    pub user: String,
    /// Codecs, in order of preference.
    pub sdp: sdp::Settings,
    /// UDP ports for RTP (even) and RTCP (the next odd one): two a call.
    pub rtp_ports: RangeInclusive<u16>,
    /// A call without any RTP for this long is ended; not counted on hold or while a hand-over rings.
    pub media_timeout: Duration,
    /// Session interval below which a caller's request is refused with 422 (RFC 4028 §5), seconds.
    pub session_min: u32,
    /// The humans whom we ring are told the caller's number in P-Asserted-Identity (RFC 3325 §5): only where the exchange
    /// trusts what we assert; else it is the display name alone.
    pub assert_caller: bool,
    /// How long `shutdown` waits for BYE and un-REGISTER to be answered.
    pub shutdown_timeout: Duration,
    /// Calls that may wait for the driver to take them from the channel.
    pub backlog: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            // The registered ports of SIP (RFC 3261 §19.1.2).
            udp: Some(SocketAddr::from(([0, 0, 0, 0], 5060))),
            tcp: Some(SocketAddr::from(([0, 0, 0, 0], 5060))),
            public: None,
            // Nobody is trusted until named: an open SIP port is found by scanners within minutes.
            trusted: Vec::new(),
            registration: None,
            user: "standardiste".to_owned(),
            sdp: sdp::Settings::default(),
            // 500 calls; outside Linux's usual ephemeral range, which begins at 32768.
            rtp_ports: 20_000..=20_999,
            // Long enough for a PBX that sends no RTP in silences, short enough to free the line the same minute.
            media_timeout: Duration::from_secs(30),
            // The smallest value that RFC 4028 §4 allows.
            session_min: 90,
            assert_caller: false,
            // A BYE unanswered on a healthy network is retransmitted four times in this time.
            shutdown_timeout: Duration::from_secs(4),
            backlog: 64,
        }
    }
}

/// The account of an extension at a PBX.
#[derive(Clone)]
pub struct Registration {
    /// The registrar, for instance `sip:pbx.mairie.fr` or `sip:10.0.0.2:5060;transport=tcp`.
    pub registrar: String,
    /// The extension's user name.
    pub user: String,
    /// The name for the digest, when it differs from `user`.
    pub auth_user: Option<String>,
    pub password: String,
    /// Lifetime asked for; the PBX may grant less.
    pub expires: Duration,
    /// Where to send packets when the registrar's name must not be resolved.
    pub proxy: Option<SocketAddr>,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("registrar", &self.registrar)
            .field("user", &self.user)
            .field("password", &"…")
            .finish_non_exhaustive()
    }
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            registrar: String::new(),
            user: String::new(),
            auth_user: None,
            password: String::new(),
            // Refreshed at three quarters: a PBX that restarts finds us again within four minutes.
            expires: Duration::from_secs(300),
            proxy: None,
        }
    }
}

/// Why the telephone cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{key}: {transport} port {address} is already in use; stop the program that holds it or change {key}")]
    InUse { key: &'static str, transport: &'static str, address: SocketAddr },
    #[error("{key}: cannot listen on {transport} {address}: {source}")]
    Listen { key: &'static str, transport: &'static str, address: SocketAddr, source: std::io::Error },
    #[error("sip.listen_udp and sip.listen_tcp are both empty: the telephone would listen nowhere; set one of them")]
    NoListener,
    #[error("sip.trusted_peers is empty and no registration is set: nobody could call; set one of them")]
    NoWayIn,
    #[error("media.port_min, media.port_max: {0}")]
    Ports(String),
    #[error("[sip.register]: {0}")]
    Registration(String),
    #[error("SIP stack: {0}")]
    Stack(String),
}

/// An address, or a network in CIDR notation, for instance `10.0.0.0/8` or `2001:db8::1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                u32::from(ours) & mask == u32::from(theirs) & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                u128::from(ours) & mask == u128::from(theirs) & mask
            }
            _ => false,
        }
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let prefix = if address.is_ipv4() { 32 } else { 128 };
        Self { address, prefix }
    }
}

/// The text is neither an IP address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is neither an IP address nor a network such as 10.0.0.0/8")]
pub struct BadNetwork(String);

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.to_owned());
        let Some((address, prefix)) = text.trim().split_once('/') else {
            return Ok(text.trim().parse::<IpAddr>().map_err(|_| bad())?.into());
        };
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let prefix: u8 = prefix.parse().map_err(|_| bad())?;
        if prefix > if address.is_ipv4() { 32 } else { 128 } {
            return Err(bad());
        }
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
