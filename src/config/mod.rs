//! The configuration: one commented TOML file, environment variables above it, unknown keys refused.
