//! From words to sound.

use std::path::PathBuf;

use super::schema::section;

section! {
    /// The voice and its cache.
    Speaking "speaking" {
        /// The voice's manifest.
        voice: PathBuf = PathBuf::from("../voices/fr_siwis.toml");
        /// ONNX Runtime's shared library.
        onnxruntime: PathBuf = PathBuf::from("{cache}/onnxruntime/libonnxruntime.so");
        /// The folder that holds `espeak-ng-data`; none: where Debian and the program have it.
        espeak_data: Option<PathBuf> = None;
        /// 1 is the voice's own speed.
        speed: f32 = 1.0, in 0.5 to 2.0;
        /// The speed after « plus lentement ».
        slow_speed: f32 = 0.8, in 0.4 to 1.5;
        /// Sentences made at once.
        workers: usize = 1, in 1 to 16;
        /// Processor threads of one sentence.
        threads: usize = 2, in 1 to 64;
        /// Sentences already spoken.
        cache: PathBuf = PathBuf::from("{cache}/spoken");
        /// The oldest sentences leave the cache beyond.
        cache_max_mb: u32 = 512, in 10 to 100_000;
        /// A sentence that is not ready by then is an error.
        time_limit_ms: u32 = 12_000, in 1_000 to 60_000;
    }
    check |speaking, table| {
        if speaking.slow_speed >= speaking.speed {
            table.problem(
                "slow_speed",
                format!("slow_speed ({:?}) n'est pas plus petit que speed ({:?})", speaking.slow_speed, speaking.speed),
                "Remède : « plus lentement » doit ralentir ; diminuez slow_speed",
            );
        }
    }
}
