//! What an operator sees: liveness, readiness, Prometheus metrics, structured logs, hand-over summaries.
//!
//! One small HTTP server on its own address:
//!
//! | address | answer |
//! |---|---|
//! | `/health/live` | 200 while the process serves |
//! | `/health/ready` | 200 when a call would be taken; 503 with the reasons (stopping, registration, database) otherwise; `warnings`: what is wrong though calls are taken |
//! | `/metrics` | Prometheus text |
//! | `/handover/{token}` | the call's summary, for the human who takes it; 404 for an unknown token |
//!
//! Logs carry no personal data at the default level: what a caller says goes through
//! [`Redacted`](crate::redaction::Redacted), and libraries that could show a SIP message or a query are kept to errors.
//! Every line of a call carries its identifier, from the span that the call's task runs in:
//! `tracing::info_span!("call", id = %start.id)`.

mod logs;
mod metrics;
mod page;
mod server;

pub use logs::{Error as LogError, Format, init_logging};
pub use metrics::{Metrics, described};
pub use page::PageClock;
pub use server::{Error, Probe, Server, Settings, Sources};
