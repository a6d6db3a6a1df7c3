//! The command: what it prints, what it writes, how it ends.

mod common;

use std::path::{Path, PathBuf};

use common::{codegen, design, ends_with, folder};

/// Writes the bindings of a design; gives the folder that Verilator wrote.
#[track_caller]
fn verilated(out: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let mut command = codegen();
    command.args(["bindings", "--name", name, "--out"]).arg(out);
    command.current_dir(design(""));
    command.arg(format!("{name}.sv")).args(arguments);
    ends_with(&mut command, 0);
    out.join(name).join("verilated")
}

fn json(obj_dir: &Path) -> serde_json::Value {
    let mut command = codegen();
    command.args(["describe", "--format", "json", "--obj-dir"]);
    let (text, _) = ends_with(command.arg(obj_dir), 0);
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_bus_that_lacks_signals_is_refused_with_their_names() {
    let out = folder();
    let mut command = codegen();
    command
        .args(["bindings", "--name", "counter", "--out"])
        .arg(out.path());
    command
        .current_dir(design(""))
        .args(["counter.sv", "--axi4-lite", "c"]);
    let (_, said) = ends_with(&mut command, 1);
    let expected =
        "AXI4-Lite bus `c` of `counter`: it lacks the output `awvalid`, the input `awready`";
    assert!(said.contains(expected), "{said}");
    assert!(
        said.contains("the ports that begin so are `clk`, `count`"),
        "{said}"
    );
}

#[test]
fn describes_everything() {
    let out = folder();
    let arguments = ["--savable", "--trace", "vcd", "--", "-Wno-fatal"];
    let obj_dir = verilated(out.path(), "everything", &arguments);
    let report = json(&obj_dir);
    assert_eq!(report["name"], "everything");
    assert_eq!(report["class"], "Veverything");
    assert_eq!(report["abilities"]["savable"], true);
    assert_eq!(report["abilities"]["trace"], "VCD");
    assert_eq!(report["abilities"]["timing"], false);
    assert_eq!(report["abilities"]["threads"], 1);
    let version = report["verilator"].as_str().expect("text");
    assert!(version.starts_with("5.0"), "{version}");
    let port = |name: &str| {
        let ports = report["ports"].as_array().expect("a list");
        let found = ports.iter().find(|port| port["name"] == name);
        found.unwrap_or_else(|| panic!("{name}")).clone()
    };
    assert_eq!(port("clk")["direction"], "input");
    assert_eq!(port("wide")["shape"]["kind"], "bits");
    assert_eq!(port("wide")["shape"]["width"], 100);
    assert_eq!(port("offset")["shape"]["width"], 7);
    assert_eq!(port("pad")["direction"], "inout");
    assert_eq!(port("level")["shape"]["kind"], "real");
    assert_eq!(report["internals"][0]["path"], "everything.memory");
    assert_eq!(report["internals"][0]["shape"]["length"], 5);
    let imports = report["imports"].as_array().expect("a list");
    let look_up = imports.iter().find(|import| import["name"] == "look_up");
    let look_up = look_up.expect("an import");
    assert_eq!(look_up["returns"], "int");
    assert_eq!(look_up["arguments"][1]["direction"], "output");
    assert_eq!(look_up["arguments"][1]["kind"], "bit [95:0]");
    assert_eq!(report["exports"][0]["name"], "peek");
    let operators = report["serialize_operators"].to_string();
    assert!(operators.contains("Veverything"), "{operators}");
    let gaps = report["gaps"].to_string();
    assert!(gaps.contains("`take`"), "{gaps}");
    assert!(
        report["sources"]
            .as_array()
            .is_some_and(|list| list.len() > 2),
        "{report}"
    );
    assert!(
        report["runtime_sources"]
            .to_string()
            .contains("verilated_vcd_c")
    );

    let mut command = codegen();
    let (text, _) = ends_with(command.args(["describe", "--obj-dir"]).arg(&obj_dir), 0);
    for line in [
        "class        Veverything",
        "savable      true",
        "output wide                     100 bits [99:0]",
        "int look_up(input int key, output bit [95:0] found)",
        "write  everything.memory        array [5] of 8 bits [7:0]",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
}

#[test]
fn binds_a_folder_that_is_verilated_already() {
    let (made, out) = (folder(), folder());
    let obj_dir = verilated(made.path(), "everything", &["--", "-Wno-fatal"]);
    let mut command = codegen();
    command.args(["bindings", "--out"]).arg(out.path());
    let (said, _) = ends_with(command.arg("--obj-dir").arg(&obj_dir), 0);
    assert!(said.contains("everything.rs"), "{said}");
    let read = |folder: &Path| std::fs::read_to_string(folder.join("everything.rs")).expect("file");
    assert_eq!(read(out.path()), read(made.path()));
    assert!(
        out.path()
            .join("everything/shim/everything_shim.cpp")
            .is_file()
    );
}

#[test]
fn pretty_bindings_are_those_of_rustfmt() {
    let out = folder();
    verilated(out.path(), "counter", &["--pretty"]);
    let text = std::fs::read_to_string(out.path().join("counter.rs")).expect("bindings");
    assert_eq!(lightsss_codegen::pretty(&text).expect("rustfmt"), text);
    assert!(text.contains("// SAFETY: "), "comments are kept");
}

#[test]
fn help_tells_of_every_option_and_of_the_exit_codes() {
    let (help, _) = ends_with(codegen().args(["bindings", "--help"]), 0);
    for option in [
        "--obj-dir",
        "--out",
        "--savable",
        "--trace",
        "--threads",
        "--timing",
        "--coverage",
        "--include",
        "--define",
        "--parameter",
        "--top",
        "--prefix",
        "--cflag",
        "--compile",
        "--incomplete-snapshots",
        "Exit codes:",
    ] {
        assert!(help.contains(option), "no {option} in\n{help}");
    }
    let (help, _) = ends_with(codegen().args(["describe", "--help"]), 0);
    for option in ["--obj-dir", "--format", "json", "Exit codes:"] {
        assert!(help.contains(option), "no {option} in\n{help}");
    }
}

#[test]
fn each_kind_of_failure_has_its_exit_code() {
    let out = folder();
    // The arguments.
    ends_with(&mut codegen(), 2);
    ends_with(codegen().args(["bindings", "--nothing"]), 2);
    ends_with(
        codegen().args(["describe", "--obj-dir", "x", "--format", "xml"]),
        2,
    );
    // The model: no source, a source that Verilator refuses, two contradicting options.
    let bindings = || {
        let mut command = codegen();
        command
            .args(["bindings", "--name", "m", "--out"])
            .arg(out.path());
        command
    };
    let (_, said) = ends_with(&mut bindings(), 1);
    assert!(said.contains("has no source"), "{said}");
    let broken = out.path().join("broken.sv");
    std::fs::write(&broken, "module broken(\n").expect("a file");
    let (_, said) = ends_with(bindings().arg(&broken), 1);
    assert!(
        said.contains("%Error") && said.contains("Verilator refused"),
        "{said}"
    );
    let (_, said) = ends_with(
        bindings()
            .arg(design("counter.sv"))
            .args(["--savable", "--coverage"]),
        1,
    );
    assert!(said.contains("remove `.coverage(true)`"), "{said}");
    // The tools.
    let (_, said) = ends_with(
        bindings()
            .arg(design("counter.sv"))
            .env("VERILATOR", "/nowhere/verilator"),
        3,
    );
    assert!(
        said.contains("VERILATOR names /nowhere/verilator"),
        "{said}"
    );
    // Files.
    let file = out.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let mut command = codegen();
    command
        .args(["bindings", "--name", "m", "--out"])
        .arg(file.join("below"));
    ends_with(command.arg(design("counter.sv")), 4);
}

#[test]
fn a_folder_without_what_was_asked_for_is_refused() {
    let (made, out) = (folder(), folder());
    let obj_dir = verilated(made.path(), "counter", &[]);
    let refused = |arguments: &[&str], expected: &str| {
        let mut command = codegen();
        command.args(["bindings", "--out"]).arg(out.path());
        command.arg("--obj-dir").arg(&obj_dir).args(arguments);
        let (_, said) = ends_with(&mut command, 1);
        assert!(said.contains(expected), "no `{expected}` in {said}");
    };
    refused(&["--savable"], "verilate it with `--savable`");
    refused(
        &["--trace", "fst"],
        "it was to write FST, and it writes no waveforms",
    );
    refused(
        &["--threads", "4"],
        "it was to run on 4 threads, and runs on 1",
    );
    refused(&["--coverage"], "verilate it with `--coverage`");
    refused(&["--public"], "`public` cannot be obeyed");
    refused(&["--prefix", "Vother"], "expected one *_classes.mk");
    refused(&["--foreign-import", "f"], "names no DPI import");
}

#[test]
fn a_folder_of_another_version_is_refused() {
    let (made, out, root) = (folder(), folder(), folder());
    let obj_dir = verilated(made.path(), "counter", &[]);
    // A root of another version: only its headers are looked at.
    let include = root.path().join("include");
    std::fs::create_dir(&include).expect("a folder");
    std::fs::write(include.join("verilated.h"), "").expect("a file");
    let config = |version: &str| {
        let text = format!("#define VERILATOR_VERSION \"{version} 2023-01-01\"\n");
        std::fs::write(include.join("verilated_config.h"), text).expect("a file");
    };
    let run = |code| {
        let mut command = codegen();
        command.args(["bindings", "--out"]).arg(out.path());
        command
            .arg("--obj-dir")
            .arg(&obj_dir)
            .arg("--verilator-root")
            .arg(root.path());
        ends_with(&mut command, code).1
    };
    config("5.017");
    let said = run(1);
    assert!(said.contains("was written by Verilator"), "{said}");
    assert!(said.contains("is to be compiled with 5.017"), "{said}");
    config("4.228");
    let said = run(3);
    assert!(
        said.contains("expected Verilator 5.006 or newer, found 4.228"),
        "{said}"
    );
}

/// Runs `bindings` on a design of this folder; what it said.
#[track_caller]
fn bind(name: &str, arguments: &[&str], code: i32) -> String {
    let out = folder();
    let mut command = codegen();
    command.current_dir(design(""));
    command
        .args(["bindings", "--name", name, "--out"])
        .arg(out.path());
    command.arg(format!("{name}.sv")).args(arguments);
    ends_with(&mut command, code).1
}

/// Verilator makes a library of a design, and a module that stands for it in another one.
#[test]
fn a_library_in_a_savable_model_is_refused_by_name() {
    let made = folder();
    let library = verilated(made.path(), "counter", &["--", "--lib-create", "counted"]);
    let out = folder();
    let run = |arguments: &[&str], code| {
        let mut command = codegen();
        command.args(["bindings", "--name", "user", "--out"]);
        command.arg(out.path()).arg(library.join("counted.sv"));
        ends_with(command.args(arguments), code).1
    };
    let refused = run(&["--savable"], 1);
    assert!(
        refused.contains("a snapshot would not hold the state of `counted`"),
        "{refused}"
    );
    let accepted = run(&["--savable", "--incomplete-snapshots"], 0);
    assert!(
        accepted.contains("warning: a snapshot does not hold the state of `counted`"),
        "{accepted}"
    );
    run(&[], 0);
}

#[test]
fn what_a_snapshot_would_not_hold_is_refused_or_said() {
    let refused = bind("blocks", &["--savable", "--", "--hierarchical"], 1);
    assert!(
        refused.contains("a snapshot would not hold the state of `"),
        "{refused}"
    );
    assert!(
        refused.contains("remove `.savable(true)` and use fork slots"),
        "{refused}"
    );
    let arguments = [
        "--savable",
        "--incomplete-snapshots",
        "--",
        "--hierarchical",
    ];
    let accepted = bind("blocks", &arguments, 0);
    assert!(
        accepted.contains("warning: a snapshot does not hold the state of `"),
        "{accepted}"
    );
    // Without blocks of their own everything is held.
    let whole = bind("blocks", &["--savable"], 0);
    assert!(!whole.contains("does not hold"), "{whole}");
    // Nor has a design any for being verilated with the flag.
    let whole = bind("counter", &["--savable", "--", "--hierarchical"], 0);
    assert!(!whole.contains("does not hold"), "{whole}");
    // C++ behind the DPI, chandles.
    let arguments = [
        "--savable",
        "--foreign-import",
        "look_up",
        "--",
        "-Wno-fatal",
    ];
    let said = bind("everything", &arguments, 0);
    assert!(
        said.contains("does not hold the state of the C++ behind the DPI imports `look_up`"),
        "{said}"
    );
    assert!(
        said.contains("what the design's `chandle`s point to"),
        "{said}"
    );
    // The random generator of early versions.
    let (_, minor) = lightsss_codegen::verilator_version().expect("Verilator");
    assert_eq!(
        said.contains("the state of the random generator"),
        minor < 30,
        "{said}"
    );
}

#[test]
fn gaps_are_listed_in_the_bindings() {
    let out = folder();
    verilated(out.path(), "everything", &["--savable", "--", "-Wno-fatal"]);
    let text = std::fs::read_to_string(out.path().join("everything.rs")).expect("bindings");
    let (_, gaps) = text
        .split_once("pub const GAPS: &[&str] = &[")
        .expect("a list");
    let (gaps, _) = gaps.split_once("];").expect("its end");
    assert!(gaps.contains("chandle"), "{gaps}");
}

#[test]
fn what_cannot_be_saved_is_refused_with_a_way_out() {
    // A design without delays can have both.
    bind("counter", &["--savable", "--timing"], 0);
    let said = bind("delays", &["--savable", "--timing"], 1);
    let place = "in module `delays` at ";
    assert!(
        said.contains(place) && said.contains("delays.sv:6"),
        "{said}"
    );
    assert!(
        said.contains("use fork slots, which hold such a model whole"),
        "{said}"
    );
    // Behind the builder's back: by Verilator or by us, but with the same way out.
    let said = bind("delays", &["--savable", "--", "--timing"], 1);
    assert!(said.contains("timing"), "{said}");
    // Verilator refuses objects; its words arrive once.
    let said = bind("objects", &["--savable", "--", "-Wno-fatal"], 1);
    assert_eq!(
        said.matches("%Error").count(),
        said.lines().filter(|line| line.contains("%Error")).count()
    );
    assert!(said.contains("savable"), "{said}");
}

#[test]
fn an_unpacked_structure_as_a_port_is_bound_or_refused() {
    let (_, minor) = lightsss_codegen::verilator_version().expect("Verilator");
    if minor >= 30 {
        bind("structure_port", &["--", "-Wno-fatal"], 0);
        return;
    }
    // Earlier ones write it with another width.
    let said = bind("structure_port", &["--", "-Wno-fatal"], 1);
    assert!(
        said.contains("port `request` of `structure_port`"),
        "{said}"
    );
    assert!(said.contains("packed"), "what to do: {said}");
}

#[test]
fn a_port_called_eval_is_refused() {
    let said = bind("eval_port", &["--", "-Wno-fatal"], 1);
    assert!(said.contains("port `eval` of `eval_port`"), "{said}");
    assert!(said.contains("rename the port"), "{said}");
}

#[test]
fn ports_tell_how_they_are_declared() {
    let out = folder();
    let obj_dir = verilated(out.path(), "everything", &["--", "-Wno-fatal"]);
    let report = json(&obj_dir);
    let ports = report["ports"].as_array().expect("a list");
    let port = |name: &str| {
        ports
            .iter()
            .find(|port| port["name"] == name)
            .expect("a port")
    };
    assert_eq!(port("offset")["signed"], true);
    assert_eq!(port("clk")["signed"], false);
    assert_eq!(
        port("level")["direction"],
        "input",
        "the header does not tell"
    );
    assert_eq!(port("request")["source"], "everything.sv:15");
    let fields = port("request")["fields"].as_array().expect("a list");
    assert_eq!(fields[0]["path"], "opcode");
    assert_eq!(
        (&fields[0]["low"], &fields[0]["width"]),
        (&1.into(), &4.into())
    );
    assert_eq!(
        (&fields[1]["low"], &fields[1]["width"]),
        (&0.into(), &1.into())
    );
    let text = std::fs::read_to_string(out.path().join("everything.rs")).expect("bindings");
    assert!(
        text.contains("Input `offset`: 7 bits, `[6:0]`, signed. Declared at everything.sv:14.")
    );
    // Without them.
    let out = folder();
    let obj_dir = verilated(
        out.path(),
        "everything",
        &["--plain-ports", "--", "-Wno-fatal"],
    );
    assert_eq!(
        json(&obj_dir)["ports"][0]["signed"],
        serde_json::Value::Null
    );
}

#[test]
fn files_of_declarations_that_are_damaged_are_errors() {
    let out = folder();
    let obj_dir = verilated(out.path(), "counter", &[]);
    std::fs::write(obj_dir.join("lightsss_declared.json"), "{\"clk\": 1").expect("a file");
    let mut command = codegen();
    let (_, said) = ends_with(command.args(["describe", "--obj-dir"]).arg(&obj_dir), 1);
    assert!(said.contains("lightsss_declared.json:1"), "{said}");
}
