//! The description of a model: what the parsers found, given its meaning. Checks and writers read it and nothing
//! else; serialised, it is what `describe --format json` prints.

mod bus;
mod buses;
mod declarations;
mod dpi;
mod files;
mod fingerprint;
mod folder;
mod gaps;
mod internals;
mod model;
mod ports;
mod shape;
pub mod state;
mod structs;
mod text;
mod wanted;

pub use self::bus::{Bus, BusKind};
pub use self::declarations::{Declarations, FILE as DECLARATIONS_FILE, declarations};
pub use self::folder::describe;
pub use self::model::{
    Abilities, Description, DpiArgument, DpiFunction, DpiType, Field, Gap, Internal, Parameter,
    Port, Weight,
};
pub use self::shape::{Shape, Struct, StructMember, storage_bits, words};
pub use self::wanted::Wanted;
