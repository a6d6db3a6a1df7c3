//! The reference model and the core, each against what we did not write and against each other.

mod machine;
mod oracle;
mod programs;
mod random;
mod reference;
