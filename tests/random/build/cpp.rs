//! The C++ that drives a model as its Rust driver does.

use std::fmt::Write as _;
use std::path::Path;

use lightsss_tests_support::description::{Description, Shape};

use crate::design::Design;

/// A function that runs a design: to be compiled behind the model's sources.
pub fn driver(design: &Design, model: &Description) -> String {
    let name = &design.name;
    let class = &model.class;
    let (mut set, mut record) = (String::new(), String::new());
    let (headers, mut structs) = (headers(&model.folder), String::new());
    for port in &model.ports {
        let member = &port.member;
        structures(
            &port.shape,
            &format!("std::declval<{class}&>().{member}"),
            &headers,
            &mut structs,
        );
        if port.verilog == "clk" {
            let _ = writeln!(set, "    top.{member} = level;");
        } else if port.verilog == "clk2" {
            let _ = writeln!(set, "    top.{member} = slow;");
        } else if port.is_driven() {
            let _ = writeln!(
                set,
                "    if (!level) fill(top.{member}, inputs, {});",
                port.shape.width()
            );
        }
        let _ = writeln!(record, "    put(record, top.{member});");
    }
    let mut calls = String::new();
    for export in &design.exports {
        let _ = writeln!(
            calls,
            "        svSetScope(svGetScopeFromName(\"TOP.{name}\"));\n        \
             const int a{0} = static_cast<int>(inputs.next()); const long long b{0} = static_cast<long long>(inputs.next());\n        \
             put(record, static_cast<IData>({0}(a{0}, b{0})));",
            export.0.replace("NAME", name)
        );
    }
    format!(
        "{structs}
static void {name}_set({class}& top, Inputs& inputs, int level, int slow) {{
    (void)top, (void)inputs, (void)level, (void)slow;
{set}}}
static void {name}_record({class}& top, Record& record) {{
    (void)top, (void)record;
{record}}}
void {name}_drive(unsigned long cycles, const char* path) {{
    VerilatedContext context;
    context.threads(1);
    context.fatalOnError(false);
    context.randSeed(11);
    context.randReset(2);
    {class} top{{&context, \"TOP\"}};
    Record record{{path}};
    Inputs inputs;
    for (unsigned long cycle = 0; cycle < cycles; ++cycle) {{
        for (int level = 0; level < 2; ++level) {{
            {name}_set(top, inputs, level, cycle & 1);
            top.eval();
            {name}_record(top, record);
            record.status(context);
            context.timeInc(1);
        }}
{calls}    }}
    top.final();
}}
"
    )
}

/// The text of all headers of a folder.
fn headers(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let headers = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "h"));
    headers
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect()
}

/// `fill` and `put` of the structures in a shape, each behind those that it holds. `place` is an expression of the
/// shape. No two ports of a design share a structure.
fn structures(shape: &Shape, place: &str, headers: &str, out: &mut String) {
    match shape {
        Shape::Array { element, .. } => structures(element, &format!("{place}[0]"), headers, out),
        Shape::Struct(found) => {
            let (mut fill, mut put) = (String::new(), String::new());
            for (member, shape) in
                found
                    .members
                    .iter()
                    .take(if found.union { 1 } else { usize::MAX })
            {
                let private = format!("__PVT__{member}");
                let name = if headers.contains(&format!(" {private};")) {
                    &private
                } else {
                    member
                };
                structures(shape, &format!("{place}.{name}"), headers, out);
                let _ = writeln!(fill, "    fill(value.{name}, inputs, {});", shape.width());
                let _ = writeln!(put, "    put(record, value.{name});");
            }
            let ty = format!("std::remove_reference_t<decltype({place})>");
            let _ = write!(
                out,
                "inline void fill({ty}& value, Inputs& inputs, unsigned) {{\n{fill}}}\n\
                 inline void put(Record& record, const {ty}& value) {{\n{put}}}\n"
            );
        }
        _ => {}
    }
}

/// The names by which the program finds the drivers.
pub fn main(names: &[&str]) -> String {
    let mut out = String::from("#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n");
    for name in names {
        let _ = writeln!(out, "void {name}_drive(unsigned long, const char*);");
    }
    out.push_str("// Arguments: a design, the number of cycles, the file for the records.\nint main(int, char** argv) {\n    const unsigned long cycles = std::strtoul(argv[2], nullptr, 10);\n");
    for name in names {
        let _ = writeln!(
            out,
            "    if (!std::strcmp(argv[1], \"{name}\")) return {name}_drive(cycles, argv[3]), 0;"
        );
    }
    out + "    return 1;\n}\n"
}
