//! `examples/cpp-harness`, built by its makefile and Verilator.

use std::{fs, os::unix::process::ExitStatusExt, path::Path, process::Command};

use lightsss_codegen::Model;
use wellen::simple::read;

mod common;
use common::{library, said, verilator};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(name)).unwrap();
        } else if name != "obj_dir" {
            copy(&entry.path(), &to.join(name));
        }
    }
}

/// What the design adds up in so many cycles.
fn accumulated(cycles: u64) -> u64 {
    let (mut sum, mut last, mut input) = (0_u64, 0, 1_u32);
    for _ in 0..cycles {
        input = input.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        sum = sum.rotate_left(1).wrapping_add(last);
        last = input.into();
    }
    sum
}

#[test]
fn the_example_fails_crashes_and_ends_well_with_the_waveforms_that_it_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    copy(&root.join("../examples/cpp-harness"), folder.path());
    let make = |target: &str| {
        let mut make = Command::new("make");
        make.current_dir(&folder)
            .env_remove("MAKEFLAGS")
            .arg(target);
        make.arg(format!("VERILATOR={}", verilator().display()));
        make.arg(format!("LIBRARY={}", library().display()));
        make.arg(format!("INCLUDE={}", root.join("include").display()));
        // The library of that command is called instead.
        let output = make.arg("CODEGEN=").output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    };
    make("obj_dir/Vaccumulator.mk");
    let obj_dir = folder.path().join("obj_dir");
    let model = Model::from_obj_dir("accumulator", &obj_dir);
    model.write_cpp_in(&obj_dir).unwrap();
    make("obj_dir/Vaccumulator");

    let run = |args: &[&str]| {
        let mut program = Command::new(folder.path().join("obj_dir/Vaccumulator"));
        program.current_dir(&folder).args(args).output().unwrap()
    };
    let cycles = ["--cycles", "5000", "--fork-interval", "1000"];

    let well = run(&cycles);
    let sum = accumulated(5000);
    assert_eq!(said(&well), format!("5000 cycles, sum {sum:016x}\n"));
    assert_eq!(well.status.code(), Some(0));
    assert!(!folder.path().join("failure.vcd").exists());

    let failed = run(&[&cycles[..], &["--bug", "2500"]].concat());
    assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));
    assert!(
        said(&failed).contains("\nreplay: cycle 2501: sum is "),
        "{}",
        said(&failed)
    );
    let wave = read(folder.path().join("failure.vcd")).unwrap();
    // Two steps a cycle, and two of the reset; the child runs from cycle 1,000 to 2,601.
    let times = wave.time_table();
    assert_eq!((times.first(), times.last()), (Some(&2002), Some(&5205)));

    let crashed = run(&[&cycles[..], &["--crash", "4321", "--wave", "crash.vcd"]].concat());
    assert_eq!(crashed.status.signal(), Some(11), "{}", said(&crashed));
    assert!(
        said(&crashed).contains("killed by SIGSEGV at cycle 4321"),
        "{}",
        said(&crashed)
    );
    let wave = read(folder.path().join("crash.vcd")).unwrap();
    assert_eq!(
        wave.time_table().first(),
        Some(&6002),
        "the older of two slots"
    );

    let saved = run(&[&cycles[..], &["--save-at", "2700"]].concat());
    assert_eq!(said(&saved), format!("5000 cycles, sum {sum:016x}\n"));
    let restored = run(&[&cycles[..], &["--restore", "saved.lsss"]].concat());
    assert_eq!(said(&restored), said(&saved));
    let failed = run(&[&cycles[..], &["--restore", "saved.lsss", "--bug", "4000"]].concat());
    assert!(
        said(&failed).starts_with("cycle 4001: sum is "),
        "{}",
        said(&failed)
    );
}
