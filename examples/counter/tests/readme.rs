//! What the README prints is what is compiled and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The block behind the line that names a file.
fn block(file: &str) -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let named = readme.split_once(&format!("\n`{file}`")).unwrap().1;
    let (_, begins) = named.split_once("```").unwrap();
    let (_, code) = begins.split_once('\n').unwrap();
    let (code, _) = code.split_once("```").unwrap();
    code.to_owned()
}

fn failing_run(command: &mut Command, folder: &Path) {
    let Output { status, stderr, .. } = command.current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(1), "{said}");
    for part in [
        "failed at cycle 2500003: count: expected 2500001, found 2500002",
        "the same failure came again",
        "replay and original: equal",
        "failure.fst",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let wave = wellen::simple::read(folder.join("failure.fst")).unwrap();
    assert_eq!(wave.time_table().last(), Some(&(2 * 2_500_102 + 1)));
}

#[test]
fn the_files_of_the_readme_are_those_of_the_example() {
    for file in ["rtl/counter.sv", "build.rs", "src/main.rs"] {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        assert_eq!(block(file), fs::read_to_string(own).unwrap(), "{file}");
    }
}

#[test]
fn the_example_counts_well_and_fails_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let counter = || Command::new(env!("CARGO_BIN_EXE_counter-example"));
    let well = counter().current_dir(&folder).status().unwrap();
    assert!(well.success());
    failing_run(counter().args(["--", "+fail"]), folder.path());
}

/// A session without what differs from run to run: times and sizes.
fn steady(session: &str) -> Vec<&str> {
    let figures = ["ran ", "took ", "wrote "];
    let lines = session.lines();
    lines
        .map(|line| {
            figures
                .into_iter()
                .find(|word| line.starts_with(word))
                .unwrap_or(line)
        })
        .collect()
}

#[test]
fn the_session_of_the_book_is_what_the_example_prints() {
    let folder = tempfile::tempdir().unwrap();
    let mut counter = Command::new(env!("CARGO_BIN_EXE_counter-example"));
    counter
        .current_dir(&folder)
        .args(["--quiet", "--checkpoint-cycles", "500k", "+fail"]);
    let printed = String::from_utf8(counter.output().unwrap().stderr).unwrap();
    let session = format!("$ counter --checkpoint-cycles 500k +fail\n{printed}");
    let path = root().join("docs/book/sessions/counter.txt");
    if std::env::var_os("LIGHTSSS_BLESS").is_some() {
        fs::write(&path, &session).unwrap();
    }
    assert_eq!(steady(&session), steady(&fs::read_to_string(path).unwrap()));
}

#[test]
fn a_new_project_of_the_readme_s_files_builds_and_runs() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["rtl/counter.sv", "build.rs", "src/main.rs"] {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, block(file)).unwrap();
    }
    let root = root().canonicalize().unwrap();
    let mut manifest = block("Cargo.toml");
    for (name, place) in [
        ("lightsss-runtime", "lightsss-runtime"),
        ("lightsss-codegen", "codegen"),
    ] {
        let published = format!("{name} = \"0.1\"");
        let here = format!("{name} = {{ path = \"{}\" }}", root.join(place).display());
        assert!(manifest.contains(&published), "{manifest}");
        manifest = manifest.replace(&published, &here);
    }
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    // The dependencies of the workspace, at its versions, so that nothing is fetched.
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["run", "--offline", "--quiet", "--target-dir"])
        .arg(root.join("target/readme"))
        .args(["--", "--", "+fail"]);
    failing_run(&mut cargo, folder.path());

    // On docs.rs there is no Verilator: here one that does not exist would be asked.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["doc", "--offline", "--quiet", "--no-deps", "--target-dir"]);
    cargo
        .arg(root.join("target/readme"))
        .current_dir(folder.path());
    cargo
        .env("DOCS_RS", "1")
        .env("VERILATOR", "/no/such/verilator");
    let Output { status, stderr, .. } = cargo.output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let page = root.join("target/readme/doc/counter/counter/enum.Model.html");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("built without Verilator"), "{page}");
}
