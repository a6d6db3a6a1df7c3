//! Models of separate builds in one program: they link whatever the order, those of one class too, or
//! fail to, by a name that says why.

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{codegen, design, ends_with, folder, root_of_version};

/// A compiled model.
struct Made {
    /// Of its C symbols.
    prefix: String,
    libraries: Vec<PathBuf>,
}

/// Builds a design into a folder, as a crate's build script does into its own.
fn made(out: &Path, name: &str, source: &str, root: Option<&Path>, arguments: &[&str]) -> Made {
    let mut command = codegen();
    command
        .current_dir(design(""))
        .args(["bindings", "--compile", "--name", name, "--out"])
        .arg(out)
        .arg(source)
        .args(arguments)
        .env("CXXFLAGS", "-O0");
    if let Some(root) = root {
        command.env("VERILATOR_ROOT", root).env_remove("VERILATOR");
    }
    let (said, _) = ends_with(&mut command, 0);
    let libraries = said
        .lines()
        .filter_map(|line| line.strip_prefix("library ").map(PathBuf::from))
        .collect();
    let bindings = std::fs::read_to_string(out.join(format!("{name}.rs"))).expect("bindings");
    let (prefix, _) = bindings
        .lines()
        .filter_map(|line| line.trim().strip_prefix("#[link_name = \""))
        .find_map(|symbol| symbol.split_once("_new\""))
        .expect("a symbol");
    Made {
        prefix: prefix.to_owned(),
        libraries,
    }
}

/// Links a program that makes and evaluates each of the models, in this order of their libraries,
/// and runs it; what the linker says if it cannot.
fn run(folder: &Path, models: &[&Made]) -> Result<(), String> {
    let mut text = "extern \"C\" void* lightsss1_context_new(unsigned);\n\
                    extern \"C\" void lightsss1_context_delete(void*);\n"
        .to_owned();
    let mut body = String::new();
    for Made { prefix, .. } in models {
        let _ = write!(
            text,
            "extern \"C\" void* {prefix}_new(void*, const char*);\n\
             extern \"C\" unsigned {prefix}_eval(void*);\n\
             extern \"C\" void {prefix}_delete(void*);\n"
        );
        let _ = write!(
            body,
            "    void* const {prefix} = {prefix}_new(context, \"{prefix}\");\n    \
             if (!{prefix} || {prefix}_eval({prefix})) return 1;\n    {prefix}_delete({prefix});\n"
        );
    }
    let _ = write!(
        text,
        "int main() {{\n    void* const context = lightsss1_context_new(1);\n{body}    \
         lightsss1_context_delete(context);\n    return 0;\n}}\n"
    );
    let source = folder.join("main.cpp");
    let program = folder.join("main");
    std::fs::write(&source, text).expect("a file");
    let output = Command::new(std::env::var_os("CXX").unwrap_or_else(|| "c++".into()))
        .arg(&source)
        .arg("-o")
        .arg(&program)
        .args(models.iter().flat_map(|model| &model.libraries))
        .args(["-pthread", "-lz"])
        .output()
        .expect("a compiler");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let status = Command::new(program).status().expect("the program starts");
    assert!(status.success(), "the program ended with {status}");
    Ok(())
}

#[test]
fn models_of_separate_builds_link_or_fail_by_a_name_that_says_why() {
    let folder = folder();
    let path = folder.path();
    // Each needs a part of Verilator's runtime that the other does not.
    let one = made(
        &path.join("a"),
        "one",
        "counter.sv",
        None,
        &["--trace", "vcd"],
    );
    let two = made(&path.join("b"), "two", "blocks.sv", None, &["--coverage"]);
    assert_ne!(one.libraries[1], two.libraries[1]);
    for order in [[&one, &two], [&two, &one]] {
        run(path, &order).expect("they link");
    }

    let root = root_of_version(&path.join("root"), "5.099");
    let newer = made(&path.join("c"), "newer", "blocks.sv", Some(&root), &[]);
    for order in [[&one, &newer], [&newer, &one]] {
        let said = run(path, &order).expect_err("two runtimes in one program");
        assert!(
            said.contains("lightsss_models_of_two_versions_of_verilator_in_one_program"),
            "{said}"
        );
    }

    // Of one class, with other logic.
    let same = made(
        &path.join("b"),
        "same",
        "counter.sv",
        None,
        &["--prefix", "Vtwo"],
    );
    for order in [[&two, &same], [&same, &two]] {
        run(path, &order).expect("they link");
    }
}

/// The fingerprint in the bindings of a design that names its source in messages.
fn fingerprint(folder: &Path, source: &Path, arguments: &[&str]) -> String {
    let mut command = codegen();
    command
        .current_dir(folder)
        .args(["bindings", "--name", "sums", "--savable", "--out", "out"])
        .arg(source)
        .args(arguments);
    ends_with(&mut command, 0);
    let bindings = std::fs::read_to_string(folder.join("out/sums.rs")).expect("bindings");
    let line = bindings.lines().find(|line| line.contains("FINGERPRINT"));
    line.expect("a fingerprint").to_owned()
}

#[test]
fn a_fingerprint_tells_logic_and_not_folders() {
    let folders = [folder(), folder()];
    let text = "module sums(input clk, input [7:0] a, output logic [7:0] q);\n\
                always @(posedge clk) begin q <= q + a; if (q == 200) $error(\"q // %0d\", q); end\n\
                final $display(\"end\");\nendmodule\n";
    let cxx = "#include \"more.h\"\nextern \"C\" int f() { return ONE; }\n";
    for folder in &folders {
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("cxx")).expect("a folder");
        std::fs::write(at("sums.sv"), text).expect("a source");
        std::fs::write(at("other.sv"), text.replace("q + a", "q - a")).expect("a source");
        std::fs::write(at("said.sv"), text.replace("//", "/**/")).expect("a source");
        std::fs::write(at("cxx/f.cpp"), cxx).expect("a source");
        std::fs::write(at("cxx/more.h"), "#define ONE 1  // One\n").expect("a source");
    }
    let [one, two] = folders.each_ref().map(tempfile::TempDir::path);
    let absolute = fingerprint(one, &one.join("sums.sv"), &[]);
    let again = fingerprint(two, &two.join("sums.sv"), &[]);
    assert_eq!(absolute, again, "the folder counts");
    for other in ["other.sv", "said.sv"] {
        let other = fingerprint(one, &one.join(other), &[]);
        assert_ne!(absolute, other, "the logic does not count");
    }

    let sources = ["--cxx-source", "cxx/f.cpp"];
    let [with, same] = [one, two].map(|at| fingerprint(at, &at.join("sums.sv"), &sources));
    assert_eq!(with, same, "the folder counts");
    assert_ne!(absolute, with, "C++ does not count");
    std::fs::write(two.join("cxx/more.h"), "#define ONE 2\n").expect("a source");
    let changed = fingerprint(two, &two.join("sums.sv"), &sources);
    assert_ne!(with, changed, "what is included does not count");
    let flags = ["--cxx-source", "cxx/f.cpp", "--cflag", "-DTWO"];
    let defined = fingerprint(one, &one.join("sums.sv"), &flags);
    assert_ne!(with, defined, "macros do not count");
    let flags = ["--cxx-source", "cxx/f.cpp", "--cflag", "-O1"];
    let optimised = fingerprint(one, &one.join("sums.sv"), &flags);
    assert_eq!(with, fingerprint(one, &one.join("sums.sv"), &sources));
    assert_eq!(with, optimised, "how it is compiled counts");
}
