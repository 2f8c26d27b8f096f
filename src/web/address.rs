//! Whose request it is, behind reverse proxies.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use crate::leg::sip::Network;

/// The citizen's address; in each request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

/// The address that the request comes from: the peer's, or, when the peer is one of `proxies`, the last one that these
/// write in `Forwarded` (RFC 7239) or `X-Forwarded-For` that is not itself one of them. What stands before it is the
/// client's own word, and is not believed.
pub fn citizen(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let trusted = |address: IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
    let peer = peer.to_canonical();
    if !trusted(peer) {
        return peer;
    }
    let mut nearest = peer;
    for address in said(headers).into_iter().rev() {
        // « unknown », an obfuscated identifier: from here on nobody knows.
        let Some(address) = address else { return nearest };
        nearest = address;
        if !trusted(address) {
            return address;
        }
    }
    nearest
}

/// Whether the request says that it was forwarded.
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded")
}

/// The addresses that the proxies wrote, the farthest first; of the two headers, the standard one.
fn said(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let list = |name: &str| -> Vec<String> {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',').map(|item| item.trim().to_owned())).collect()
    };
    let forwarded = list("forwarded");
    if forwarded.is_empty() {
        return list("x-forwarded-for").iter().map(|address| read(address)).collect();
    }
    let of = |element: &String| {
        element.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case("for").then(|| read(value.trim().trim_matches('"'))).flatten()
        })
    };
    forwarded.iter().map(of).collect()
}

/// `192.0.2.1`, `192.0.2.1:1234`, `[2001:db8::1]:1234`, `2001:db8::1`.
fn read(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    address.or_else(bracketed).map(|address| address.to_canonical())
}
