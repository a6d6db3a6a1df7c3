//! A model that evaluates on two threads. A Verilator that cannot release them around a
//! fork makes the generator refuse; then the test looks at what it said.

use std::{env, process::Command};

use crate::Built;

/// Only the versions that cannot are to refuse.
fn is_too_old() -> bool {
    let verilator = env::var("VERILATOR").unwrap_or_else(|_| "verilator".to_owned());
    let output = Command::new(verilator).arg("--version").output();
    let text = String::from_utf8(output.expect("Verilator starts").stdout).expect("text");
    let version = text.split(' ').nth(1).expect("a version");
    version.parse::<f64>().expect("a number") < 5.016
}

pub fn build() -> Built {
    println!("cargo::rustc-check-cfg=cfg(threaded)");
    match lightsss_codegen::Model::new("mixer")
        .source("designs/mixer.sv")
        .threads(2)
        .try_build()
    {
        Ok(()) => {
            println!("cargo::rustc-cfg=threaded");
            Ok(())
        }
        Err(error) if error.to_string().contains("5.016") && is_too_old() => {
            println!("cargo::rustc-env=REFUSED={error}");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
