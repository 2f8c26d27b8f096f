//! The citizen's browser: one offer in, one answer out, then a call like any other.
//!
//! [`Server::accept`] makes a [`WebRtcLeg`] of an SDP offer (non-trickle: the answer holds all candidates), with Opus
//! both ways, telephone events, and the data channel `standardiste` for captions, status and keys. Sound takes the
//! telephone's path (`leg::stream`); `webrtc` brings ICE, DTLS-SRTP, SCTP and RTCP reports.
//!
//! **Liveness.** A muted caller sends silence, or nothing: that is a silent caller. Whether they are still there is
//! known by ICE consent (RFC 7675): without an answer for 5 s the connection is lost, and the call waits as if on hold,
//! for it to come back or for an ICE restart (a new offer, [`Control::offer`]); after the time limit it ends.

mod channel;
mod description;
mod leg;
mod link;
mod names;
mod page;
mod peer;
mod ports;
mod server;
mod session;
mod settings;

pub use leg::WebRtcLeg;
pub use server::{Control, Offer, Server};
pub use settings::{BadOffer, IceServer, Settings};
