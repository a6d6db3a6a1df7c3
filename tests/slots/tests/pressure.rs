//! Memory that runs out: the kernel's out-of-memory killer, a limit of the address space, and slots
//! that give way before either.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use lightsss_tests_support::processes::Mark;
use serde_json::Value;

/// A memory cgroup with a limit, of either version; removed in the end.
struct Group {
    folder: PathBuf,
    limit: &'static str,
    /// The file that counts the kernel's kills.
    kills: &'static str,
}

impl Group {
    /// Below the group of this process, or one above it. `None` where no group can be made: in a
    /// container without the right to, above all.
    fn new(mebibytes: u64) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let serial = NEXT.fetch_add(1, Relaxed);
        let name = format!("lightsss-test-{}-{serial}", std::process::id());
        let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
        let candidates = groups.lines().filter_map(|line| {
            let mut parts = line.splitn(3, ':').skip(1);
            let (controllers, path) = (parts.next()?, parts.next()?.trim_start_matches('/'));
            match controllers {
                "" => Some(("/sys/fs/cgroup", "memory.max", "memory.events", path)),
                "memory" => Some((
                    "/sys/fs/cgroup/memory",
                    "memory.limit_in_bytes",
                    "memory.oom_control",
                    path,
                )),
                _ => None,
            }
        });
        candidates
            .flat_map(|(root, limit, kills, path)| {
                let own = Path::new(root).join(path);
                let above: Vec<PathBuf> = own
                    .ancestors()
                    .take_while(|folder| folder.starts_with(root))
                    .map(Path::to_owned)
                    .collect();
                above.into_iter().map(move |folder| (folder, limit, kills))
            })
            .find_map(|(parent, limit, kills)| {
                let folder = parent.join(&name);
                fs::create_dir(&folder).ok()?;
                let group = Self {
                    folder,
                    limit,
                    kills,
                };
                // Without the memory controller the group has no such file.
                let exists = group.folder.join(group.limit).exists();
                let limit = (mebibytes << 20).to_string();
                let limited = exists && fs::write(group.folder.join(group.limit), limit).is_ok();
                let _ = fs::write(group.folder.join("memory.swap.max"), "0");
                limited.then_some(group)
            })
    }

    /// A group within this one, without a limit of its own.
    fn within(&self) -> Self {
        let folder = self.folder.join("within");
        fs::create_dir(&folder).unwrap();
        Self { folder, ..*self }
    }

    /// The program as a process of this group.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo $$ >\"$0\" && exec \"$@\""])
            .arg(self.folder.join("cgroup.procs"))
            .arg(program);
        command
    }

    /// How many processes of the group the kernel killed for want of memory.
    fn kills(&self) -> u64 {
        let text = fs::read_to_string(self.folder.join(self.kills)).unwrap();
        text.lines()
            .find_map(|line| line.strip_prefix("oom_kill "))
            .expect("a count of kills")
            .parse()
            .unwrap()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The last process may be on its way out.
        for _ in 0..200 {
            if fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn incident(report: &Path) -> Value {
    let text = fs::read_to_string(report).unwrap();
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

#[test]
fn the_out_of_memory_killer_wakes_a_slot() {
    let Some(group) = Group::new(192) else {
        eprintln!("not run: no memory cgroup can be made here; see the test with a limit");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mark = Mark::new();
    let mut command = group.command(env!("CARGO_BIN_EXE_supervised"));
    command
        .args(["--death", "memory", "--reserve", "16", "--report"])
        .arg(&report);
    mark.put_on(&mut command);
    let status = command.status().unwrap();
    let incident = incident(&report);
    assert_eq!(status.signal(), Some(libc::SIGKILL), "{incident}");
    assert_eq!(incident["reason"]["crash"]["signaled"], libc::SIGKILL);
    assert_eq!(incident["cycle"], 1050);
    // The replay takes as much memory as the original, and is killed for it, too; its slot is not.
    let replay = &incident["replay"]["Ok"];
    assert_eq!(replay["from_cycle"], 900, "{incident}");
    assert_eq!(replay["reached_cycle"], 1050, "{incident}");
    assert_eq!(replay["outcome"]["crashed"]["signaled"], libc::SIGKILL);
    assert_eq!(group.kills(), 2, "the original and its replay");
    mark.assert_gone("after the out-of-memory killer");
}

#[test]
fn memory_that_the_system_refuses_wakes_a_slot() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mark = Mark::new();
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 400000 && exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_supervised"))
        .args(["--death", "memory", "--report"])
        .arg(&report);
    mark.put_on(&mut command);
    // Rust aborts when an allocation fails.
    assert_eq!(command.status().unwrap().signal(), Some(libc::SIGABRT));
    let incident = incident(&report);
    assert_eq!(incident["reason"]["crash"]["signaled"], libc::SIGABRT);
    let replay = &incident["replay"]["Ok"];
    assert_eq!(replay["from_cycle"], 900, "{incident}");
    assert_eq!(replay["outcome"]["crashed"]["signaled"], libc::SIGABRT);
    mark.assert_gone("after a refused allocation");
}

#[test]
fn slots_give_way_before_the_limit_of_their_group_is_reached() {
    let Some(group) = Group::new(320) else {
        eprintln!("not run: no memory cgroup can be made here");
        return;
    };
    give_way(&group, &group);
}

#[test]
fn slots_give_way_before_the_limit_of_a_group_above_theirs_is_reached() {
    let Some(group) = Group::new(320) else {
        eprintln!("not run: no memory cgroup can be made here");
        return;
    };
    give_way(&group, &group.within());
}

/// A run in a group that is, or is within, the one with the limit of 320 MiB.
fn give_way(limited: &Group, own: &Group) {
    // Six slots of 40 MiB each would need 280 MiB with the original, and 128 are to stay free.
    let output = own
        .command(env!("CARGO_BIN_EXE_faults"))
        .args(["--keep", "6", "--dirty", "40", "--reserve", "128"])
        .args(["--checkpoints", "12"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(run["stats"]["taken"], 12, "{run}");
    assert!(
        run["stats"]["evictions"]["memory"].as_u64() >= Some(1),
        "{run}"
    );
    assert_eq!(run["replay"]["Ok"]["outcome"], "same_failure", "{run}");
    assert_eq!(limited.kills(), 0);
}
