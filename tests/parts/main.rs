//! One file a behaviour; each is named by what it proves.

mod configuration;
mod configuration_delivered_file;
mod configuration_environment;
mod configuration_paths;
mod configuration_refuses_what_is_wrong;
mod metrics_are_described;
mod redaction;
