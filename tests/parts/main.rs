//! One file a behaviour; each is named by what it proves.

mod rtp_dtmf;
mod rtp_jitter;
mod rtp_packets;
mod rtp_reports;
mod rtp_sources;
