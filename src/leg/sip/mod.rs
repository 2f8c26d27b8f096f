//! The telephone: SIP signalling over `rsipstack`, RTP media.
