//! Rows from builds of the example `picorv32`: clean, and when nothing changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use lightsss_bench_rows::{Options, Row};

use super::parts::may_want;
use crate::cargo::{cargo, check};
use crate::folders::{root, target_dir};
use crate::setup::Tools;

/// What the names of these rows start with.
const PART: &str = "build/";

const EXAMPLE: &str = "picorv32-example";

const NAMES: [&str; 2] = ["build/clean", "build/no-change"];

fn is_wanted(options: &Options) -> bool {
    may_want(options, &[PART]) && NAMES.iter().any(|name| options.wants(name))
}

fn cargo_build(tools: &Tools) -> Command {
    cargo(
        tools,
        &["build", "--release", "--quiet", "--package", EXAMPLE],
    )
}

/// Builds the example with its dependencies, which are not measured.
pub fn build(tools: &Tools, options: &Options) -> Result<()> {
    if !is_wanted(options) {
        return Ok(());
    }
    println!("bench: building `{EXAMPLE}`");
    check(cargo_build(tools))
}

/// Builds the example in turns with a C++ program of the same model.
pub fn rows(tools: &Tools, options: &Options) -> Result<Vec<Row>> {
    if !is_wanted(options) {
        return Ok(Vec::new());
    }
    println!("bench: building `{EXAMPLE}` again and again");
    let peer = Peer::new(tools)?;
    let mut rows = Vec::new();
    if options.wants(NAMES[0]) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..options.samples(5, 2) {
            check(cargo(
                tools,
                &["clean", "--release", "--quiet", "--package", EXAMPLE],
            ))?;
            ours.push(seconds(cargo_build(tools))?);
            peer.clean()?;
            theirs.push(seconds(peer.build())?);
        }
        rows.push(
            Row::new(
                NAMES[0],
                "clean build of picorv32 with its harness, dependencies built",
                "s",
                ours,
            )
            .against("verilator --build with a C++ main, -O2", theirs),
        );
    }
    if options.wants(NAMES[1]) {
        check(cargo_build(tools))?;
        let _ = seconds(peer.build())?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..options.samples(21, 9) {
            ours.push(seconds(cargo_build(tools))?);
            theirs.push(seconds(peer.build())?);
        }
        rows.push(
            Row::new(
                NAMES[1],
                "build of picorv32 with its harness when nothing changed",
                "s",
                ours,
            )
            .against("verilator --build with a C++ main", theirs)
            .target_ours(0.3)
            .note("It is cargo's own look at the packages; no build script runs."),
        );
    }
    Ok(rows)
}

/// The same model under a C++ main, built by Verilator's own means.
struct Peer {
    verilator: PathBuf,
    /// Where it is told to look for its own files.
    root: Option<PathBuf>,
    folder: PathBuf,
    source: PathBuf,
}

impl Peer {
    fn new(tools: &Tools) -> Result<Self> {
        let folder = target_dir().join("bench/picorv32-cpp");
        fs::create_dir_all(&folder)
            .with_context(|| format!("could not create {}", folder.display()))?;
        fs::write(folder.join("main.cpp"), include_str!("picorv32_main.cpp"))?;
        let named = |wanted| {
            let environment = tools.verilator.environment.iter();
            let mut values = environment.filter(|(name, _)| *name == wanted);
            values.next().map(|(_, value)| value.clone())
        };
        let of_root = || named("VERILATOR_ROOT").map(|root| root.join("bin/verilator_bin"));
        Ok(Self {
            verilator: named("VERILATOR")
                .or_else(of_root)
                .unwrap_or_else(|| "verilator".into()),
            root: named("VERILATOR_ROOT"),
            source: find(&target_dir().join("cores"), "picorv32.v")
                .context("the example's build script fetched no picorv32.v")?,
            folder,
        })
    }

    fn clean(&self) -> Result<()> {
        let folder = self.folder.join("obj");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        Ok(())
    }

    fn build(&self) -> Command {
        let mut command = Command::new(&self.verilator);
        command
            .envs(self.root.iter().map(|root| ("VERILATOR_ROOT", root)))
            .current_dir(&self.folder)
            .args([
                "--cc",
                "--exe",
                "--build",
                "-O3",
                "--savable",
                "--trace-fst",
            ])
            .args(["--Mdir", "obj", "--top-module", "picorv32", "-Wno-lint"])
            // The newest version's FST writer wants a header that few machines have.
            .arg("-CFLAGS")
            .arg(format!("-I{}", root().join("codegen/cpp").display()));
        // The makefiles of some builds of Verilator name tools that are not there.
        for setting in [
            "OPT_FAST=-O2",
            "OPT_SLOW=-O2",
            "OPT_GLOBAL=-O2",
            "AR=ar",
            "PYTHON3=python3",
        ] {
            command.args(["-MAKEFLAGS", setting]);
        }
        command.arg("main.cpp").arg(&self.source);
        command
    }
}

/// The first file of that name below a folder.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    paths.into_iter().find_map(|path| {
        if path.is_dir() {
            find(&path, name)
        } else {
            (path.file_name()? == name).then_some(path)
        }
    })
}

fn seconds(mut command: Command) -> Result<f64> {
    command.stdout(Stdio::null());
    let begun = Instant::now();
    let output = command
        .output()
        .with_context(|| format!("could not start {command:?}"))?;
    let took = begun.elapsed().as_secs_f64();
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("{command:?} ended with {}: {messages}", output.status);
    }
    Ok(took)
}
