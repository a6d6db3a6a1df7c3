//! Writes the C++ programs that drive the same models as the Rust drivers.

use std::fmt::Write as _;

use lightsss_tests_support::description::{Description, Shape};

use crate::table::{Design, Setting};

/// The program of a model, the model's own sources included.
pub fn program(design: &Design, description: &Description, package: &str) -> String {
    let class = &description.class;
    let trace = description.trace.as_deref().map(|format| match format {
        "FST" => ("verilated_fst_c.h", "VerilatedFstC"),
        "SAIF" => ("verilated_saif_c.h", "VerilatedSaifC"),
        _ => ("verilated_vcd_c.h", "VerilatedVcdC"),
    });
    let mut out = includes(design, description, package);
    if let Some((header, _)) = trace {
        let _ = writeln!(out, "#include \"{header}\"");
    }
    let Ports { set, clock, record } = ports(description);
    let (open, dump, close) = match trace {
        Some((_, class)) => (
            format!(
                "    context.traceEverOn(true);\n    static {class} trace;\n    \
                 top.trace(&trace, 99);\n    trace.open(argv[3]);\n"
            ),
            "        trace.dump(context.time());\n",
            "    trace.close();\n",
        ),
        None => (String::new(), "", ""),
    };
    let ever_on = if trace.is_some() {
        "    context.traceEverOn(true);\n"
    } else {
        ""
    };
    let has_clock = !clock.is_empty();
    let _ = write!(
        out,
        "
using Top = {class};

static void set_inputs(Top& top, Inputs& inputs) {{
    (void)top, (void)inputs;
{set}}}
static void set_clock(Top& top, int level) {{
    (void)top, (void)level;
{clock}}}
static void record_ports(Top& top, Record& record) {{
    (void)top, (void)record;
{record}}}

// Arguments: the number of cycles, the file for the records, the file for the waveform, and what the
// model is given.
int main(int argc, char** argv) {{
    VerilatedContext context;
    context.threads({threads});
    context.fatalOnError(false);
    context.commandArgs(argc - 3, argv + 3);
    context.randSeed(11);
    context.randReset(2);
{ever_on}    Top top{{&context, \"TOP\"}};
{open}    const unsigned long cycles = std::strtoul(argv[1], nullptr, 10);
    Record record{{argv[2]}};
    Inputs inputs;
    auto evaluate = [&] {{
        top.eval();
        record_ports(top, record);
        record.status(context);
{dump}        context.timeInc(1);
    }};
    for (unsigned long cycle = 0; cycle < cycles; ++cycle) {{
        set_clock(top, 0);
        set_inputs(top, inputs);
        evaluate();
        if ({has_clock}) {{
            set_clock(top, 1);
            evaluate();
        }}
    }}
    top.final();
{close}    return 0;
}}
",
        threads = design.threads(),
    );
    out
}

/// The model's sources, and those of its DPI imports.
fn includes(design: &Design, description: &Description, package: &str) -> String {
    let class = &description.class;
    let mut out = format!(
        "// Drives the model `{}` as its Rust driver does.\n#include \"drive.h\"\n",
        design.name
    );
    if design.is_savable() {
        // Verilator writes calls of operators that it does not have.
        let supplied = description
            .folder
            .with_file_name("shim/lightsss_supplied.h");
        let _ = writeln!(out, "#include \"{}\"", supplied.display());
    }
    let mut last = None;
    for source in &description.sources {
        if last.is_some() && last != source.parent() {
            // Those of another hierarchical block, which is meant to be compiled by itself.
            out.push_str("#undef VL_PCH_INCLUDED\n");
        }
        last = source.parent();
        let _ = writeln!(out, "#include \"{}\"", source.display());
    }
    let _ = writeln!(out, "#include \"{class}.h\"");
    for setting in design.options {
        if let Setting::Imports(file) = setting {
            let _ = writeln!(out, "#include \"{package}/designs/{file}\"");
        }
    }
    out
}

/// Statements.
struct Ports {
    /// That set the inputs.
    set: String,
    /// That set the clock.
    clock: String,
    /// That record every port.
    record: String,
}

fn ports(description: &Description) -> Ports {
    let mut set = String::new();
    let mut clock = String::new();
    let mut record = String::new();
    for port in &description.ports {
        let member = &port.member;
        if matches!(port.shape, Shape::Event) {
            let _ = writeln!(set, "    if (inputs.fires()) top.{member}.fire();");
            continue;
        }
        if port.is_clock() {
            let _ = writeln!(clock, "    top.{member} = level;");
        } else if port.verilog == "rst" && port.is_driven() {
            let _ = writeln!(set, "    top.{member} = inputs.resets();");
        } else if port.is_driven() {
            let _ = writeln!(
                set,
                "    fill(top.{member}, inputs, {});",
                port.shape.width()
            );
        }
        let _ = writeln!(record, "    put(record, top.{member});");
    }
    Ports { set, clock, record }
}
