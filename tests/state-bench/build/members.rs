//! A design of 100,000 registers: twenty modules of a hundred registers each, fifty times.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const MODULES: usize = 20;
const REGISTERS: usize = 100;
const INSTANCES: usize = 50;

/// Writes `members.sv` and gives its path.
pub fn write(out: &Path) -> std::io::Result<PathBuf> {
    let mut text = String::from(
        "module members (input logic clk, input logic [31:0] data, output logic [31:0] sum);\n",
    );
    for module in 0..MODULES {
        for instance in 0..INSTANCES {
            let first = module == 0 && instance == 0;
            let sum = if first { "sum" } else { "" };
            let _ = writeln!(
                text,
                "    block{module} u{module}_{instance} (.clk, .d(data), .q({sum}));"
            );
        }
    }
    text.push_str("endmodule\n");
    for module in 0..MODULES {
        block(&mut text, module);
    }
    let path = out.join("members.sv");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// A chain of registers of several widths. Each module has constants of its own, so that none is merged.
fn block(text: &mut String, module: usize) {
    let _ = writeln!(
        text,
        "module block{module} (input logic clk, input logic [31:0] d, output logic [31:0] q);\n    \
         /*verilator no_inline_module*/"
    );
    for register in 0..REGISTERS {
        let high = [7, 15, 31, 63][(module + register) % 4];
        let _ = writeln!(text, "    logic [{high}:0] r{register};");
    }
    text.push_str("    always_ff @(posedge clk) begin\n        r0 <= $bits(r0)'(d);\n");
    for register in 1..REGISTERS {
        let before = register - 1;
        let _ = writeln!(
            text,
            "        r{register} <= $bits(r{register})'(r{before}) ^ {};",
            module + register
        );
    }
    let _ = writeln!(
        text,
        "    end\n    assign q = 32'(r{});\nendmodule",
        REGISTERS - 1
    );
}
