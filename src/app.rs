//! Builds every part once from the configuration, starts the service and ends it in order.
