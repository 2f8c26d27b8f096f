//! What the line says, and its patience.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// Sentences, commands and patience.
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
    }
}
