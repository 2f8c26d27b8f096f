//! Whom we ring, and who rings them: the addresses and header fields of an INVITE of ours. No network here.

use std::net::IpAddr;

use rsipstack::sip::{Auth, Header, Host, HostWithPort, Param, Scheme, Transport, Uri};

use crate::leg::Caller;

/// Why a destination cannot be rung.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    #[error("«{0}» is not a SIP address")]
    Malformed(String),
    #[error("«{0}» asks for TLS, which this line does not speak")]
    Secure(String),
    #[error("«{0}» is a number, and no exchange is registered to ring it")]
    NoExchange(String),
}

impl BadTarget {
    /// 400 when it cannot be read, 416 Unsupported URI Scheme (RFC 3261 §21.4.14) else.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Secure(_) | Self::NoExchange(_) => 416,
        }
    }
}

/// The request URI for a configured destination: without header fields, which it may not hold (RFC 3261 §19.1.1 table 1).
/// A `tel:` number is rung through the exchange (§19.1.6). `tcp_only`: we have no UDP to call by.
pub fn target(text: &str, exchange: Option<&HostWithPort>, tcp_only: bool) -> Result<Uri, BadTarget> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    let malformed = || BadTarget::Malformed(text.to_owned());
    let mut uri = match text.split_once(':').map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest)) {
        Some((scheme, rest)) if scheme == "tel" => {
            let exchange = exchange.ok_or_else(|| BadTarget::NoExchange(text.to_owned()))?;
            let number = rest.split(';').next().unwrap_or_default();
            // Visual separators (RFC 3966 §3) are not dialled.
            let user: String = number.chars().filter(|c| !"-.() ".contains(*c)).collect();
            if user.is_empty() || !user.chars().all(dialled) {
                return Err(malformed());
            }
            let auth = Some(Auth { user, password: None });
            let params = vec![Param::Other("user".into(), Some("phone".into()))];
            Uri { scheme: Some(Scheme::Sip), auth, host_with_port: exchange.clone(), params, ..Default::default() }
        }
        Some((scheme, _)) if scheme == "sips" => return Err(BadTarget::Secure(text.to_owned())),
        Some((scheme, _)) if scheme == "sip" => Uri::try_from(text).map_err(|_| malformed())?,
        _ => return Err(malformed()),
    };
    match transport(&uri) {
        None if tcp_only => uri.params.push(Param::Transport(Transport::Tcp)),
        None | Some(Transport::Udp | Transport::Tcp) => {}
        Some(_) => return Err(BadTarget::Secure(text.to_owned())),
    }
    uri.headers.clear();
    Ok(uri)
}

/// The transport that an address asks for.
pub fn transport(uri: &Uri) -> Option<Transport> {
    uri.params.iter().find_map(|param| match param {
        Param::Transport(transport) => Some(*transport),
        _ => None,
    })
}

/// The address of a Contact, when it is a number: its own telephone's, which may send from there.
pub fn host_ip(contact: &str) -> Option<IpAddr> {
    let uri = match contact.split_once('<') {
        Some((_, rest)) => rest.split('>').next()?,
        None => contact.split(';').next()?,
    };
    match Uri::try_from(uri.trim()).ok()?.host_with_port.host {
        Host::IpAddr(ip) => Some(ip),
        Host::Domain(_) => None,
    }
}

fn dialled(c: char) -> bool {
    c.is_ascii_digit() || "+*#".contains(c)
}

/// What the human's telephone shows beside the line: the caller's number, or in words what there is instead.
pub fn shown(caller: &Caller) -> String {
    match (caller.channel, caller.from.is_empty()) {
        ("webrtc", _) => "Appel web".to_owned(),
        (_, true) => "Numéro masqué".to_owned(),
        // Between quotes in From: none of its own, no escape (RFC 3261 §25.1 quoted-string).
        _ => clean(&caller.from).replace(['"', '\\'], ""),
    }
}

/// The caller's number for an exchange that trusts us (RFC 3325 §9.1); none for a browser, and for who withholds it.
pub fn asserted(caller: &Caller, line: &HostWithPort) -> Option<Header> {
    let number = !caller.from.is_empty() && caller.from.chars().all(dialled);
    let uri = format!("<sip:{}@{line};user=phone>", caller.from);
    (caller.channel != "webrtc" && number).then(|| Header::PAssertedIdentity(uri.into()))
}

/// Header fields for the human, as they are given; a value stays on its line.
pub fn fields(headers: &[(String, String)]) -> impl Iterator<Item = Header> + '_ {
    headers.iter().map(|(name, value)| Header::Other(clean(name), clean(value)))
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
