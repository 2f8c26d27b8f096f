//! One file a behaviour; each is named by what it proves.

mod rtp_jitter;
