//! The console: supervisors read and review the calls, staff see to the messages, administrators to the accounts.
//!
//! A server of its own, on its own port, for people of the town hall. Pages are made on the server (askama) and work
//! without JavaScript; a small script adds one-key shortcuts. Nothing is loaded from elsewhere.
//!
//! * [`rights`] says which role may do what, once: pages, routes and the guide's table come from it.
//! * `doors` is the list of routes, each with what it asks for; no route can be added without saying it.
//! * Every request that changes something must come from a page of ours (`Origin`) and bring its session's token.
//! * What was seen and what was changed is written in the audit log, in the transaction that changed it.

mod attempts;
mod call;
mod calls;
mod doors;
mod entering;
mod files;
mod frame;
mod home;
mod invitation;
mod journal;
mod messages;
mod myself;
mod password;
mod people;
mod review;
pub mod rights;
mod secrets;
mod server;
mod settings;
mod words;

pub use attempts::Attempts;
pub use doors::{Access, Route, routes};
pub use invitation::{NotInvited, invite_administrator, make_account};
pub use password::{Fault as PasswordFault, check as check_password};
pub use server::{Server, Sources};
pub use settings::{Client, Error, Settings};
