//! Models that a harness in C++ saves and restores, built by Verilator's makefiles.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use lightsss_codegen::Model;
use lightsss_runtime::{
    durable::{RestoreOptions, Snapshot, contents, diff, verify},
    state::Filter,
};

mod common;
use common::{library, said, verilator};

struct Saver {
    folder: PathBuf,
}

impl Saver {
    fn run(&self, what: &str, file: &Path) -> Output {
        let mut program = Command::new(self.folder.join("obj_dir/Vsaver"));
        let program = program.current_dir(file.parent().unwrap());
        let program = program.arg(what).arg(file);
        program.output().unwrap()
    }

    /// The path of a snapshot of its own.
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.lsss"))
    }
}

/// Versions before 5.030 keep the generator's state out of reach.
fn holds_random_numbers() -> bool {
    let version = Command::new(verilator()).arg("--version").output().unwrap();
    let text = said(&version);
    let minor = text
        .split_whitespace()
        .nth(1)
        .and_then(|version| version.split_once('.'));
    minor.is_some_and(|(_, minor)| minor.parse::<u32>().is_ok_and(|minor| minor >= 30))
}

fn saver() -> &'static Saver {
    static SAVER: OnceLock<Saver> = OnceLock::new();
    SAVER.get_or_init(|| build("saver", &[]))
}

fn build(name: &str, defines: &[&str]) -> Saver {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let lines: String = (0..900_usize).map(|i| "x".repeat(i % 37) + "\n").collect();
    fs::write(folder.join("lines.txt"), lines).unwrap();
    let source = |name: &str| root.join("tests/cpp").join(name);
    let mut verilate = Command::new(verilator());
    verilate.current_dir(&folder);
    verilate.args([
        "--cc",
        "--exe",
        "--savable",
        "--top-module",
        "saver",
        "-Wno-fatal",
    ]);
    if holds_random_numbers() {
        verilate.arg("-DRANDOM");
    }
    verilate.args([source("saver.sv"), source("saver.cpp")]);
    verilate
        .arg("Vsaver_lightsss.cpp")
        .arg("-CFLAGS")
        .arg(format!(
            "-std=c++17 -I{} -include lightsss_supplied.h",
            root.join("include").display()
        ));
    let library = format!("{} -lpthread -ldl -lm", library().display());
    verilate.args(defines);
    let output = verilate.args(["-LDFLAGS", &library]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let obj_dir = folder.join("obj_dir");
    Model::from_obj_dir("saver", &obj_dir)
        .savable(true)
        .write_cpp_in(&obj_dir)
        .unwrap();
    let mut make = Command::new("make");
    make.env_remove("MAKEFLAGS").arg("-C").arg(&obj_dir);
    let output = make.args(["-f", "Vsaver.mk", "-j2"]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    Saver { folder }
}

/// A snapshot at cycle 300, and what the run said behind it.
fn saved(name: &str) -> (PathBuf, String) {
    let file = saver().file(name);
    let run = saver().run("save", &file);
    assert!(run.status.success(), "{}", said(&run));
    (file, said(&run))
}

#[test]
fn a_run_goes_on_in_another_process_as_if_it_had_not_been_interrupted() {
    let (file, expected) = saved("goes-on");
    assert_eq!(expected.lines().count(), 10);
    let restored = saver().run("restore", &file);
    assert_eq!(said(&restored), expected);
}

#[test]
fn the_commands_read_what_a_harness_in_cpp_has_saved() {
    let (file, _) = saved("is-read");
    let options = RestoreOptions::default();
    let mut snapshot = Snapshot::open(&file, &options).unwrap();
    verify(&mut snapshot, &|_| ()).unwrap();
    assert_eq!(snapshot.header().cycle, 300);
    assert_eq!(snapshot.header().time, 600);
    assert_eq!(snapshot.header().harness, "cpp");
    let shown = format!(
        "{:?}",
        contents(&mut snapshot, &Filter::default(), &|_| ()).unwrap()
    );
    for name in ["saver.mem", "saver.queue", "saver.line", "out"] {
        assert!(shown.contains(name), "no `{name}` in {shown}");
    }
    let (again, _) = saved("is-read-again");
    let mut again = Snapshot::open(&again, &options).unwrap();
    let found = diff(&mut snapshot, &mut again, &Filter::default(), &|_| ()).unwrap();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_file_of_another_build_is_restored_by_name_only() {
    let (file, expected) = saved("by-name");
    let other = build("saver-with-more", &["-DMORE"]);
    let refused = other.run("restore", &file);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("it was saved by another build of the model"),
        "{}",
        said(&refused)
    );
    assert_eq!(said(&other.run("by-name", &file)), expected);
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_has_changed() {
    let (file, _) = saved("is-refused");
    let refused = said(&saver().run("refuse", &file));
    let refused = refused.replace(&file.display().to_string(), "FILE");
    // The name of a temporary file.
    let refused: String = refused
        .lines()
        .map(|line| {
            line.split(".all.lsss")
                .next()
                .unwrap_or_default()
                .to_owned()
                + "\n"
        })
        .collect();
    let expected = include_str!("cpp/saver.txt");
    if env::var_os("LIGHTSSS_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cpp/saver.txt");
        fs::write(path, &refused).unwrap();
    }
    assert_eq!(refused, expected);
    assert!(!saver().file("is-refused.lsss.new").exists());
}

#[test]
fn a_damaged_file_is_refused_wherever_the_damage_is_and_nothing_has_changed() {
    let (file, _) = saved("is-damaged");
    let whole = fs::read(&file).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&file, &bytes).unwrap();
        let run = saver().run("restore", &file);
        let text = said(&run);
        assert_eq!(run.status.code(), Some(1), "byte {at}: {text}");
        assert!(!text.contains("has changed"), "byte {at}: {text}");
    }
}

#[test]
fn a_model_that_is_not_savable_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let design = folder.path().join("plain.sv");
    fs::write(
        &design,
        "module plain(input logic a, output logic b); assign b = a; endmodule\n",
    )
    .unwrap();
    let mut verilate = Command::new(verilator());
    let verilate = verilate.current_dir(&folder).arg("--cc").arg(&design);
    assert!(verilate.status().unwrap().success());
    let obj_dir = folder.path().join("obj_dir");
    let refused = Model::from_obj_dir("plain", &obj_dir).write_cpp_in(&obj_dir);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "model `plain`: it cannot be saved: verilate it with `--savable`"
    );
}
