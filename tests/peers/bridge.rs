//! A human rung by the line, between two telephones of SIPp: when it is done, what it tells the call, and that nothing of
//! it is left behind.

use std::path::Path;
use std::time::Duration;

use standardiste::audio::{Codec, level};
use standardiste::call::{CallEnd, Reason, Way};
use standardiste::config::{Bridge, Config};
use standardiste::rtp::Packet;
use tokio::net::UdpSocket;

use crate::support::house::{House, configuration, destination, ended_call};
use crate::support::media::Phone;
use crate::support::{LOOPBACK, Peer, Sipp};

const SOON: Duration = Duration::from_secs(8);
const CALL: Duration = Duration::from_secs(40);

/// The delivered configuration, bridging as told, with these telephones of SIPp as humans.
fn humans(folder: &Path, bridge: Bridge, scenarios: &[&str]) -> (Config, Vec<Peer>) {
    let mut config = configuration(folder);
    config.handover.bridge = bridge;
    config.destinations.clear();
    let mut telephones = Vec::new();
    for scenario in scenarios {
        let sipp = Sipp::new(scenario, 9).args(&["-timeout", "40s", "-recv_timeout", "35000"]);
        config.destinations.push(destination(format!("sip:guichet@127.0.0.1:{}", sipp.sip_port), scenario));
        telephones.push(sipp.start());
    }
    (config, telephones)
}

/// A caller who presses 0 and stays for `stays` afterwards, unless hung up on.
fn caller(scenario: &str, house: &House, stays: Duration) -> Peer {
    let stays = stays.as_millis().to_string();
    Sipp::new(scenario, house.port()).args(&["-d", &stays, "-timeout", "40s", "-recv_timeout", "35000"]).start()
}

fn outcome(end: &CallEnd) -> (&str, Option<Reason>, Option<&str>, Option<Way>) {
    (end.how.as_str(), end.handed_over, end.destination.as_deref(), end.way)
}

#[tokio::test(flavor = "multi_thread")]
async fn where_refer_is_refused_the_line_rings_the_human_and_a_caller_who_hangs_up_ends_both() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut humans) = humans(folder.path(), Bridge::IfRefused, &["human_takes_calls"]);
    let house = House::open(&config).await;
    caller("caller_refuses_refer", &house, Duration::from_secs(3)).succeeds(CALL).await;
    humans[0].succeeds(SOON).await;
    let (_, end) = ended_call(&house.store).await;
    let expected = ("handed_over", Some(Reason::Requested), Some("human_takes_calls"), Some(Way::Bridge));
    assert_eq!(outcome(&end), expected);
    house.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_human_who_hangs_up_ends_the_callers_call() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut humans) = humans(folder.path(), Bridge::Always, &["human_hangs_up"]);
    let house = House::open(&config).await;
    caller("caller_is_hung_up_on", &house, SOON).succeeds(CALL).await;
    humans[0].succeeds(SOON).await;
    let (_, end) = ended_call(&house.store).await;
    assert_eq!((end.how.as_str(), end.way), ("handed_over", Some(Way::Bridge)));
    house.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_human_busy_the_next_is_rung_and_all_busy_nobody_has_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let scenarios = ["human_busy", "human_without_description", "human_redirects"];
    let (config, mut humans) = humans(folder.path(), Bridge::Always, &scenarios);
    let house = House::open(&config).await;
    caller("caller_asks_a_human", &house, Duration::from_secs(18)).succeeds(CALL).await;
    for human in &mut humans {
        human.succeeds(SOON).await;
    }
    let (_, end) = ended_call(&house.store).await;
    assert_eq!(outcome(&end), ("caller", Some(Reason::Requested), None, None));
    house.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_while_it_rings_stops_the_ringing() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut humans) = humans(folder.path(), Bridge::Always, &["human_cancelled"]);
    let house = House::open(&config).await;
    caller("caller_asks_a_human", &house, Duration::from_secs(6)).succeeds(CALL).await;
    humans[0].succeeds(SOON).await;
    house.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_rings_the_caller_hears_the_ringing_tone() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut humans) = humans(folder.path(), Bridge::Always, &["human_cancelled"]);
    let house = House::open(&config).await;
    let ear = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    let calls = Sipp::new("caller_asks_a_human", house.port()).rtp_port(ear.local_addr().unwrap().port());
    let mut caller = calls.args(&["-d", "7000", "-timeout", "40s"]).start();
    let hums = tokio::spawn(longest_hum(ear));
    caller.succeeds(CALL).await;
    humans[0].succeeds(SOON).await;
    let frames = hums.await.unwrap();
    assert!((73..=76).contains(&frames), "1.5 s of 440 Hz is 75 frames: {frames}");
    house.is_clean(SOON).await;
}

/// The longest run of frames that hold nothing but 440 Hz, of what arrives in A-law until nothing comes.
async fn longest_hum(ear: UdpSocket) -> usize {
    let mut decoder = Codec::Pcma.decoder().unwrap();
    let (mut run, mut longest) = (0, 0);
    let mut buffer = [0; 2_048];
    while let Ok(Ok(length)) = tokio::time::timeout(Duration::from_secs(3), ear.recv(&mut buffer)).await {
        let Ok(packet) = Packet::parse(&bytes::Bytes::copy_from_slice(&buffer[..length])) else { continue };
        let mut samples = Vec::new();
        decoder.decode(&packet.payload, &mut samples).unwrap();
        let rises = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        let level = level::rms_dbfs(&samples);
        run = if (8..=9).contains(&rises) && (-26.0..-21.0).contains(&level) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_caller_reaches_the_humans_side() {
    let folder = tempfile::tempdir().unwrap();
    let ear = Phone::open().await;
    let mut config = configuration(folder.path());
    config.handover.bridge = Bridge::Always;
    let human =
        Sipp::new("human_takes_calls", 9).rtp_port(ear.port).args(&["-timeout", "40s", "-recv_timeout", "35000"]);
    config.destinations = vec![destination(format!("sip:guichet@127.0.0.1:{}", human.sip_port), "guichet")];
    let mut human = human.start();
    let house = House::open(&config).await;
    caller("caller_dials_on", &house, Duration::from_secs(5)).succeeds(CALL).await;
    human.succeeds(SOON).await;
    assert_eq!(ear.payload_types(), [8, 101]);
    house.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_must_not_be_done_no_telephone_rings() {
    let folder = tempfile::tempdir().unwrap();
    let (config, humans) = humans(folder.path(), Bridge::Never, &["human_takes_calls"]);
    let house = House::open(&config).await;
    caller("caller_refuses_refer", &house, Duration::from_secs(3)).succeeds(CALL).await;
    let (_, end) = ended_call(&house.store).await;
    assert_eq!(outcome(&end), ("caller", Some(Reason::Requested), None, None));
    assert!(!humans[0].report().contains("INVITE sip:"), "{}", humans[0].report());
    house.is_clean(SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_still_speaking_when_the_line_closes_are_both_told_goodbye() {
    let folder = tempfile::tempdir().unwrap();
    let (config, mut humans) = humans(folder.path(), Bridge::Always, &["human_takes_calls"]);
    let house = House::open(&config).await;
    let mut caller = caller("caller_is_hung_up_on", &house, SOON);
    humans[0].prints_in_messages("ACK sip:", CALL).await;
    house.desk.shut_down(Duration::from_millis(300), Duration::from_millis(300)).await;
    caller.succeeds(SOON).await;
    humans[0].succeeds(SOON).await;
    house.is_clean(SOON).await;
}

/// Some fifteen at a time.
#[tokio::test(flavor = "multi_thread")]
async fn eighty_bridged_calls_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = configuration(folder.path());
    config.handover.bridge = Bridge::Always;
    config.calls.max_calls = 100;
    (config.media.port_min, config.media.port_max) = (40_000, 40_399);
    let human = Sipp::new("human_takes_calls", 9).args(&["-timeout", "100s", "-recv_timeout", "60000"]);
    config.destinations = vec![destination(format!("sip:guichet@127.0.0.1:{}", human.sip_port), "guichet")];
    let mut human = human.calls(80, 10).start();
    let house = House::open(&config).await;
    let mut callers = Sipp::new("caller_asks_a_human", house.port())
        .args(&["-d", "6000", "-timeout", "100s", "-recv_timeout", "60000"])
        .calls(80, 2)
        .start();
    callers.succeeds(Duration::from_secs(160)).await;
    human.succeeds(Duration::from_secs(20)).await;
    house.is_clean(SOON).await;
    let calls = house.store.calls(300).await.unwrap();
    let bridged = calls.iter().filter(|call| call.end.as_ref().is_some_and(|end| end.way == Some(Way::Bridge)));
    assert_eq!((calls.len(), bridged.count()), (80, 80));
}
