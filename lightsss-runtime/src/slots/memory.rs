//! How much memory there is, and what copying it costs.

use std::{
    fs,
    num::NonZeroUsize,
    path::Path,
    sync::atomic::Ordering::{Acquire, Relaxed, Release},
    time::{Duration, Instant},
};

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

use super::record::{Record, SlotState};

const PAGE: usize = 4096;

/// How much memory slots may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryLimits {
    /// Bytes that all slots together may hold beyond what they share with the original. Above the
    /// limit, slots are dropped, down to one. `None`, the default, is no limit.
    pub budget: Option<u64>,
    /// Bytes that must stay free on the machine, in the memory cgroup and in those above it. With
    /// less, slots are dropped, down to one, and no new one is taken. 128 MiB by default.
    pub reserve: u64,
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self {
            budget: None,
            reserve: 128 << 20,
        }
    }
}

/// Memory that is left, and by whose count: the machine's or a cgroup's, whichever has less.
pub(crate) fn available() -> Option<(String, u64)> {
    let machine = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| kilobytes(&text, "MemAvailable:"))
        .map(|bytes| ("the machine".to_owned(), bytes));
    machine
        .into_iter()
        .chain(cgroup_available())
        .min_by_key(|(_, bytes)| *bytes)
}

/// Memory left in the memory cgroup of this process, of either version, or in one above it: whichever
/// has the least.
fn cgroup_available() -> Option<(String, u64)> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    least_in_groups(&groups, Path::new("/sys/fs/cgroup"))
}

/// The same for a process whose groups are these, `mounted` being where their file system is.
fn least_in_groups(groups: &str, mounted: &Path) -> Option<(String, u64)> {
    let controllers = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        let path = path.trim_start_matches('/');
        match controllers {
            "" => Some((mounted.to_owned(), path, VERSION_2)),
            "memory" => Some((mounted.join("memory"), path, VERSION_1)),
            _ => None,
        }
    });
    controllers
        .flat_map(|(root, path, files)| {
            // Inside a container the path may be that of the host, and the root is the group itself:
            // what is not there has no limit.
            let group = root.join(path);
            let folders = group
                .ancestors()
                .take_while(|folder| folder.starts_with(&root));
            folders
                .filter_map(|folder| left_in_group(folder, files))
                .collect::<Vec<_>>()
        })
        .min_by_key(|(_, bytes)| *bytes)
}

/// Names of a memory cgroup's files: the limit, the use, and in the statistics what the kernel can take
/// back from files.
type GroupFiles = [&'static str; 3];

const VERSION_2: GroupFiles = ["memory.max", "memory.current", "inactive_file"];
const VERSION_1: GroupFiles = [
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    "total_inactive_file",
];

/// What one group has left, if it has a limit. Its use is that of all groups below it, too.
fn left_in_group(folder: &Path, [limit, usage, reclaimable]: GroupFiles) -> Option<(String, u64)> {
    let number = |name| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        text.trim().parse::<u64>().ok()
    };
    // No limit is written as "max", or as a number beyond any memory.
    let limit = number(limit).filter(|bytes| *bytes < 1 << 60)?;
    let statistics = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let reclaimable = field(&statistics, reclaimable).unwrap_or(0);
    let used = number(usage)?.saturating_sub(reclaimable);
    Some((
        format!("the memory cgroup {}", folder.display()),
        limit.saturating_sub(used),
    ))
}

/// The number behind a name, in a text of lines with a name and a number.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text
        .lines()
        .find(|line| line.split_whitespace().next() == Some(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    Some(field(text, name)? * 1024)
}

/// What a process holds, bytes.
struct ProcessMemory {
    /// That nobody else maps.
    unshared: u64,
    /// Anonymous memory, each page divided by the number of processes that map it.
    proportional: u64,
    /// Anonymous memory.
    anonymous: u64,
}

fn held_by(pid: i32) -> Option<ProcessMemory> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    Some(ProcessMemory {
        unshared: kilobytes(&text, "Private_Clean:")? + kilobytes(&text, "Private_Dirty:")?,
        proportional: kilobytes(&text, "Pss_Anon:").or_else(|| kilobytes(&text, "Pss:"))?,
        anonymous: kilobytes(&text, "Anonymous:")?,
    })
}

/// Measures all slots and writes the figures to the record. Takes some 15 ms per GiB and process,
/// which is why a slot does it and not the original.
pub(crate) fn measure(record: &Record) {
    let Some(original) = held_by(record.original.load(Acquire)) else {
        return;
    };
    let mut together = original.proportional;
    for place in &record.places {
        if place.state() != SlotState::Live {
            continue;
        }
        if let Some(held) = held_by(place.pid.load(Acquire)) {
            let copied = place.copied.load(Relaxed);
            place
                .unshared
                .store((held.unshared + copied).max(1), Relaxed);
            together += held.proportional + copied;
        }
    }
    // Each page was divided by those who map it, so the sum counts every page once. What the
    // original holds it would hold without slots.
    record
        .extra_bytes
        .store(together.saturating_sub(original.anonymous), Relaxed);
    record.measured.fetch_add(1, Release);
}

/// What one page fault costs on this machine, measured once on fresh pages; a fault that copies
/// costs little more. A microsecond if it cannot be measured.
pub(crate) fn fault_cost() -> Duration {
    const PAGES: usize = 64;
    let length = NonZeroUsize::new(PAGES * PAGE).expect("not zero");
    let flags = MapFlags::MAP_PRIVATE;
    // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
    let mapped = unsafe {
        mmap_anonymous(
            None,
            length,
            ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
            flags,
        )
    };
    let Ok(start) = mapped else {
        return Duration::from_micros(1);
    };
    let begun = Instant::now();
    for page in 0..PAGES {
        // SAFETY: the address lies within the mapping made above, which nothing else knows.
        unsafe { start.cast::<u8>().add(page * PAGE).write_volatile(1) };
    }
    let cost = begun.elapsed() / PAGES as u32;
    // SAFETY: the mapping was made above with this length and is not used after this.
    let _ = unsafe { munmap(start, length.get()) };
    cost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_has_memory_left() {
        let (what, bytes) = available().expect("meminfo can be read");
        assert!(bytes > 1 << 20, "{what}: {bytes}");
    }

    /// A group of a made-up file system: its limit, use, and what of that can be taken back.
    fn group(folder: &Path, names: GroupFiles, [limit, used, reclaimable]: [&str; 3]) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(names[0]), limit.to_owned() + "\n").unwrap();
        fs::write(folder.join(names[1]), used.to_owned() + "\n").unwrap();
        let statistics = format!("anon 1\n{} {reclaimable}\n", names[2]);
        fs::write(folder.join("memory.stat"), statistics).unwrap();
    }

    #[test]
    fn the_group_that_has_the_least_left_counts_wherever_it_is() {
        let mounted = tempfile::tempdir().unwrap();
        let root = mounted.path();
        let left = |groups: &str| {
            let left = least_in_groups(groups, root);
            left.map(|(who, bytes)| (who.rsplit('/').next().unwrap().to_owned(), bytes))
        };
        let own = "0::/outer/middle/inner\n";
        assert_eq!(left(own), None, "no such group");
        group(&root.join("outer"), VERSION_2, ["5000", "3000", "400"]);
        let middle = root.join("outer/middle");
        group(&middle, VERSION_2, ["max", "2000", "0"]);
        let inner = middle.join("inner");
        group(&inner, VERSION_2, ["9000", "1000", "0"]);
        assert_eq!(left(own), Some(("outer".to_owned(), 2400)));
        group(&inner, VERSION_2, ["3000", "1000", "0"]);
        assert_eq!(left(own), Some(("inner".to_owned(), 2000)));
        // The path is the host's, and of its groups the container sees its own, as the root.
        group(root, VERSION_2, ["7000", "7500", "600"]);
        assert_eq!(left("0::/docker/1234\n").unwrap().1, 100);
    }

    #[test]
    fn groups_of_the_first_version_count_likewise() {
        let mounted = tempfile::tempdir().unwrap();
        let folder = mounted.path().join("memory/outer");
        group(&folder, VERSION_1, ["5000", "4500", "0"]);
        let inner = folder.join("inner");
        group(&inner, VERSION_1, ["9223372036854771712", "4000", "0"]);
        let groups = "5:cpu,cpuacct:/\n4:memory:/outer/inner\n0::/\n";
        let (who, bytes) = least_in_groups(groups, mounted.path()).unwrap();
        assert!(who.ends_with("memory/outer"), "{who}");
        assert_eq!(bytes, 500);
    }

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "inactive_file 5\ntotal_inactive_file 7\nMemAvailable:  12 kB\n";
        assert_eq!(field(text, "total_inactive_file"), Some(7));
        assert_eq!(field(text, "inactive_file"), Some(5));
        assert_eq!(kilobytes(text, "MemAvailable:"), Some(12 * 1024));
        assert_eq!(field(text, "file"), None);
    }
}
