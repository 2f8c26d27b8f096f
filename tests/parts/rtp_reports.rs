//! RTCP: what we say of what we hear, and what we understand of what we are told.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use standardiste::rtp::{
    Block, Feedback, Packet, Reception, RtcpError, Sent, build_bye, build_report, is_rtcp, ntp_time, parse_rtcp,
};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn packet(number: u32) -> Packet {
    Packet {
        payload_type: 8,
        marker: false,
        sequence: 65_500u16.wrapping_add(number as u16),
        timestamp: u32::MAX.wrapping_add(number * 160),
        ssrc: 5,
        payload: Bytes::new(),
    }
}

fn sent() -> Sent {
    Sent { ntp: ntp_time(Duration::from_secs(1_700_000_000)), timestamp: 777, packets: 3, octets: 480 }
}

#[test]
fn losses_are_counted_across_the_wraparound() {
    let mut reception = Reception::new(8_000);
    assert_eq!(reception.block(ms(0)), None);
    for n in (0..100).filter(|n| n % 4 != 1) {
        reception.received(&packet(n), ms(u64::from(n) * 20));
    }
    let first = reception.block(ms(2_000)).unwrap();
    assert_eq!((first.total_lost, first.fraction_lost), (25, 64));
    assert_eq!(first.highest_sequence, 65_536 + 63);
    assert_eq!(first.jitter, 0);
    for n in 100..200 {
        reception.received(&packet(n), ms(u64::from(n) * 20));
    }
    let second = reception.block(ms(4_000)).unwrap();
    assert_eq!((second.total_lost, second.fraction_lost), (25, 0));
}

#[test]
fn jitter_is_the_mean_deviation_of_the_transit_time() {
    let mut reception = Reception::new(8_000);
    for n in 0..400 {
        reception.received(&packet(n), ms(u64::from(n) * 20 + u64::from(n % 2) * 10));
    }
    // Every step is 10 ms: 80 ticks.
    let jitter = reception.block(ms(8_000)).unwrap().jitter;
    assert!((75..=81).contains(&jitter), "{jitter}");
}

#[test]
fn duplicates_make_the_loss_negative() {
    let mut reception = Reception::new(8_000);
    (0..10).for_each(|n| (0..2).for_each(|_| reception.received(&packet(n), ms(0))));
    let block = reception.block(ms(0)).unwrap();
    assert_eq!((block.total_lost, block.fraction_lost), (-10, 0));
    let bytes = build_report(1, "standardiste", None, Some(block)).unwrap();
    let Feedback::Receiver { blocks, .. } = &parse_rtcp(&bytes).unwrap()[0] else { panic!() };
    assert_eq!(blocks[0].total_lost, -10);
}

#[test]
fn a_sender_report_goes_there_and_back() {
    let block = Block {
        ssrc: 5,
        fraction_lost: 12,
        total_lost: 34,
        highest_sequence: 70_000,
        jitter: 9,
        last_sr: 0xABCD_EF01,
        delay: 6_554,
    };
    let bytes = build_report(1, "standardiste", Some(sent()), Some(block)).unwrap();
    assert!(is_rtcp(&bytes));
    let expected =
        Feedback::Sender { ssrc: 1, ntp: sent().ntp, rtp: 777, packets: 3, octets: 480, blocks: vec![block] };
    assert_eq!(parse_rtcp(&bytes), Ok(vec![expected]));
}

#[test]
fn the_round_trip_is_what_is_left_of_the_time_after_their_delay() {
    let there = ntp_time(Duration::from_millis(1_700_000_000_000));
    let mut reception = Reception::new(8_000);
    reception.received(&packet(0), ms(0));
    reception.sender_report(5, there, ms(40));
    reception.sender_report(6, u64::MAX, ms(50));
    let block = reception.block(ms(540)).unwrap();
    assert_eq!(block.delay, 32_768);
    let back = ntp_time(Duration::from_millis(1_700_000_000_580));
    let round_trip = block.round_trip(back).unwrap();
    assert!((79..=81).contains(&round_trip.as_millis()), "{round_trip:?}");
    assert_eq!(block.round_trip(there), None);
}

#[test]
fn goodbye_is_understood() {
    let bytes = build_bye(1, "standardiste", None).unwrap();
    let told = parse_rtcp(&bytes).unwrap();
    assert_eq!(told, [Feedback::Receiver { ssrc: 1, blocks: vec![] }, Feedback::Bye(vec![1])]);
}

#[test]
fn broken_reports_are_refused() {
    let whole = build_report(1, "standardiste", Some(sent()), None).unwrap();
    for length in 1..whole.len() {
        let told = parse_rtcp(&whole.slice(..length));
        assert!(told.is_err() || length == 28, "{length}: {told:?}");
    }
    assert_eq!(parse_rtcp(&Bytes::new()), Err(RtcpError::Truncated));
    assert_eq!(parse_rtcp(&Bytes::from_static(&[0x40, 200, 0, 0])), Err(RtcpError::Version(1)));
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(
        kind in prop::sample::select(vec![200u8, 201, 202, 203, 205]),
        first in 0x80u8..0xC0,
        bytes in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let words = (bytes.len() / 4) as u8;
        let datagram: Vec<u8> = [first, kind, 0, words].into_iter().chain(bytes.iter().copied().take(usize::from(words) * 4)).collect();
        let _ = parse_rtcp(&datagram.into());
        let _ = parse_rtcp(&bytes.into());
    }

    #[test]
    fn no_packets_make_the_statistics_panic(packets in prop::collection::vec((any::<u16>(), any::<u32>(), 0u32..2, 0u64..1_000), 0..100)) {
        let mut reception = Reception::new(48_000);
        for (sequence, timestamp, ssrc, at) in packets {
            reception.received(&Packet { payload_type: 0, marker: false, sequence, timestamp, ssrc, payload: Bytes::new() }, ms(at));
            reception.block(ms(at));
        }
    }
}
