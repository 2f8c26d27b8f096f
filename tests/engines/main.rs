//! One file a behaviour; each is named by what it proves.

mod observe_over_http;
mod store_keeps_calls;
mod store_publishes_answers;
mod store_refuses_foreign_files;
mod store_waits_for_the_disk;
