//! Ports of every shape, and public parameters.

use super::writer::Writer;

/// Inputs, which expressions can read from the start, and public parameters.
pub fn inputs(out: &mut Writer) {
    out.ports.push("input clk, input clk2".to_owned());
    for at in 0..out.random.u32(1..5) {
        let name = out.fresh("i");
        let width = out.width();
        let (range, plain) = out.range(width);
        let kind = if at == 0 { 20 } else { out.random.u32(0..16) };
        match kind {
            0 => {
                out.ports.push(format!("input logic {range} {name}[3]"));
                out.readable(&format!("{name}[1]"), width, false);
                out.readable(&format!("{name}[2]"), width, false);
            }
            1 => {
                out.ports
                    .push(format!("input logic {range} {name}[2:1][-1:0]"));
                out.readable(&format!("{name}[2][-1]"), width, false);
            }
            2 => {
                out.ports.push(format!("input real {name}"));
                out.readable(&format!("32'($rtoi({name}))"), 32, false);
            }
            3 => {
                out.ports.push(format!("input string {name}"));
                out.readable(&format!("32'({name}.len())"), 32, false);
            }
            4 => {
                let ty = out.plain("port_t");
                let low = width - 1;
                out.before.push_str(&format!(
                    "typedef struct packed {{ logic [6:0] a; logic signed [{low}:0] b; }} {ty};\n"
                ));
                out.ports.push(format!("input {ty} {name}"));
                out.readable(&format!("{name}.b"), width, true);
                out.readable(&name, width + 7, false);
            }
            5 => {
                out.ports.push(format!("input real {name}[2]"));
                out.readable(&format!("({name}[0] < {name}[1])"), 1, false);
            }
            6 if out.minor >= 30 => {
                let ty = structure(out, width);
                out.ports.push(format!("input {ty} {name}"));
                out.readable(&format!("{name}.a"), width, true);
                out.readable(&format!("{name}.m[1]"), 32, true);
            }
            7 => {
                out.ports
                    .push(format!("input logic [1:0][{}:0] {name}", width - 1));
                out.readable(&format!("{name}[1]"), width, true);
            }
            8 => {
                out.ports.push(format!("input int {name}"));
                out.readable(&name, 32, true);
            }
            9 => {
                out.ports.push(format!("input logic signed {range} {name}"));
                out.readable(&name, width, plain);
            }
            _ => {
                out.ports.push(format!("input {range} {name}"));
                out.readable(&name, width, plain);
            }
        }
    }
    if out.chance(4) {
        let (a, b) = (out.plain("P"), out.plain("Q"));
        out.parameters.push(format!(
            "parameter logic [76:0] {a} /*verilator public*/ = 77'h123456789abcdef0123"
        ));
        out.parameters.push(format!(
            "parameter int {b}[3] /*verilator public*/ = '{{1, 2, 3}}"
        ));
        out.readable(&a, 77, true);
        out.readable(&format!("{b}[1]"), 32, true);
    }
}

/// A structure without what a port cannot have.
fn structure(out: &mut Writer, width: u32) -> String {
    let ty = out.plain("wire_t");
    let high = width - 1;
    out.before.push_str(&format!(
        "typedef struct {{ logic [{high}:0] a; int m[2]; real r; }} {ty};\n"
    ));
    ty
}

/// Outputs, and one that everything goes into.
pub fn outputs(out: &mut Writer) {
    for _ in 0..out.random.u32(1..4) {
        let (name, width, edge) = (out.fresh("o"), out.width(), out.edge());
        let (range, _) = out.range(width);
        let value = out.bits(width);
        match out.random.u32(0..10) {
            0 => {
                out.ports.push(format!("output logic {range} {name}[2]"));
                out.line(&format!(
                    "always_ff @({edge}) begin {name}[0] <= {value}; {name}[1] <= {name}[0]; end"
                ));
            }
            1 => {
                out.ports.push(format!("output real {name}"));
                let value = out.wire(16);
                out.line(&format!(
                    "always_ff @({edge}) {name} <= {name} / 2.0 + $itor({value});"
                ));
            }
            2 => {
                out.ports.push(format!("output string {name}"));
                out.line(&format!(
                    "always @({edge}) {name} = $sformatf(\"%h\", {value});"
                ));
            }
            3 if out.minor >= 30 => {
                let ty = structure(out, width);
                out.ports.push(format!("output {ty} {name}"));
                out.line(&format!("always_ff @({edge}) begin {name}.a <= {value}; {name}.m[1] <= {name}.m[0]; {name}.m[0] <= 32'({value}); end"));
            }
            4 => {
                out.ports.push(format!("output wire {range} {name}"));
                out.line(&format!("assign {name} = {value};"));
            }
            _ => {
                out.ports.push(format!("output logic {range} {name}"));
                out.line(&format!("always_ff @({edge}) {name} <= {value};"));
            }
        }
    }
    out.ports.push("output logic [63:0] sum".to_owned());
    let mut terms = String::from("{sum[62:0], sum[63]}");
    for (at, value) in out.values().to_vec().iter().enumerate() {
        terms.push_str(&format!(" ^ (64'({}) << {})", value.text, at % 17));
    }
    out.line(&format!("always_ff @(posedge clk) sum <= {terms};"));
}
