//! RTP packets as the network sends them, whole and broken.

use bytes::Bytes;
use proptest::prelude::*;
use rtc_rtp::packet::Packet as SecondOpinion;
use rtc_shared::marshal::Unmarshal as _;
use standardiste::rtp::{Origin, Packet, ParseError, Sequencer};

fn parse(bytes: &[u8]) -> Result<Packet, ParseError> {
    Packet::parse(&Bytes::copy_from_slice(bytes))
}

/// Version 2, payload type 8, sequence 1, timestamp 2, SSRC 3.
fn datagram(first: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    bytes.extend(rest);
    bytes
}

#[test]
fn a_packet_survives_its_own_bytes() {
    let packet = Packet {
        payload_type: 101,
        marker: true,
        sequence: 65_535,
        timestamp: u32::MAX,
        ssrc: 0xDEAD_BEEF,
        payload: Bytes::from_static(b"sound"),
    };
    assert_eq!(Packet::parse(&packet.to_bytes()), Ok(packet));
}

#[test]
fn a_packet_cut_short_is_refused() {
    let whole = datagram(0x80, b"x");
    for length in 0..12 {
        assert_eq!(parse(&whole[..length]), Err(ParseError::Truncated(length)));
    }
    assert_eq!(parse(&datagram(0x82, b"fourfou")), Err(ParseError::Truncated(19)));
}

#[test]
fn another_version_is_refused() {
    assert_eq!(parse(&datagram(0x40, b"")), Err(ParseError::Version(1)));
    assert_eq!(parse(&[0x16; 40]), Err(ParseError::Version(0)));
}

#[test]
fn rtcp_on_the_same_port_is_told_apart() {
    let mut report = datagram(0x80, b"");
    report[1] = 200;
    assert_eq!(parse(&report), Err(ParseError::Rtcp));
}

#[test]
fn padding_is_taken_off_and_bad_padding_refused() {
    assert_eq!(parse(&datagram(0xA0, b"ab\0\x02")).map(|p| p.payload), Ok(Bytes::from_static(b"ab")));
    assert_eq!(parse(&datagram(0xA0, b"ab\x05")), Err(ParseError::Padding { padding: 5, available: 3 }));
    assert_eq!(parse(&datagram(0xA0, b"ab\0")), Err(ParseError::Padding { padding: 0, available: 3 }));
    assert_eq!(parse(&datagram(0xA0, b"")), Err(ParseError::Padding { padding: 3, available: 0 }));
}

#[test]
fn extensions_and_contributing_sources_are_read_over() {
    let bytes = datagram(0x91, b"csrc\xBE\xDE\0\x01\xF0\xFF\xFF\xFFsound");
    assert_eq!(parse(&bytes).map(|p| p.payload), Ok(Bytes::from_static(b"sound")));
    assert_eq!(parse(&datagram(0x90, b"\xBE\xDE\0\x09abcd")), Err(ParseError::Extension));
    assert_eq!(parse(&datagram(0x90, b"\xBE")), Err(ParseError::Extension));
}

#[test]
fn the_sender_marks_the_first_packet_after_a_silence() {
    let origin = Origin { ssrc: 1, sequence: 65_535, timestamp: u32::MAX - 100 };
    let mut sequencer = Sequencer::new(origin, 8, 160);
    let sound = Bytes::from_static(&[0xD5; 160]);
    let first = sequencer.audio(sound.clone());
    let second = sequencer.audio(sound.clone());
    sequencer.silence();
    let third = sequencer.audio(sound);
    assert_eq!([first.marker, second.marker, third.marker], [true, false, true]);
    assert_eq!([first.sequence, second.sequence, third.sequence], [65_535, 0, 1]);
    assert_eq!(second.timestamp, first.timestamp.wrapping_add(160));
    assert_eq!(third.timestamp, second.timestamp.wrapping_add(320));
    assert_eq!((sequencer.packets(), sequencer.octets()), (3, 480));
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn what_both_parsers_take_they_take_alike(bytes in prop::collection::vec(any::<u8>(), 12..80), x in 0u8..16) {
        // No extension: the second opinion stops within one that holds the reserved identifier.
        let mut bytes = bytes;
        bytes[0] = 0x80 | (bytes[0] & 0x20) | x;
        if let Ok(ours) = parse(&bytes) {
            let theirs = SecondOpinion::unmarshal(&mut Bytes::copy_from_slice(&bytes)).unwrap();
            prop_assert_eq!(ours.payload, theirs.payload);
            prop_assert_eq!(ours.timestamp, theirs.header.timestamp);
        }
    }
}
