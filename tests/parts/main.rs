//! One file a behaviour; each is named by what it proves.

mod answers_files;
mod answers_french;
mod answers_index;
mod answers_sample;
mod call_decisions;
mod call_greeting;
mod call_handover;
mod call_interruption;
mod call_silence_and_faults;
mod commands_by_words;
mod floors;
mod french_cut_for_the_ear;
mod french_official_cases;
mod french_read_aloud;
mod french_understood;
mod prompts_file;
mod configuration;
mod configuration_delivered_file;
mod configuration_environment;
mod configuration_paths;
mod configuration_refuses_what_is_wrong;
mod metrics_are_described;
mod redaction;
mod sdp_bad_input;
mod sdp_offer_answer;
mod support;
mod rtp_dtmf;
mod sip_words;

mod rtp_jitter;
mod rtp_packets;
mod rtp_reports;
mod rtp_sources;
mod line_data;
