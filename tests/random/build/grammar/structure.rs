//! Modules below the top, interfaces, generated blocks, clocks of one's own.

use super::writer::Writer;

/// Instances of a module that is inlined or not, alone, in an array or in a loop; names from above and from below.
pub fn instances(out: &mut Writer) {
    let module = out.plain("sub");
    let (width, extra) = (out.random.u32(1..70), out.random.u32(1..50));
    let inlined = out.one_of(&["no_inline_module", "no_inline_module", "inline_module"]);
    let high = width - 1;
    out.before.push_str(&format!(
        "module {module} #(parameter int STEP = 1, parameter logic [{extra}:0] SEED /*verilator public*/ = 5)\n\
         (input clk, input [{high}:0] a, output logic [{high}:0] y);\n/*verilator {inlined}*/\n\
         logic [{high}:0] kept /*verilator public_flat_rw*/ = {width}'(SEED); logic [7:0] m[4];\n\
         always_ff @(posedge clk) begin kept <= kept + a * {width}'(STEP); m[kept[0 +: 1]] <= m[1] + 8'(a); end\n\
         assign y = kept ^ {width}'(m[2]);\nendmodule\n"
    ));
    let (name, wire, value, step) = (
        out.fresh("u"),
        out.fresh("y"),
        out.bits(width),
        out.random.u32(0..9),
    );
    match out.random.u32(0..3) {
        0 => {
            out.line(&format!("wire [{high}:0] {wire};\n{module} #(.STEP({step})) {name}(.clk, .a({value}), .y({wire}));"));
            out.readable(&wire, width, true);
            out.readable(&format!("{name}.kept"), width, true);
        }
        1 => {
            out.line(&format!(
                "wire [1:0][{high}:0] {wire};\n{module} #(.STEP({step})) {name}[1:0](.clk(clk), .a({value}), .y({wire}));"
            ));
            out.readable(&format!("{wire}[1]"), width, true);
        }
        _ => {
            let block = out.fresh("g");
            out.line(&format!(
                "wire [{high}:0] {wire}[3];\nfor (genvar i = 0; i < 3; i++) begin : {block}\nlogic [{high}:0] own;\n\
                 always_ff @(posedge clk) own <= {wire}[(i + 1) % 3] + {width}'(i);\n\
                 if (i == 1) begin : odd {module} #(.STEP(i)) {name}(.clk, .a({value}), .y({wire}[i])); end\n\
                 else {module} #(.SEED(i)) {name}(.clk, .a(own), .y({wire}[i]));\nend"
            ));
            out.readable(&format!("{wire}[2]"), width, true);
            out.readable(&format!("{block}[1].own"), width, true);
        }
    }
}

/// An interface with modports, a module that has one as a port, and perhaps a virtual one.
pub fn interfaces(out: &mut Writer) {
    let (interface, module) = (out.plain("bus"), out.plain("user"));
    let width = out.random.u32(1..80);
    let high = width - 1;
    out.before.push_str(&format!(
        "interface {interface};\nlogic valid; logic [{high}:0] data; logic [7:0] seen;\n\
         modport source(output valid, output data, input seen); modport sink(input valid, input data, output seen);\nendinterface\n\
         module {module}(input clk, {interface}.sink b);\n\
         always_ff @(posedge clk) if (b.valid) b.seen <= b.seen + 8'(b.data);\nendmodule\n"
    ));
    let (bus, user, value, condition) = (
        out.fresh("bus"),
        out.fresh("user"),
        out.bits(width),
        out.condition(),
    );
    let edge = out.edge();
    out.line(&format!(
        "{interface} {bus}();\n{module} {user}(.clk, .b({bus}));\n\
         always_ff @({edge}) begin {bus}.valid <= {condition}; {bus}.data <= {value}; end"
    ));
    out.readable(&format!("{bus}.data"), width, true);
    out.readable(&format!("{bus}.seen"), 8, true);
}

/// Virtual interfaces, which lead to one of several instances.
pub fn virtual_interfaces(out: &mut Writer) {
    let interface = out.plain("lane");
    out.before.push_str(&format!(
        "interface {interface};\nlogic [15:0] value;\nendinterface\n"
    ));
    let (left, right, chosen) = (out.plain("left"), out.plain("right"), out.plain("chosen"));
    let (a, b, add, edge) = (out.condition(), out.condition(), out.bits(16), out.edge());
    let seen = out.register(16);
    out.line(&format!(
        "{interface} {left}();\n{interface} {right}();\nvirtual {interface} {chosen};"
    ));
    if out.chance(2) {
        let both = out.plain("both");
        out.line(&format!(
            "virtual {interface} {both}[2];\ninitial begin {chosen} = {left}; {both}[0] = {left}; {both}[1] = {right}; end\n\
             always @({edge}) begin if ({a}) {chosen} = {right}; else if ({b}) {both}[1] = {chosen};\n\
             {both}[1].value = {both}[1].value + {add}; {seen} <= {chosen}.value ^ {both}[0].value; end"
        ));
    } else {
        out.line(&format!(
            "initial {chosen} = {left};\nalways @({edge}) begin if ({a}) {chosen} = {right}; else if ({b}) {chosen} = {left};\n\
             {chosen}.value = {chosen}.value + {add}; {seen} <= {left}.value ^ {right}.value; end"
        ));
    }
}

/// A clock that the design makes, and a gated one.
pub fn clocks(out: &mut Writer) {
    let (half, gated, on) = (out.fresh("half"), out.fresh("gated"), out.fresh("on"));
    let (enable, value, width) = (out.condition(), out.bits(24), out.random.u32(1..70));
    out.line(&format!(
        "logic {half} = 0; always_ff @(posedge clk) {half} <= ~{half};\nlogic {on}; always_latch if (!clk) {on} = {enable};\n\
         wire {gated} = clk & {on};"
    ));
    let (slow, rare) = (out.register(24), out.register(width));
    out.line(&format!(
        "always_ff @(posedge {half}) {slow} <= {slow} + {value};"
    ));
    out.line(&format!(
        "always_ff @(negedge {gated}, posedge {half}) {rare} <= {rare} + {width}'({slow});"
    ));
}
