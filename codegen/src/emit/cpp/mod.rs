//! The shim: a plain C interface to one model.
//!
//! What does not depend on the model is in the headers under `codegen/cpp`; the rest is written from the templates
//! under `codegen/cpp/shim`.

mod dpi;
mod harness;
mod ports;
mod shim;
mod state;
mod supplied;

use std::collections::BTreeSet;

pub use self::harness::{harness, harness_header};
use self::shim::Shim;
pub use self::supplied::supplied;
use super::symbols;
use super::template::fill;
use crate::describe::Description;
use crate::trace::Trace;

/// The shim's text.
pub fn shim(model: &Description) -> String {
    let shim = Shim::new(model);
    let mut out = head(&shim);
    out.push_str(&dpi::imports(&shim));
    out.push_str(&evaluation(&shim));
    out.push_str(&ports::ports(&shim));
    out.push_str(&traces(&shim));
    out.push_str(&state::saving(&shim));
    if model.abilities.coverage {
        out.push_str(&shim.fill(include_str!("../../../cpp/shim/coverage.cpp"), &[]));
    }
    out.push_str(&dpi::exports(&shim));
    out
}

/// The header that supplies what Verilator's save functions lack, in the shim's folder.
pub const SUPPLIED: &str = "lightsss_supplied.h";

/// The header that is forced into each of the model's sources: it gives the DPI functions names
/// that no other model in the program has.
pub fn forced_header(model: &Description) -> String {
    let functions = model.imports.iter().chain(&model.exports);
    let names: Vec<String> = functions
        .map(|function| {
            let name = &function.name;
            // Without the fingerprint: what changes in a C++ source concerns no generated one.
            format!("#define {name} lightsss_{}_dpi_{name}", model.name)
        })
        .collect();
    let mut headers = model_headers(model);
    if model.state.is_some() {
        headers.push(SUPPLIED);
    }
    let values = [
        ("structs", &*structs(model)),
        ("includes", &includes(&headers)),
        ("names", &names.join("\n")),
    ];
    fill(include_str!("../../../cpp/shim/forced.h"), &values)
}

/// Declares the structures of ports: those that no package declares are unknown where Verilator's header names them.
fn structs(model: &Description) -> String {
    let found = model.ports.iter().flat_map(|port| port.shape.structs());
    let names: BTreeSet<(&String, bool)> = found.map(|found| (&found.cpp, found.union)).collect();
    let lines = names.iter().map(|(name, union)| {
        let kind = if *union { "union" } else { "struct" };
        format!("{kind} {name};")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn includes<T: AsRef<str>>(headers: &[T]) -> String {
    let lines = headers.iter();
    let lines = lines.map(|header| format!("#include \"{}\"", header.as_ref()));
    lines.collect::<Vec<_>>().join("\n")
}

/// The headers that generated sources include, which must come in front of what renames DPI functions.
fn model_headers(model: &Description) -> Vec<&'static str> {
    let mut headers = vec!["lightsss_verilated.h", "svdpi.h", "verilated_dpi.h"];
    if model.abilities.savable {
        headers.push("lightsss_save.h");
    }
    if model.abilities.timing {
        headers.push("lightsss_timing.h");
    }
    if model.abilities.coverage {
        headers.push("verilated_cov.h");
    }
    match model.abilities.trace {
        Some(Trace::Vcd) => headers.extend(["lightsss_trace.h", "verilated_vcd_c.h"]),
        Some(Trace::Fst) => headers.extend(["lightsss_trace.h", "verilated_fst_c.h"]),
        Some(Trace::Saif) => headers.extend(["lightsss_trace.h", "verilated_saif_c.h"]),
        None => {}
    }
    if model.abilities.threads > 1 {
        headers.extend(["verilated_threads.h", "lightsss_borrows.h"]);
    }
    headers
}

fn head(shim: &Shim<'_>) -> String {
    let model = shim.model;
    let (class, abilities) = (&model.class, &model.abilities);
    let mut headers = vec![format!("{class}.h")];
    if abilities.savable || abilities.trace.is_some() || !model.internals.is_empty() {
        headers.push(format!("{class}__Syms.h"));
    }
    if !model.imports.is_empty() || !model.exports.is_empty() {
        headers.push(format!("{class}__Dpi.h"));
    }
    headers.push("lightsss_shim.h".to_owned());
    if abilities.trace.is_some() {
        headers.push("lightsss_shim_trace.h".to_owned());
    }
    if abilities.savable {
        headers.push("lightsss_shim_state.h".to_owned());
    }
    let (handle, classes) = match trace_writer(model) {
        Some(writer) => ("LightsssTracedHandle", format!("{class}, {writer}C")),
        None => ("LightsssHandle", class.clone()),
    };
    let values = [
        ("name", &*model.name),
        ("version", &model.version.to_string()),
        ("includes", &includes(&headers)),
        ("marker", &symbols::marker(model)),
        ("handle", handle),
        ("classes", &classes),
    ];
    let mut out = shim.fill(include_str!("../../../cpp/shim/head.cpp"), &values);
    if let (true, Some(state)) = (shim.settles_later(), &model.state) {
        let template = include_str!("../../../cpp/shim/settle_first.cpp");
        let function = state.settle.as_deref().unwrap_or_default();
        out.push_str(&shim.fill(template, &[("function", function)]));
    }
    out
}

/// Making, evaluating, forking and ending a model.
fn evaluation(shim: &Shim<'_>) -> String {
    let mut borrow = shim.borrow();
    if shim.model.abilities.threads > 1 {
        borrow.push_str("\nconst LightsssEntering entering{handlep->entered};");
    }
    let no_imports = match &shim.model.imports[..] {
        [] => "handlep",
        _ => "handlep, nullptr",
    };
    let values = [
        ("borrow", borrow.trim_start()),
        ("settle", shim.settle()),
        ("no_imports", no_imports),
    ];
    let evaluate = include_str!("../../../cpp/shim/evaluate.cpp");
    let clone = if shim.model.abilities.clone_hooks {
        include_str!("../../../cpp/shim/clone.cpp")
    } else {
        include_str!("../../../cpp/shim/no_clone.cpp")
    };
    shim.fill(evaluate, &values) + &shim.fill(clone, &[])
}

fn traces(shim: &Shim<'_>) -> String {
    let Some(writer) = trace_writer(shim.model) else {
        return String::new();
    };
    shim.fill(
        include_str!("../../../cpp/shim/trace.cpp"),
        &[("writer", writer)],
    )
}

/// The class of Verilator's that writes a format; with `C` behind it, the class that users of it see.
fn trace_writer(model: &Description) -> Option<&'static str> {
    Some(match model.abilities.trace? {
        Trace::Vcd => "VerilatedVcd",
        Trace::Fst => "VerilatedFst",
        Trace::Saif => "VerilatedSaif",
    })
}
