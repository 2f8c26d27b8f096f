//! One file a behaviour; each is named by what it proves.
mod sdp_bad_input;
mod sdp_offer_answer;
mod sip_words;

mod rtp_jitter;
