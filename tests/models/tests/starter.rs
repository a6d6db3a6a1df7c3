//! New projects for designs of many kinds: they build, their tests pass, and `+fail` leaves a waveform.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lightsss_codegen::{Model, Options, Project, Starter, Trace};
use lightsss_tests_support::PICORV32;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn root() -> PathBuf {
    here().join("../..").canonicalize().unwrap()
}

/// The options for a design of this package.
fn golden(name: &str) -> Options {
    let mut options = Options::default();
    options
        .sources
        .push(here().join(format!("designs/{name}.sv")));
    options
}

fn timed() -> Options {
    let mut options = golden("timed");
    options.timing = Some(true);
    options
}

fn picorv32() -> Options {
    let mut options = Options::default();
    options
        .sources
        .push(PICORV32.sources().unwrap().join("picorv32.v"));
    options.top = Some("picorv32".to_owned());
    options.parameters.push("ENABLE_MUL=1".to_owned());
    options
}

/// The options for a folder that was verilated before.
fn verilated(folder: &Path) -> Options {
    let model = Model::new("counter").source(here().join("designs/counter.sv"));
    let written = model
        .savable(true)
        .trace(Trace::Vcd)
        .write_in(folder)
        .unwrap();
    let mut options = Options::default();
    options.obj_dir = Some(written.obj_dir);
    options.verilator_root = Some(written.verilator_root);
    options
}

/// A list whose paths are relative to it.
fn listed(folder: &Path) -> Options {
    fs::create_dir_all(folder.join("rtl")).unwrap();
    fs::copy(
        here().join("designs/counter.sv"),
        folder.join("rtl/counter.sv"),
    )
    .unwrap();
    fs::write(folder.join("files.f"), "+define+LISTED\nrtl/counter.sv\n").unwrap();
    let mut options = Options::default();
    options.filelists.push(folder.join("files.f"));
    options
}

/// Lets a project use the crates of this workspace, at its versions of all others.
fn take_ours(manifest: &Path) {
    let mut text = fs::read_to_string(manifest).unwrap();
    for (name, place) in [
        ("lightsss-runtime", "lightsss-runtime"),
        ("lightsss-codegen", "codegen"),
    ] {
        let published = format!("{name} = \"0.1\"");
        assert!(text.contains(&published), "{text}");
        let here = format!("{name} = {{ path = \"{}\" }}", root().join(place).display());
        text = text.replace(&published, &here);
    }
    // The profile is the workspace's.
    let (package, _) = text.split_once("# A harness runs").unwrap();
    fs::write(manifest, package).unwrap();
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

#[test]
fn new_projects_build_pass_their_tests_and_fail_on_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut designs = vec![
        ("own", Options::default()),
        ("timed-one", timed()),
        ("picorv32", picorv32()),
        ("folder", verilated(&path("verilated"))),
        ("list", listed(&path("listed"))),
    ];
    for name in [
        "asserts",
        "clocks",
        "combinational",
        "dpi",
        "finish",
        "hierarchy",
        "memories",
        "packed_arrays",
        "wide",
        "reserved",
    ] {
        designs.push((name, golden(name)));
    }
    let mut projects: Vec<(&str, Project)> = Vec::new();
    for (name, options) in designs {
        let project = Starter::new(name, options).write(&path(name)).unwrap();
        take_ours(&project.folder.join("Cargo.toml"));
        projects.push((name, project));
    }
    let members: Vec<&str> = projects.iter().map(|(name, _)| *name).collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n[profile.dev.package.lightsss-runtime]\nopt-level = 2\n"
    );
    fs::write(path("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), path("Cargo.lock")).unwrap();
    let target = root().join("target/readme");
    for command in ["build", "test"] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([command, "--offline", "--workspace", "--target-dir"]);
        let output = cargo
            .arg(&target)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    for (name, project) in &projects {
        let wave = if *name == "folder" {
            "failure.vcd"
        } else {
            "failure.fst"
        };
        let mut program = Command::new(target.join("debug").join(name));
        program
            .current_dir(&project.folder)
            .args(["--quiet", "--wave", wave, "+fail"]);
        let output = program.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {}", said(&output));
        assert!(
            said(&output).contains("the same failure came again"),
            "{name}: {}",
            said(&output)
        );
        let wave = wellen::simple::read(project.folder.join(wave));
        // Where no signal changes, some versions write one time alone.
        assert!(
            wave.is_ok_and(|wave| !wave.time_table().is_empty()),
            "{name}"
        );
    }
    let of = |wanted: &str| &projects.iter().find(|(name, _)| *name == wanted).unwrap().1;
    assert_eq!(
        (&*of("picorv32").clocks, &*of("picorv32").resets),
        (&["clk".to_owned()][..], &["resetn".to_owned()][..])
    );
    assert!(of("timed-one").unsavable.is_some());
    assert_eq!(of("own").unsavable, None);
}

#[test]
fn a_project_is_refused_with_a_reason_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, options: Options, place: &str| {
        let error = Starter::new(name, options).write(&folder.path().join(place));
        error.unwrap_err().to_string()
    };
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/file"), "mine").unwrap();
    let error = refused("soc", Options::default(), "full");
    assert!(error.contains("exists and is no empty folder"), "{error}");
    assert_eq!(fs::read_dir(folder.path().join("full")).unwrap().count(), 1);
    for (name, expected) in [
        ("2soc", "lower-case letters"),
        ("Soc", "lower-case letters"),
        ("match", "choose another"),
    ] {
        let error = refused(name, Options::default(), "new");
        assert!(error.contains(expected), "{error}");
    }
    let mut missing = Options::default();
    missing.sources.push("no/such.sv".into());
    let error = refused("soc", missing, "new");
    assert!(error.contains("no/such.sv"), "{error}");
    fs::write(folder.path().join("bad.sv"), "module bad(\n").unwrap();
    let mut bad = Options::default();
    bad.sources.push(folder.path().join("bad.sv"));
    let error = refused("soc", bad, "new");
    assert!(error.contains("Verilator refused"), "{error}");
    assert!(!folder.path().join("new").exists());
}
