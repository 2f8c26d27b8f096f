//! The command line: serve, call, hear, ask, say, check, answers.

use std::process::ExitCode;

pub fn main() -> ExitCode {
    ExitCode::from(2)
}
