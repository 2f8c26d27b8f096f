//! One file a behaviour; each is named by what it proves.
mod sip_call;
mod support;
