//! What the runs are made of: two cores that others wrote, and a model on two threads.

pub mod cores;
#[cfg(threaded)]
pub mod threaded;
