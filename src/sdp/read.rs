//! Reading the other side's description, strictly.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Attribute, Connection, Media};

use super::{Codec, Direction};

/// A description longer than this is refused unread; real ones stay under 4 kB.
const MAX_LENGTH: usize = 16 * 1024;
/// Media lines and payload types that we are ready to look at; browsers offer some 40 formats.
const MAX_MEDIA: usize = 16;
const MAX_FORMATS: usize = 64;

/// Why a description cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the session description is malformed: {0}")]
    Malformed(String),
    #[error("the session description offers no audio")]
    NoAudio,
    #[error("the audio stream is refused or removed: its port is 0")]
    ZeroPort,
    #[error("the audio stream uses the profile {0}; only plain RTP (RTP/AVP, RTP/AVPF) is spoken here")]
    Profile(String),
    #[error("no common codec: offered {offered}, spoken here {spoken}")]
    NoCommonCodec { offered: String, spoken: String },
}

impl Error {
    /// The SIP status that tells it: 400 when malformed, else 488 Not Acceptable Here (RFC 3261 §21.4.26).
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            _ => 488,
        }
    }

    fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(what.into())
    }
}

/// One media line, read.
#[derive(Debug)]
pub(super) struct Line {
    pub kind: String,
    pub port: u16,
    pub proto: String,
    pub formats: String,
    /// Present when the line is an audio stream over plain RTP with a port.
    pub audio: Option<Audio>,
}

#[derive(Debug)]
pub(super) struct Audio {
    pub formats: Vec<Format>,
    pub remote: SocketAddr,
    pub remote_rtcp: SocketAddr,
    pub rtcp_mux: bool,
    /// As the other side wrote it.
    pub direction: Direction,
    pub ptime: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    pub payload_type: u8,
    pub name: String,
    pub clock_rate: u32,
    pub channels: u8,
}

impl Format {
    pub fn is(&self, codec: Codec) -> bool {
        self.name.eq_ignore_ascii_case(codec.name())
            && self.clock_rate == codec.clock_rate()
            && self.channels == codec.channels()
    }

    pub fn is_telephone_event(&self) -> bool {
        self.name.eq_ignore_ascii_case("telephone-event")
    }
}

pub(super) fn lines(body: &[u8]) -> Result<Vec<Line>, Error> {
    if body.len() > MAX_LENGTH {
        return Err(Error::malformed(format!("{} bytes, at most {MAX_LENGTH} are read", body.len())));
    }
    let session = sdp_types::Session::parse(body).map_err(|e| Error::malformed(e.to_string()))?;
    required_lines(body)?;
    if session.medias.len() > MAX_MEDIA {
        return Err(Error::malformed(format!("{} media lines, at most {MAX_MEDIA} are read", session.medias.len())));
    }
    let session_direction = direction(&session.attributes);
    session
        .medias
        .iter()
        .map(|media| {
            let plain = matches!(media.proto.as_str(), "RTP/AVP" | "RTP/AVPF");
            let audio = if media.media == "audio" && media.port != 0 && plain {
                Some(audio(media, session.connection.as_ref(), session_direction)?)
            } else {
                None
            };
            Ok(Line {
                kind: media.media.clone(),
                port: media.port,
                proto: media.proto.clone(),
                formats: media.fmt.clone(),
                audio,
            })
        })
        .collect()
}

/// `sdp-types` takes a bare `v=0`: RFC 8866 §5 wants these lines too, in this order.
fn required_lines(body: &[u8]) -> Result<(), Error> {
    let mut kinds = body.split(|b| *b == b'\n').filter(|line| line.len() > 1).map(|line| line[0]);
    if kinds.next() != Some(b'v') {
        return Err(Error::malformed("the first line is not v="));
    }
    if kinds.next() != Some(b'o') {
        return Err(Error::malformed("the second line is not o= (origin)"));
    }
    if kinds.next() != Some(b's') {
        return Err(Error::malformed("the third line is not s= (session name)"));
    }
    let before_media = kinds.take_while(|k| *k != b'm');
    if !before_media.into_iter().any(|k| k == b't') {
        return Err(Error::malformed("no t= line (time) before the first media"));
    }
    Ok(())
}

fn audio(media: &Media, session: Option<&Connection>, inherited: Option<Direction>) -> Result<Audio, Error> {
    let connection =
        media.connections.first().or(session).ok_or_else(|| Error::malformed("no c= line for the audio stream"))?;
    let ip = address(connection)?;
    let remote = SocketAddr::new(ip, media.port);
    let rtcp_mux = has(&media.attributes, "rtcp-mux");
    let remote_rtcp = if rtcp_mux { remote } else { rtcp(media, remote)? };
    Ok(Audio {
        formats: formats(media)?,
        remote,
        remote_rtcp,
        rtcp_mux,
        direction: direction(&media.attributes).or(inherited).unwrap_or(Direction::SendRecv),
        ptime: value(&media.attributes, "ptime").and_then(|v| v.trim().parse().ok()).unwrap_or(20),
    })
}

fn address(connection: &Connection) -> Result<IpAddr, Error> {
    if connection.nettype != sdp_types::NetType::In {
        return Err(Error::malformed("c= is not of network type IN"));
    }
    let ip: IpAddr = connection.connection_address.parse().map_err(|_| {
        Error::malformed(format!("c= address «{}» is not an IP address", connection.connection_address))
    })?;
    if ip.is_multicast() {
        return Err(Error::malformed("c= is a multicast address"));
    }
    Ok(ip)
}

/// `a=rtcp:PORT [IN IP4 ADDRESS]` (RFC 3605), else the next port.
fn rtcp(media: &Media, remote: SocketAddr) -> Result<SocketAddr, Error> {
    let Some(text) = value(&media.attributes, "rtcp") else {
        return Ok(SocketAddr::new(remote.ip(), remote.port().saturating_add(1)));
    };
    let bad = || Error::malformed(format!("a=rtcp:{text} cannot be read"));
    let mut words = text.split_whitespace();
    let port = words.next().and_then(|w| w.parse().ok()).ok_or_else(bad)?;
    let ip = match words.nth(2) {
        Some(word) => word.parse().map_err(|_| bad())?,
        None => remote.ip(),
    };
    Ok(SocketAddr::new(ip, port))
}

fn formats(media: &Media) -> Result<Vec<Format>, Error> {
    let maps: Vec<Format> = media
        .attributes
        .iter()
        .filter(|a| a.attribute == "rtpmap")
        .filter_map(|a| a.value.as_deref().and_then(rtpmap))
        .collect();
    let mut formats = Vec::new();
    for word in media.fmt.split_whitespace().take(MAX_FORMATS) {
        let payload_type: u8 = word
            .parse()
            .ok()
            .filter(|pt| *pt < 128)
            .ok_or_else(|| Error::malformed(format!("payload type «{word}» is not between 0 and 127")))?;
        match maps.iter().find(|m| m.payload_type == payload_type) {
            Some(map) => formats.push(map.clone()),
            None => formats.extend(unmapped(payload_type)),
        }
    }
    if formats.is_empty() && media.fmt.trim().is_empty() {
        return Err(Error::malformed("the audio line has no payload type"));
    }
    Ok(formats)
}

/// `<payload type> <name>/<clock>[/<channels>]`; one that cannot be read leaves its payload type unknown.
fn rtpmap(text: &str) -> Option<Format> {
    let (payload_type, encoding) = text.trim().split_once(char::is_whitespace)?;
    let mut parts = encoding.trim().split('/');
    Some(Format {
        payload_type: payload_type.parse().ok()?,
        name: parts.next()?.to_owned(),
        clock_rate: parts.next()?.parse().ok()?,
        channels: parts.next().map_or(Some(1), |c| c.parse().ok())?,
    })
}

/// Static payload types need no rtpmap (RFC 3551 table 4).
fn unmapped(payload_type: u8) -> Option<Format> {
    let codec = [Codec::Pcmu, Codec::Pcma, Codec::G722].into_iter().find(|c| c.payload_type() == payload_type)?;
    Some(Format {
        payload_type,
        name: codec.name().to_owned(),
        clock_rate: codec.clock_rate(),
        channels: codec.channels(),
    })
}

fn direction(attributes: &[Attribute]) -> Option<Direction> {
    attributes.iter().find_map(|a| match a.attribute.as_str() {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    })
}

fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|a| a.attribute == name)
}

fn value<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    attributes.iter().find(|a| a.attribute == name)?.value.as_deref()
}
