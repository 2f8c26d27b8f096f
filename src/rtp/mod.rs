//! RTP without sockets: jitter buffer, DTMF events, sender clock, RTCP reports (RFC 3550, RFC 4733).
//!
//! Nothing here reads a clock: `now` and `arrival` are the time since any fixed moment, the same for
//! the whole call.
//!
//! Life of a received datagram: [`Packet::parse`] → [`SourceGuard::accept`] → [`Reception::received`]
//! → by payload type [`DtmfReceiver::push`] (and [`JitterBuffer::skip`], so that the event is not taken
//! for a loss) or [`JitterBuffer::push`] → [`JitterBuffer::pop`] at each tick.

mod dtmf;
mod guard;
mod jitter;
mod packet;
mod rtcp;
mod sequencer;

pub use dtmf::{DtmfReceiver, DtmfSender, Event};
pub use guard::{Guarded, Settings as GuardSettings, SourceGuard};
pub use jitter::{JitterBuffer, Pop, Pushed, Settings as JitterSettings, Statistics};
pub use packet::{Packet, ParseError, is_rtcp};
pub use rtcp::{Block, Feedback, Reception, RtcpError, Sent, build_bye, build_report, ntp_time, parse_rtcp};
pub use sequencer::{Origin, Sequencer};
