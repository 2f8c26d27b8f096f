//! When the caller has finished speaking, and when he interrupts.

use super::schema::section;

section! {
    /// Ends of turns and interruptions.
    Turn "turn" {
        /// Silence that ends a turn, to start with; then learned from this caller's own pauses.
        end_of_turn_ms: u32 = 500, in 200 to 3_000;
        end_of_turn_min_ms: u32 = 350, in 100 to 3_000;
        end_of_turn_max_ms: u32 = 1_200, in 200 to 5_000;
        /// Silence after which the transcription starts, in case the turn is over.
        pause_ms: u32 = 200, in 60 to 1_000;
        /// Voice over our own speech that counts as an interruption.
        barge_in_ms: u32 = 240, in 100 to 2_000;
        /// A longer turn is taken as it is.
        longest_s: u32 = 20, in 5 to 29;
    }
    check |turn, table| {
        if !(turn.end_of_turn_min_ms..=turn.end_of_turn_max_ms).contains(&turn.end_of_turn_ms) {
            table.problem(
                "end_of_turn_ms",
                format!(
                    "{} n'est pas entre end_of_turn_min_ms ({}) et end_of_turn_max_ms ({})",
                    turn.end_of_turn_ms, turn.end_of_turn_min_ms, turn.end_of_turn_max_ms
                ),
                "Remède : accordez les trois valeurs",
            );
        }
        if turn.pause_ms >= turn.end_of_turn_min_ms {
            table.problem(
                "pause_ms",
                format!("pause_ms ({}) n'est pas plus petit que end_of_turn_min_ms ({})", turn.pause_ms, turn.end_of_turn_min_ms),
                "Remède : la transcription doit commencer avant la fin du tour ; diminuez pause_ms",
            );
        }
    }
}
