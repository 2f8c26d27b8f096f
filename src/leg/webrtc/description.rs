//! What we read in a browser's SDP before and after the stack has it, and what we add to its answer.

use std::net::IpAddr;

use super::settings::BadOffer;

/// An offer of Chromium with audio and data has 3 to 5 KB; a candidate more has 150 bytes.
pub const LARGEST_OFFER: usize = 64 * 1_024;
/// Media of an offer at most: audio and data, and what a page of another kind may add.
const MOST_MEDIA: usize = 8;
/// Candidates at most: several interfaces, relays and both families.
const MOST_CANDIDATES: usize = 100;
/// Lines at most.
const MOST_LINES: usize = 2_000;

/// What both sides agreed for our sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// Payload type of Opus.
    pub opus: u8,
    /// Payload type and clock rate of telephone events.
    pub event: Option<(u8, u32)>,
}

/// An offer, looked at before the stack sees it: whether it is one, and bounded. Its first audio keeps Opus and one kind
/// of telephone event only, for the stack does not tell kinds of different clock rates apart (`rtc` 0.21 compares names).
pub fn narrowed(text: &str) -> Result<(String, Agreed), BadOffer> {
    let malformed = |why: &str| BadOffer::Malformed(why.to_owned());
    if text.len() > LARGEST_OFFER {
        return Err(BadOffer::TooLong(text.len()));
    }
    if !text.starts_with("v=0") {
        return Err(malformed("it does not begin with v=0"));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\t')) {
        return Err(malformed("control characters"));
    }
    let count = |prefix: &str| text.lines().filter(|line| line.starts_with(prefix)).count();
    if text.lines().count() > MOST_LINES || count("m=") > MOST_MEDIA || count("a=candidate:") > MOST_CANDIDATES {
        return Err(malformed("too many lines, media or candidates"));
    }
    if count("a=fingerprint:") == 0 || count("a=ice-ufrag:") == 0 || count("a=ice-pwd:") == 0 {
        return Err(malformed("no DTLS fingerprint or no ICE credentials"));
    }
    let agreed = read(&audio(text).ok_or(BadOffer::NoOpus)?).ok_or(BadOffer::NoOpus)?;
    Ok((keep(text, agreed), agreed))
}

/// The offer with no other payload types in its first audio.
fn keep(text: &str, agreed: Agreed) -> String {
    let kept = |pt: &str| {
        pt.parse().is_ok_and(|pt: u8| pt == agreed.opus || agreed.event.is_some_and(|(event, _)| event == pt))
    };
    let mut out = String::with_capacity(text.len());
    let (mut inside, mut seen) = (false, false);
    for line in text.lines().map(str::trim_end) {
        if line.starts_with("m=") {
            inside = !seen && line.starts_with("m=audio ");
            seen |= inside;
        }
        let described = ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"].iter().find_map(|prefix| line.strip_prefix(prefix));
        let of = described.and_then(|rest| rest.split_whitespace().next());
        match of {
            Some(pt) if inside && !kept(pt) => continue,
            _ if inside && line.starts_with("m=") => {
                let fields: Vec<&str> = line.split_whitespace().collect();
                let types = fields.iter().skip(3).filter(|pt| kept(pt));
                let first: Vec<&str> = fields.iter().take(3).chain(types).copied().collect();
                out.push_str(&first.join(" "));
            }
            _ => out.push_str(line),
        }
        out.push_str("\r\n");
    }
    out
}

/// What our answer agrees to; none when the audio was refused.
pub fn agreed(answer: &str) -> Option<Agreed> {
    let audio = audio(answer)?;
    let refused = audio.first().is_some_and(|m| m.split_whitespace().nth(1) == Some("0"));
    if refused { None } else { read(&audio) }
}

/// The lines of the first audio medium, its `m=` first.
fn audio(text: &str) -> Option<Vec<&str>> {
    let mut lines = text.lines().map(str::trim_end).skip_while(|line| !line.starts_with("m=audio "));
    let first = lines.next()?;
    Some(std::iter::once(first).chain(lines.take_while(|line| !line.starts_with("m="))).collect())
}

fn read(audio: &[&str]) -> Option<Agreed> {
    let offered: Vec<u8> = audio.first()?.split_whitespace().skip(3).filter_map(|pt| pt.parse().ok()).collect();
    let maps: Vec<(u8, &str)> = audio
        .iter()
        .filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '))
        .filter_map(|(pt, name)| Some((pt.parse().ok()?, name)))
        .filter(|(pt, _)| offered.contains(pt))
        .collect();
    let named = |wanted: &str| {
        let mut named = maps.iter().filter(|(_, name)| name.trim().eq_ignore_ascii_case(wanted));
        named.next().map(|(pt, _)| *pt)
    };
    // RFC 4733 §2.1 wants the clock rate of the sound; some browsers only offer the telephone's.
    let event = |rate: u32| named(&format!("telephone-event/{rate}")).map(|pt| (pt, rate));
    Some(Agreed { opus: named("opus/48000/2")?, event: event(48_000).or_else(|| event(8_000)) })
}

/// Adds our public address beside each host candidate of its family: the browser tries both, the NAT brings the second.
pub fn announce(answer: &str, public: Option<IpAddr>) -> String {
    let Some(public) = public else { return answer.to_owned() };
    let mut out = String::with_capacity(answer.len() + 512);
    for line in answer.lines() {
        out.push_str(line);
        out.push_str("\r\n");
        if let Some(added) = reflexive(line, public) {
            out.push_str(&added);
            out.push_str("\r\n");
        }
    }
    out
}

/// `a=candidate:f 1 udp 2130706431 10.0.0.2 40000 typ host` as what a STUN server would have said of it.
fn reflexive(line: &str, public: IpAddr) -> Option<String> {
    let fields: Vec<&str> = line.strip_prefix("a=candidate:")?.split_whitespace().collect();
    let [foundation, component, "udp" | "UDP", _, address, port, "typ", "host", ..] = fields[..] else { return None };
    let local: IpAddr = address.parse().ok()?;
    if local.is_ipv4() != public.is_ipv4() || local == public {
        return None;
    }
    let component: u32 = component.parse().ok()?;
    // RFC 8445 §5.1.2.1 and §5.1.2.2: preference 100 of a server-reflexive candidate.
    let priority = (100u32 << 24) | (65_535 << 8) | 256u32.checked_sub(component)?;
    Some(format!(
        "a=candidate:{foundation}1 {component} udp {priority} {public} {port} typ srflx raddr {local} rport {port}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 109 63 9 8 96 126\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n\
        a=fingerprint:sha-256 00\r\na=rtpmap:109 opus/48000/2\r\na=rtcp-fb:109 transport-cc\r\na=fmtp:109 useinbandfec=1\r\n\
        a=rtpmap:63 red/48000/2\r\na=fmtp:63 109/109\r\na=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\n\
        a=rtpmap:96 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\na=mid:0\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n";

    #[test]
    fn an_offer_keeps_opus_and_one_kind_of_telephone_event() {
        let (kept, agreed) = narrowed(OFFER).expect("an offer");
        assert_eq!(agreed, Agreed { opus: 109, event: Some((96, 48_000)) });
        assert!(kept.contains("m=audio 9 UDP/TLS/RTP/SAVPF 109 96\r\n"), "{kept}");
        assert!(kept.contains("a=fmtp:109 useinbandfec=1\r\n") && kept.contains("m=application 9 "), "{kept}");
        for gone in ["red", "G722", "PCMA", "126", "109/109"] {
            assert!(!kept.contains(gone), "{gone} in {kept}");
        }
        let telephone = OFFER.replace("telephone-event/48000", "CN/48000");
        assert_eq!(narrowed(&telephone).expect("an offer").1.event, Some((126, 8_000)));
        let none = telephone.replace("telephone-event", "CN");
        assert_eq!(narrowed(&none).expect("an offer").1.event, None);
    }

    #[test]
    fn what_is_no_offer_of_ours_is_refused() {
        assert_eq!(narrowed(&OFFER.replace("opus", "speex")).expect_err("no codec"), BadOffer::NoOpus);
        assert_eq!(narrowed(&OFFER.replace("109 63", "63")).expect_err("not offered"), BadOffer::NoOpus);
        assert!(matches!(narrowed("a=b"), Err(BadOffer::Malformed(_))));
        assert!(matches!(narrowed(&OFFER.repeat(200)), Err(BadOffer::TooLong(_))));
        assert!(matches!(narrowed(&OFFER.replace("a=ice-pwd", "a=mot")), Err(BadOffer::Malformed(_))));
        assert!(agreed(&OFFER.replace("m=audio 9", "m=audio 0")).is_none(), "refused");
    }

    #[test]
    fn the_announced_address_stands_beside_the_host_candidates_of_its_family() {
        let answer = "a=candidate:1 1 udp 2130706431 10.0.0.2 40000 typ host\r\n\
            a=candidate:2 1 udp 2130706431 2001:db8::2 40000 typ host\r\n\
            a=candidate:3 1 tcp 1 10.0.0.2 9 typ host tcptype active\r\n";
        let told = announce(answer, Some("203.0.113.7".parse().expect("an address")));
        let added: Vec<&str> = told.lines().filter(|line| line.contains("203.0.113.7")).collect();
        assert_eq!(added, ["a=candidate:11 1 udp 1694498815 203.0.113.7 40000 typ srflx raddr 10.0.0.2 rport 40000"]);
        assert_eq!(told.lines().count(), 4);
        assert_eq!(announce(answer, None), answer);
    }
}
