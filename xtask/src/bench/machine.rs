//! What the benchmarks ran on.

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::folders::root;
use crate::setup::Tools;

/// The machine and the tools.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_gib: u64,
    pub kernel: String,
    pub huge_pages: String,
    pub rustc: String,
    pub cxx: String,
    pub verilator: String,
    pub lightsss: String,
    /// The crates that rows are measured against.
    pub peers: String,
}

impl Machine {
    /// Looks.
    pub fn look(tools: &Tools) -> Self {
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let cxx = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
        Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gib: field("/proc/meminfo", "MemTotal")
                .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
                .map_or(0, |kib| (kib + (1 << 19)) >> 20),
            kernel: first_line("uname", &["-sr"]).unwrap_or_else(unknown),
            huge_pages: huge_pages().unwrap_or_else(unknown),
            rustc: first_line(&rustc, &["--version"]).unwrap_or_else(unknown),
            cxx: first_line(&cxx, &["--version"]).unwrap_or_else(unknown),
            verilator: tools.verilator.version.to_string(),
            lightsss: commit(),
            peers: peers(),
        }
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "machine: {}, {} cores, {} GiB, {}, huge pages on {}",
            self.processor, self.cores, self.memory_gib, self.kernel, self.huge_pages
        )?;
        write!(
            f,
            "tools:   lightsss {}, {}, {}, Verilator {}; {}",
            self.lightsss, self.rustc, self.cxx, self.verilator, self.peers
        )
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// What follows `name :` in a file of the kernel's.
fn field(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let (_, value) = text
        .lines()
        .find(|line| line.starts_with(name))?
        .split_once(':')?;
    Some(value.trim().to_owned())
}

/// The one in brackets of `always [madvise] never`.
fn huge_pages() -> Option<String> {
    let path = Path::new("/sys/kernel/mm/transparent_hugepage/enabled");
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.split_once('[')?.1.split_once(']')?.0.to_owned())
}

fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

fn commit() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let Some(commit) = first_line("git", &["rev-parse", "--short=10", "HEAD"]) else {
        return version.to_owned();
    };
    let changed = first_line("git", &["status", "--porcelain", "--untracked-files=no"]);
    let changed = changed.map_or("", |_| ", changed since");
    format!("{version} ({commit}{changed})")
}

/// Names and versions, from the lock files of the benchmarks that have peers.
fn peers() -> String {
    let wanted = [
        ("bench/Cargo.lock", "bitcode"),
        ("bench/marlin/Cargo.lock", "marlin"),
    ];
    let named = wanted.iter().filter_map(|(lock, name)| {
        let version = locked(&std::fs::read_to_string(root().join(lock)).ok()?, name)?;
        Some(format!("{name} {version}"))
    });
    named.collect::<Vec<_>>().join(", ")
}

/// The version of a package in a lock file.
fn locked(lock: &str, name: &str) -> Option<String> {
    let (_, package) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    Some(package.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_peers_are_read_from_lock_files() {
        let lock = "[[package]]\nname = \"rkyv_derive\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"rkyv\"\nversion = \"0.8.1\"\n";
        assert_eq!(locked(lock, "rkyv").as_deref(), Some("0.8.1"));
        assert_eq!(locked(lock, "bitcode"), None);
        assert_eq!(peers().split(", ").count(), 2, "{}", peers());
    }
}
