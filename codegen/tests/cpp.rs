//! The files for a harness in C++.

mod common;

use std::path::{Path, PathBuf};

use common::{codegen, design, ends_with, folder};

/// A design as Verilator writes it.
fn verilated(out: &Path, arguments: &[&str]) -> PathBuf {
    let mut command = codegen();
    command
        .args(["bindings", "--name", "counter", "--out"])
        .arg(out);
    command
        .current_dir(design(""))
        .arg("counter.sv")
        .args(arguments);
    ends_with(&mut command, 0);
    out.join("counter/verilated")
}

#[test]
fn the_files_lie_beside_what_verilator_wrote_and_are_the_same_the_next_time() {
    let out = folder();
    let obj_dir = verilated(out.path(), &["--savable"]);
    let written = || {
        let mut command = codegen();
        let (said, _) = ends_with(command.args(["cpp", "--obj-dir"]).arg(&obj_dir), 0);
        let paths = said
            .lines()
            .filter_map(|line| Some(line.split_once(' ')?.1));
        let texts = paths.map(|path| std::fs::read_to_string(path).expect("file"));
        texts.collect::<Vec<_>>()
    };
    let first = written();
    assert_eq!(first.len(), 2);
    assert!(first[0].contains("lightsss_kind_of(const Vcounter *model)"));
    assert!(first[1].contains("kind.name = \"counter\""));
    assert_eq!(written(), first);
    assert!(obj_dir.join("Vcounter_lightsss.cpp").is_file());
    assert!(obj_dir.join("lightsss_supplied.h").is_file());
}

#[test]
fn they_go_where_they_are_wanted() {
    let (out, wanted) = (folder(), folder());
    let obj_dir = verilated(out.path(), &["--savable"]);
    let mut command = codegen();
    command.args(["cpp", "--obj-dir"]).arg(&obj_dir);
    ends_with(command.arg("--out").arg(wanted.path()), 0);
    assert!(wanted.path().join("Vcounter_lightsss.h").is_file());
    assert!(!obj_dir.join("Vcounter_lightsss.h").exists());
}

#[test]
fn a_folder_that_is_not_savable_is_refused_with_what_to_do() {
    let out = folder();
    let obj_dir = verilated(out.path(), &[]);
    let mut command = codegen();
    let (_, said) = ends_with(command.args(["cpp", "--obj-dir"]).arg(&obj_dir), 1);
    assert_eq!(
        said,
        "error: model `counter`: it cannot be saved: verilate it with `--savable`\n"
    );
}
