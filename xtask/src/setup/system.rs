//! The system's package manager, and the tools that come from it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};

use super::say::say;

/// A program that a build needs.
pub struct Tool {
    /// What people call it.
    name: &'static str,
    /// The environment variable that names another one.
    variable: &'static str,
    /// The names to look for on `PATH`, in this order.
    programs: &'static [&'static str],
    /// The package that brings it, as Debian names it.
    package: &'static str,
}

/// A C++ compiler.
pub const CXX: Tool = Tool {
    name: "a C++ compiler",
    variable: "CXX",
    programs: &["c++", "g++", "clang++"],
    package: "g++",
};

/// GNU make.
pub const MAKE: Tool = Tool {
    name: "make",
    variable: "MAKE",
    programs: &["make", "gmake"],
    package: "make",
};

/// Finds `tool`, or installs it with `manager`.
pub fn find_or_install(tool: &Tool, manager: Option<&mut PackageManager>) -> Result<PathBuf> {
    if let Some(path) = find(tool) {
        say(&format!("{}: {}", tool.name, path.display()));
        return Ok(path);
    }
    let how_to = format!(
        "{}: none of {} is on PATH and {} names none; install the package `{}`",
        tool.name,
        tool.programs.join(", "),
        tool.variable,
        tool.package
    );
    let manager = manager.ok_or_else(|| anyhow!("{how_to}"))?;
    manager
        .install(tool.package)
        .with_context(|| how_to.clone())?;
    find(tool).ok_or_else(|| anyhow!("{how_to} (its package was installed, but brought none)"))
}

fn find(tool: &Tool) -> Option<PathBuf> {
    std::env::var(tool.variable)
        .ok()
        .filter(|named| !named.is_empty())
        .and_then(|named| which::which(named).ok())
        .or_else(|| {
            tool.programs
                .iter()
                .find_map(|name| which::which(name).ok())
        })
}

/// A library that Verilator's FST writer is compiled with.
pub struct Library {
    header: &'static str,
    package: &'static str,
}

/// For FST files.
pub const ZLIB: Library = Library {
    header: "zlib.h",
    package: "zlib1g-dev",
};

/// Finds `library`'s header as the compiler `cxx` would, or installs it with `manager`.
pub fn find_or_install_library(
    library: &Library,
    cxx: &Path,
    manager: Option<&mut PackageManager>,
) -> Result<()> {
    let found = || {
        let mut command = Command::new(cxx);
        command.args(["-E", "-x", "c++", "-include", library.header, "/dev/null"]);
        succeeds(&mut command)
    };
    if found() {
        return Ok(());
    }
    let how_to = format!(
        "{}: {} cannot find it; install the package `{}`",
        library.header,
        cxx.display(),
        library.package
    );
    let manager = manager.ok_or_else(|| anyhow!("{how_to}"))?;
    manager
        .install(library.package)
        .with_context(|| how_to.clone())?;
    if found() {
        return Ok(());
    }
    bail!("{how_to} (its package was installed, but brought none)")
}

/// What a package manager calls things.
struct Dialect {
    program: &'static str,
    install: &'static [&'static str],
    /// Brings the lists of packages up to date, where `install` does not.
    refresh: Option<&'static [&'static str]>,
    /// Debian's names of packages, and what they are called here.
    names: &'static [(&'static str, &'static str)],
}

const RPM_NAMES: &[(&str, &str)] = &[("g++", "gcc-c++"), ("zlib1g-dev", "zlib-devel")];

const DIALECTS: &[Dialect] = &[
    Dialect {
        program: "apt-get",
        install: &["install", "-y", "--no-install-recommends"],
        refresh: Some(&["update"]),
        names: &[],
    },
    Dialect {
        program: "dnf",
        install: &["install", "-y"],
        refresh: None,
        names: RPM_NAMES,
    },
    Dialect {
        program: "zypper",
        install: &["--non-interactive", "install"],
        refresh: None,
        names: RPM_NAMES,
    },
    Dialect {
        program: "pacman",
        install: &["-S", "--noconfirm", "--needed"],
        refresh: Some(&["-Sy"]),
        names: &[("g++", "gcc"), ("zlib1g-dev", "zlib")],
    },
];

/// A package manager that this process may use.
pub struct PackageManager {
    dialect: &'static Dialect,
    sudo: bool,
    refreshed: bool,
}

impl PackageManager {
    /// The one on this machine, if this process is root or may become root without a password.
    pub fn detect() -> Option<Self> {
        let root = Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
        let sudo = !root;
        if sudo && !succeeds(Command::new("sudo").args(["-n", "true"])) {
            return None;
        }
        DIALECTS
            .iter()
            .find(|dialect| which::which(dialect.program).is_ok())
            .map(|dialect| Self {
                dialect,
                sudo,
                refreshed: false,
            })
    }

    /// Installs `package`, named as Debian names it; the lists of packages are refreshed once
    /// before.
    pub fn install(&mut self, package: &str) -> Result<()> {
        if !self.refreshed {
            if let Some(arguments) = self.dialect.refresh {
                self.call(arguments, &[])?;
            }
            self.refreshed = true;
        }
        let here = self
            .dialect
            .names
            .iter()
            .find(|(debian, _)| *debian == package);
        self.call(
            self.dialect.install,
            &[here.map_or(package, |(_, name)| name)],
        )
    }

    fn call(&self, arguments: &[&str], packages: &[&str]) -> Result<()> {
        let mut words: Vec<&str> = if self.sudo {
            vec!["sudo", "-n"]
        } else {
            Vec::new()
        };
        words.push(self.dialect.program);
        words.extend(arguments);
        words.extend(packages);
        say(&format!("running `{}`", words.join(" ")));
        let output = Command::new(words[0])
            .args(&words[1..])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("could not start `{}`", words[0]))?;
        if !output.status.success() {
            bail!(
                "`{}` ended with {}: {}",
                words.join(" "),
                output.status,
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(())
    }
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
