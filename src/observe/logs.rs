//! Structured logs on the standard error.

use std::io;

use tracing_subscriber::EnvFilter;

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object, with the fields of its spans.
    Json,
    /// For eyes.
    Text,
}

/// Why logs cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "observe.log_level : « {level} » n'est pas un niveau ({detail}). Remède : error, warn, info, debug ou trace, \
         ou des directives comme « info,standardiste::leg=debug »"
    )]
    Level { level: String, detail: String },
    #[error("les journaux sont déjà en place")]
    Twice,
}

/// What libraries may log when only a level is given. rsipstack's warnings quote SIP messages, and so callers' numbers;
/// the WebRTC stack's tell browsers' addresses, and warn in every call.
const LIBRARIES: &str = "warn,rsipstack=error,rtc=error,webrtc=error,sqlx=error,whisper_rs=error,tantivy=warn";

/// Installs the process's logs. `level`: `error` to `trace`, for our own lines; or full directives of `tracing-subscriber`.
pub fn init_logging(format: Format, level: &str) -> Result<(), Error> {
    let builder = tracing_subscriber::fmt().with_env_filter(filter(level)?).with_writer(io::stderr);
    let installed = match format {
        Format::Json => builder.json().flatten_event(true).with_current_span(false).with_span_list(true).try_init(),
        Format::Text => builder.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).try_init(),
    };
    installed.map_err(|_| Error::Twice)
}

fn filter(level: &str) -> Result<EnvFilter, Error> {
    let level = level.trim();
    let plain = ["off", "error", "warn", "info", "debug", "trace"].contains(&level.to_lowercase().as_str());
    let directives = if plain { format!("{LIBRARIES},standardiste={level}") } else { level.to_owned() };
    // A lone word that is no level would silently be taken for the name of a module.
    let detail = if plain || level.contains(['=', ',']) {
        match EnvFilter::builder().parse(&directives) {
            Ok(filter) => return Ok(filter),
            Err(error) => error.to_string(),
        }
    } else {
        "mot inconnu".to_owned()
    };
    Err(Error::Level { level: level.to_owned(), detail })
}
