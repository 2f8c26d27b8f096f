//! RTP without sockets: jitter buffer, DTMF events, sender clock, RTCP reports (RFC 3550, RFC 4733).
