//! The words of a hand-over: Refer-To with header fields inside, and the sipfrag of NOTIFY (RFC 3515).

use std::fmt::Write;

use crate::leg::{Progress, Transfer};

/// The Refer-To value: `<target?Name=value&…>`, header fields escaped (RFC 3261 §19.1.1).
pub fn refer_to(transfer: &Transfer) -> String {
    let mut uri = transfer.target.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
    let mut separator = if uri.contains('?') { '&' } else { '?' };
    for (name, value) in &transfer.headers {
        let _ = write!(uri, "{separator}{}={}", escape(name), escape(value));
        separator = '&';
    }
    format!("<{uri}>")
}

/// `hname` and `hvalue` allow unreserved characters and a few more; everything else is percent-encoded.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/:+$".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// What a NOTIFY of the implicit subscription tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The `id` of the Event header: the CSeq number of the REFER (RFC 3515 §2.4.6).
    pub id: Option<u32>,
    pub progress: Progress,
}

/// Reads a NOTIFY; `None` when it is not about a REFER or its body cannot be read.
pub fn notice(event: &str, subscription_state: &str, body: &[u8]) -> Option<Notice> {
    let mut parts = event.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("refer") {
        return None;
    }
    let id = parts.find_map(|p| p.strip_prefix("id=")).and_then(|v| v.trim().parse().ok());
    let ended = subscription_state.trim().to_ascii_lowercase().starts_with("terminated");
    let text = String::from_utf8_lossy(body);
    let status = text.lines().next().and_then(status_line);
    let progress = match status {
        Some((status, _)) if (200..300).contains(&status) => Progress::Accepted,
        Some((status, reason)) if status >= 300 => Progress::Failed { status, reason },
        // The subscription is over and the human never answered.
        _ if ended => Progress::Failed { status: 408, reason: "the hand-over ended without an answer".to_owned() },
        Some((status, _)) => Progress::Trying { status },
        None => return None,
    };
    Some(Notice { id, progress })
}

fn status_line(line: &str) -> Option<(u16, String)> {
    let rest = line.trim().strip_prefix("SIP/2.0")?.trim_start();
    let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let code = code.parse().ok().filter(|c| (100..700).contains(c))?;
    Some((code, reason.trim().to_owned()))
}
