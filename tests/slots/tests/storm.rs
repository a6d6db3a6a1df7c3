//! Any process of a run killed at any moment, in any order: a second later nothing is left.
//!
//! `LIGHTSSS_STORM=1000` sets the number of runs; `LIGHTSSS_STORM_SEED` repeats one storm.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    ffi::{OsStr, OsString},
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant, SystemTime},
};

use lightsss_tests_support::processes::{Mark, assert_all_reaped};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// Whole numbers below a limit, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name)
        .ok()
        .map(|text| text.parse().expect("a number"))
}

/// Objects of shared memory, which are regular files here.
fn shared_memory() -> BTreeSet<OsString> {
    let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.file_name())
        .collect()
}

/// Whether any process has it open or mapped. What a run leaves behind nobody has.
fn is_in_use(name: &OsStr) -> bool {
    let path = Path::new("/dev/shm").join(name);
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes.map(|entry| entry.path()).any(|process| {
        let maps = fs::read_to_string(process.join("maps")).unwrap_or_default();
        let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten();
        maps.contains(&*path.to_string_lossy())
            || descriptors
                .flatten()
                .any(|one| fs::read_link(one.path()).is_ok_and(|target| target == path))
    })
}

/// Fails if there is an object of shared memory that was not there before and that nobody uses.
/// (Other programs of this machine have theirs.)
fn assert_no_shared_memory(before: &BTreeSet<OsString>) {
    let left: Vec<OsString> = shared_memory()
        .difference(before)
        .filter(|name| !is_in_use(name))
        .cloned()
        .collect();
    // A moment later, so that one that was just being made or removed is none.
    std::thread::sleep(Duration::from_millis(100));
    let now = shared_memory();
    let left: Vec<_> = left
        .iter()
        .filter(|name| now.contains(*name) && !is_in_use(name))
        .collect();
    assert!(left.is_empty(), "shared memory is left behind: {left:?}");
}

/// Whether a process can do something about being stopped: from its first system call on. Before it
/// bears the name of its parent.
fn is_settled(pid: Pid, name: &str) -> bool {
    name.starts_with("lightsss-") && (name != SLOT || parent_of(pid).1 != SLOT)
}

const SLOT: &str = "lightsss-slot";

/// The parent of a process, and its name.
fn parent_of(pid: Pid) -> (Option<Pid>, String) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    let parent = parent.unwrap_or_default().trim();
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).unwrap_or_default();
    let parent = parent.parse().ok().map(Pid::from_raw);
    (parent, name.trim_end().to_owned())
}

/// What a process is in its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Supervisor,
    Original,
    Slot,
    Replay,
}

const UNSUPERVISED: [Role; 3] = [Role::Original, Role::Slot, Role::Replay];
const SUPERVISED: [Role; 4] = [Role::Supervisor, Role::Original, Role::Slot, Role::Replay];

impl Role {
    /// Of a process with this name, in a run whose first process is `top` and has the first of `roles`.
    fn of(pid: Pid, name: &str, top: Pid, roles: &[Self]) -> Self {
        let (parent, parent_name) = parent_of(pid);
        match name {
            "lightsss-replay" => Self::Replay,
            SLOT if parent_name == SLOT => Self::Replay,
            SLOT => Self::Slot,
            _ if pid == top => roles[0],
            _ if roles[0] == Self::Supervisor && parent == Some(top) => Self::Original,
            // It has not given itself its name yet.
            _ => Self::Slot,
        }
    }
}

/// Whether it is still there to be killed: it has not ended, reaped or not.
fn is_alive(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

/// A process of the run, whichever; or of this role, once there is one. None if the run ends before.
fn victim(
    mark: &Mark,
    dice: &mut Dice,
    aim: Option<Role>,
    of: impl Fn(Pid, &str) -> Role,
) -> Option<(Pid, String)> {
    loop {
        let mut processes = mark.processes();
        if processes.is_empty() {
            return None;
        }
        if let Some(aim) = aim {
            processes.retain(|(pid, name)| is_alive(*pid) && of(*pid, name) == aim);
        }
        if !processes.is_empty() {
            return Some(processes.swap_remove(dice.below(processes.len() as u64) as usize));
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// How many processes were killed, by role.
type Killed = BTreeMap<Role, u64>;

/// How long a run may take that nobody kills any more. On its own it takes a tenth of a second, and
/// a quarter of processor time to look up where it crashed; on two busy processors, beside nine like it,
/// it was seen to take more than six. One that waits for something that never comes takes for ever.
const PATIENCE: Duration = Duration::from_mins(2);

/// Every other run begins with the death of one whose role is given, so that none is left out.
fn storm(program: &str, roles: &[Role], args: &[&str], runs: u64, dice: &mut Dice) -> Killed {
    let shared_before = shared_memory();
    let temporary = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut deaths = Killed::new();
    let mut victims = BTreeMap::<String, u64>::new();
    for run in 0..runs {
        let mark = Mark::new();
        let mut command = Command::new(program);
        command.args(args).current_dir(folder.path());
        command.env("TMPDIR", temporary.path());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        mark.put_on(&mut command);
        let mut top = command.spawn().unwrap();
        let top_pid = Pid::from_raw(top.id().cast_signed());
        let role = |pid: Pid, name: &str| Role::of(pid, name, top_pid, roles);
        let mut aim = (run % 2 == 0).then(|| roles[(run / 2) as usize % roles.len()]);

        let mut killed = Vec::new();
        let (mut stopped, mut ending) = (false, false);
        for _ in 0..=dice.below(3) {
            // Runs last some 100 ms, and are at their most interesting at the end.
            // Where a role is waited for, the moment is that at which somebody has it.
            let patience = if aim.is_some() { 5_000 } else { 90_000 };
            std::thread::sleep(Duration::from_micros(dice.below(patience)));
            let aimed = aim.take();
            let Some((pid, name)) = victim(&mark, dice, aimed, role) else {
                break;
            };
            // Who is stopped when nobody is left to end is out of reach for the run.
            let signal = match dice.below(4) {
                0 if aimed.is_none() && !ending && is_settled(pid, &name) => Signal::SIGSTOP,
                _ => Signal::SIGKILL,
            };
            let (role, alive) = (role(pid, &name), is_alive(pid));
            if kill(pid, signal).is_ok() {
                if signal == Signal::SIGKILL && alive {
                    *deaths.entry(role).or_default() += 1;
                }
                stopped |= signal == Signal::SIGSTOP;
                ending |= signal == Signal::SIGKILL;
                *victims.entry(format!("{name}, {signal}")).or_default() += 1;
                killed.push(format!("{name}, {signal}"));
            }
        }
        if stopped {
            // A run that is stopped goes on when somebody says so, or ends, as here.
            std::thread::sleep(Duration::from_micros(dice.below(90_000)));
            top.kill().unwrap();
        }
        // What was not killed goes its way, to the end.
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = top.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "run {run} hangs; killed: {killed:?}\n{}",
                mark.describe()
            );
            std::thread::sleep(Duration::from_millis(1));
        };
        assert_ne!(status.signal(), Some(libc::SIGTERM));
        let what = format!("run {run}, killed: {killed:?}");
        mark.assert_gone(&what);
        assert_all_reaped(&what);
    }
    assert_no_shared_memory(&shared_before);
    assert_eq!(
        fs::read_dir(temporary.path()).unwrap().count(),
        0,
        "no temporary file"
    );
    println!("{runs} runs of {program}: killed {victims:?}, that is {deaths:?}");
    deaths
}

/// Makes this process the one that orphans of its descendants are handed to, so that nothing of
/// them escapes it.
fn adopt_orphans() {
    nix::sys::prctl::set_child_subreaper(true).unwrap();
}

fn dice() -> Dice {
    let seed = number("LIGHTSSS_STORM_SEED").unwrap_or_else(|| {
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_nanos() as u64
    });
    println!("LIGHTSSS_STORM_SEED={seed}");
    Dice(seed)
}

/// One test, since it takes in every orphan that there is.
#[test]
fn nothing_is_left_behind_whoever_is_killed_when() {
    let runs = number("LIGHTSSS_STORM").unwrap_or(60);
    adopt_orphans();
    let mut dice = dice();
    let supervised = env!("CARGO_BIN_EXE_supervised");
    // 110 cycles of 0.5 ms, a slot every 10; then a crash and a replay of 20 cycles or more.
    let crash = [
        "--every",
        "10",
        "--at",
        "110",
        "--slow",
        "500",
        "--death",
        "segv",
        "--deadline",
        "600000",
    ];
    let mut deaths = vec![storm(supervised, &SUPERVISED, &crash, runs / 3, &mut dice)];
    let cycles = env!("CARGO_BIN_EXE_cycles");
    let failure = [
        "--every",
        "10",
        "--fail-at",
        "110",
        "--slow",
        "500",
        "--replays",
        "2",
    ];
    deaths.push(storm(cycles, &UNSUPERVISED, &failure, runs / 3, &mut dice));
    // The whole driver, with a memory that has copies made for its slots, and with files.
    let driven = env!("CARGO_BIN_EXE_driven");
    let arguments = [
        "--checkpoint-cycles",
        "10",
        "--quiet",
        "--",
        "pace=500",
        "ram=64",
        "files=.",
        "die=110",
    ];
    let rest = runs - 2 * (runs / 3);
    deaths.push(storm(driven, &SUPERVISED, &arguments, rest, &mut dice));
    if runs >= 30 {
        for role in SUPERVISED {
            let killed: u64 = deaths.iter().filter_map(|one| one.get(&role)).sum();
            assert!(killed > 0, "a {role:?} was killed: {deaths:?}");
        }
    }
}
