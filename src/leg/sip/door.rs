//! The front door: what is turned away before `rsipstack` does any work on it.
//!
//! `rsipstack` drops unknown methods and requests without To in silence, and answers 200 to `SIP/7.0`, to a
//! CSeq of another method and to a Content-Length beyond the datagram. [`datagram`] looks at the raw bytes of
//! UDP, [`request`] at what was parsed, on every transport.

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Headers, Method, Request, Response, SipMessage, Version};

/// Methods that we take, for `Allow`.
pub const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY";
/// Extensions that we take, for `Supported`.
pub const SUPPORTED: &str = "timer";
/// Bodies that we take, for `Accept`.
pub const ACCEPT: &str = "application/sdp, application/dtmf-relay, application/dtmf, message/sipfrag";

/// Every method that SIP and its extensions name; `rsipstack` knows these and no other.
const KNOWN: [&str; 14] = [
    "ACK",
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SUBSCRIBE",
    "UPDATE",
];

/// What to do with a datagram.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// Let it pass in this form.
    Mend(Vec<u8>),
    /// Send this back to where it came from.
    Reply(Vec<u8>),
    Drop,
}

/// Judges a UDP datagram. `trusted`: whether its source may talk to us.
pub fn datagram(bytes: &[u8], trusted: bool) -> Verdict {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        // Keep-alives (RFC 5626 §3.5.1) of strangers are not worth an answer.
        return if trusted { Verdict::Pass } else { Verdict::Drop };
    }
    let Some(head_length) = find(bytes, b"\r\n\r\n") else {
        return if trusted { reply(bytes, 400, "Bad Request") } else { Verdict::Drop };
    };
    let (head, body) = (&bytes[..head_length], &bytes[head_length + 4..]);
    let first = head.split(|b| *b == b'\r').next().unwrap_or_default();
    if first.starts_with(b"SIP/") {
        // A response is matched with what we asked, or dropped; a registrar found by DNS may answer from elsewhere.
        return Verdict::Pass;
    }
    if !trusted {
        return reply(head, 403, "Forbidden");
    }
    let line = String::from_utf8_lossy(first);
    let mut words = line.split(' ');
    let (Some(method), Some(_), Some(version), None) = (words.next(), words.next(), words.next(), words.next()) else {
        return reply(head, 400, "Bad Request");
    };
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return reply(head, 505, "Version Not Supported");
    }
    if !KNOWN.contains(&method) {
        return reply(head, 405, "Method Not Allowed");
    }
    if std::str::from_utf8(head).is_err() {
        return readable(head, body);
    }
    let lengths: Vec<_> = fields(head, "content-length", "l").collect();
    match lengths.first().map(|v| v.trim().parse::<usize>()) {
        Some(Ok(length)) if length <= body.len() => {}
        Some(_) => return reply(head, 400, "Bad Content-Length"),
        // Over UDP the body then runs to the end of the datagram (RFC 3261 §18.3); the parser would see none.
        None if !body.is_empty() => return mend(head, body),
        None => {}
    }
    match SipMessage::try_from(bytes) {
        Ok(_) => Verdict::Pass,
        Err(_) => reply(head, 400, "Bad Request"),
    }
}

/// SIP is UTF-8 (RFC 3261 §7), and the parser stops at the first line that is not; some exchanges write names in Latin-1.
fn readable(head: &[u8], body: &[u8]) -> Verdict {
    let mut whole = head.iter().copied().map(char::from).collect::<String>().into_bytes();
    whole.extend_from_slice(b"\r\n\r\n");
    whole.extend_from_slice(body);
    match datagram(&whole, true) {
        Verdict::Pass => Verdict::Mend(whole),
        judged => judged,
    }
}

fn mend(head: &[u8], body: &[u8]) -> Verdict {
    let mut whole = head.to_vec();
    whole.extend_from_slice(format!("\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes());
    whole.extend_from_slice(body);
    Verdict::Mend(whole)
}

/// A stateless answer made of the request's own lines; dropped when they are not there, or for an ACK.
fn reply(head: &[u8], status: u16, reason: &str) -> Verdict {
    let line = head.split(|b| *b == b'\r').next().unwrap_or_default();
    let vias: Vec<_> = fields(head, "via", "v").collect();
    let one = |long, short| fields(head, long, short).next();
    let (Some(call_id), Some(cseq)) = (one("call-id", "i"), one("cseq", "cseq")) else { return Verdict::Drop };
    if vias.is_empty() || line.starts_with(b"ACK ") {
        return Verdict::Drop;
    }
    let mut out = format!("SIP/2.0 {status} {reason}\r\n");
    for via in vias {
        out += &format!("Via: {via}\r\n");
    }
    if let Some(from) = one("from", "f") {
        out += &format!("From: {from}\r\n");
    }
    if let Some(to) = one("to", "t") {
        let tag = if to.contains(";tag=") { String::new() } else { format!(";tag={}", tag(&call_id)) };
        out += &format!("To: {to}{tag}\r\n");
    }
    out += &format!("Call-ID: {call_id}\r\nCSeq: {cseq}\r\n");
    if status == 405 {
        out += &format!("Allow: {ALLOW}\r\n");
    }
    out += "Content-Length: 0\r\n\r\n";
    Verdict::Reply(out.into_bytes())
}

/// A stateless answer's tag: the same for every retransmission (RFC 3261 §8.2.7).
fn tag(call_id: &str) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(call_id, &mut hasher);
    format!("{:016x}", std::hash::Hasher::finish(&hasher))
}

/// The values of a header field, in order, folded lines joined.
fn fields<'a>(head: &'a [u8], long: &'a str, short: &'a str) -> impl Iterator<Item = String> + 'a {
    let text = String::from_utf8_lossy(head).replace("\r\n ", " ").replace("\r\n\t", " ");
    let lines: Vec<String> = text.split("\r\n").skip(1).map(str::to_owned).collect();
    lines.into_iter().filter_map(move |line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim();
        (name.eq_ignore_ascii_case(long) || name.eq_ignore_ascii_case(short)).then(|| value.trim().to_owned())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|w| w == wanted)
}

/// Judges a parsed request; the response to send when it is refused.
pub fn request(request: &Request) -> Result<(), Box<Response>> {
    if request.method == Method::Ack {
        return Ok(());
    }
    let refuse = |status: u16, headers: Vec<Header>| Err(Box::new(response(request, status, headers)));
    if request.version != Version::V2 {
        return refuse(505, vec![]);
    }
    let cseq = request.cseq_header().ok().and_then(|c| c.method().ok());
    let from_tag = request.from_header().ok().and_then(|f| f.tag().ok().flatten());
    let whole = request.to_header().is_ok_and(|to| to.tag().is_ok()) && request.call_id_header().is_ok();
    if !whole || from_tag.is_none() || cseq != Some(request.method) {
        return refuse(400, vec![]);
    }
    if request.method != Method::Cancel {
        let unknown: Vec<_> = required(request).filter(|tag| !tag.eq_ignore_ascii_case(SUPPORTED)).collect();
        if !unknown.is_empty() {
            return refuse(420, vec![Header::Unsupported(unknown.join(", ").into())]);
        }
    }
    Ok(())
}

fn required(request: &Request) -> impl Iterator<Item = String> + '_ {
    request
        .headers
        .iter()
        .filter_map(|h| match h {
            Header::Require(r) => Some(r.value().to_owned()),
            _ => None,
        })
        .flat_map(|v| v.split(',').map(|t| t.trim().to_owned()).collect::<Vec<_>>())
        .filter(|t| !t.is_empty())
}

/// A stateless response: a retransmission of the request gets another one.
pub fn response(request: &Request, status: u16, more: Vec<Header>) -> Response {
    let call_id = request.call_id_header().map(|c| c.value().to_owned()).unwrap_or_default();
    let mut headers = Headers::default();
    for header in request.headers.iter() {
        match header {
            Header::Via(_) | Header::From(_) | Header::CallId(_) | Header::CSeq(_) => headers.push(header.clone()),
            Header::To(to) => {
                let tagged = match to.tag() {
                    Ok(None) => to.clone().with_tag(tag(&call_id).into()),
                    _ => to.clone(),
                };
                headers.push(Header::To(tagged));
            }
            _ => {}
        }
    }
    more.into_iter().for_each(|h| headers.push(h));
    headers.push(Header::ContentLength(0u32.into()));
    Response { status_code: status.into(), wire_reason: None, headers, body: Vec::new(), version: Version::V2 }
}
