//! A design of 66 ports (a clock, a reset, 32 inputs and 32 outputs of all widths), and what drives
//! it in Rust and in C++: in each cycle every input is set and every output is read.

use std::fmt::Write as _;
use std::path::Path;

const PAIRS: usize = 32;

/// Bits of the n-th input and output, and the type that holds them in Rust and C++.
fn shape(at: usize) -> (u32, &'static str, &'static str) {
    [
        (1, "u8", "uint8_t"),
        (8, "u8", "uint8_t"),
        (16, "u16", "uint16_t"),
        (32, "u32", "uint32_t"),
        (64, "u64", "uint64_t"),
        (5, "u8", "uint8_t"),
        (24, "u32", "uint32_t"),
        (48, "u64", "uint64_t"),
    ][at % 8]
}

/// Writes `ports66.sv`, `ports66_drive.rs` and `ports66.cpp`.
pub fn write(out: &Path) -> std::io::Result<()> {
    let mut ports = String::new();
    let mut body = String::new();
    let mut rust = String::new();
    let mut cpp = String::new();
    for at in 0..PAIRS {
        let (bits, rust_type, cpp_type) = shape(at);
        let high = bits - 1;
        let mask = u64::MAX >> (64 - bits);
        let _ = write!(
            ports,
            ",\n    input logic [{high}:0] in{at},\n    output logic [{high}:0] out{at}"
        );
        let _ = writeln!(body, "    out{at} <= rst ? '0 : out{at} ^ in{at};");
        let masked = match (bits, rust_type) {
            (64, _) => "value".to_owned(),
            (_, "u64") => format!("value & (u64::MAX >> {})", 64 - bits),
            _ => format!("(value & (u64::MAX >> {})) as {rust_type}", 64 - bits),
        };
        let _ = writeln!(rust, "    dut.set_in{at}({masked});");
        let _ = writeln!(
            cpp,
            "    top.in{at} = static_cast<{cpp_type}>(value & {mask:#x}ull);"
        );
    }
    rust.push_str("    dut.set_clk(0);\n    dut.eval()?;\n    dut.set_clk(1);\n    dut.eval()?;\n");
    cpp.push_str("    top.clk = 0;\n    top.eval();\n    top.clk = 1;\n    top.eval();\n");
    for at in 0..PAIRS {
        let value = match shape(at).1 {
            "u64" => format!("dut.out{at}()"),
            _ => format!("u64::from(dut.out{at}())"),
        };
        let _ = writeln!(rust, "    sum = sum.wrapping_add({value});");
        let _ = writeln!(cpp, "    sum += top.out{at};");
    }
    std::fs::write(
        out.join("ports66.sv"),
        format!(
            "module ports66 (\n    input logic clk,\n    input logic rst{ports}\n);\n  \
             always_ff @(posedge clk) begin\n{body}  end\nendmodule\n"
        ),
    )?;
    std::fs::write(
        out.join("ports66_drive.rs"),
        format!(
            "#[inline(always)]\nfn ports66_cycle(dut: &mut ports66::Model, value: u64, mut sum: u64) -> Result<u64, Box<Halt>> {{\n\
             {rust}    Ok(sum)\n}}\n"
        ),
    )?;
    std::fs::write(
        out.join("ports66.cpp"),
        format!(
            "#include \"Vports66.h\"\n#include \"bench.h\"\n\n\
             __attribute__((always_inline)) static inline uint64_t cycle(Vports66& top, uint64_t value, uint64_t sum) {{\n{cpp}    return sum;\n}}\n\n\
             int main(int argc, char** argv) {{\n    VerilatedContext context;\n    context.threads(1);\n    \
             Vports66 top{{&context}};\n    top.rst = 1;\n    uint64_t sum = cycle(top, 0, 0);\n    top.rst = 0;\n    \
             uint64_t at = 0;\n    \
             measure(argv, [&] {{ sum = cycle(top, ++at * 0x9e3779b97f4a7c15ull, sum); }});\n    \
             std::printf(\"%llu\\n\", static_cast<unsigned long long>(sum));\n    top.final();\n}}\n"
        ),
    )
}
