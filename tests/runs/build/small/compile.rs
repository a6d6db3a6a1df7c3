//! Compiles many models and their shims in one unit each time.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use lightsss_codegen::{Model, Trace, Written};
use lightsss_tests_support::parallel::in_parallel;

use super::designs::Design;

/// Designs in a unit.
const BATCH: usize = 25;

/// Verilates all designs and makes `libsmall.a` of them.
pub fn compile(designs: &[Design], out: &Path) {
    let written = in_parallel(designs, |design| write(design, out));
    let include = lightsss_codegen::verilator_include().expect("Verilator's headers");
    let pairs: Vec<(&Design, Written)> = designs.iter().zip(written).collect();
    // The headers of two kinds of waveforms do not go into one unit.
    let (fst, vcd): (Vec<_>, Vec<_>) = pairs
        .into_iter()
        .partition(|(design, _)| design.trace == Some("Fst"));
    let batches = fst.chunks(BATCH).chain(vcd.chunks(BATCH));
    let numbered: Vec<(usize, &[(&Design, Written)])> = batches.enumerate().collect();
    let objects = in_parallel(&numbered, |(at, batch)| {
        let source = out.join(format!("batch_{at}.cpp"));
        std::fs::write(&source, unit(batch)).expect("a unit");
        let object = source.with_extension("o");
        let mut command = Command::new(std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned()));
        command.args(["-std=c++20", "-O0", "-w", "-fPIC", "-faligned-new", "-c"]);
        for define in [
            "VERILATOR=1",
            "VM_SC=0",
            "VM_COVERAGE=0",
            "VM_TIMING=0",
            "VM_TRACE=1",
        ] {
            command.arg(format!("-D{define}"));
        }
        for define in [
            "VL_USER_FINISH",
            "VL_USER_STOP",
            "VL_USER_FATAL",
            "VL_USER_WARN",
        ] {
            command.arg(format!("-D{define}"));
        }
        command.arg("-DVL_TIME_CONTEXT").arg("-I");
        command.arg(batch[0].1.shim.parent().expect("a folder"));
        for (_, written) in *batch {
            command.arg("-I").arg(&written.obj_dir);
        }
        command.arg("-I").arg(include.join("vltstd"));
        command.arg("-I").arg(&include);
        command.arg(&source).arg("-o").arg(&object);
        assert!(
            command.status().expect("a compiler").success(),
            "{command:?}"
        );
        object
    });
    let archive = out.join("libsmall.a");
    let _ = std::fs::remove_file(&archive);
    let mut command = Command::new("ar");
    command.arg("crs").arg(&archive).args(objects);
    assert!(command.status().expect("ar").success());
}

fn write(design: &Design, out: &Path) -> Written {
    let source = out.join(format!("{}.sv", design.name));
    std::fs::write(&source, design.source.replace("NAME", &design.name)).expect("a source");
    let mut model = Model::new(&design.name)
        .source(source)
        .top(&design.name)
        .savable(true)
        .args(["-Wno-fatal", "-Wno-lint", "--x-initial", "unique"]);
    model = match design.trace {
        Some("Fst") => model.trace(Trace::Fst),
        Some(_) => model.trace(Trace::Vcd),
        None => model,
    };
    model
        .write_in(out)
        .unwrap_or_else(|error| panic!("{}: {error}\n{}", design.about, design.source))
}

/// All sources of a batch's models. What they define in no namespace, or once per file, gets another name
/// for each.
fn unit(batch: &[(&Design, Written)]) -> String {
    let mut text = String::from(
        "#include \"lightsss_verilated.h\"\n#include \"svdpi.h\"\n#include \"verilated_dpi.h\"\n\
         #include \"lightsss_save.h\"\n#include \"lightsss_shim.h\"\n\
         #include \"lightsss_shim_state.h\"\n#include \"lightsss_shim_trace.h\"\n",
    );
    text.push_str(match batch[0].0.trace {
        Some("Fst") => "#include \"verilated_fst_c.h\"\n",
        _ => "#include \"verilated_vcd_c.h\"\n",
    });
    for (design, written) in batch {
        let name = &design.name;
        let supplied = written.shim.with_file_name("lightsss_supplied.h");
        let _ = writeln!(
            text,
            "#undef VL_PCH_INCLUDED\n#define trace_init trace_init_{name}\n#include \"{}\"",
            supplied.display()
        );
        for source in sources(&written.obj_dir) {
            let _ = writeln!(text, "#include \"{}\"", source.display());
        }
        text.push_str("#undef trace_init\n");
        let shim = std::fs::read_to_string(&written.shim).expect("a shim");
        // What the shim declares of the model is in no namespace.
        let declared = |line: &&str| line.starts_with("void V") && line.ends_with("*);");
        for line in shim.lines().filter(declared) {
            let _ = writeln!(text, "{line}");
        }
        let _ = writeln!(text, "namespace {name} {{");
        for line in shim.lines().filter(|line| !declared(line)) {
            let _ = writeln!(text, "{line}");
        }
        text.push_str("}\n");
    }
    text
}

/// The generated sources.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("Verilator's folder");
    let mut sources: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cpp"))
        .collect();
    sources.sort();
    sources
}
