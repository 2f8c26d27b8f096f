//! One file a behaviour; each is named by what it proves.

mod audio_codecs;
mod audio_losses;
mod audio_rates;
mod audio_wav;
mod rtp_dtmf;
mod rtp_jitter;
mod rtp_packets;
mod rtp_reports;
mod rtp_sources;
mod turn_taking;
