//! The shell: one driver task a call, and the desk that admits calls and ends them in order.
//!
//! The driver alone knows both the leg and the call's language. It carries [`call::Output`](crate::call::Output)s out
//! on the engines and brings what they answer back as [`call::Input`](crate::call::Input)s; it decides nothing.

mod bridge;
mod conversation;
mod desk;
mod driver;
mod generations;
mod handover;
mod keep;
mod player;
mod shown;
mod speaking;
mod tape;
mod written;

use std::sync::Arc;

use crate::answers::{Index, Query};
use crate::call::{Input, Line, TurnId};
use crate::dialogue::{PhraseScore, Shortlist, Topic};

pub use bridge::{Bridging, Passing};
pub use conversation::{FromPage, Help, Page, ToPage, Writing};
pub use desk::{Desk, Engines};
pub use driver::Observer;
pub use generations::Generations;
pub use written::{ask, ask_heard, first_expectation};

/// Candidates asked of the base: the best, and the next ones that a reader of the transcript wants to see.
const CANDIDATES: usize = 4;

/// The variable of an answer that depends on the moment it is said.
pub const OPENING: &str = "{{mairie.ouverture}}";

/// The topic as it is said at a moment; none when it is always the same.
pub fn said_at(line: &Line, topic: &Topic, at: jiff::Timestamp) -> Option<Topic> {
    let said = std::iter::once(&topic.answer).chain(topic.facets.iter().map(|facet| &facet.answer));
    if !said.into_iter().any(|text| text.contains(OPENING)) {
        return None;
    }
    let opening = line.opening(at).unwrap_or_default();
    let mut topic = topic.clone();
    topic.answer = topic.answer.replace(OPENING, &opening);
    for facet in &mut topic.facets {
        facet.answer = facet.answer.replace(OPENING, &opening);
    }
    Some(topic)
}

/// The entries whose words are worth judging on the sound, for hearing with [`Pool::hear_among`](crate::asr::Pool).
pub fn shortlist(index: &Arc<Index>) -> Shortlist {
    let index = Arc::clone(index);
    Arc::new(move |heard| index.alternatives(&heard.text, heard.confidence))
}

/// Asks the base what an [`Output::Lookup`](crate::call::Output::Lookup) wants to know.
fn look_up(
    line: &Line,
    index: &Index,
    turn: TurnId,
    text: &str,
    confidence: f32,
    sound: &[PhraseScore],
    current: Option<&str>,
) -> Input {
    let query = Query { text, hearing_confidence: confidence, current, acoustic: sound, limit: CANDIDATES };
    match index.search(&query) {
        Ok(mut found) => {
            let now = jiff::Timestamp::now();
            for candidate in &mut found.candidates {
                if let Some(topic) = said_at(line, &candidate.topic, now) {
                    candidate.topic = Arc::new(topic);
                }
            }
            Input::Found { turn, found }
        }
        Err(error) => {
            tracing::error!(%error, "the base could not be searched");
            metrics::counter!("standardiste_engine_faults_total", "engine" => "search").increment(1);
            Input::SearchFailed { turn }
        }
    }
}
