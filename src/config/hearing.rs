//! From sound to words.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// Whisper and its pool.
    Hearing "hearing" {
        /// A ggml file.
        model: PathBuf = PathBuf::from("{cache}/models/ggml-base-q8_0.bin");
        /// Utterances transcribed at once; the weights are shared.
        workers: usize = 2, in 1 to 64;
        /// Processor threads of one transcription.
        threads: usize = 1, in 1 to 64;
        /// A transcription that takes longer is given up.
        time_limit_ms: u32 = 5_000, in 500 to 60_000;
    }
}
