//! A package whose build script builds a model, under cargo: what cargo does anew, and when.
//!
//! The package has no dependencies, so that it is built within a second: its build script starts
//! this test program, which calls the builder in its place.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{design, folder, root_of_version};
use lightsss_codegen::Model;
use tempfile::TempDir;

/// Set where this program is to act as a build script.
const SCRIPT: &str = "LIGHTSSS_TEST_SCRIPT";

/// Not a test by itself: what the package's build script runs.
#[test]
fn script() {
    if std::env::var_os(SCRIPT).is_none() {
        return;
    }
    // The line that the test harness began is not cargo's.
    println!();
    let log = std::env::var_os("LIGHTSSS_TEST_LOG").expect("a file's name");
    let before = std::fs::read_to_string(&log).unwrap_or_default();
    std::fs::write(&log, before + "run\n").expect("a file");
    Model::new("counter")
        .source("counter.sv")
        .cxx_source("extra.cpp")
        .build();
}

const BUILD: &str = r#"
fn main() {
    let program = std::env::var("LIGHTSSS_TEST_PROGRAM").unwrap();
    let mut script = std::process::Command::new(program);
    script.args(["--exact", "script", "--nocapture"]).env("LIGHTSSS_TEST_SCRIPT", "1");
    if !script.status().unwrap().success() {
        std::process::exit(1);
    }
}
"#;

const MAIN: &str = r#"
unsafe extern "C" {
    fn extra() -> i32;
}
fn main() {
    // SAFETY: it only gives a number.
    println!("extra {}", unsafe { extra() });
}
"#;

struct Package {
    folder: TempDir,
    variables: Vec<(&'static str, PathBuf)>,
}

impl Package {
    fn new() -> Self {
        let include = lightsss_codegen::verilator_include().expect("Verilator");
        let package = Self {
            folder: folder(),
            variables: vec![
                ("CXXFLAGS", "-O0".into()),
                ("VERILATOR_ROOT", include.with_file_name("")),
            ],
        };
        for file in ["counter.sv", "step.svh"] {
            std::fs::copy(design(file), package.path(file)).expect("a copy");
        }
        std::fs::create_dir(package.path("src")).expect("a folder");
        package.write(
            "Cargo.toml",
            "[package]\nname = \"built\"\nedition = \"2024\"\n[workspace]\n",
        );
        package.write("build.rs", BUILD);
        package.write("src/main.rs", MAIN);
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

    fn log(&self) -> PathBuf {
        self.path("log")
    }

    /// How often the build script has run.
    fn runs(&self) -> u64 {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        log.lines().count() as u64
    }

    fn cargo(&self) -> Output {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(["run", "--offline", "--quiet"])
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env(
                "LIGHTSSS_TEST_PROGRAM",
                std::env::current_exe().expect("a path"),
            )
            .env("LIGHTSSS_TEST_LOG", self.log())
            // Set for these tests, not for those of the package.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("VERILATOR")
            .env_remove(SCRIPT);
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command.output().expect("cargo starts")
    }

    /// What the package's program prints.
    #[track_caller]
    fn run(&self) -> String {
        let Output {
            status,
            stdout,
            stderr,
        } = self.cargo();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).expect("text").trim().to_owned()
    }

    fn model(&self) -> String {
        let mut folders = vec![self.path("target")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.ends_with("out/counter.rs") {
                    return std::fs::read_to_string(path).expect("bindings");
                }
            }
        }
        panic!("no bindings");
    }
}

fn set(package: &mut Package, name: &'static str, value: &Path) {
    package.variables.retain(|(other, _)| *other != name);
    package.variables.push((name, value.to_owned()));
}

#[test]
fn cargo_builds_anew_what_a_change_calls_for_and_nothing_else() {
    let mut package = Package::new();
    assert_eq!((package.run().as_str(), package.runs()), ("extra 1", 1));
    // Nothing has changed.
    assert_eq!((package.run().as_str(), package.runs()), ("extra 1", 1));
    // A file that the design includes.
    package.write("step.svh", "`define STEP 8'd3\n");
    assert_eq!((package.run().as_str(), package.runs()), ("extra 1", 2));
    // A header that the user's C++ includes.
    package.write("extra.h", "#define EXTRA 2\n");
    assert_eq!((package.run().as_str(), package.runs()), ("extra 2", 3));
    // An environment variable that the compiler reads.
    set(&mut package, "CXXFLAGS", Path::new("-O0 -DMORE"));
    assert_eq!((package.run().as_str(), package.runs()), ("extra 2", 4));
    assert_eq!((package.run().as_str(), package.runs()), ("extra 2", 4));
    // Another Verilator, which the environment names.
    let (major, minor) = lightsss_codegen::verilator_version().expect("Verilator");
    let version = format!("{major}.{minor:03}");
    let root = root_of_version(&package.path("root"), &version);
    set(&mut package, "VERILATOR_ROOT", &root);
    assert_eq!((package.run().as_str(), package.runs()), ("extra 2", 5));
    assert_eq!((package.run().as_str(), package.runs()), ("extra 2", 5));
    // Another version in the place of that one.
    std::fs::remove_dir_all(&root).expect("a folder");
    root_of_version(&package.path("root"), "5.099");
    assert_eq!((package.run().as_str(), package.runs()), ("extra 2", 6));
    assert!(package.model().contains("5.099"));
}

#[test]
fn cargo_does_not_take_a_failed_build_for_a_good_one() {
    let package = Package::new();
    package.run();
    let good = std::fs::read_to_string(package.path("counter.sv")).expect("text");
    package.write("counter.sv", &good.replace("endmodule", "endmodul"));
    for _ in 0..2 {
        let output = package.cargo();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("%Error: counter.sv"), "{said}");
    }
    package.write("counter.sv", &good);
    assert_eq!(package.run(), "extra 1");
    package.write("extra.cpp", "extern \"C\" int extra() { return }\n");
    for _ in 0..2 {
        assert!(!package.cargo().status.success());
    }
    package.write("extra.cpp", "extern \"C\" int extra() { return 7; }\n");
    assert_eq!(package.run(), "extra 7");
}
