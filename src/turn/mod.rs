//! Who is speaking: voice activity, end of turn (endpointing) and interruption (barge-in).
