//! The bindings. They are written as plain lines; a formatter lays them out where people read them.

mod absent;
mod arrays;
mod buses;
mod evaluation;
mod exports;
mod ffi;
mod fields;
mod imports;
mod lines;
mod model;
mod ports;
mod resources;
mod state;
mod structs;
mod types;
mod widths;

use crate::describe::Description;
pub use absent::absent;
pub use imports::import_signature;
pub use state::table_file;
pub use types::shape_text;

/// The bindings' text.
pub fn bindings(model: &Description) -> String {
    [
        model::model(model),
        ports::parameters(model),
        structs::types(model),
        ports::ports(model),
        evaluation::evaluation(model),
        buses::buses(model),
        resources::traces(model),
        resources::coverage(model).to_owned(),
        state::state(model),
        imports::imports(model),
        exports::exports(model),
        ffi::ffi(model),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}
