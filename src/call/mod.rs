//! The call: a pure state machine without clock, socket or thread.

mod record;

pub use record::{CallEnd, CallStart, Decision, Message, Reason, Stages, TurnCandidate, TurnRecord};
