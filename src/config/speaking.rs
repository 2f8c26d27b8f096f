//! From words to sound.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// The voice and its cache.
    Speaking "speaking" {
        /// The voice's manifest.
        voice: PathBuf = PathBuf::from("../voices/fr_siwis/voice.toml");
        /// ONNX Runtime's shared library.
        onnxruntime: PathBuf = PathBuf::from("{cache}/onnxruntime/libonnxruntime.so");
        /// 1 is the voice's own speed.
        speed: f32 = 1.0, in 0.5 to 2.0;
        /// Sentences made at once.
        workers: usize = 1, in 1 to 16;
        /// Processor threads of one sentence.
        threads: usize = 2, in 1 to 64;
        /// Sentences already spoken.
        cache: PathBuf = PathBuf::from("{cache}/spoken");
        /// The oldest sentences leave the cache beyond.
        cache_max_mb: u32 = 500, in 10 to 100_000;
    }
}
