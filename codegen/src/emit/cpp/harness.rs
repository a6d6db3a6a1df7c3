//! What a harness in C++ needs to save and restore a model that it owns.

use std::fmt::Write as _;

use super::shim::Shim;
use super::state;
use crate::describe::Description;

/// Bytes of the state table on a line.
const LINE: usize = 24;

/// The header that the harness includes.
pub fn harness_header(model: &Description) -> String {
    let version = model.version.to_string();
    let values = [("version", &*version)];
    Shim::new(model).fill(include_str!("../../../cpp/harness/model.h"), &values)
}

/// The source that is compiled with the model. `table` is the encoded state table.
pub fn harness(model: &Description, table: &[u8]) -> String {
    let shim = Shim::new(model);
    let version = model.version.to_string();
    let head = include_str!("../../../cpp/harness/model.cpp");
    let mut out = shim.fill(head, &[("version", &version)]);
    out.push_str(&state::saving(&shim));
    let values = [
        ("name", &*model.name),
        ("version", &version),
        ("fingerprint", &format!("{:#018x}ULL", model.fingerprint)),
        ("table", &bytes(table)),
    ];
    out.push_str(&shim.fill(include_str!("../../../cpp/harness/kind.cpp"), &values));
    out
}

fn bytes(table: &[u8]) -> String {
    let mut out = String::with_capacity(table.len() * 4);
    for line in table.chunks(LINE) {
        for byte in line {
            let _ = write!(out, "{byte},");
        }
        out.push('\n');
    }
    out.trim_end().to_owned()
}
