//! Registers, wires, memories, packed types, arithmetic.

use super::writer::Writer;

/// Registers of any range and type.
pub fn registers(out: &mut Writer) {
    for _ in 0..out.random.u32(1..5) {
        let (width, reset) = (out.width(), out.random.u32(..));
        let (range, plain) = out.range(width);
        let name = out.fresh("r");
        let (ty, width, plain) = match out.random.u32(0..12) {
            0 => ("byte".to_owned(), 8, true),
            1 => ("shortint".to_owned(), 16, true),
            2 => ("int unsigned".to_owned(), 32, true),
            3 => ("longint".to_owned(), 64, true),
            4 => ("integer".to_owned(), 32, true),
            5 => ("time".to_owned(), 64, true),
            6 => (format!("bit signed {range}"), width, plain),
            7 => (format!("reg {range}"), width, plain),
            _ => (format!("logic {range}"), width, plain),
        };
        if out.chance(3) {
            out.line(&format!("{ty} {name} = {width}'({reset});"));
        } else {
            out.line(&format!("{ty} {name};"));
        }
        let (edge, condition, value) = (out.edge(), out.condition(), out.bits(width));
        match out.random.u32(0..4) {
            0 => out.line(&format!(
                "always_ff @({edge}) if ({condition}) {name} <= {value};"
            )),
            1 => {
                let other = out.bits(width);
                out.line(&format!(
                    "always_ff @({edge}) if ({condition}) {name} <= {value}; else {name} <= {name} ^ {other};"
                ));
            }
            _ => out.line(&format!("always_ff @({edge}) {name} <= {value};")),
        }
        out.readable(&name, width, plain);
    }
}

/// Wires, in every kind of process.
pub fn wires(out: &mut Writer) {
    for _ in 0..out.random.u32(1..4) {
        let width = out.width();
        let (name, value, condition) = (out.fresh("w"), out.bits(width), out.condition());
        let high = width - 1;
        match out.random.u32(0..5) {
            0 => out.line(&format!("wire [{high}:0] {name} = {value};")),
            1 => out.line(&format!(
                "logic [{high}:0] {name}; assign {name} = {value};"
            )),
            2 => {
                let other = out.bits(width);
                out.line(&format!(
                    "logic [{high}:0] {name}; always_comb begin {name} = {value}; if ({condition}) {name} = {other}; end"
                ));
            }
            3 => {
                let (a, b) = (out.bits(width), out.bits(width));
                let on = out.bits(4);
                out.line(&format!(
                    "logic [{high}:0] {name}; always_comb casez ({on}) 4'b1??0: {name} = {value}; 4'b0?1?: {name} = {a}; \
                     4'd7, 4'd9: {name} = ~{a}; default: {name} = {b}; endcase"
                ));
            }
            _ => out.line(&format!(
                "logic [{high}:0] {name}; always_latch if ({condition}) {name} = {value};"
            )),
        }
        out.readable(&name, width, true);
    }
}

/// Memories of one or two dimensions, with any bounds.
pub fn memory(out: &mut Writer) {
    let (width, bits) = (out.width(), out.random.u32(1..6));
    let (length, low) = (1_i32 << bits, out.random.i32(-3..5));
    let high = low + length - 1;
    let bounds = match out.random.u32(0..4) {
        0 if low == 0 => format!("[{length}]"),
        0 | 1 => format!("[{low}:{high}]"),
        _ => format!("[{high}:{low}]"),
    };
    let second = out.chance(3);
    let (name, public) = (out.fresh("m"), out.chance(4));
    let (range, _) = out.range(width);
    let more = if second { "[3]" } else { "" };
    let public = if public {
        "/*verilator public_flat_rw*/"
    } else {
        ""
    };
    out.line(&format!("logic {range} {name}{bounds}{more} {public};"));
    let index = |at: &str, second: &str| {
        let more = if more.is_empty() {
            String::new()
        } else {
            format!("[{second}]")
        };
        format!("{name}[int'({at}) + ({low})]{more}")
    };
    let (at, from, edge) = (out.bits(bits), out.bits(bits), out.edge());
    let (to, from) = (index(&at, "1"), index(&from, "2"));
    let (value, condition) = (out.bits(width), out.condition());
    match out.random.u32(0..3) {
        0 if !second => {
            let start = index("0", "");
            out.line(&format!(
                "initial foreach ({name}[i]) {name}[i] = {width}'(i * 5);"
            ));
            out.line(&format!(
                "always @({edge}) if ({condition}) {to} <= {from} ^ {value} ^ {start};"
            ));
        }
        1 => out.line(&format!(
            "always @({edge}) begin {to} <= {value}; if ({condition}) {to} <= {from}; end"
        )),
        _ => out.line(&format!("always @({edge}) {to} <= {from} ^ {value};")),
    }
    out.readable(&from, width, false);
    out.readable(&to, width, false);
}

/// Packed structures, unions and enumerations, and arrays of bits.
pub fn packed(out: &mut Writer) {
    let (kind, fields) = (out.plain("kind_t"), out.plain("fields_t"));
    let a = out.random.u32(1..40);
    let b = out.random.u32(1..70);
    out.before.push_str(&format!(
        "typedef enum logic [2:0] {{{kind}_A, {kind}_B = 3, {kind}_C}} {kind};\n\
         typedef struct packed {{ logic [{}:0] a; {kind} k; logic [1:0][{}:0] b; logic signed [2:0] s; }} {fields};\n",
        a - 1,
        b - 1
    ));
    let (value, edge) = (out.fresh("p"), out.edge());
    let width = a + 3 + 2 * b + 3;
    out.line(&format!("{fields} {value};"));
    let (x, y, z, condition) = (out.bits(a), out.bits(b), out.bits(3), out.condition());
    out.line(&format!(
        "always_ff @({edge}) begin {value}.a <= {x}; {value}.b[1] <= {y}; {value}.b[0] <= {value}.b[1]; \
         {value}.s <= {z}; if ({condition}) {value}.k <= {kind}_C; else {value}.k <= {value}.k == {kind}_C ? {kind}_B : {kind}_A; end"
    ));
    out.readable(&value, width, false);
    out.readable(&format!("{value}.a"), a, true);
    out.readable(&format!("{value}.b[1]"), b, true);
    if out.chance(2) {
        let either = out.plain("either_t");
        out.before.push_str(&format!(
            "typedef union packed {{ logic [31:0] w; logic [3:0][7:0] b; struct packed {{ logic [15:0] h, l; }} s; }} {either};\n"
        ));
        let (name, at, value) = (out.fresh("u"), out.bits(2), out.bits(8));
        out.line(&format!(
            "{either} {name}; always_ff @({edge}) {name}.b[{at}] <= {value};"
        ));
        out.readable(&format!("{name}.w"), 32, true);
        out.readable(&format!("{name}.s.h"), 16, true);
    }
}

/// Functions: automatic and static ones, recursion, variables that keep their values, tasks.
pub fn functions(out: &mut Writer) {
    let (width, edge) = (out.random.u32(1..60), out.edge());
    let (twist, count, swap) = (out.fresh("f"), out.fresh("f"), out.fresh("t"));
    out.line(&format!(
        "function automatic logic [{0}:0] {twist}(input logic [{0}:0] x, input int n);\n\
         if (n <= 0) return x; {1}\nendfunction",
        width - 1,
        // 5.006 takes no recursion.
        if out.minor >= 30 {
            format!(
                "return {twist}({{x[0], x}} >> 1 ^ {}'(n), n - 1);",
                width + 1
            )
        } else {
            format!("return {{x[0], x}} >> 1 ^ {}'(n);", width + 1)
        }
    ));
    // 5.006 takes no `static` there.
    let (kind, kept) = if out.minor >= 30 {
        ("automatic", "static int kept = 3;")
    } else {
        ("static", "int kept;")
    };
    out.line(&format!(
        "function {kind} int {count}(input logic up);\n{kept}\nif (up) kept = kept + 1; return kept;\nendfunction"
    ));
    out.line(&format!(
        "task automatic {swap}(inout logic [{0}:0] a, inout logic [{0}:0] b, output logic same);\n\
         logic [{0}:0] c; c = a; a = b; b = c; same = a == b;\nendtask",
        width - 1
    ));
    let (a, b, n, up) = (
        out.bits(width),
        out.bits(width),
        out.bits(3),
        out.condition(),
    );
    let (x, y) = (out.register(width), out.register(width));
    let (same, total, block) = (out.register(1), out.register(32), out.plain("block"));
    out.line(&format!(
        "always @({edge}) begin : {block}\nlogic [{}:0] p, q; logic s; p = {twist}({a}, int'({n})); q = {b};\n\
         {swap}(p, q, s); {x} <= p; {y} <= q; {same} <= s; {total} <= {count}({up});\nend",
        width - 1
    ));
}

/// Signed and real arithmetic, and conversions.
pub fn reals(out: &mut Writer) {
    let (name, edge) = (out.fresh("real"), out.edge());
    out.line(&format!("real {name} = 1.5;"));
    let (value, condition) = (out.wire(16), out.condition());
    out.line(&format!(
        "always @({edge}) if ({condition}) {name} <= {name} / 3.0 + $itor($signed({value})); else {name} <= -{name} * 0.75;"
    ));
    out.readable(&format!("32'($rtoi({name} * 16.0))"), 32, false);
    out.readable(&format!("64'($realtobits({name}))"), 64, false);
    if out.chance(2) {
        let array = out.fresh("reals");
        let at = out.wire(2);
        out.line(&format!(
            "real {array}[4]; always @({edge}) {array}[{at}] <= {name} + {array}[0];"
        ));
        out.readable(&format!("({array}[1] > {array}[2])"), 1, false);
    }
}
