//! What the runs are made of: two cores that others wrote, many small designs, and a model on two threads.

pub mod cores;
pub mod small;
#[cfg(threaded)]
pub mod threaded;
