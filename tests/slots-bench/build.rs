//! Compiles the plain C program that the slots are compared with.

use std::{env, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=native/plain.c");
    let program = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("plain");
    let compiler = cc::Build::new().opt_level(2).get_compiler();
    let status = compiler
        .to_command()
        .args(["-O2", "-Wall", "native/plain.c", "-o"])
        .arg(&program)
        .status()
        .expect("a C compiler");
    assert!(status.success(), "native/plain.c compiles");
    println!("cargo:rustc-env=PLAIN={}", program.display());
}
