//! How much memory there is, and what copying it costs.

use std::{
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::atomic::Ordering::{Acquire, Relaxed, Release},
    time::{Duration, Instant},
};

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

use super::record::{PlaceState, Record};

const PAGE: usize = 4096;

/// How much memory slots may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryLimits {
    /// Bytes that all slots together may hold beyond what they share with the original; `None` for
    /// no limit, which is the default. Beyond it slots are dropped, down to one.
    pub budget: Option<u64>,
    /// Bytes that the machine, and the memory cgroup, are to have left: with less, slots are
    /// dropped, down to one, and no new one is taken. 128 MiB by default.
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

/// Memory left in the memory cgroup of this process, of either version.
fn cgroup_available() -> Option<(String, u64)> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    groups.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        let path = path.trim_start_matches('/');
        let (root, limit, usage, file) = match controllers {
            "" => (
                "/sys/fs/cgroup",
                "memory.max",
                "memory.current",
                "inactive_file",
            ),
            "memory" => (
                "/sys/fs/cgroup/memory",
                "memory.limit_in_bytes",
                "memory.usage_in_bytes",
                "total_inactive_file",
            ),
            _ => return None,
        };
        // Inside a container the path may be that of the host, and the root is the group itself.
        let nested = Path::new(root).join(path);
        let folder = if nested.join(limit).exists() {
            nested
        } else {
            PathBuf::from(root)
        };
        let number = |name| {
            fs::read_to_string(folder.join(name))
                .ok()?
                .trim()
                .parse::<u64>()
                .ok()
        };
        // No limit is written as "max", or as a number beyond any memory.
        let limit = number(limit).filter(|bytes| *bytes < 1 << 60)?;
        // What the kernel can take back from files does not count.
        let statistics = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        let reclaimable = field(&statistics, file).unwrap_or(0);
        let used = number(usage)?.saturating_sub(reclaimable);
        Some((
            format!("the memory cgroup {}", folder.display()),
            limit.saturating_sub(used),
        ))
    })
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
struct Held {
    /// That nobody else maps.
    unshared: u64,
    /// Anonymous memory, each page divided by the number of processes that map it.
    proportional: u64,
    /// Anonymous memory.
    anonymous: u64,
}

fn held_by(pid: i32) -> Option<Held> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    Some(Held {
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
        if place.state() != PlaceState::Live {
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

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "inactive_file 5\ntotal_inactive_file 7\nMemAvailable:  12 kB\n";
        assert_eq!(field(text, "total_inactive_file"), Some(7));
        assert_eq!(field(text, "inactive_file"), Some(5));
        assert_eq!(kilobytes(text, "MemAvailable:"), Some(12 * 1024));
        assert_eq!(field(text, "file"), None);
    }
}
