//! A model's state by name: in a live model, in snapshots, between snapshots.
//!
//! Codegen writes a [`Table`] of what Verilator's serialize functions stream: for each variable its
//! hierarchical name, width and shape. With it a save is a few large copies. A snapshot can be shown and
//! compared signal by signal without the model, and loaded into another model by name.

mod convert;
mod copy;
mod cpp_type;
mod cursor;
mod diff;
mod entries;
mod filter;
mod in_place;
mod io;
mod layout;
mod live;
mod migrate;
mod model;
mod names;
mod operator_entries;
mod outside;
mod part;
#[cfg(feature = "driver")]
mod probe;
mod room;
mod show;
mod stored;
mod stream;
mod table;
mod target;
mod value;
mod verify;
mod widths;

pub use crate::savable::Policy;
pub use convert::FromValue;
pub use cursor::Damaged;
pub(crate) use diff::differences_within;
pub use diff::{Difference, differences};
pub use filter::Filter;
pub(crate) use filter::{matches, may_match_below, means};
pub use io::{check, restore, save};
#[doc(hidden)]
pub use layout::Place;
pub use live::{State, StateError};
pub use migrate::{Initial, Migration};
#[doc(hidden)]
pub use model::{Functions, LiveModel, MarkFn, ModelState};
pub use names::UnknownName;
pub(crate) use names::near;
pub(crate) use outside::differences_outside;
#[cfg(feature = "driver")]
pub(crate) use probe::Probe;
pub(crate) use room::Room;
pub(crate) use show::show_within;
pub use show::{Shown, show};
pub use stored::{Parts, StoredState};
pub use table::{Kind, Signal, Table};
pub use value::{Bits, Value};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrong_table;
