//! Builds that are repeated: nothing is done anew when nothing has changed, everything that depends
//! on a change is, and a failed build is never taken for a good one.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use common::{codegen, design, ends_with, folder, root_of_version};
use tempfile::TempDir;

/// A package with a design that includes a file, and C++ that includes one.
struct Package {
    folder: TempDir,
}

impl Package {
    fn new() -> Self {
        let package = Self { folder: folder() };
        for file in ["counter.sv", "step.svh"] {
            std::fs::copy(design(file), package.path(file)).expect("a copy");
        }
        package.write("extra.h", "#define EXTRA 1\n");
        package.write(
            "extra.cpp",
            "#include \"extra.h\"\nextern \"C\" int extra() { return EXTRA; }\n",
        );
        package
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.path(file), text).expect("a file");
    }

    fn command(&self) -> Command {
        let mut command = codegen();
        command.current_dir(self.folder.path());
        command.args("bindings --name counter --out out --compile".split(' '));
        command.env("CXXFLAGS", "-O0");
        command.args(["--cxx-source", "extra.cpp", "counter.sv"]);
        command
    }

    fn build(&self) -> Files {
        ends_with(&mut self.command(), 0);
        self.files()
    }

    fn files(&self) -> Files {
        let mut files = Files::default();
        files.add(&self.path("out"));
        files
    }
}

impl Package {
    /// The symbol by which the bindings ask for their model.
    fn marker(&self) -> String {
        let bindings = std::fs::read_to_string(self.path("out/counter.rs")).expect("bindings");
        let at = bindings
            .find("lightsss_counter_bindings_and")
            .expect("a marker");
        bindings[at..]
            .split('"')
            .next()
            .expect("its end")
            .to_owned()
    }

    /// Links what asks for a symbol with the compiled model; what the linker says if it cannot.
    fn link(&self, marker: &str) -> Result<(), String> {
        let text =
            format!("extern \"C\" const char {marker};\nint main() {{ return {marker}; }}\n");
        self.write("main.cpp", &text);
        let archives = |folder: &str| -> Vec<PathBuf> {
            let mut files = Files::default();
            files.add(&self.path(folder));
            let archives = files.0.into_keys();
            archives
                .filter(|path| path.extension().is_some_and(|ending| ending == "a"))
                .collect()
        };
        let model = archives("out/counter").pop().expect("the model's archive");
        let mut command = Command::new(std::env::var_os("CXX").unwrap_or_else(|| "c++".into()));
        command.arg("main.cpp").arg("-o").arg("main").arg(&model);
        command.args(archives("out").into_iter().filter(|path| *path != model));
        command
            .args(["-pthread", "-lz"])
            .current_dir(self.folder.path());
        let output = command.output().expect("a compiler");
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// When each file was written.
#[derive(Debug, Default, PartialEq)]
struct Files(BTreeMap<PathBuf, SystemTime>);

impl Files {
    fn add(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.add(&path);
            } else if path.file_name().is_some_and(|name| name != "lock") {
                let written = std::fs::metadata(&path).and_then(|data| data.modified());
                self.0.insert(path, written.expect("a time"));
            }
        }
    }

    /// The names of the files that are not as they were before.
    fn changed_since(&self, before: &Self) -> Vec<String> {
        self.0
            .iter()
            .filter(|(path, time)| before.0.get(*path) != Some(time))
            .map(|(path, _)| {
                path.file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    }
}

#[track_caller]
fn assert_has(names: &[String], name: &str) {
    assert!(
        names.iter().any(|other| other == name),
        "no {name} in {names:?}"
    );
}

/// The archive's name holds the model's fingerprint.
#[track_caller]
fn assert_has_model(names: &[String]) {
    let is_model = |name: &String| {
        let name = name.strip_prefix("liblightsss_counter_");
        name.is_some_and(|rest| Path::new(rest).extension() == Some("a".as_ref()))
    };
    assert!(names.iter().any(is_model), "no archive in {names:?}");
}

#[track_caller]
fn assert_has_not(names: &[String], name: &str) {
    assert!(
        names.iter().all(|other| other != name),
        "{name} in {names:?}"
    );
}

#[test]
fn repeats_only_what_a_change_calls_for() {
    let package = Package::new();
    let first = package.build();
    let second = package.build();
    assert_eq!(second.changed_since(&first), Vec::<String>::new());

    // An included Verilog file.
    package.write("step.svh", "`define STEP 8'd3\n");
    let third = package.build();
    let changed = third.changed_since(&second);
    assert_has(&changed, "Vcounter.h");
    assert_has_model(&changed);
    assert_has_not(&changed, "verilated.o");

    // A header of the user's C++.
    package.write("extra.h", "#define EXTRA 2\n");
    let fourth = package.build();
    let changed = fourth.changed_since(&third);
    assert_has_model(&changed);
    assert_has_not(&changed, "Vcounter.h");
    assert_has_not(&changed, "000_unit_0.o");

    // An option for Verilator. Bindings and models of before and after do not link.
    let old = package.marker();
    assert_eq!(package.link(&old), Ok(()));
    ends_with(package.command().arg("--savable"), 0);
    let fifth = package.files();
    assert_has(&fifth.changed_since(&fourth), "counter.rs");
    assert_has(&fifth.changed_since(&fourth), "Vcounter.h");

    assert_eq!(package.link(&package.marker()), Ok(()));
    let message = package.link(&old).expect_err("of another model");
    assert!(
        message.contains("lightsss_counter_bindings_and_compiled_model_differ"),
        "{message}"
    );

    // An option for the compiler, and an environment variable.
    ends_with(
        package.command().args(["--savable", "--cflag", "-DMORE"]),
        0,
    );
    let sixth = package.files();
    let changed = sixth.changed_since(&fifth);
    assert_has(&changed, "000_unit_0.o");
    assert_has_not(&changed, "Vcounter.h");
    let mut command = package.command();
    command.args(["--savable", "--cflag", "-DMORE"]);
    ends_with(command.env("CXXFLAGS", "-O0 -DFROM_ENVIRONMENT"), 0);
    assert_has(&package.files().changed_since(&sixth), "000_unit_0.o");
}

#[test]
fn another_verilator_verilates_anew() {
    let package = Package::new();
    let run = |root: &Path| {
        let mut command = codegen();
        command.current_dir(package.folder.path());
        command.args([
            "bindings",
            "--name",
            "counter",
            "--out",
            "out",
            "counter.sv",
        ]);
        command.env("VERILATOR_ROOT", root).env_remove("VERILATOR");
        ends_with(&mut command, 0);
        package.files()
    };
    let (major, minor) = lightsss_codegen::verilator_version().expect("Verilator");
    let one = root_of_version(&package.path("one"), &format!("{major}.{minor:03}"));
    let two = root_of_version(&package.path("two"), "5.099 2099-01-01");
    let first = run(&one);
    assert_eq!(run(&one).changed_since(&first), Vec::<String>::new());
    let changed = run(&two).changed_since(&first);
    assert_has(&changed, "Vcounter.h");
    assert_has(&changed, "counter.rs");
    let bindings = std::fs::read_to_string(package.path("out/counter.rs")).expect("text");
    assert!(bindings.contains("5.099"));
}

#[test]
fn a_failed_build_is_not_taken_for_a_good_one() {
    let package = Package::new();
    package.build();
    // Verilator fails: again when it is repeated, and the archive is not that of the old design.
    let good = std::fs::read_to_string(package.path("counter.sv")).expect("text");
    package.write(
        "counter.sv",
        &good.replace("count + `STEP", "count + `STEP +"),
    );
    for _ in 0..2 {
        let (_, said) = ends_with(&mut package.command(), 1);
        assert_eq!(
            said.matches("%Error: counter.sv").count(),
            1,
            "once, not twice:\n{said}"
        );
    }
    // The compiler fails: the same.
    package.write("counter.sv", &good);
    package.write("extra.cpp", "int broken(\n");
    for _ in 0..2 {
        let (_, said) = ends_with(&mut package.command(), 1);
        assert!(said.contains("the C++ compiler refused"), "{said}");
        assert!(
            said.contains("extra.cpp:"),
            "the compiler's own words:\n{said}"
        );
    }
    // What a killed build leaves: a folder without its stamp, an object without its.
    package.write("extra.cpp", "extern \"C\" int extra() { return 3; }\n");
    let good = package.build();
    std::fs::remove_file(package.path("out/counter/verilated.stamp")).expect("a stamp");
    std::fs::write(package.path("out/counter/verilated/Vcounter.h"), "half").expect("a file");
    let objects = package.path("out/counter/objects");
    std::fs::remove_file(objects.join("000_unit_0.stamp")).expect("a stamp");
    std::fs::write(objects.join("000_unit_0.o"), "half").expect("a file");
    let changed = package.build().changed_since(&good);
    assert_has(&changed, "Vcounter.h");
    assert_has(&changed, "000_unit_0.o");
}

#[test]
fn messages_of_an_unchanged_model_are_printed_again() {
    let package = Package::new();
    let good = std::fs::read_to_string(package.path("counter.sv")).expect("text");
    package.write(
        "counter.sv",
        &good.replace("endmodule", "wire [3:0] cut = 5'd0;\nendmodule"),
    );
    let run = || {
        let mut command = codegen();
        command.current_dir(package.folder.path());
        command.args([
            "bindings",
            "--name",
            "counter",
            "--out",
            "out",
            "counter.sv",
        ]);
        ends_with(command.args(["--", "-Wno-fatal"]), 0).1
    };
    let first = run();
    assert_eq!(first.matches("%Warning-WIDTH").count(), 1, "{first}");
    assert_eq!(run(), first);
}
