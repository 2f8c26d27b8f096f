//! How much one address may do, and how many places browsers may take.

use std::net::IpAddr;
use std::time::Duration;

use standardiste::leg::Admission;
use standardiste::web::{Ice, Rates};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn an_address_has_its_number_a_minute_and_is_told_how_long_to_wait() {
    let rates = Rates::new(6);
    let now = Duration::from_secs(100);
    for _ in 0..6 {
        assert_eq!(rates.take(ip("192.0.2.1"), now), Ok(()));
    }
    assert_eq!(rates.take(ip("192.0.2.1"), now), Err(Duration::from_secs(10)));
    assert_eq!(rates.take(ip("192.0.2.2"), now), Ok(()), "others are not concerned");
    assert_eq!(rates.take(ip("192.0.2.1"), now + Duration::from_secs(10)), Ok(()));
    assert!(rates.take(ip("192.0.2.1"), now + Duration::from_secs(11)).is_err());
    // Patience is not saved up beyond the number.
    for _ in 0..6 {
        assert_eq!(rates.take(ip("192.0.2.1"), now + Duration::from_secs(3_600)), Ok(()));
    }
    assert!(rates.take(ip("192.0.2.1"), now + Duration::from_secs(3_600)).is_err());
}

#[test]
fn a_household_s_ipv6_addresses_are_one() {
    let rates = Rates::new(1);
    assert!(rates.take(ip("2001:db8:1:2::1"), Duration::ZERO).is_ok());
    assert!(rates.take(ip("2001:db8:1:2:ffff::9"), Duration::ZERO).is_err());
    assert!(rates.take(ip("2001:db8:1:3::1"), Duration::ZERO).is_ok());
    assert!(rates.take(ip("::ffff:192.0.2.1"), Duration::ZERO).is_ok());
    assert!(rates.take(ip("192.0.2.1"), Duration::ZERO).is_err());
}

#[test]
fn a_flood_of_addresses_does_not_fill_the_memory_nor_shut_others_out_for_long() {
    let rates = Rates::new(2);
    for n in 0..70_000_u32 {
        let _ = rates.take(IpAddr::from(n.to_be_bytes()), Duration::ZERO);
    }
    // A minute later all of them have their tokens again, and are forgotten.
    let later = Duration::from_secs(61);
    for n in 0..10_u8 {
        assert!(rates.take(IpAddr::from([203, 0, 113, n]), later).is_ok());
    }
}

#[test]
fn browsers_never_take_the_telephone_s_last_places() {
    let line = Admission::new(5, Duration::from_secs(7));
    let browsers = line.part(2);
    let first = browsers.enter().unwrap();
    let _second = browsers.enter().unwrap();
    let refused = browsers.enter().unwrap_err();
    assert_eq!((refused.status, refused.retry_after), (486, Duration::from_secs(7)));
    assert!(!browsers.has_room() && line.has_room());
    let telephone: Vec<_> = (0..3).map(|_| line.enter().unwrap()).collect();
    assert_eq!((line.taken(), browsers.taken()), (5, 2));
    drop(first);
    assert_eq!((line.taken(), browsers.taken()), (4, 1));

    // The telephone may take all that is free: then a browser has none, and its own count is given back.
    let _fourth = line.enter().unwrap();
    assert!(!browsers.has_room() && browsers.enter().is_err());
    assert_eq!(browsers.taken(), 1);
    drop(telephone);
    assert!(browsers.has_room());
    line.close();
    assert_eq!(browsers.enter().unwrap_err().status, 503);
    assert!(browsers.is_closed());
}

#[test]
fn turn_credentials_are_what_the_turn_server_computes() {
    let ice = Ice {
        stun: vec!["stun:turn.ville.fr".into()],
        turn: vec!["turn:turn.ville.fr?transport=udp".into()],
        secret: Some("secret-partage".into()),
        lifetime: Duration::from_secs(3_600),
    };
    let servers = ice.servers(1_795_342_000, "essai");
    assert_eq!((servers[0].urls.as_slice(), &servers[0].username), (ice.stun.as_slice(), &None));
    assert_eq!(servers[1].username.as_deref(), Some("1795345600:essai"));
    // printf 1795345600:essai | openssl dgst -sha1 -hmac secret-partage -binary | base64
    assert_eq!(servers[1].credential.as_deref(), Some("BlRXGR5yKZLRTwhOaEfa53XzMYI="));
    assert!(!format!("{ice:?}").contains("secret-partage"));
    assert!(Ice { secret: None, ..ice }.servers(0, "x").len() == 1, "without a secret there is no TURN");
}
