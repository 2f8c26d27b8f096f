//! Personal data and the logs: what callers say, their names and their numbers are in the database, and nowhere else.

use std::fmt;

/// Stands in a log line for words of a caller: shows how much there was, never what.
///
/// `tracing::info!(heard = %Redacted(&text))` writes `heard=‹32 characters›`. The words themselves may be logged
/// from `debug` down, which an administrator turns on knowingly and for a while.
#[derive(Clone, Copy)]
pub struct Redacted<'a>(pub &'a str);

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.chars().count() {
            0 => f.write_str("‹nothing›"),
            n => write!(f, "‹{n} characters›"),
        }
    }
}

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
