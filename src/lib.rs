//! Standardiste: a self-hosted voice callbot for the civil-status line of French town halls.
//!
//! The house has five floors, and imports go downward only (`tests/parts/floors.rs` checks it):
//!
//! * above, the edges for people: [`observe`] (health, metrics, hand-over summaries), [`web`] (the citizen's browser),
//!   [`console`] (the staff's) and [`config`]; [`app`] builds everything from them, and [`cli`] is what is typed;
//! * floor 3, the shell: [`switchboard`] runs one task a call and keeps the desk of live calls;
//! * floor 2, the outside world and heavy work: [`leg`], [`asr`], [`tts`], [`answers`], [`store`];
//! * floor 1, the call: [`call`], a pure state machine without clock, socket or thread;
//! * floor 0, parts: [`turn`], [`dialogue`], [`french`], [`hours`], [`redaction`], [`sdp`], [`rtp`], [`audio`], all pure.
//!
//! Siblings on floors 0 and 2 do not import each other. `app` alone knows [`config`].

pub mod answers;
pub mod app;
pub mod asr;
pub mod audio;
pub mod call;
pub mod cli;
pub mod config;
pub mod console;
pub mod dialogue;
pub mod french;
pub mod hours;
pub mod leg;
pub mod observe;
pub mod redaction;
pub mod rtp;
pub mod sdp;
pub mod store;
pub mod switchboard;
pub mod tts;
pub mod turn;
pub mod web;
