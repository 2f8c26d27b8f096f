//! WAV files as the caller: each file is one thing the caller says.
