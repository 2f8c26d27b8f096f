//! The telephone: SIP signalling over `rsipstack`, RTP media.
//!
//! A [`Server`] listens on UDP and TCP, registers an extension at a PBX when one is configured, and gives
//! each INVITE that it can take as a [`SipLeg`]; its [`Dialler`] rings a human and gives the same. A call is two tasks: the signalling one ([`call`]) and the
//! media one ([`media`]) with its 20 ms clock. What needs no network is in pure files: [`digits`], [`refer`],
//! [`session_timer`], [`whom`], and [`door`], which turns away what `rsipstack` is lax about.
//!
//! `rsipstack` logs whole messages at its info level: and quotes them in its warnings: hold it to `rsipstack=error` in
//! the log filter, for the messages hold telephone numbers.

mod call;
mod dial;
pub mod digits;
pub mod door;
mod invitation;
mod invite;
mod leg;
mod media;
mod ports;
pub mod refer;
mod register;
mod server;
pub mod session_timer;
mod settings;
mod transport;
mod update;
pub mod whom;

pub use dial::Dialler;
pub use leg::SipLeg;
pub use register::Standing;
pub use server::Server;
pub use settings::{BadNetwork, Error, Network, Registration, Settings};
