//! Hearing: Whisper on a fixed pool of workers that share one copy of the weights.
