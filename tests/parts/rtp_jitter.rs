//! The jitter buffer against a simulated network, in virtual time.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use standardiste::rtp::{JitterBuffer, JitterSettings, Packet, Pop, Pushed};

const TICKS: u32 = 160;

fn packet(number: u64) -> Packet {
    numbered(number, 0x5EED, 65_530, u32::MAX - 1_000)
}

/// The number is in the payload, so that what is played can be told.
fn numbered(number: u64, ssrc: u32, sequence: u16, timestamp: u32) -> Packet {
    Packet {
        payload_type: 8,
        marker: number == 0,
        sequence: sequence.wrapping_add(number as u16),
        timestamp: timestamp.wrapping_add(TICKS.wrapping_mul(number as u32)),
        ssrc,
        payload: Bytes::copy_from_slice(&number.to_be_bytes()),
    }
}

fn number(packet: &Packet) -> u64 {
    u64::from_be_bytes(packet.payload[..].try_into().unwrap())
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn buffer() -> JitterBuffer {
    JitterBuffer::new(JitterSettings::default(), 8_000)
}

/// Plays `packets` (arrival in milliseconds, packet) tick by tick up to `end` milliseconds.
fn run(buffer: &mut JitterBuffer, mut packets: Vec<(u64, Packet)>, end: u64, quiet: bool) -> Vec<Pop> {
    packets.sort_by_key(|(arrival, _)| *arrival);
    let mut packets = packets.into_iter().peekable();
    let mut popped = Vec::new();
    for tick in 0..end / 20 {
        let now = tick * 20 + 10;
        while let Some((arrival, packet)) = packets.next_if(|(arrival, _)| *arrival <= now) {
            buffer.push(packet, TICKS, ms(arrival));
        }
        popped.push(sound(buffer, now, quiet));
    }
    popped
}

/// One tick of a player: what is skipped gives no sound.
fn sound(buffer: &mut JitterBuffer, now: u64, quiet: bool) -> Pop {
    loop {
        match buffer.pop(ms(now), quiet) {
            Pop::Skip(_) => {}
            other => return other,
        }
    }
}

fn played(popped: &[Pop]) -> Vec<u64> {
    popped
        .iter()
        .filter_map(|pop| match pop {
            Pop::Packet(packet) => Some(number(packet)),
            _ => None,
        })
        .collect()
}

fn lost(popped: &[Pop]) -> usize {
    popped.iter().filter(|pop| matches!(pop, Pop::Lost { .. })).count()
}

#[test]
fn a_regular_stream_is_played_whole_and_in_order_across_the_wraparound() {
    let mut buffer = buffer();
    let popped = run(&mut buffer, (0..500).map(|n| (n * 20, packet(n))).collect(), 9_900, false);
    assert_eq!(lost(&popped), 0);
    assert!(played(&popped).len() > 485);
    assert!(played(&popped).is_sorted_by(|a, b| a + 1 == *b));
    assert!(buffer.statistics().depth <= ms(40), "{:?}", buffer.statistics());
}

#[test]
fn a_lost_packet_is_one_loss_and_brings_the_payload_after_it() {
    let mut buffer = buffer();
    let packets = (0..100).filter(|n| *n != 50).map(|n| (n * 20, packet(n))).collect();
    let popped = run(&mut buffer, packets, 1_900, false);
    let losses: Vec<_> = popped.iter().filter(|pop| matches!(pop, Pop::Lost { .. })).collect();
    let [Pop::Lost { ticks: TICKS, next: Some(next) }] = losses[..] else { panic!("{losses:?}") };
    assert_eq!(next, &packet(51).payload);
    assert_eq!(buffer.statistics().lost, 1);
}

#[test]
fn packets_that_change_places_are_put_back() {
    let mut buffer = buffer();
    let packets = (0..100).map(|n| (n * 20 + if n % 5 == 0 { 25 } else { 0 }, packet(n))).collect();
    let popped = run(&mut buffer, packets, 1_900, false);
    assert!(played(&popped).is_sorted());
    let early = 10;
    assert_eq!(lost(&popped[early..]), 0, "{:?}", buffer.statistics());
}

#[test]
fn a_duplicate_is_counted_and_played_once() {
    let mut buffer = buffer();
    let packets = (0..50).flat_map(|n| [(n * 20, packet(n)), (n * 20 + 45, packet(n))]).collect();
    let popped = run(&mut buffer, packets, 1_100, false);
    assert!(played(&popped).is_sorted_by(|a, b| a < b));
    assert_eq!(buffer.statistics().duplicates, 50);
}

#[test]
fn jitter_deepens_the_buffer_and_calm_brings_it_back() {
    let mut buffer = buffer();
    let mut seed = 1u64;
    let mut noise = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % 60
    };
    let rough: Vec<_> = (0..1_000).map(|n| (n * 20 + noise(), packet(n))).collect();
    let popped = run(&mut buffer, rough, 19_990, false);
    let deep = buffer.statistics();
    assert!(deep.target >= ms(60), "{deep:?}");
    assert!(lost(&popped[250..]) < 15, "{} {deep:?}", lost(&popped[250..]));

    let calm: Vec<_> = (0..3_500).map(|n| (n * 20, packet(1_000 + n))).collect();
    let mut calm = calm.into_iter().peekable();
    for tick in 0..3_490 {
        let now = tick * 20 + 10;
        while let Some((arrival, packet)) = calm.next_if(|(arrival, _)| *arrival <= now) {
            buffer.push(packet, TICKS, ms(20_000 + arrival));
        }
        sound(&mut buffer, 20_000 + now, tick % 3 == 0);
    }
    let shallow = buffer.statistics();
    assert!(shallow.target <= ms(25), "{shallow:?}");
    assert!(shallow.depth <= ms(40), "{shallow:?}");
    assert!(shallow.skipped >= 1);
}

#[test]
fn a_short_stall_of_the_network_loses_no_sound() {
    let mut buffer = buffer();
    let packets = (0..200).map(|n| (if (100..104).contains(&n) { 2_080 } else { n * 20 }, packet(n))).collect();
    let popped = run(&mut buffer, packets, 3_900, false);
    let numbers = played(&popped);
    assert!(numbers.is_sorted_by(|a, b| a + 1 == *b), "{numbers:?}");
    assert!(lost(&popped) >= 1);
}

#[test]
fn a_burst_is_cut_to_the_newest_sound() {
    let mut buffer = buffer();
    for n in 0..100 {
        buffer.push(packet(n), TICKS, ms(0));
    }
    let statistics = buffer.statistics();
    assert!(statistics.depth <= JitterSettings::default().overflow, "{statistics:?}");
    assert!(statistics.overflowed > 80);
    let popped = run(&mut buffer, vec![], 200, false);
    assert!(played(&popped).is_sorted_by(|a, b| a + 1 == *b));
    assert_eq!(played(&popped).last(), Some(&99));
}

#[test]
fn a_new_ssrc_is_followed_without_a_gap() {
    let mut buffer = buffer();
    let before = (0..100).map(|n| (n * 20, packet(n)));
    let after = (100..200).map(|n| (n * 20, numbered(n, 0xCAFE, 7, 77)));
    let popped = run(&mut buffer, before.chain(after).collect(), 3_900, false);
    let numbers = played(&popped);
    assert_eq!(buffer.statistics().resynchronised, 1);
    assert!(numbers.contains(&101), "{numbers:?}");
    let silent = popped.iter().filter(|pop| !matches!(pop, Pop::Packet(_))).count();
    assert!(silent <= 8, "{silent}");
}

#[test]
fn one_stray_packet_of_another_stream_changes_nothing() {
    let mut buffer = buffer();
    let stray = (1_005, numbered(3, 0xBAD, 40_000, 5));
    let popped = run(&mut buffer, (0..100).map(|n| (n * 20, packet(n))).chain([stray]).collect(), 1_900, false);
    assert_eq!(buffer.statistics().resynchronised, 0);
    assert_eq!(lost(&popped), 0);
}

#[test]
fn a_sender_that_renumbers_itself_is_followed() {
    let mut buffer = buffer();
    let before = (0..100).map(|n| (n * 20, packet(n)));
    let after = (100..200).map(|n| (n * 20, numbered(n, 0x5EED, 30_000, 9)));
    let popped = run(&mut buffer, before.chain(after).collect(), 3_900, false);
    assert!(played(&popped).contains(&150));
    assert!(lost(&popped) <= 6);
}

#[test]
fn a_silence_of_the_sender_is_empty_and_not_lost() {
    let mut buffer = buffer();
    let before = (0..50).map(|n| (n * 20, packet(n)));
    // One sequence number goes on where the clock has moved by two seconds.
    let after = (50..100).map(|n| {
        let mut late = packet(n);
        late.timestamp = late.timestamp.wrapping_add(100 * TICKS);
        late.marker = n == 50;
        (n * 20 + 2_000, late)
    });
    let popped = run(&mut buffer, before.chain(after).collect(), 3_900, false);
    let numbers = played(&popped);
    assert!(numbers.len() > 90 && numbers.is_sorted_by(|a, b| a + 1 == *b), "{numbers:?}");
    assert!(popped.iter().filter(|pop| **pop == Pop::Empty).count() > 85);
    assert!(lost(&popped) <= 6, "{}", lost(&popped));
    assert_eq!(buffer.statistics().late, 0);
}

#[test]
fn key_presses_in_the_stream_are_not_losses() {
    let mut buffer = buffer();
    let mut losses = 0;
    for tick in 0..100u64 {
        let now = ms(tick * 20);
        if (40..48).contains(&tick) {
            buffer.skip(&packet(tick), now);
        } else {
            buffer.push(packet(tick), TICKS, now);
        }
        losses += usize::from(matches!(buffer.pop(now, false), Pop::Lost { .. }));
    }
    assert_eq!(buffer.statistics().lost, 0);
    assert!(losses <= 6, "the sound before the key fades once: {losses}");
}

#[test]
fn packets_of_sixty_milliseconds_are_played_at_their_own_pace() {
    let mut buffer = buffer();
    let long = |n: u64| {
        let mut long = packet(n);
        long.timestamp = (n * 480) as u32;
        long
    };
    let mut ready = 0u32;
    let mut silent = 0;
    for tick in 0..300u64 {
        if tick % 3 == 0 {
            buffer.push(long(tick / 3), 480, ms(tick * 20));
        }
        while ready < TICKS {
            match buffer.pop(ms(tick * 20), false) {
                Pop::Packet(_) => ready += 480,
                Pop::Lost { ticks, .. } => ready += ticks,
                Pop::Skip(_) => {}
                Pop::Empty => {
                    silent += 1;
                    ready += TICKS;
                }
            }
        }
        ready -= TICKS;
    }
    assert!(silent < 6, "{silent}");
    assert_eq!(buffer.statistics().lost, 0, "{:?}", buffer.statistics());
    assert!(buffer.statistics().inserted <= 3, "{:?}", buffer.statistics());
}

proptest! {
    #[test]
    fn any_order_within_the_depth_comes_out_in_order(keys in prop::collection::vec(0u64..5, 6..60)) {
        // Each packet is late by up to four places: within the 120 ms that the buffer may hold.
        let mut order: Vec<_> = keys.iter().enumerate().map(|(n, late)| (n as u64 + late, n as u64)).collect();
        order.sort();
        let mut buffer = JitterBuffer::new(JitterSettings { min: ms(120), ..JitterSettings::default() }, 8_000);
        let arrivals = order.iter().enumerate().map(|(i, (_, n))| (i as u64 * 20, packet(*n))).collect();
        let popped = run(&mut buffer, arrivals, keys.len() as u64 * 20 + 400, false);
        let numbers = played(&popped);
        prop_assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        prop_assert_eq!(numbers.len(), keys.len());
    }

    #[test]
    fn no_packets_make_it_panic_or_grow(
        packets in prop::collection::vec((any::<u16>(), any::<u32>(), 0u32..3, 0u32..20_000, any::<bool>(), 0u64..100), 0..400),
    ) {
        let mut buffer = buffer();
        let mut now = ms(0);
        for (sequence, timestamp, ssrc, ticks, other, step) in packets {
            now += ms(step);
            let packet = Packet { payload_type: 0, marker: false, sequence, timestamp, ssrc, payload: Bytes::new() };
            if other { buffer.skip(&packet, now) } else { buffer.push(packet, ticks, now); }
            buffer.pop(now, step % 2 == 0);
            prop_assert!(buffer.statistics().depth <= ms(3_000));
        }
    }

    #[test]
    fn neighbouring_numbers_in_any_order_never_panic(steps in prop::collection::vec((-20i16..40, any::<bool>(), any::<bool>()), 0..400)) {
        let mut buffer = buffer();
        let mut sequence = 65_500u16;
        for (i, (step, other, quiet)) in steps.into_iter().enumerate() {
            sequence = sequence.wrapping_add_signed(step);
            let packet = Packet { payload_type: 0, marker: false, sequence, timestamp: u32::from(sequence) * TICKS, ssrc: 1, payload: Bytes::new() };
            if other { buffer.skip(&packet, ms(i as u64 * 15)) } else { let _: Pushed = buffer.push(packet, TICKS, ms(i as u64 * 15)); }
            buffer.pop(ms(i as u64 * 15), quiet);
        }
    }
}
