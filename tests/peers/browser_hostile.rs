//! Offers that are not what a browser sends: refused, and nothing is left of them.

use std::time::Duration;

use standardiste::leg::webrtc::{BadOffer, Offer};

use crate::support::browser::Browser;
use crate::support::line::Script;
use crate::support::reception::{Reception, settings};

const SOON: Duration = Duration::from_secs(5);
/// Damaged offers tried.
const TRIES: u64 = 400;

/// Chromium's own offer.
async fn offer(reception: &Reception) -> String {
    let mut browser = Browser::start(None).await;
    browser.open(&reception.url()).await;
    browser.run("await call.begin({});").await;
    let offer = browser.run("return call.state.pc.localDescription.sdp;").await;
    browser.run("await call.end();").await;
    offer.as_str().unwrap().to_owned()
}

async fn tried(reception: &Reception, sdp: String) -> Result<String, BadOffer> {
    let place = reception.admission.enter().expect("a place");
    let offer = Offer { sdp, to: String::new(), ice: Vec::new() };
    // The leg is dropped at once, which ends the call.
    reception.server.accept(offer, place).await.map(|(answer, ..)| answer)
}

/// xorshift: the same damage each time.
fn roll(state: &mut u64, sides: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state % sides.max(1) as u64) as usize
}

/// Lines lost, doubled, exchanged or cut, characters replaced, numbers made huge.
fn damaged(offer: &str, seed: u64) -> String {
    let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut lines: Vec<String> = offer.lines().map(str::to_owned).collect();
    for _ in 0..=roll(&mut dice, 4) {
        let (i, j) = (roll(&mut dice, lines.len()), roll(&mut dice, lines.len()));
        match roll(&mut dice, 7) {
            0 => drop(lines.remove(i)),
            1 => lines.insert(j, lines[i].clone()),
            2 => lines.swap(i, j),
            3 => {
                let keep = roll(&mut dice, lines[i].len() + 1);
                lines[i] = lines[i].chars().take(keep).collect();
            }
            4 => lines[i] = lines[i].replace(char::is_numeric, "9"),
            5 => lines[i] = lines[i].chars().rev().collect(),
            _ => lines[i].push_str(&"é:/9 ".repeat(roll(&mut dice, 200))),
        }
        if lines.is_empty() {
            lines.push("v=0".to_owned());
        }
    }
    lines.join("\r\n") + "\r\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_offer_is_refused_and_leaves_nothing() {
    let reception = Reception::start(settings(), Script::default()).await;
    let good = offer(&reception).await;
    reception.is_clean(SOON).await;
    for (sdp, expected) in [
        (String::new(), "not an offer"),
        ("v=0".to_owned(), "not an offer"),
        ("a".repeat(70_000), "70000 bytes"),
        (good.replace("v=0", "v=0\0"), "control characters"),
        (good.replace("a=fingerprint", "a=empreinte"), "no DTLS fingerprint"),
        (good.replace("opus/48000/2", "speex/8000"), "no Opus"),
        (good.replace("m=audio", "m=video"), "no Opus"),
        (good.clone() + &"a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n".repeat(101), "too many"),
    ] {
        let error = tried(&reception, sdp).await.expect_err(expected).to_string();
        assert!(error.contains(expected), "{error} instead of {expected}");
    }
    reception.is_clean(SOON).await;
    let (mut taken, mut refused) = (0, 0);
    for seed in 1..=TRIES {
        match tried(&reception, damaged(&good, seed)).await {
            Ok(answer) => {
                assert!(answer.starts_with("v=0"), "{answer}");
                taken += 1;
            }
            Err(BadOffer::SetUp(why)) => panic!("damage {seed} reached the house: {why}"),
            Err(_) => refused += 1,
        }
    }
    println!("{taken} damaged offers could be answered all the same, {refused} were refused");
    reception.is_clean(SOON).await;
    assert!(tried(&reception, good).await.is_ok(), "a good offer is still taken");
    reception.is_clean(SOON).await;
}
