//! How much later the other side hears: prints figures for the notes, proves nothing.

use std::time::{Duration, Instant};

use standardiste::audio::{Codec, Frame, SILENCE, level};
use standardiste::config::Bridge;
use standardiste::rtp::{Origin, Packet, Sequencer};
use tokio::net::UdpSocket;

use crate::support::house::{House, configuration, destination};
use crate::support::{LOOPBACK, Sipp};

const TICK: Duration = Duration::from_millis(20);
const BURSTS: usize = 40;

/// Speaks a burst each second, 100 ms long, and notes when each began.
async fn speak(socket: &UdpSocket, to: std::net::SocketAddr) -> Vec<Instant> {
    let mut sequencer = Sequencer::new(Origin { ssrc: 7, sequence: 1, timestamp: 1 }, 8, 160);
    let mut encoder = Codec::Pcma.encoder().unwrap();
    let loud: Frame = std::array::from_fn(|i| if i % 40 < 20 { 12_000 } else { -12_000 });
    let mut clock = tokio::time::interval(TICK);
    let mut began = Vec::new();
    for tick in 0..BURSTS * 50 {
        clock.tick().await;
        let sounds = tick % 50 < 5;
        if tick % 50 == 0 {
            began.push(Instant::now());
        }
        let packet = sequencer.audio(encoder.encode(if sounds { &loud } else { &SILENCE }).unwrap());
        let _ = socket.send_to(&packet.to_bytes(), to).await;
    }
    began
}

/// Notes when each burst arrives.
async fn listen(socket: &UdpSocket) -> Vec<Instant> {
    let mut decoder = Codec::Pcma.decoder().unwrap();
    let mut heard: Vec<Instant> = Vec::new();
    let mut buffer = [0; 2_048];
    while let Ok(Ok((length, _))) = tokio::time::timeout(Duration::from_secs(3), socket.recv_from(&mut buffer)).await {
        let Ok(packet) = Packet::parse(&bytes::Bytes::copy_from_slice(&buffer[..length])) else { continue };
        let mut frame = Vec::new();
        decoder.decode(&packet.payload, &mut frame).unwrap_or_default();
        let quiet = heard.last().is_some_and(|at| at.elapsed() < Duration::from_millis(500));
        if packet.payload_type == 8 && !quiet && level::rms_dbfs(&frame) > -15.0 {
            heard.push(Instant::now());
        }
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints the figures of the notes; proves nothing"]
async fn prints_how_much_later_the_other_side_hears() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = configuration(folder.path());
    config.handover.bridge = Bridge::Always;
    let (caller, human) =
        (UdpSocket::bind((LOOPBACK, 0)).await.unwrap(), UdpSocket::bind((LOOPBACK, 0)).await.unwrap());
    let port = |socket: &UdpSocket| socket.local_addr().unwrap().port();
    let limits = ["-timeout", "90s", "-recv_timeout", "80000"];
    let telephone = Sipp::new("human_takes_calls", 9).rtp_port(port(&human)).args(&limits);
    config.destinations = vec![destination(format!("sip:guichet@127.0.0.1:{}", telephone.sip_port), "guichet")];
    let telephone = telephone.start();
    let house = House::open(&config).await;
    let calls = Sipp::new("caller_asks_a_human", house.port()).rtp_port(port(&caller)).args(&limits);
    let _calls = calls.args(&["-d", "60000"]).start();
    telephone.prints_in_messages("ACK sip:", Duration::from_secs(30)).await;
    let mut buffer = [0; 2_048];
    let (_, line) = caller.recv_from(&mut buffer).await.unwrap();
    let (began, heard) = tokio::join!(speak(&caller, line), listen(&human));
    let mut delays: Vec<f64> = began
        .iter()
        .filter_map(|at| heard.iter().find(|heard| *heard > at).map(|heard| (*heard - *at).as_secs_f64() * 1_000.0))
        .collect();
    delays.sort_by(f64::total_cmp);
    println!(
        "from RTP in to RTP out, ms: median {:.0}, 95th percentile {:.0}, {} of {BURSTS} bursts",
        delays[delays.len() / 2],
        delays[delays.len() * 95 / 100],
        delays.len()
    );
}
