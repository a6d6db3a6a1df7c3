//! Random designs: a seeded grammar of what Verilator takes, construct by construct.

mod actions;
mod containers;
mod dpi;
mod ports;
mod structure;
mod variables;
mod writer;

pub use dpi::{Export, Import};
use writer::Writer;

use crate::design::Design;

type Construct = fn(&mut Writer);

/// What designs are made of, and the first version whose models of it are whole.
const CONSTRUCTS: &[(u32, Construct)] = &[
    (6, variables::memory),
    (6, variables::packed),
    (6, variables::functions),
    (6, variables::reals),
    (6, containers::queue),
    (6, containers::dynamic),
    (6, containers::associative),
    (6, containers::strings),
    // 5.006 gives up with an internal error.
    (30, containers::structures),
    (30, containers::union),
    (6, structure::instances),
    (6, structure::interfaces),
    (6, structure::virtual_interfaces),
    (6, structure::clocks),
    (6, actions::events),
    (6, actions::forces),
    (6, actions::randoms),
    (6, actions::prints),
    (6, actions::monitors),
    (6, actions::assertions),
    (6, actions::classes),
    (6, actions::files),
    (6, dpi::import),
    (6, dpi::export),
];

/// The design of a seed, as Verilator 5.`minor` takes it.
pub fn random(seed: u64, minor: u32) -> Design {
    let mut out = Writer::new(seed, minor);
    ports::inputs(&mut out);
    variables::registers(&mut out);
    for _ in 0..out.random.u32(1..6) {
        let (since, construct) = CONSTRUCTS[out.random.usize(0..CONSTRUCTS.len())];
        if minor >= since {
            construct(&mut out);
        }
        if out.chance(3) {
            variables::wires(&mut out);
        }
    }
    ports::outputs(&mut out);
    let parameters = match &out.parameters[..] {
        [] => String::new(),
        list => format!(" #({})", list.join(", ")),
    };
    Design {
        about: format!("random, seed {seed}"),
        source: format!(
            "{}module NAME{parameters}({});\n{}endmodule\n",
            out.before,
            out.ports.join(", "),
            out.body
        ),
        trace: [Some("Fst"), Some("Fst"), Some("Vcd"), None][out.random.usize(0..4)],
        imports: out.imports,
        exports: out.exports,
        ..Design::default()
    }
}
