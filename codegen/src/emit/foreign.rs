//! The C interface, as Rust declares it.

use super::text::Text;
use super::{exports, symbol_prefix};
use crate::describe::{Description, Shape};

/// A function of the C interface.
pub struct Foreign {
    /// Its name behind the prefix of the symbols.
    pub symbol: String,
    /// Its name in Rust.
    pub name: String,
    /// Names and types.
    pub parameters: Vec<String>,
    /// `-> type`, or nothing.
    pub returns: &'static str,
}

const HEAD: &str = r#"mod ffi {
    use ::core::ffi::{c_char, c_void};
    use super::rt::ffi::{RawContext, RawModel};
    // SAFETY: the shim defines them so: both are written from one description, and the names
    // hold its fingerprint.
    unsafe extern "C" {
        #[link_name = "$marker$"]
        pub static bindings_and_model_differ: u8;
"#;

/// The C interface, as `emit::cpp` writes it.
pub fn foreign(model: &Description, out: &mut Text) {
    let prefix = symbol_prefix(model);
    out.fill(HEAD, &[("marker", &super::marker(model))]);
    let mut declare = |symbol: &str, name: &str, parameters: &[&str], returns: &str| {
        out.line(8, &format!("#[link_name = \"{prefix}{symbol}\"]"));
        let head = format!("pub fn {name}(");
        let tail = match returns {
            "" => ");".to_owned(),
            returns => format!(") {returns};"),
        };
        out.list(8, &head, parameters, &tail);
    };
    for (name, parameters, returns) in functions(model) {
        declare(name, name, &parameters, returns);
    }
    for function in exports::declarations(model) {
        let parameters: Vec<&str> = function.parameters.iter().map(String::as_str).collect();
        let (symbol, name) = (&function.symbol, &function.name);
        declare(symbol, name, &parameters, function.returns);
    }
    out.put("    }\n}\n");
}

const MODEL: &str = "model: *mut RawModel";
const LEND: &str = "lend: *mut super::DpiLend";

type Function = (&'static str, Vec<&'static str>, &'static str);

/// All but the exports: names, parameters, results.
fn functions(model: &Description) -> Vec<Function> {
    let mut lending = vec![MODEL];
    if !model.imports.is_empty() {
        lending.push(LEND);
    }
    let mut functions: Vec<Function> = vec![
        (
            "new",
            vec!["context: *mut RawContext", "name: *const c_char"],
            "-> *mut RawModel",
        ),
        ("delete", vec![MODEL], ""),
        ("ports", vec![MODEL, "places: *mut *mut c_void"], ""),
        ("eval", lending.clone(), "-> u32"),
        ("finish", lending, "-> u32"),
        ("prepare_clone", vec![MODEL], ""),
        ("at_clone", vec![MODEL], ""),
        ("finish_at_drop", vec![MODEL], "-> u32"),
    ];
    if model.abilities.timing {
        functions.push(("events_pending", vec![MODEL], "-> bool"));
        functions.push(("next_time_slot", vec![MODEL], "-> u64"));
    }
    if model.places().any(|(port, _)| port.shape == Shape::Text) {
        let place = "place: *mut c_void";
        functions.push((
            "text",
            vec![place, "length: *mut usize"],
            "-> *const c_char",
        ));
        functions.push((
            "set_text",
            vec![place, "text: *const c_char", "length: usize"],
            "",
        ));
    }
    if model.places().any(|(port, _)| port.shape == Shape::Event) {
        functions.push(("fire", vec![MODEL, "port: u32"], ""));
    }
    if model.abilities.trace.is_some() {
        traces(&mut functions);
    }
    if model.abilities.coverage {
        let path = "path: *const c_char";
        functions.push(("coverage_write", vec![MODEL, path], "-> u32"));
    }
    if model.state.is_some() {
        state(&mut functions);
    }
    if model.abilities.savable {
        functions.push(("save", vec![MODEL, WRITE, "env: *mut c_void"], "-> u32"));
        functions.push(("restore", vec![MODEL, BYTES, "length: usize"], "-> u32"));
    }
    functions
}

const WRITE: &str = "write: super::rt::ffi::WriteFn";
const BYTES: &str = "bytes: *const u8";

fn traces(functions: &mut Vec<Function>) {
    functions.extend([
        (
            "trace_open",
            vec![MODEL, "path: *const c_char", "levels: ::core::ffi::c_int"],
            "-> u32",
        ),
        ("trace_is_open", vec![MODEL], "-> bool"),
        ("trace_dump", vec![MODEL, "time: u64"], "-> u32"),
        ("trace_flush", vec![MODEL], "-> u32"),
        ("trace_abandon", vec![MODEL], ""),
        ("trace_close", vec![MODEL], "-> u32"),
        ("trace_error", vec![MODEL], "-> *const c_char"),
    ]);
}

fn state(functions: &mut Vec<Function>) {
    functions.extend([
        (
            "state_layout",
            vec![
                MODEL,
                "places: *mut super::__lightsss::state::Place",
                "instances: *mut u64",
            ],
            "-> *mut u8",
        ),
        (
            "state_save_entries",
            vec![
                MODEL,
                WRITE,
                "mark: super::__lightsss::state::MarkFn",
                "env: *mut c_void",
            ],
            "-> u32",
        ),
        (
            "state_restore_entries",
            vec![MODEL, BYTES, "length: usize"],
            "-> u32",
        ),
        ("state_refusal", vec![MODEL], "-> *const c_char"),
        ("state_mark_active", vec![MODEL], ""),
        ("state_settle", vec![MODEL, "done: *mut bool"], "-> u32"),
        ("state_waits", vec![MODEL], "-> bool"),
    ]);
}
