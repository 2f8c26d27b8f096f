//! The shell: one driver task a call, and the desk that admits calls and ends them in order.
