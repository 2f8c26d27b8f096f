//! A call's records on their way to the store.

use tracing::error;

use crate::call::{Reason, Record};
use crate::store::Store;

/// Hands a record of the call `id` to the store; nobody waits for a disk.
pub fn keep(store: &Store, id: &str, record: &Record) {
    match record {
        Record::Start(start) => store.begin_call(start),
        Record::Turn(turn) => store.record_turn(id, turn),
        Record::Message(message) => {
            let kept = store.leave_message(message);
            tokio::spawn(async move {
                if let Err(error) = kept.await {
                    error!(%error, "a message could not be kept");
                }
            });
        }
        Record::End(end) => {
            if let (Some(reason), Some(_)) = (end.handed_over, &end.destination) {
                metrics::counter!("standardiste_handovers_total", "reason" => word(reason)).increment(1);
            }
            store.end_call(id, end);
        }
    }
}

/// The reason as transcripts and headers spell it: `low_confidence`.
pub fn word(reason: Reason) -> String {
    serde_json::to_value(reason).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
