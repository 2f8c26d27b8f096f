//! Our side of one call's description.

use std::fmt::Write;
use std::net::IpAddr;

use super::read::{self, Audio, Error, Format, Line};
use super::{Agreed, Codec, Direction};

/// Milliseconds of sound in each packet that we send: one frame of the house.
const PTIME: u32 = 20;
/// Payload types of `telephone-event` when we make the offer, as most PBXs number them; one a clock (RFC 4733 §2.1).
const TELEPHONE_EVENT_8K: u8 = 101;
const TELEPHONE_EVENT_48K: u8 = 110;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Codecs that we speak, the preferred one first. Our order decides, not the offer's.
    pub codecs: Vec<Codec>,
}

impl Default for Settings {
    /// Wideband before narrowband, for recognition gains from it; Opus last, for a PBX that offers it beside
    /// G.711 most often transcodes the telephone network's A-law into it.
    fn default() -> Self {
        Self { codecs: vec![Codec::G722, Codec::Pcma, Codec::Pcmu, Codec::Opus] }
    }
}

/// Our side of one call's description. Its version grows each time that what we say changes (RFC 3264 §8).
#[derive(Debug, Clone)]
pub struct Session {
    id: u64,
    version: u64,
    address: IpAddr,
    port: u16,
    codecs: Vec<Codec>,
    /// What we said last, without its origin line.
    said: String,
    agreed: Option<Agreed>,
}

impl Session {
    /// `id`: unique to the call, for the origin line. `address`, `port`: where our RTP is received; RTCP is
    /// received at `port` + 1.
    pub fn new(id: u64, address: IpAddr, port: u16, settings: &Settings) -> Self {
        // RFC 8866 wants numbers; 63 bits because some peers read them signed.
        let id = id >> 1;
        Self { id, version: id, address, port, codecs: settings.codecs.clone(), said: String::new(), agreed: None }
    }

    /// What is in force.
    pub fn agreed(&self) -> Option<&Agreed> {
        self.agreed.as_ref()
    }

    /// What we said last, for a session refresh that changes nothing (RFC 4028 §7.4).
    pub fn again(&self) -> String {
        self.with_origin(&self.said)
    }

    /// Answers an offer: the description to send, and what is agreed from then on. On an error nothing changes.
    pub fn answer(&mut self, offer: &[u8]) -> Result<(String, Agreed), Error> {
        let lines = read::lines(offer)?;
        let (chosen, audio, format) = self.choose(&lines)?;
        let agreed = agree(audio, format);
        let mut media = String::new();
        for (index, line) in lines.iter().enumerate() {
            if index == chosen {
                self.answer_audio(&mut media, line, &agreed);
            } else {
                // A refused stream keeps its place and its formats (RFC 3264 §6).
                let _ = write!(media, "m={} 0 {} {}\r\n", line.kind, line.proto, line.formats);
            }
        }
        self.agreed = Some(agreed);
        Ok((self.say(media), agreed))
    }

    /// Makes an offer: for an INVITE or re-INVITE that came without one.
    pub fn offer(&mut self) -> String {
        let mut types = String::new();
        let mut maps = String::new();
        let mut clocks = Vec::new();
        for codec in &self.codecs {
            let payload_type = codec.payload_type();
            let _ = write!(types, " {payload_type}");
            write_codec(&mut maps, *codec, payload_type);
            if !clocks.contains(&codec.clock_rate()) {
                clocks.push(codec.clock_rate());
            }
        }
        for clock in clocks {
            let payload_type = if clock == 8_000 { TELEPHONE_EVENT_8K } else { TELEPHONE_EVENT_48K };
            let _ = write!(types, " {payload_type}");
            write_telephone_event(&mut maps, payload_type, clock);
        }
        let media =
            format!("m=audio {} RTP/AVP{types}\r\n{maps}a=ptime:{PTIME}\r\na=rtcp-mux\r\na=sendrecv\r\n", self.port);
        self.say(media)
    }

    /// Reads the answer to our offer.
    pub fn accept(&mut self, answer: &[u8]) -> Result<Agreed, Error> {
        let lines = read::lines(answer)?;
        let (_, audio, format) = self.choose(&lines)?;
        let agreed = agree(audio, format);
        self.agreed = Some(agreed);
        Ok(agreed)
    }

    /// The first audio line with a common codec, and of its formats the one that we prefer.
    fn choose<'a>(&self, lines: &'a [Line]) -> Result<(usize, &'a Audio, Chosen), Error> {
        let mut audios = lines.iter().enumerate().filter_map(|(i, l)| Some((i, l.audio.as_ref()?))).peekable();
        if audios.peek().is_none() {
            let Some(line) = lines.iter().find(|l| l.kind == "audio") else { return Err(Error::NoAudio) };
            return Err(if line.port == 0 { Error::ZeroPort } else { Error::Profile(line.proto.clone()) });
        }
        let mut offered = Vec::new();
        for (index, audio) in audios {
            for codec in &self.codecs {
                if let Some(format) = audio.formats.iter().find(|f| f.is(*codec)) {
                    return Ok((index, audio, Chosen { codec: *codec, payload_type: format.payload_type }));
                }
            }
            offered.extend(audio.formats.iter().map(|f| format!("{}/{}", f.name, f.clock_rate)));
        }
        let spoken: Vec<_> = self.codecs.iter().map(|c| c.name()).collect();
        let offered = if offered.is_empty() { "nothing known".to_owned() } else { offered.join(" ") };
        Err(Error::NoCommonCodec { offered, spoken: spoken.join(" ") })
    }

    fn answer_audio(&self, out: &mut String, line: &Line, agreed: &Agreed) {
        let _ = write!(out, "m=audio {} {} {}", self.port, line.proto, agreed.payload_type);
        if let Some(payload_type) = agreed.telephone_event {
            let _ = write!(out, " {payload_type}");
        }
        out.push_str("\r\n");
        write_codec(out, agreed.codec, agreed.payload_type);
        if let (Some(payload_type), Some(audio)) = (agreed.telephone_event, &line.audio) {
            let clock = audio.formats.iter().find(|f| f.payload_type == payload_type).map_or(8_000, |f| f.clock_rate);
            write_telephone_event(out, payload_type, clock);
        }
        let _ = write!(out, "a=ptime:{PTIME}\r\n");
        if agreed.rtcp_mux {
            out.push_str("a=rtcp-mux\r\n");
        }
        let _ = write!(out, "a={}\r\n", agreed.direction.attribute());
    }

    fn say(&mut self, media: String) -> String {
        let family = if self.address.is_ipv6() { "IP6" } else { "IP4" };
        let said = format!("s=-\r\nc=IN {family} {}\r\nt=0 0\r\n{media}", self.address);
        if !self.said.is_empty() && self.said != said {
            self.version += 1;
        }
        self.said = said;
        self.again()
    }

    fn with_origin(&self, rest: &str) -> String {
        let family = if self.address.is_ipv6() { "IP6" } else { "IP4" };
        format!("v=0\r\no=- {} {} IN {family} {}\r\n{rest}", self.id, self.version, self.address)
    }
}

struct Chosen {
    codec: Codec,
    payload_type: u8,
}

fn agree(audio: &Audio, chosen: Chosen) -> Agreed {
    let events = || audio.formats.iter().filter(|f| f.is_telephone_event());
    // The clock of the events should be the codec's; peers that offer only 8000 beside Opus exist.
    let event: Option<&Format> =
        events().find(|f| f.clock_rate == chosen.codec.clock_rate()).or_else(|| events().next());
    let wanted = audio.direction.reversed();
    // RFC 3264 §8.4: a null address means that nothing must be sent there.
    let sends = wanted.sends() && !audio.remote.ip().is_unspecified();
    Agreed {
        codec: chosen.codec,
        payload_type: chosen.payload_type,
        telephone_event: event.map(|f| f.payload_type),
        remote: audio.remote,
        remote_rtcp: audio.remote_rtcp,
        rtcp_mux: audio.rtcp_mux,
        direction: Direction::of(sends, wanted.receives()),
        ptime: audio.ptime,
    }
}

fn write_codec(out: &mut String, codec: Codec, payload_type: u8) {
    let _ = write!(out, "a=rtpmap:{payload_type} {}/{}", codec.name(), codec.clock_rate());
    if codec == Codec::Opus {
        // RFC 7587 §7: always two channels in the map; we speak mono and ask for the redundancy that hides losses.
        let _ = write!(out, "/2\r\na=fmtp:{payload_type} useinbandfec=1;stereo=0;sprop-stereo=0");
    }
    out.push_str("\r\n");
}

fn write_telephone_event(out: &mut String, payload_type: u8, clock: u32) {
    let _ = write!(out, "a=rtpmap:{payload_type} telephone-event/{clock}\r\na=fmtp:{payload_type} 0-15\r\n");
}
