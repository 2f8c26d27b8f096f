//! Offer/answer (RFC 3264, RFC 8866): which codec, where to send, which direction.
