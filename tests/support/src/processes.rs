//! Finds the processes of a run: they carry a mark in their environment.

use std::{
    fs,
    process::Command,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

/// Name of the environment variable that marks the processes of one run.
const NAME: &str = "LIGHTSSS_TEST_RUN";

/// The mark of one run; no other run has it.
#[derive(Debug)]
pub struct Mark(String);

impl Default for Mark {
    fn default() -> Self {
        Self::new()
    }
}

impl Mark {
    /// A new mark.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let serial = NEXT.fetch_add(1, Relaxed);
        Self(format!("{}-{serial}", std::process::id()))
    }

    /// Marks what the command starts.
    pub fn put_on(&self, command: &mut Command) {
        command.env(NAME, &self.0);
    }

    /// The processes of the run: id and name.
    ///
    /// # Panics
    /// If `/proc` cannot be read.
    #[must_use]
    pub fn processes(&self) -> Vec<(Pid, String)> {
        let wanted = format!("{NAME}={}", self.0);
        let numbers = fs::read_dir("/proc").unwrap().flatten();
        numbers
            .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
            .filter(|pid| {
                let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                environment
                    .split(|byte| *byte == 0)
                    .any(|one| one == wanted.as_bytes())
            })
            .map(|pid| {
                let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
                (Pid::from_raw(pid), name.trim_end().to_owned())
            })
            .collect()
    }

    /// What the processes of the run do, for finding out why they do not end.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut lines = Vec::new();
        for (pid, name) in self.processes() {
            lines.push(format!("{pid} {name}"));
            for file in ["stat", "wchan", "syscall", "stack"] {
                let found = fs::read_to_string(format!("/proc/{pid}/{file}"));
                let found = found.unwrap_or_else(|error| error.to_string());
                lines.push(format!("  {file}: {}", found.trim_end()));
            }
            let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).into_iter();
            for descriptor in descriptors.flatten().flatten() {
                let target = fs::read_link(descriptor.path()).unwrap_or_default();
                let number = descriptor.file_name();
                lines.push(format!("  {}: {}", number.display(), target.display()));
            }
        }
        lines.join("\n")
    }

    /// The processes of the run that bear this name, once there are at least `count`.
    ///
    /// # Panics
    /// If there are fewer for 20 seconds.
    #[allow(clippy::must_use_candidate, reason = "it also waits for them")]
    pub fn named(&self, name: &str, count: usize) -> Vec<Pid> {
        let begun = Instant::now();
        loop {
            let processes = self.processes();
            let named = processes.iter().filter(|(_, its)| its == name);
            let found: Vec<Pid> = named.map(|(pid, _)| *pid).collect();
            if found.len() >= count {
                return found;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{count} processes named {name} among {processes:?}"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Fails unless all processes of the run are gone within a second.
    ///
    /// # Panics
    /// If one is left.
    pub fn assert_gone(&self, what: &str) {
        let begun = Instant::now();
        loop {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(1),
                "{what}: left behind: {left:?}"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Stops a process, and waits until it has stopped.
///
/// # Panics
/// If it does not stop, or is not there.
pub fn stop(pid: Pid) {
    kill(pid, Signal::SIGSTOP).unwrap();
    let begun = Instant::now();
    loop {
        let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let state = status.rsplit(')').next().unwrap().trim_start();
        if state.starts_with('T') {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the process stops: {status}"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for what is left of runs whose tops have ended, zombies included; fails unless that is done
/// within a second.
///
/// # Panics
/// If a child is alive after that.
pub fn assert_all_reaped(what: &str) {
    let begun = Instant::now();
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::ECHILD) => return,
            Ok(WaitStatus::StillAlive) => {
                assert!(
                    begun.elapsed() < Duration::from_secs(1),
                    "{what}: a child lives on"
                );
                std::thread::sleep(Duration::from_millis(1));
            }
            _ => {}
        }
    }
}
