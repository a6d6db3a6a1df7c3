//! Fork slots: blocked copies of the process that wake when the run fails.
