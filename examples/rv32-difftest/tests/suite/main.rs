//! The reference model and the core, each against what we did not write and against each other.

mod oracle;
mod random;
mod reference;
