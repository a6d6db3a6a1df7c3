//! What tests of harnesses in C++ share.

#![allow(dead_code, reason = "each test uses a part")]

use std::{env, path::PathBuf, process::Output};

/// The static library that Cargo has built beside this test.
pub fn library() -> PathBuf {
    let path = env::current_exe()
        .unwrap()
        .with_file_name("liblightsss_capi.a");
    assert!(path.exists(), "{} is not there", path.display());
    path
}

/// What `VERILATOR` or `VERILATOR_ROOT` names, or `verilator` on `PATH`.
pub fn verilator() -> PathBuf {
    let named = |name| env::var_os(name).map(PathBuf::from);
    let of_root = || named("VERILATOR_ROOT").map(|root| root.join("bin/verilator_bin"));
    named("VERILATOR")
        .or_else(of_root)
        .unwrap_or_else(|| "verilator".into())
}

pub fn said(output: &Output) -> String {
    let bytes = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&bytes).into_owned()
}
