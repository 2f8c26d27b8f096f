//! What the line says, and how sure it must be.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// Sentences, commands, patience and thresholds.
    Dialogue "dialogue" {
        /// Every sentence that the line can say.
        prompts: PathBuf = PathBuf::from("prompts.toml");
        /// Spoken commands.
        commands: PathBuf = PathBuf::from("../grammars/commands.toml");
        /// The folder of the other spoken grammars: digits, telephone numbers, dates, names and their spelling.
        grammars: PathBuf = PathBuf::from("../grammars");
        /// Silence before the caller is helped; twice, then a human.
        silence_s: u32 = 7, in 2 to 60;
        /// An answer later than this is announced (« un instant, je vérifie »).
        checking_after_ms: u32 = 1_200, in 300 to 10_000;
        /// An interruption without words gives the floor back after this.
        resume_ms: u32 = 2_000, in 500 to 10_000;
        /// Silence that ends a message left for staff.
        message_end_ms: u32 = 2_500, in 1_000 to 10_000;
        /// Probability from which an answer is given straight away.
        answer_above: f32 = 0.8, in 0.0 to 1.0;
        /// Probability from which it is given after « Vous demandez bien… ? ».
        confirm_above: f32 = 0.5, in 0.0 to 1.0;
        /// Probability from which an entry may be one of the choices offered.
        clarify_above: f32 = 0.15, in 0.0 to 1.0;
        /// Two entries are close when the second has this share of the first one's probability.
        close_ratio: f32 = 0.5, in 0.0 to 1.0;
    }
    check |dialogue, table| {
        if dialogue.confirm_above > dialogue.answer_above {
            table.problem(
                "confirm_above",
                format!("confirm_above ({:?}) est plus grand que answer_above ({:?})", dialogue.confirm_above, dialogue.answer_above),
                "Remède : on répond à partir d'une probabilité plus haute que celle à partir de laquelle on demande confirmation",
            );
        }
    }
}
