//! Keys as SIP INFO bodies tell them.

use std::time::Duration;

/// What a SIP INFO carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Info {
    Digit(char),
    /// No body: a keep-alive, answered 200.
    Empty,
    /// A DTMF body that cannot be read.
    Malformed,
    /// A body of another type.
    Unsupported,
}

/// The type of [`relay`]'s body.
pub const RELAY: &str = "application/dtmf-relay";

/// The body of an INFO that presses `key` for `length`.
pub fn relay(key: char, length: Duration) -> String {
    format!("Signal={key}\r\nDuration={}\r\n", length.as_millis())
}

/// Reads `application/dtmf-relay` (`Signal=5`, `Duration=160`) and `application/dtmf` (`5`).
pub fn info(content_type: &str, body: &[u8]) -> Info {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if body.iter().all(u8::is_ascii_whitespace) {
        return Info::Empty;
    }
    let text = String::from_utf8_lossy(body);
    let signal = if kind.eq_ignore_ascii_case(RELAY) {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case("signal").then(|| value.trim().to_owned())
        })
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        Some(text.trim().to_owned())
    } else {
        return Info::Unsupported;
    };
    signal.as_deref().and_then(key).map_or(Info::Malformed, Info::Digit)
}

/// A key as it is written: itself, or 10 and 11 for `*` and `#`, 12 to 15 for `A` to `D`.
fn key(text: &str) -> Option<char> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => {
            let c = c.to_ascii_uppercase();
            matches!(c, '0'..='9' | '*' | '#' | 'A'..='D').then_some(c)
        }
        _ => match text {
            "10" => Some('*'),
            "11" => Some('#'),
            "12" => Some('A'),
            "13" => Some('B'),
            "14" => Some('C'),
            "15" => Some('D'),
            _ => None,
        },
    }
}
