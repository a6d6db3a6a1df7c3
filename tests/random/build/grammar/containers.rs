//! Queues, dynamic and associative arrays, strings, unpacked structures and unions.

use super::writer::Writer;

/// The versions before take no structures in queues, or crash.
const NESTED: u32 = 48;

/// An element's type, an expression of it, and how a value of the type is read as bits.
fn element(out: &mut Writer) -> (String, String, &'static str, u32) {
    match out.random.u32(0..8) {
        0 => (
            "string".to_owned(),
            {
                let value = out.wire(12);
                format!("$sformatf(\"%0x\", {value})")
            },
            ".len()",
            32,
        ),
        1 => (
            "real".to_owned(),
            {
                let value = out.wire(12);
                format!("($itor({value}) / 4.0)")
            },
            " > 100.0",
            1,
        ),
        2 => ("int".to_owned(), out.bits(32), "", 32),
        _ => {
            let width = out.width();
            (
                format!("logic [{}:0]", width - 1),
                out.bits(width),
                "",
                width,
            )
        }
    }
}

/// A queue, bounded or not.
pub fn queue(out: &mut Writer) {
    let (name, edge) = (out.fresh("q"), out.edge());
    let (ty, value, read, width) = element(out);
    let bound = out.one_of(&["$", "$", "$:5"]);
    out.line(&format!("{ty} {name}[{bound}];"));
    let (pop, insert, size, first) = (
        out.condition(),
        out.condition(),
        out.register(32),
        out.register(width),
    );
    let most = out.random.u32(1..7);
    out.line(&format!(
        "always @({edge}) begin\nif ({pop}) {name}.push_back({value}); else {name}.push_front({value});\n\
         if ({insert} && {name}.size() > 1) {name}.insert(1, {value});\n\
         while ({name}.size() > {most}) void'({name}.pop_front());\n\
         {size} <= {name}.size(); {first} <= {width}'({name}[{name}.size() - 1]{read});\nend"
    ));
}

/// A dynamic array.
pub fn dynamic(out: &mut Writer) {
    let (name, edge) = (out.fresh("d"), out.edge());
    let (ty, value, read, width) = element(out);
    out.line(&format!("{ty} {name}[];\ninitial {name} = new[3];"));
    let (at, grow, read_at, kept) = (
        out.wire(2),
        out.condition(),
        out.wire(2),
        out.register(width),
    );
    out.line(&format!(
        "always @({edge}) begin\nif ({grow}) {name} = new[{name}.size() < 20 ? {name}.size() + 1 : 4]({name});\n\
         if (int'({at}) < {name}.size()) {name}[{at}] = {value};\n\
         if (int'({read_at}) < {name}.size()) {kept} <= {width}'({name}[{read_at}]{read});\nend"
    ));
}

/// An associative array.
pub fn associative(out: &mut Writer) {
    let (name, edge) = (out.fresh("a"), out.edge());
    let (ty, value, read, width) = element(out);
    let number = out.wire(5);
    // What 5.006 writes for wide keys does not compile.
    let (key, at) = match out.random.u32(0..if out.minor >= 30 { 3 } else { 2 }) {
        0 => ("string", format!("$sformatf(\"k%0d\", {number})")),
        1 => ("int", format!("int'({number})")),
        _ => ("logic [69:0]", format!("(70'({number}) << 61)")),
    };
    out.line(&format!("{ty} {name}[{key}];"));
    let (remove, count, kept) = (out.condition(), out.register(32), out.register(width));
    out.line(&format!(
        "always @({edge}) begin\nif ({remove}) {name}.delete({at}); else {name}[{at}] = {value};\n\
         {count} <= {name}.num(); if ({name}.exists({at}) != 0) {kept} <= {width}'({name}[{at}]{read});\nend"
    ));
}

/// Strings.
pub fn strings(out: &mut Writer) {
    let (name, edge) = (out.fresh("s"), out.edge());
    let (value, condition, length, letter) = (
        out.wire(20),
        out.condition(),
        out.register(32),
        out.register(8),
    );
    out.line(&format!("string {name} = \"begin\";"));
    out.line(&format!(
        "always @({edge}) begin\nif ({condition}) {name} = {{{name}, $sformatf(\"%0h;\", {value})}};\n\
         if ({name}.len() > 30) {name} = {name}.substr(3, 9);\n\
         {length} <= {name}.len(); {letter} <= {name}.len() > 2 ? {name}.getc(1) : 8'h2a;\n\
         if ({name} == \"begin\") {name} = {name}.toupper();\nend"
    ));
    if out.chance(2) {
        let array = out.fresh("texts");
        out.line(&format!(
            "string {array}[3]; always @({edge}) {array}[2'({value}) % 3] = {name};"
        ));
        out.readable(&format!("({array}[0] == {array}[1])"), 1, false);
    }
}

/// An unpacked structure, alone, within another, and in an array.
pub fn structures(out: &mut Writer) {
    let (inner, outer) = (out.plain("inner_t"), out.plain("outer_t"));
    let wide = out.random.u32(1..130);
    let nested = out.minor >= NESTED && out.chance(2);
    let list = if nested { "byte list[$]; " } else { "" };
    out.before.push_str(&format!(
        "typedef struct {{ logic [{}:0] wide; real ratio; int memory[4]; }} {inner};\n\
         typedef struct {{ int count; string name; {list}{inner} part; logic [1:0] low; }} {outer};\n",
        wide - 1
    ));
    let (one, many, edge) = (out.fresh("one"), out.fresh("many"), out.edge());
    out.line(&format!("{outer} {one}; {outer} {many}[4];"));
    let (value, add, at, from) = (out.bits(wide), out.wire(32), out.wire(2), out.wire(2));
    let (condition, w, m, n) = (
        out.condition(),
        out.register(wide),
        out.register(32),
        out.register(32),
    );
    out.line(&format!(
        "always @({edge}) begin\n{one}.count = {one}.count + 1; {one}.low = {at};\n\
         {one}.part.wide = {one}.part.wide ^ {value}; {one}.part.ratio = {one}.part.ratio / 2.0 + 1.0;\n\
         {one}.part.memory[{at}] += {add}; {one}.name = $sformatf(\"n%0d\", {one}.count);"
    ));
    if nested {
        out.line(&format!(
            "{one}.list.push_back(8'({add})); if ({one}.list.size() > 5) void'({one}.list.pop_front());"
        ));
    }
    out.line(&format!(
        "if ({condition}) {many}[{from}] = {one};\n{w} <= {many}[{at}].part.wide;\n\
         {m} <= {many}[{from}].part.memory[1] + {many}[{at}].count; {n} <= 32'({many}[{from}].name.len()) + 32'($rtoi({one}.part.ratio * 8.0));\nend"
    ));
    if nested {
        let (queue, map, lists) = (out.fresh("items"), out.fresh("map"), out.fresh("lists"));
        let (k, sum) = (out.wire(4), out.register(32));
        out.line(&format!(
            "{outer} {queue}[$]; {outer} {map}[int]; byte {lists}[string][$];"
        ));
        out.line(&format!(
            "always @({edge}) begin\n{queue}.push_back({many}[1]); if ({queue}.size() > 4) void'({queue}.pop_front());\n\
             {map}[int'({k})] = {many}[2]; {lists}[$sformatf(\"%0d\", {k})].push_back(8'({add}));\n\
             {sum} <= {queue}[0].count + {map}.num() + {lists}.num() + {queue}[0].list.size();\nend"
        ));
    }
}

/// An unpacked union.
pub fn union(out: &mut Writer) {
    let either = out.plain("union_t");
    out.before.push_str(&format!(
        "typedef union {{ logic [31:0] whole; byte part; logic [15:0] half; }} {either};\n"
    ));
    let (name, edge, value) = (out.fresh("either"), out.edge(), out.bits(32));
    let (part, condition) = (out.register(8), out.condition());
    out.line(&format!("{either} {name};"));
    out.line(&format!(
        "always @({edge}) begin {part} <= {name}.part; if ({condition}) {name}.whole = {name}.whole + {value}; else {name}.half = 16'({value}); end"
    ));
}
