//! One file a behaviour; each is named by what it proves.

mod answers_alarm;
mod answers_files;
mod answers_french;
mod answers_index;
mod answers_sample;
mod french_cut_for_the_ear;
mod french_official_cases;
mod french_read_aloud;
mod french_understood;
mod line_data;
