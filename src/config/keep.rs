//! What is kept of a call, and how long; the greeting says it from here.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// Kept as little and as short as possible.
    Keep "keep" {
        /// Days before a call's written record is erased. 0: erased within a quarter of an hour.
        transcripts_days: u32 = 30, in 0 to 3_650;
        /// Whether names, numbers, addresses and dates of birth are replaced by marks before an exchange is kept.
        redact: bool = true;
        /// Days before a message left by a caller is erased.
        messages_days: u32 = 30, in 1 to 3_650;
        /// Whether the sound itself is kept.
        audio: bool = false;
        /// Where kept sound goes, a WAV file a call.
        audio_folder: PathBuf = PathBuf::from("../var/sons");
        /// Days before kept sound is erased.
        audio_days: u32 = 7, in 1 to 365;
    }
}
