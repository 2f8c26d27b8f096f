//! The shell: one driver task a call, and the desk that admits calls and ends them in order.
//!
//! The driver alone knows both the leg and the call's language. It carries [`call::Output`](crate::call::Output)s out
//! on the engines and brings what they answer back as [`call::Input`](crate::call::Input)s; it decides nothing.

mod desk;
mod driver;
mod generations;
mod player;
mod tape;
mod written;

use crate::answers::{Index, Query};
use crate::call::{Input, TurnId};

pub use desk::{Desk, Engines};
pub use driver::Observer;
pub use generations::Generations;
pub use written::{ask, ask_heard, first_expectation};

/// Candidates asked of the base: the best, and the next ones that a reader of the transcript wants to see.
const CANDIDATES: usize = 4;

/// Asks the base what an [`Output::Lookup`](crate::call::Output::Lookup) wants to know.
fn look_up(index: &Index, turn: TurnId, text: &str, confidence: f32, current: Option<&str>) -> Input {
    let query = Query { text, hearing_confidence: confidence, current, acoustic: &[], limit: CANDIDATES };
    match index.search(&query) {
        Ok(found) => Input::Found { turn, found },
        Err(error) => {
            tracing::error!(%error, "the base could not be searched");
            metrics::counter!("standardiste_engine_faults_total", "engine" => "search").increment(1);
            Input::SearchFailed { turn }
        }
    }
}
