//! What is kept: calls, turns, answers, messages; SQLite with a write-ahead log.
