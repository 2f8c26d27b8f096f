//! Symmetric RTP: whom our port listens to.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use standardiste::rtp::{GuardSettings, Guarded, Packet, SourceGuard};

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn packet(ssrc: u32, sequence: u16) -> Packet {
    Packet { payload_type: 8, marker: false, sequence, timestamp: 0, ssrc, payload: Bytes::new() }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const ANNOUNCED: &str = "192.0.2.1:4000";
const NAT: &str = "198.51.100.7:61000";
const STRANGER: &str = "203.0.113.9:5000";

fn guard() -> SourceGuard {
    SourceGuard::new(GuardSettings::default(), address(ANNOUNCED))
}

fn first_three(guard: &mut SourceGuard, from: &str, ssrc: u32) {
    for n in 1..4 {
        guard.accept(address(from), &packet(ssrc, n), ms(u64::from(n) * 20));
    }
}

#[test]
fn the_announced_address_is_heard_at_once() {
    let mut guard = guard();
    assert_eq!(guard.accept(address(ANNOUNCED), &packet(1, 1), ms(0)), Guarded::Moved(address(ANNOUNCED)));
    assert_eq!(guard.accept(address(ANNOUNCED), &packet(1, 2), ms(20)), Guarded::Accept);
}

#[test]
fn a_caller_behind_a_nat_is_found_after_a_run_of_packets() {
    let mut guard = guard();
    assert_eq!(guard.destination(), address(ANNOUNCED));
    assert_eq!(guard.accept(address(NAT), &packet(1, 1), ms(0)), Guarded::Refuse);
    assert_eq!(guard.accept(address(NAT), &packet(1, 2), ms(20)), Guarded::Refuse);
    assert_eq!(guard.accept(address(NAT), &packet(1, 3), ms(40)), Guarded::Moved(address(NAT)));
    assert_eq!(guard.destination(), address(NAT));
}

#[test]
fn stray_packets_never_make_a_run() {
    let mut guard = guard();
    for n in 0..50u16 {
        assert_eq!(guard.accept(address(STRANGER), &packet(u32::from(n), n), ms(0)), Guarded::Refuse);
        assert_eq!(guard.accept(address(NAT), &packet(1, n * 2), ms(0)), Guarded::Refuse);
    }
}

#[test]
fn a_stranger_cannot_speak_over_a_living_caller() {
    let mut guard = guard();
    guard.accept(address(ANNOUNCED), &packet(1, 1), ms(0));
    for n in 2..500u16 {
        let now = ms(u64::from(n) * 20);
        assert_eq!(guard.accept(address(STRANGER), &packet(7, n), now), Guarded::Refuse);
        assert_eq!(guard.accept(address(ANNOUNCED), &packet(1, n), now), Guarded::Accept);
    }
    assert_eq!(guard.destination(), address(ANNOUNCED));
}

#[test]
fn the_announced_address_takes_the_line_back_from_whoever_came_first() {
    let mut guard = guard();
    first_three(&mut guard, STRANGER, 7);
    assert_eq!(guard.destination(), address(STRANGER));
    assert_eq!(guard.accept(address(ANNOUNCED), &packet(1, 1), ms(80)), Guarded::Moved(address(ANNOUNCED)));
    assert_eq!(guard.accept(address(STRANGER), &packet(7, 4), ms(80)), Guarded::Refuse);
}

#[test]
fn a_caller_whose_nat_moved_is_found_again_after_the_silence() {
    let mut guard = guard();
    first_three(&mut guard, NAT, 1);
    let moved = address("198.51.100.7:62000");
    assert_eq!(guard.accept(moved, &packet(1, 4), ms(500)), Guarded::Refuse);
    (5..7).for_each(|n| assert_eq!(guard.accept(moved, &packet(1, n), ms(1_200)), Guarded::Refuse));
    assert_eq!(guard.accept(moved, &packet(1, 7), ms(1_240)), Guarded::Moved(moved));
}

#[test]
fn a_new_offer_with_another_address_starts_the_learning_again() {
    let mut guard = guard();
    guard.accept(address(ANNOUNCED), &packet(1, 1), ms(0));
    guard.announce(address(ANNOUNCED));
    assert_eq!(guard.accept(address(ANNOUNCED), &packet(1, 2), ms(20)), Guarded::Accept);
    guard.announce(address(NAT));
    assert_eq!(guard.destination(), address(NAT));
    assert_eq!(guard.accept(address(NAT), &packet(1, 3), ms(40)), Guarded::Moved(address(NAT)));
}
