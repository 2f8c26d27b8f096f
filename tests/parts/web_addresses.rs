//! Whose request it is: only the configured proxies are believed.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use standardiste::web::citizen;

fn from(peer: &str, headers: &[(&'static str, &str)]) -> IpAddr {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    let proxies = ["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
    citizen(peer.parse().unwrap(), &map, &proxies)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_stranger_s_headers_are_not_read() {
    assert_eq!(from("203.0.113.9", &[("x-forwarded-for", "192.0.2.1")]), ip("203.0.113.9"));
    assert_eq!(from("203.0.113.9", &[("forwarded", "for=192.0.2.1")]), ip("203.0.113.9"));
}

#[test]
fn a_proxy_s_word_is_taken_and_what_the_client_wrote_before_it_is_not() {
    assert_eq!(from("127.0.0.1", &[("x-forwarded-for", "192.0.2.1")]), ip("192.0.2.1"));
    assert_eq!(from("127.0.0.1", &[("x-forwarded-for", "6.6.6.6, 192.0.2.1")]), ip("192.0.2.1"));
    assert_eq!(from("127.0.0.1", &[("x-forwarded-for", "6.6.6.6, 192.0.2.1, 10.1.2.3")]), ip("192.0.2.1"));
    assert_eq!(from("127.0.0.1", &[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.1")]), ip("192.0.2.1"));
    assert_eq!(from("127.0.0.1", &[]), ip("127.0.0.1"));
}

#[test]
fn the_standard_header_is_read_with_its_quotes_brackets_and_ports() {
    let forwarded = |text| from("::ffff:127.0.0.1", &[("forwarded", text)]);
    assert_eq!(forwarded("for=192.0.2.60;proto=http;by=203.0.113.43"), ip("192.0.2.60"));
    assert_eq!(forwarded("For=\"[2001:db8:cafe::17]:4711\""), ip("2001:db8:cafe::17"));
    assert_eq!(forwarded("for=6.6.6.6, for=\"192.0.2.7:80\""), ip("192.0.2.7"));
    // Nobody knows who « unknown » is: the proxy itself is counted.
    assert_eq!(forwarded("for=6.6.6.6, for=unknown"), ip("127.0.0.1"));
}
