//! One file a behaviour; each is named by what it proves.

mod answers_files;
mod answers_french;
mod answers_index;
mod answers_sample;
