//! One file a behaviour; each is named by what it proves.
mod bridge;
mod bridge_delay;
mod bridge_voices;
mod browser_call;
mod browser_connection;
mod browser_hostile;
mod browser_leaves_nothing;
mod browser_question;
mod sip_call;
mod sip_dial;
mod sip_inside_a_call;
mod sip_media;
mod sip_refused;
mod sip_registration;
mod sip_transfer;
mod support;
mod whole_call;
