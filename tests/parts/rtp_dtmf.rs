//! One event a key press (RFC 4733), whatever the network does to its packets.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use standardiste::rtp::{DtmfReceiver, DtmfSender, Event, Origin, Packet, Sequencer};

const TYPE: u8 = 101;

fn sequencer() -> Sequencer {
    Sequencer::new(Origin { ssrc: 9, sequence: 65_530, timestamp: u32::MAX - 500 }, 8, 160)
}

/// The packets of `keys`, each held for `length` milliseconds, 100 ms between.
fn typed(keys: &str, length: u64) -> Vec<Packet> {
    let mut sequencer = sequencer();
    let mut packets = Vec::new();
    for key in keys.chars() {
        let mut sender = DtmfSender::new(key, TYPE, Duration::from_millis(length)).unwrap();
        packets.extend(std::iter::from_fn(|| sender.tick(&mut sequencer)));
        (0..5).for_each(|_| sequencer.silence());
    }
    packets
}

/// Each packet arrives when it was sent, which its own clock tells.
fn heard(packets: &[Packet]) -> String {
    let mut receiver = DtmfReceiver::new();
    let at = |packet: &Packet| {
        let event = Event::parse(&packet.payload).map_or(0, |event| event.duration);
        let since = packet.timestamp.wrapping_sub(u32::MAX - 500).wrapping_add(u32::from(event));
        Duration::from_millis(u64::from(since) / 8)
    };
    packets.iter().filter_map(|packet| receiver.push(packet, at(packet))).collect()
}

fn event(code: u8, end: bool, duration: u16, timestamp: u32, marker: bool) -> Packet {
    let payload = Event { code, end, volume: 10, duration }.to_bytes();
    Packet { payload_type: TYPE, marker, sequence: 0, timestamp, ssrc: 1, payload }
}

#[test]
fn every_key_is_heard_once() {
    let keys = "0123456789*#ABCD";
    assert_eq!(heard(&typed(keys, 100)), keys);
}

#[test]
fn the_same_key_twice_is_two_presses() {
    assert_eq!(heard(&typed("00", 100)), "00");
    assert_eq!(heard(&typed("77777", 40)), "77777");
}

#[test]
fn a_press_ends_with_three_packets_of_the_same_length() {
    let packets = typed("5", 100);
    let events: Vec<_> = packets.iter().map(|p| Event::parse(&p.payload).unwrap()).collect();
    assert_eq!(events.len(), 5 + 3);
    assert!(packets[0].marker && packets[1..].iter().all(|p| !p.marker));
    assert!(packets.iter().all(|p| p.timestamp == packets[0].timestamp));
    assert!(events[5..].iter().all(|e| e.end && e.duration == 800));
    assert_eq!(events[0].duration, 160);
}

#[test]
fn lost_end_packets_do_not_join_two_presses() {
    let packets: Vec<_> = typed("00", 100).into_iter().filter(|p| !Event::parse(&p.payload).unwrap().end).collect();
    assert_eq!(heard(&packets), "00");
}

#[test]
fn an_end_packet_alone_is_a_press() {
    assert_eq!(heard(&typed("4", 100)[7..]), "4");
}

#[test]
fn a_late_packet_of_an_earlier_press_is_not_another_one() {
    let mut packets = typed("12", 100);
    packets.swap(7, 9);
    assert_eq!(heard(&packets), "12");
}

#[test]
fn a_very_long_press_is_one() {
    // RFC 4733 §2.5.1.3: the duration is full after 8 s, and a new segment begins.
    let mut receiver = DtmfReceiver::new();
    let mut keys = String::new();
    for tick in 1..=600u32 {
        let segment = (tick - 1) / 409;
        let duration = ((tick - segment * 409) * 160).min(65_535) as u16;
        let packet = event(3, false, duration, segment * 65_535, tick == 1);
        keys.extend(receiver.push(&packet, Duration::from_millis(u64::from(tick) * 20)));
    }
    assert_eq!(keys, "3");
}

#[test]
fn a_sender_that_moves_the_time_with_every_packet_is_understood() {
    let mut receiver = DtmfReceiver::new();
    let mut keys = String::new();
    for press in 0..2u32 {
        for i in 0..8u32 {
            let start = press * 8_000 + i * 160;
            let packet =
                event(6, i >= 5, (i.min(5) + 1) as u16 * 160, if i > 5 { press * 8_000 + 800 } else { start }, i == 0);
            keys.extend(receiver.push(&packet, Duration::from_millis(u64::from(press * 1_000 + i * 20))));
        }
    }
    assert_eq!(keys, "66");
}

#[test]
fn a_key_held_down_is_known_until_it_ends_or_falls_silent() {
    let mut receiver = DtmfReceiver::new();
    let ms = Duration::from_millis;
    receiver.push(&event(11, false, 160, 0, true), ms(0));
    assert_eq!(receiver.held(ms(100)), Some('#'));
    assert_eq!(receiver.held(ms(300)), None);
    receiver.push(&event(11, true, 320, 0, false), ms(310));
    assert_eq!(receiver.held(ms(311)), None);
}

#[test]
fn other_events_and_short_payloads_are_not_keys() {
    assert_eq!(heard(&[event(16, false, 160, 0, true), event(255, true, 160, 0, true)]), "");
    let mut short = event(1, false, 160, 0, true);
    short.payload = Bytes::from_static(&[1, 10, 0]);
    assert_eq!(heard(&[short]), "");
    assert!(DtmfSender::new('x', TYPE, Duration::from_millis(100)).is_none());
}

proptest! {
    #[test]
    fn any_loss_that_leaves_one_packet_a_press_leaves_the_number_whole(
        keys in "[0-9*#]{1,10}",
        kept in prop::collection::vec(1u8..255, 10),
    ) {
        let all = typed(&keys, 100);
        let left: Vec<_> = all.iter().enumerate().filter(|(i, _)| kept[i / 8] & (1 << (i % 8)) != 0).map(|(_, p)| p.clone()).collect();
        prop_assert_eq!(heard(&left), keys);
    }

    #[test]
    fn no_payload_makes_it_panic(payloads in prop::collection::vec((any::<u32>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..8)), 0..50)) {
        let mut receiver = DtmfReceiver::new();
        for (i, (timestamp, marker, payload)) in payloads.into_iter().enumerate() {
            let packet = Packet { payload_type: TYPE, marker, sequence: 0, timestamp, ssrc: 1, payload: payload.into() };
            receiver.push(&packet, Duration::from_millis(i as u64));
        }
    }
}
