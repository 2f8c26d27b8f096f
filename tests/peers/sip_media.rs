//! What reaches the driver of a hostile or unlucky network.

use std::time::Duration;

use bytes::Bytes;
use standardiste::leg::Event;

use crate::support::Sipp;
use crate::support::line::{Line, Script};
use crate::support::media::Phone;

const SOON: Duration = Duration::from_secs(6);
const CALL: Duration = Duration::from_secs(25);

struct Call {
    line: Line,
    phone: Phone,
    sipp: crate::support::Peer,
}

async fn call() -> Call {
    let line = Line::plain(Script::default()).await;
    let phone = Phone::open().await;
    let sipp = Sipp::new("basic", line.port).rtp_port(phone.port).args(&["-d", "2500"]).start();
    line.sees(SOON, |c| c.has(&Event::Answered)).await;
    phone.wait_for_media(SOON).await;
    Call { line, phone, sipp }
}

impl Call {
    async fn loud(&self) -> usize {
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.line.call().loud
    }
}

#[tokio::test]
async fn a_stranger_is_neither_heard_nor_served() {
    let mut call = call().await;
    call.phone.speak(10, |_, _| {}).await;
    let heard = call.loud().await;
    assert!(heard >= 8, "{heard}");
    let stranger = Phone::open().await;
    let line = call.phone.line();
    let talk = async {
        // The caller goes on with silence while the stranger shouts.
        call.phone.speak(30, |_, packet| packet.payload = vec![0xD5; 160].into()).await;
    };
    let shout = async {
        for i in 0..30u16 {
            let payload = Bytes::from(vec![0x80; 160]);
            let packet = standardiste::rtp::Packet {
                payload_type: 8,
                marker: false,
                sequence: i,
                timestamp: u32::from(i) * 160,
                ssrc: 7,
                payload,
            };
            stranger.socket.send_to(&packet.to_bytes(), line).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::join!(talk, shout);
    let after = call.loud().await;
    assert!(after <= heard + 3, "the stranger was heard: {heard} → {after}");
    assert_eq!(stranger.received(), 0, "our media went to the stranger");
    call.sipp.succeeds(CALL).await;
}

#[tokio::test]
async fn truncated_and_foreign_packets_are_read_over() {
    let mut call = call().await;
    let line = call.phone.line();
    for noise in [
        &b""[..],
        b"\x80",
        &[0x80; 11],
        &[0xFF; 40],
        &[0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0x80, 200, 0, 9, 1, 1],
    ] {
        call.phone.socket.send_to(noise, line).await.unwrap();
    }
    // A payload type that was not agreed.
    call.phone.speak(10, |_, packet| packet.payload_type = 18).await;
    assert_eq!(call.loud().await, 0);
    call.phone.speak(15, |_, _| {}).await;
    let heard = call.loud().await;
    assert!(heard >= 10, "{heard}");
    call.sipp.succeeds(CALL).await;
}

#[tokio::test]
async fn a_changed_ssrc_is_followed() {
    let mut call = call().await;
    call.phone.speak(15, |_, _| {}).await;
    let before = call.loud().await;
    call.phone
        .speak(20, |i, packet| {
            packet.ssrc = 0x5EED;
            packet.sequence = 40_000 + i as u16;
            packet.timestamp = 9_000_000 + 160 * i as u32;
        })
        .await;
    let after = call.loud().await;
    assert!(before >= 10 && after >= before + 12, "{before} → {after}");
    call.sipp.succeeds(CALL).await;
}

#[tokio::test]
async fn lost_packets_are_made_up_and_said_so() {
    let mut call = call().await;
    let lost = |i: usize, packet: &mut standardiste::rtp::Packet| {
        // One in five goes elsewhere: to a payload type that nobody reads.
        if i % 5 == 4 {
            packet.payload_type = 99;
        }
    };
    call.phone.speak(50, lost).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let noted = call.line.call();
    assert!(noted.concealed >= 6 && noted.loud >= 40, "{noted:?}");
    call.sipp.succeeds(CALL).await;
}
