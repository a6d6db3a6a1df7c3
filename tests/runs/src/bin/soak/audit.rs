//! What this process holds, as the kernel tells it.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

/// Growth of resident memory that is no leak: allocators keep some.
const SLACK_KIB: u64 = 16 << 10;
/// Dropped slots are reaped in passing; by then they are gone.
const GONE_WITHIN: Duration = Duration::from_secs(5);

/// What this process holds when it keeps no slot and no save is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Resident memory.
    pub memory_kib: u64,
    /// Open descriptors.
    pub descriptors: usize,
    /// Shared memory of the system that has a name.
    pub shared_memory: usize,
}

impl Found {
    /// Looks. `folder` is the one in which `files` files are expected; `reap` takes note of processes
    /// that have ended.
    ///
    /// # Errors
    /// If a process, a zombie or a file is left.
    pub fn look(folder: &Path, files: usize, mut reap: impl FnMut()) -> Result<Self> {
        let begun = Instant::now();
        loop {
            reap();
            let left = children()?;
            if left.is_empty() {
                break;
            }
            ensure!(
                begun.elapsed() < GONE_WITHIN,
                "processes are left that nothing holds: {}",
                left.join(", ")
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        let here: Vec<String> = names(folder)?;
        if here.len() != files {
            bail!(
                "expected {files} files to be left, found {}",
                here.join(", ")
            );
        }
        Ok(Self {
            memory_kib: memory_kib()?,
            descriptors: names(Path::new("/proc/self/fd"))?.len(),
            shared_memory: shared_memory(),
        })
    }

    /// # Errors
    /// If a later audit found more than this one.
    pub fn compare(&self, later: &Self) -> Result<()> {
        ensure!(
            later.memory_kib <= self.memory_kib + SLACK_KIB,
            "memory grew from {} to {} KiB",
            self.memory_kib,
            later.memory_kib
        );
        ensure!(
            later.descriptors <= self.descriptors,
            "descriptors grew from {} to {}",
            self.descriptors,
            later.descriptors
        );
        ensure!(
            later.shared_memory <= self.shared_memory,
            "objects in /dev/shm grew from {} to {}",
            self.shared_memory,
            later.shared_memory
        );
        Ok(())
    }
}

/// Objects of shared memory, which are regular files. Folders are other programs' scratch space.
fn shared_memory() -> usize {
    let entries = std::fs::read_dir("/dev/shm")
        .into_iter()
        .flatten()
        .flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .count()
}

impl Display for Found {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} KiB, {} descriptors, no process left",
            self.memory_kib, self.descriptors
        )
    }
}

/// What lies in a folder.
pub fn names(folder: &Path) -> Result<Vec<String>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    Ok(entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect())
}

fn memory_kib() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.context("no VmRSS in /proc/self/status")
}

/// The processes that descend from this one, zombies too: number, name and state.
pub fn children() -> Result<Vec<String>> {
    let mut parents = Vec::new();
    for name in names(Path::new("/proc"))? {
        let Ok(pid) = name.parse::<u32>() else {
            continue;
        };
        // One that has just ended.
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        // The name may hold anything, brackets too.
        let Some((name, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        let mut fields = rest.split_whitespace();
        let state = fields.next().unwrap_or("?");
        if let Some(parent) = fields.next().and_then(|parent| parent.parse::<u32>().ok()) {
            parents.push((pid, parent, format!("{name}) in state {state}")));
        }
    }
    let mut family = vec![std::process::id()];
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&ancestor) = family.get(at) {
        at += 1;
        for (pid, parent, text) in &parents {
            if *parent == ancestor {
                family.push(*pid);
                found.push(text.clone());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Found = Found {
        memory_kib: 10_000,
        descriptors: 5,
        shared_memory: 0,
    };

    #[test]
    fn growth_is_found() {
        NOTHING.compare(&NOTHING).unwrap();
        let memory = Found {
            memory_kib: 10_001 + SLACK_KIB,
            ..NOTHING
        };
        let descriptors = Found {
            descriptors: 6,
            ..NOTHING
        };
        let shared = Found {
            shared_memory: 1,
            ..NOTHING
        };
        for grown in [memory, descriptors, shared] {
            NOTHING.compare(&grown).unwrap_err();
        }
    }

    #[test]
    fn a_child_is_found_dead_or_alive() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let pid = child.id().to_string();
        let finds = || {
            children()
                .unwrap()
                .iter()
                .any(|text| text.starts_with(&pid))
        };
        assert!(finds());
        child.kill().unwrap();
        assert!(finds(), "a zombie is a child");
        child.wait().unwrap();
        assert!(!finds());
    }

    #[test]
    fn a_file_too_many_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("left.tmp"), "").unwrap();
        let error = Found::look(folder.path(), 0, || ()).unwrap_err();
        assert!(error.to_string().contains("left.tmp"), "{error}");
    }
}
