//! Compile time of 200 structs with `#[derive(Savable)]`, against `serde` with `bitcode`, in turns.
//!
//! Two packages are written into `target/compile-bench`, their dependencies are built, and then their own
//! source is compiled again and again: `cargo build`, with the functions in use, so that code is generated.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

use lightsss_bench_rows::{Options, Row, turns};

const STRUCTS: usize = 200;

/// Prints the row, if it is wanted.
pub fn row(options: &Options) {
    let name = "derive/compile/build";
    if !options.wants(name) {
        return;
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("target/compile-bench");
    let runtime = here.join("../lightsss-runtime");
    let ours = package(
        &folder,
        "ours",
        &format!(
            "lightsss-runtime = {{ path = {:?}, default-features = false, features = [\"derive\"] }}",
            runtime.canonicalize().unwrap()
        ),
        &source(
            "#[derive(lightsss_runtime::Savable)]",
            "use lightsss_runtime::savable::{restore_from_image, save_to_image};",
            "let image = save_to_image(&value).unwrap(); restore_from_image(&mut value, &image).unwrap();",
        ),
    );
    let theirs = package(
        &folder,
        "theirs",
        "serde = { version = \"1\", features = [\"derive\"] }\nbitcode = { version = \"0.6\", features = [\"serde\"] }",
        &source(
            "#[derive(serde::Serialize, serde::Deserialize)]",
            "",
            "let bytes = bitcode::serialize(&value).unwrap(); value = bitcode::deserialize(&bytes).unwrap();",
        ),
    );
    // With their dependencies, which are not measured.
    compile(&ours);
    compile(&theirs);
    let (ours, theirs) = turns(
        options.samples(9, 2),
        || compile(&ours),
        || compile(&theirs),
    );
    let what = format!("debug build of {STRUCTS} derived structs and their round trips");
    Row::new(name, what, "s", ours)
        .against("serde with bitcode", theirs)
        .target_ratio(1.0)
        .print();
}

/// Structs of twelve fields of mixed types, each inside the next.
fn source(derive: &str, uses: &str, round_trip: &str) -> String {
    let mut text = format!("#![allow(dead_code)]\n{uses}\n");
    for i in 0..STRUCTS {
        let inner = if i % 10 == 0 {
            "u8".to_owned()
        } else {
            format!("S{}", i - 1)
        };
        let _ = write!(
            text,
            "{derive}\n#[derive(Default)]\npub struct S{i} {{ a: u8, b: u16, c: u32, d: u64, e: bool, f: i32, \
             g: Vec<u8>, h: String, i: Option<u32>, j: [u16; 4], k: (u8, u32), inner: {inner} }}\n"
        );
    }
    text.push_str("fn main() {\n");
    for i in (9..STRUCTS).step_by(10) {
        let _ = writeln!(
            text,
            "    {{ let mut value = S{i}::default(); {round_trip} drop(value); }}"
        );
    }
    text.push_str("}\n");
    text
}

fn package(folder: &Path, name: &str, dependencies: &str, source: &str) -> PathBuf {
    let package = folder.join(name);
    std::fs::create_dir_all(package.join("src")).unwrap();
    std::fs::write(package.join("src/main.rs"), source).unwrap();
    let manifest = format!(
        "[workspace]\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{dependencies}\n"
    );
    std::fs::write(package.join("Cargo.toml"), manifest).unwrap();
    package
}

/// Compiles the package's own source; gives seconds.
fn compile(package: &Path) -> f64 {
    let source = std::fs::File::options()
        .append(true)
        .open(package.join("src/main.rs"))
        .unwrap();
    source.set_modified(SystemTime::now()).unwrap();
    let start = Instant::now();
    let status = Command::new("cargo")
        .args(["build", "--quiet"])
        .current_dir(package)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("CARGO_TARGET_DIR")
        .status()
        .unwrap();
    assert!(status.success(), "{} does not compile", package.display());
    start.elapsed().as_secs_f64()
}
