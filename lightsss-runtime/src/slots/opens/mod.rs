//! Files that a replay opens itself: it changes none that the original has written since the checkpoint.
//!
//! ```text
//! replay: open("log", O_TRUNC)  --seccomp-->  slot: the original has written it since the checkpoint
//!         goes on with a copy   <--addfd----        makes a copy in memory, and remembers it by name
//! ```
//!
//! The kernel asks the slot about each call of the replay that opens, removes or renames by name
//! (`seccomp_unotify(2)`), for calls from Rust, C and C++ alike. [`view`] has the rules.

mod broker;
mod filter;
mod view;

pub(crate) use self::{
    broker::{Broker, complain},
    filter::{Mail, ask_the_slot},
    view::Moment,
};
