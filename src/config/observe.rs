//! For operators.

use std::net::SocketAddr;

use super::schema::section;
use super::value::choice;

choice! {
    /// How a log line is written.
    LogFormat {
        /// One JSON object a line, for a collector.
        Json = "json",
        /// For eyes.
        Text = "text",
    }
}

section! {
    /// Health, metrics, logs, and the page of the human who takes a call.
    Observe "observe" {
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
        log_format: LogFormat = LogFormat::Text;
        /// `error`, `warn`, `info`, `debug`, `trace`, or tracing directives. Personal data appears from `debug`.
        log_level: String = "info".to_owned();
        /// IANA name of the town's clock: opening hours, validity of the answers, times that people read.
        time_zone: String = "Europe/Paris".to_owned();
    }
    check |observe, table| {
        if jiff::tz::TimeZone::get(&observe.time_zone).is_err() {
            table.problem(
                "time_zone",
                format!("« {} » n'est pas le nom d'un fuseau horaire", observe.time_zone),
                "Remède : écrivez par exemple time_zone = \"Europe/Paris\", ou \"Indian/Reunion\"",
            );
        }
    }
}
