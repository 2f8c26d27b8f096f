//! What an operator sees: liveness, readiness, Prometheus metrics, structured logs, hand-over summaries.
