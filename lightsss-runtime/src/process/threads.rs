//! Refusal to fork while other threads live.

use std::{
    fs,
    os::linux::fs::MetadataExt,
    time::{Duration, Instant},
};

use nix::unistd::gettid;

/// How long a thread that has been joined may still be seen: `join` returns a moment before the
/// kernel takes the thread off its list.
const LEAVING: Duration = Duration::from_millis(50);

/// Names of the live threads other than the caller.
///
/// Empty when there are none.
pub(crate) fn others() -> Vec<String> {
    if count() == 1 {
        return Vec::new();
    }
    let begun = Instant::now();
    loop {
        let names = names_of_others();
        if names.is_empty() || begun.elapsed() > LEAVING {
            return names;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// Number of threads, from the link count of the folder of tasks: `.`, `..` and one for each.
fn count() -> u64 {
    match fs::metadata("/proc/self/task") {
        Ok(folder) => folder.st_nlink().saturating_sub(2),
        // No `/proc`: ask the kernel, which refuses this exactly to a threaded process.
        // SAFETY: the system call takes one integer; in a process of one thread it does nothing.
        Err(_) => 1 + u64::from(unsafe { libc::unshare(libc::CLONE_THREAD) } != 0),
    }
}

fn names_of_others() -> Vec<String> {
    let caller = gettid().as_raw().to_string();
    let Ok(tasks) = fs::read_dir("/proc/self/task") else {
        return if count() == 1 {
            Vec::new()
        } else {
            vec!["(unknown)".to_owned()]
        };
    };
    tasks
        .flatten()
        .map(|task| task.file_name().to_string_lossy().into_owned())
        .filter(|id| *id != caller)
        .map(
            |id| match fs::read_to_string(format!("/proc/self/task/{id}/comm")) {
                Ok(name) => format!("{} ({id})", name.trim_end()),
                Err(_) => format!("({id})"),
            },
        )
        .collect()
}
