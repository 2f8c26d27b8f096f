//! How many calls, and how long.

use super::schema::section;

section! {
    /// Bounds that keep the line serving well rather than serving everybody badly.
    Calls "calls" {
        /// The next one is refused with 486.
        max_calls: usize = 8, in 1 to 500;
        /// What a refused caller's PBX is told to wait (`Retry-After`).
        retry_after_s: u32 = 30, in 1 to 3600;
        /// A longer call is handed over.
        max_duration_s: u32 = 600, in 30 to 7200;
        /// What running calls are given at shutdown before they are handed over.
        shutdown_grace_s: u32 = 60, in 0 to 3600;
    }
}
