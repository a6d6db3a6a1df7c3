//! Models whose save functions do not compile are built without them, and say so.

mod common;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use common::{codegen, design, ends_with, folder};

/// A Verilator that gives a savable model a member of a type that nobody can save.
const VERILATOR: &str = r#"#!/bin/sh
real="$VERILATOR_ROOT/bin/verilator_bin"
[ -x "$real" ] || real=verilator_bin
"$real" "$@" || exit
case " $* " in *" --savable "*) ;; *) exit 0 ;; esac
while [ "$1" != --Mdir ]; do shift; done
sed -i 's/CData.*__VactContinue;/VlUnheardOf __VactContinue;/
        s/CData.*__VactPhaseResult;/VlUnheardOf __VactPhaseResult;/' "$2"/*___024root.h
"#;

fn verilator(at: &Path) -> PathBuf {
    let path = at.join("verilator");
    std::fs::write(&path, VERILATOR).expect("a script");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("it can be run");
    path
}

#[test]
fn a_model_that_cannot_be_saved_is_built_without_save_and_says_why() {
    let out = folder();
    let mut command = codegen();
    command.env("VERILATOR", verilator(out.path()));
    command.args(["bindings", "--name", "counter", "--savable", "--out"]);
    command.current_dir(design("")).arg(out.path());
    let (_, said) = ends_with(command.arg("counter.sv"), 0);
    assert!(
        said.contains("it is built without save and restore"),
        "{said}"
    );
    assert!(
        said.contains("`VlUnheardOf` has no save operators"),
        "{said}"
    );
    let bindings = std::fs::read_to_string(out.path().join("counter.rs")).expect("bindings");
    assert!(!bindings.contains("impl __lightsss::savable::Savable for Model"));

    let obj_dir = out.path().join("counter/verilated");
    let mut command = codegen();
    command.args(["describe", "--format", "json", "--obj-dir"]);
    let (text, _) = ends_with(command.arg(&obj_dir), 0);
    let described: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(described["abilities"]["savable"], false);
    let reason = described["unsavable"].as_str().expect("a reason");
    assert!(reason.contains("`VlUnheardOf`"), "{reason}");

    let mut command = codegen();
    command
        .args(["bindings", "--savable", "--out"])
        .arg(out.path());
    let (_, said) = ends_with(command.arg("--obj-dir").arg(&obj_dir), 1);
    assert!(said.contains("its save functions do not compile"), "{said}");
    assert!(said.contains("verilate it without `--savable`"), "{said}");
}
