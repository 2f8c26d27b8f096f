//! Speaking: one engine (piper), voices as data, a cache of everything that is known in advance.
