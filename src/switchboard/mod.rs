//! The shell: one driver task a call, and the desk that admits calls and ends them in order.
//!
//! The driver alone knows both the leg and the call's language. It carries [`call::Output`](crate::call::Output)s out
//! on the engines and brings what they answer back as [`call::Input`](crate::call::Input)s; it decides nothing.

mod desk;
mod driver;
mod player;
mod tape;
mod written;

pub use desk::{Desk, Engines};
pub use driver::Observer;
pub use written::ask;

/// Candidates asked of the base: the best, and the next ones that a reader of the transcript wants to see.
const CANDIDATES: usize = 4;
