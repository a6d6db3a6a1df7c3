//! Finds Verilator, reads its version, runs it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// A Verilator version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version {
    /// 5.
    pub major: u32,
    /// 6 in 5.006.
    pub minor: u32,
}

impl Version {
    /// The oldest that is read.
    pub const OLDEST: Self = Self { major: 5, minor: 6 };

    /// Whether it is `minor` of Verilator 5, or newer.
    #[must_use]
    pub fn is_at_least(self, minor: u32) -> bool {
        self >= Self { major: 5, minor }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(['.', ' ']);
        let mut number = || parts.next()?.parse().ok();
        Some(Self {
            major: number()?,
            minor: number()?,
        })
    }
}

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.major, self.minor)
    }
}

/// A Verilator that can be run.
#[derive(Clone, Debug)]
pub struct Verilator {
    /// The program.
    pub program: PathBuf,
    /// The folder that holds `include`.
    pub root: PathBuf,
    /// Its version, from its headers.
    pub version: Version,
    /// The headers' `VERILATOR_VERSION` as it is written there.
    pub written_version: String,
}

/// The environment variables that decide which Verilator is used.
pub const VARIABLES: &[&str] = &["VERILATOR", "VERILATOR_ROOT", "PATH"];

impl Verilator {
    /// What `VERILATOR` or `VERILATOR_ROOT` names, or `verilator` on `PATH`.
    pub fn find() -> Result<Self> {
        let named = |variable| {
            std::env::var_os(variable)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let found = if let Some(program) = named("VERILATOR") {
            let resolved = which::which(&program).map_err(|error| Error::BadVerilator {
                variable: "VERILATOR",
                path: program.clone(),
                reason: error.to_string(),
            })?;
            let root = root_of(&resolved).map_err(|reason| Error::BadVerilator {
                variable: "VERILATOR",
                path: program,
                reason,
            })?;
            Self::at(resolved, root)?
        } else if let Some(root) = named("VERILATOR_ROOT") {
            let program = program_in(&root)
                .or_else(|| {
                    which::which("verilator_bin")
                        .or_else(|_| which::which("verilator"))
                        .ok()
                })
                .ok_or_else(|| Error::BadVerilator {
                    variable: "VERILATOR_ROOT",
                    path: root.clone(),
                    reason: "neither its folder bin nor PATH holds an executable \
                             verilator_bin or verilator"
                        .to_owned(),
                })?;
            Self::at(program, root)?
        } else {
            let program = which::which("verilator_bin")
                .or_else(|_| which::which("verilator"))
                .map_err(|_| Error::NoVerilator)?;
            let root = root_of(&program).map_err(|reason| Error::BadVerilator {
                variable: "PATH",
                path: program.clone(),
                reason,
            })?;
            Self::at(program, root)?
        };
        Ok(found)
    }

    fn at(program: PathBuf, root: PathBuf) -> Result<Self> {
        let (version, written_version) = version_of(&root)?;
        Ok(Self {
            program,
            root,
            version,
            written_version,
        })
    }

    /// Only the root, for a folder that was verilated elsewhere.
    pub fn from_root(root: PathBuf) -> Result<Self> {
        Self::at(PathBuf::new(), root)
    }

    /// The folder of its headers.
    pub fn include(&self) -> PathBuf {
        self.root.join("include")
    }

    /// Runs it for something that can be done without; whether it went well.
    pub fn quiet(&self, arguments: &[String], folder: &Path) -> bool {
        Command::new(&self.program)
            .args(arguments)
            .current_dir(folder)
            .env("VERILATOR_ROOT", &self.root)
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success())
    }

    /// Runs it; gives its messages. When it fails they go to the standard error output instead.
    pub fn run(&self, model: &str, arguments: &[String], folder: &Path) -> Result<String> {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(folder)
            .env("VERILATOR_ROOT", &self.root)
            // With `--hierarchical` it calls itself through make, by a name that ready binaries do
            // not have.
            .env(
                "MAKEFLAGS",
                format!("VM_HIER_VERILATOR={}", self.program.display()),
            )
            .stdin(Stdio::null());
        let output = command.output().map_err(|source| Error::Start {
            program: self.program.display().to_string(),
            source,
        })?;
        // Errors and warnings go to stderr; what goes to stdout is a report that the user did not ask for,
        // but for messages of the runs that `--hierarchical` makes.
        let mut messages = String::from_utf8_lossy(&output.stderr)
            .trim_end()
            .to_owned();
        if output.status.success() {
            return Ok(messages);
        }
        let report = String::from_utf8_lossy(&output.stdout);
        for line in report.lines().filter(|line| line.starts_with('%')) {
            messages.push('\n');
            messages.push_str(line);
        }
        eprintln!("{}", messages.trim());
        Err(Error::Verilator {
            model: model.to_owned(),
            hint: hint(&messages),
        })
    }
}

/// The options that let Verilator take what it refused with these messages.
fn hint(messages: &str) -> &'static str {
    if messages.contains("%Error-NEEDTIMINGOPT") {
        ": `.timing(true)` (`--timing`) keeps the design's delays, `.timing(false)` drops them"
    } else if messages.contains("warning(s)") {
        ": they are warnings, which `.allow_warnings(true)` (`--allow-warnings`) lets pass; \
         `.no_warning(\"NAME\")` (`--no-warning`) switches one off"
    } else {
        ""
    }
}

/// The executable in a root's folder `bin`. The plain binary needs no Perl, the script does.
fn program_in(root: &Path) -> Option<PathBuf> {
    ["verilator_bin", "verilator"]
        .iter()
        .find_map(|name| which::which(root.join("bin").join(name)).ok())
}

/// Asks a program for its root.
fn root_of(program: &Path) -> Result<PathBuf, String> {
    let output = Command::new(program)
        .args(["--getenv", "VERILATOR_ROOT"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    let printed = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let beside = program
        .canonicalize()
        .ok()
        .and_then(|path| Some(path.parent()?.parent()?.to_owned()));
    let candidates = beside.iter().flat_map(|prefix| {
        [
            prefix.clone(),
            prefix.join("share/verilator"),
            prefix.join("verilator"),
        ]
    });
    std::iter::once(printed)
        .chain(candidates)
        .find(|root| root.join("include/verilated.h").is_file())
        .ok_or_else(|| {
            "it does not know its root; set VERILATOR_ROOT to the folder that holds \
             include/verilated.h"
                .to_owned()
        })
}

fn version_of(root: &Path) -> Result<(Version, String)> {
    let bad = |reason: String| Error::BadVerilator {
        variable: "VERILATOR_ROOT",
        path: root.to_owned(),
        reason,
    };
    let path = root.join("include/verilated_config.h");
    let text = crate::error::read(&path).map_err(|error| bad(error.to_string()))?;
    let written = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("#define VERILATOR_VERSION "))
        .map(|value| value.trim().trim_matches('"').to_owned())
        .ok_or_else(|| bad(format!("{} states no VERILATOR_VERSION", path.display())))?;
    let version = Version::parse(&written)
        .ok_or_else(|| bad(format!("its version `{written}` is no number")))?;
    if version < Version::OLDEST {
        return Err(Error::OldVerilator {
            found: version.to_string(),
            root: root.to_owned(),
        });
    }
    Ok((version, written))
}
