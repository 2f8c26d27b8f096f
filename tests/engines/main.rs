//! One file a behaviour; each is named by what it proves.

mod a_broken_voice_is_refused_with_its_name_and_the_remedy;
mod a_faulty_speech_engine_costs_one_sentence;
mod any_piper_voice_drops_in_by_configuration;
mod cli_answers;
mod cli_ask;
mod cli_call;
mod cli_call_message;
mod cli_check;
mod cli_configuration;
mod cli_hear;
mod cli_help;
mod cli_say;
mod damaged_model;
mod hearing_nothing;
mod hearing_pool;
mod hearing_speech;
mod observe_over_http;
mod program;
mod sounds;
mod speaking;
mod store_keeps_calls;
mod store_publishes_answers;
mod store_refuses_foreign_files;
mod store_waits_for_the_disk;
mod the_voice_cache_survives_a_crash_and_stays_bounded;
mod warming_fills_the_cache_behind_the_calls;
