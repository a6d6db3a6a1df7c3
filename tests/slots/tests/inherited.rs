//! What a run inherits or changes, and each signal, against each of its processes: the rows of
//! `docs/processes.md`.

use std::{
    fs, io,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use lightsss_tests_support::processes::Mark;
use nix::{
    sys::resource::{Resource, setrlimit},
    unistd::{Pid, Uid},
};
use serde_json::Value;

/// Signals that end a process which has made no other arrangement, and by which somebody ends a run.
const ENDING: [i32; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// Others that end a process.
const DEADLY: [i32; 12] = [
    libc::SIGALRM,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGIO,
    libc::SIGPWR,
    libc::SIGSTKFLT,
    libc::SIGXCPU,
    libc::SIGXFSZ,
    libc::SIGSYS,
    REAL_TIME,
];

/// One that queues.
const REAL_TIME: i32 = 40;

/// Signals that do nothing by default; and SIGPIPE, which every Rust program ignores.
const HARMLESS: [i32; 5] = [
    libc::SIGCHLD,
    libc::SIGWINCH,
    libc::SIGURG,
    libc::SIGCONT,
    libc::SIGPIPE,
];

const STOPPING: [i32; 3] = [libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU];

/// What a process is born with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Born {
    Default,
    Ignoring,
    Blocking,
}

/// Treats all signals of the lists as a program that then becomes the run may have.
fn be_born(born: Born) -> io::Result<()> {
    // A signal that ends with a core file would leave one.
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    let all = || {
        ENDING
            .iter()
            .chain(&DEADLY)
            .chain(&HARMLESS)
            .chain(&STOPPING)
    };
    // SAFETY: all of it may be called between a fork and an exec; no handler is set.
    unsafe {
        let mut mask = std::mem::zeroed();
        libc::sigemptyset(&raw mut mask);
        for number in all() {
            let ignore = born == Born::Ignoring;
            libc::signal(*number, if ignore { libc::SIG_IGN } else { libc::SIG_DFL });
            if born == Born::Blocking {
                libc::sigaddset(&raw mut mask, *number);
            }
        }
        libc::sigprocmask(libc::SIG_SETMASK, &raw const mask, std::ptr::null_mut());
    }
    Ok(())
}

struct Run {
    mark: Mark,
    child: Child,
    folder: tempfile::TempDir,
}

impl Run {
    /// One that goes on for a minute unless it is ended, with a slot every 20 ms.
    fn new(born: Born, args: &[&str], prepare: impl FnOnce(&mut Command)) -> Self {
        let (mark, folder) = (Mark::new(), tempfile::tempdir().unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_supervised"));
        let usual = [("--slow", "1000"), ("--every", "20"), ("--at", "60000")];
        for (option, value) in usual.iter().filter(|(option, _)| !args.contains(option)) {
            command.args([option, value]);
        }
        command
            .args(["--inherit", "--deadline", "30000", "--report"])
            .arg(folder.path().join("report"))
            .args(args)
            .process_group(0)
            .stderr(Stdio::null());
        // SAFETY: what it calls may be called between a fork and an exec.
        unsafe { command.pre_exec(move || be_born(born)) };
        mark.put_on(&mut command);
        prepare(&mut command);
        let child = command.spawn().unwrap();
        Self {
            mark,
            child,
            folder,
        }
    }

    fn with_slots(born: Born, args: &[&str]) -> Self {
        let run = Self::new(born, args, |_| ());
        run.mark.named("lightsss-slot", 2);
        run
    }

    fn supervisor(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn original(&self) -> Pid {
        // The supervisor bears its name from a moment after the fork on.
        self.mark.named("lightsss-super", 1);
        self.mark.named("supervised", 1)[0]
    }

    /// Sends a signal and waits until the supervisor has dealt with what it got of it.
    fn send(&self, to: Pid, number: i32) {
        send(to, number);
        let pending = || {
            let path = format!("/proc/{}/status", self.supervisor());
            let status = fs::read_to_string(path).unwrap_or_default();
            let field = |name| {
                let mut lines = status.lines();
                lines
                    .find_map(|line| line.strip_prefix(name))
                    .map(str::trim)
            };
            // One that has ended hears no more. That a child of it ended may stay unread.
            let lives = field("State:").is_some_and(|state| !state.starts_with('Z'));
            let bits = field("ShdPnd:").and_then(|bits| u64::from_str_radix(bits, 16).ok());
            lives && bits.is_some_and(|bits| bits >> (number - 1) & 1 == 1)
        };
        wait_until("the supervisor hears", || !pending());
    }

    fn goes_on(&mut self, what: &str) {
        assert!(self.child.try_wait().unwrap().is_none(), "{what}: goes on");
    }

    fn end(mut self, what: &str) -> (ExitStatus, Option<Value>) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            let described = || self.mark.describe();
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "{what}: {}",
                described()
            );
            std::thread::sleep(Duration::from_millis(2));
        };
        self.mark.assert_gone(what);
        (status, report(self.folder.path()))
    }
}

fn report(folder: &Path) -> Option<Value> {
    let text = fs::read_to_string(folder.join("report")).ok()?;
    Some(serde_json::from_str(text.lines().next()?).unwrap())
}

fn send(to: Pid, number: i32) {
    // SAFETY: takes two integers.
    let sent = unsafe { libc::kill(to.as_raw(), number) };
    assert_eq!(sent, 0, "{number} to {to}: {}", io::Error::last_os_error());
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// After this, the run still wakes a slot for a crash, and reports.
fn crash_is_reported(run: Run, what: &str) {
    send(run.original(), libc::SIGSEGV);
    let (status, report) = run.end(what);
    assert_eq!(status.signal(), Some(libc::SIGSEGV), "{what}");
    let report = report.unwrap_or_else(|| panic!("{what}: a report"));
    assert!(report["replay"]["Ok"].is_object(), "{what}: {report}");
}

#[test]
fn signals_that_the_run_ignores_or_blocks_from_birth_do_nothing() {
    for born in [Born::Ignoring, Born::Blocking] {
        let mut run = Run::with_slots(born, &[]);
        let targets = [
            run.supervisor(),
            run.original(),
            Pid::from_raw(-run.supervisor().as_raw()),
        ];
        for number in ENDING
            .iter()
            .chain(&DEADLY)
            .chain(&HARMLESS)
            .chain(&STOPPING)
        {
            for target in targets {
                run.send(target, *number);
            }
            run.goes_on(&format!("{born:?} {number}"));
        }
        crash_is_reported(run, &format!("{born:?}"));
    }
}

#[test]
fn signals_that_do_nothing_by_default_do_nothing() {
    let mut run = Run::with_slots(Born::Default, &[]);
    for number in HARMLESS {
        for target in [run.supervisor(), run.original()] {
            run.send(target, number);
        }
        run.goes_on(&number.to_string());
    }
    crash_is_reported(run, "harmless signals");
}

#[test]
fn a_signal_by_which_somebody_ends_a_run_ends_it_whoever_it_is_sent_to() {
    for number in ENDING {
        for target in ["supervisor", "original", "group"] {
            let run = Run::with_slots(Born::Default, &[]);
            let what = format!("{number} to the {target}");
            match target {
                "supervisor" => send(run.supervisor(), number),
                "original" => send(run.original(), number),
                _ => send(Pid::from_raw(-run.supervisor().as_raw()), number),
            }
            let (status, report) = run.end(&what);
            assert_eq!(status.signal(), Some(number), "{what}");
            assert_eq!(report, None, "{what}: it is no crash");
        }
    }
}

#[test]
fn another_deadly_signal_is_a_crash() {
    for number in DEADLY {
        let run = Run::with_slots(Born::Default, &[]);
        send(run.supervisor(), number);
        let what = format!("signal {number}");
        let (status, report) = run.end(&what);
        assert_eq!(status.signal(), Some(number), "{what}");
        assert!(report.is_some(), "{what}");
    }
}

#[test]
fn a_run_that_exits_when_it_catches_an_ending_signal_has_not_crashed() {
    for number in ENDING {
        let run = Run::with_slots(Born::Default, &["--catch", &number.to_string()]);
        send(run.supervisor(), number);
        let (status, report) = run.end(&number.to_string());
        assert_eq!(status.code(), Some(3), "{number}");
        assert_eq!(report, None, "{number}");
    }
    // Another one's handler is the run's own business: its exit without a word is a crash.
    let usr1 = libc::SIGUSR1.to_string();
    let run = Run::with_slots(Born::Default, &["--catch", &usr1]);
    send(run.supervisor(), libc::SIGUSR1);
    let (status, report) = run.end("a caught SIGUSR1");
    assert_eq!(status.code(), Some(3));
    assert!(report.is_some());
}

/// `nohup`: the hangup comes while the replay of a crash runs.
#[test]
fn an_ignored_signal_does_not_end_the_replay_of_a_crash_and_another_does() {
    for (number, reported) in [(libc::SIGHUP, true), (libc::SIGTERM, false)] {
        let nohup = |command: &mut Command| {
            // SAFETY: no handler is set.
            unsafe {
                command.pre_exec(|| {
                    libc::signal(libc::SIGHUP, libc::SIG_IGN);
                    Ok(())
                });
            }
        };
        let run = Run::new(Born::Default, &["--every", "300"], nohup);
        wait_until("a replay takes a while", || {
            let cycles = run.mark.named("lightsss-slot", 1).len();
            cycles > 0
        });
        std::thread::sleep(Duration::from_millis(400));
        send(run.original(), libc::SIGSEGV);
        run.mark.named("lightsss-replay", 1);
        run.send(run.supervisor(), number);
        let (status, report) = run.end(&number.to_string());
        assert_eq!(status.signal(), Some(libc::SIGSEGV), "{number}");
        let outcome = &report.expect("a report")["replay"]["Ok"]["outcome"];
        assert_eq!(outcome != "timed_out", reported, "{number}: {outcome}");
    }
}

#[test]
fn a_limit_of_time_that_was_set_before_the_run_began_ends_it() {
    for (timer, number) in [
        (libc::ITIMER_REAL, libc::SIGALRM),
        (libc::ITIMER_VIRTUAL, libc::SIGVTALRM),
        (libc::ITIMER_PROF, libc::SIGPROF),
    ] {
        let limited = |command: &mut Command| {
            // SAFETY: may be called between a fork and an exec.
            unsafe {
                command.pre_exec(move || {
                    let mut value: libc::itimerval = std::mem::zeroed();
                    value.it_value.tv_usec = 300_000;
                    libc::setitimer(timer, &raw const value, std::ptr::null_mut());
                    Ok(())
                });
            }
        };
        // Busy, for the timers of processor time.
        let args = ["--slow", "0", "--at", "100000000000", "--every", "1000000"];
        let run = Run::new(Born::Default, &args, limited);
        let what = format!("signal {number}");
        let (status, report) = run.end(&what);
        assert_eq!(status.signal(), Some(number), "{what}");
        let is_limit = timer == libc::ITIMER_REAL;
        assert_eq!(report.is_none(), is_limit, "{what}: an alarm is no crash");
    }
}

#[test]
fn a_run_that_becomes_another_user_ends_with_its_supervisor() {
    if !Uid::effective().is_root() {
        eprintln!("not run: only root may become another user");
        return;
    }
    // Before the first slot, and after some.
    for user in ["65534@0", "65534@30"] {
        let run = Run::new(Born::Default, &["--user", user], |_| ());
        let original = run.original();
        wait_until("another user", || {
            let status = fs::read_to_string(format!("/proc/{original}/status")).unwrap();
            status.contains("Uid:\t65534")
        });
        run.mark.named("lightsss-slot", 2);
        send(run.supervisor(), libc::SIGKILL);
        let (status, _) = run.end(user);
        assert_eq!(status.signal(), Some(libc::SIGKILL), "{user}");
    }
}

#[test]
fn slots_of_another_user_are_dropped_and_woken_all_the_same() {
    if !Uid::effective().is_root() {
        eprintln!("not run: only root may become another user");
        return;
    }
    let run = Run::new(Born::Default, &["--user", "65534@50"], |_| ());
    let original = run.original();
    let first = run.mark.named("lightsss-slot", 2);
    let is_there = |pid: &Pid| Path::new(&format!("/proc/{pid}")).exists();
    wait_until("slots of root go", || !first.iter().any(is_there));
    assert!(is_there(&original));
    crash_is_reported(run, "after setuid");
}

/// Nobody reads standard error, and a replay has much to say.
#[test]
fn a_replay_whose_output_nobody_reads_keeps_nothing_alive() {
    for number in [libc::SIGKILL, libc::SIGTERM] {
        let (reader, writer) = io::pipe().unwrap();
        let talk = ["--talk", "100000"];
        let run = Run::new(Born::Default, &talk, |command| {
            command.stderr(writer);
        });
        run.mark.named("lightsss-slot", 1);
        send(run.original(), libc::SIGSEGV);
        let replay = run.mark.named("lightsss-replay", 1)[0];
        wait_until("the replay waits for its reader", || {
            let channel = fs::read_to_string(format!("/proc/{replay}/wchan"));
            channel.is_ok_and(|channel| channel.contains("pipe"))
        });
        send(run.supervisor(), number);
        let (status, _) = run.end(&format!("signal {number}, and nobody reads"));
        assert!(!status.success(), "{status}");
        drop(reader);
    }
}

#[test]
fn slots_do_not_pile_up_while_an_interrupt_is_shown() {
    let run = Run::new(Born::Default, &["--show", "--talk", "100000"], |command| {
        command.stderr(Stdio::piped());
    });
    run.mark.named("lightsss-slot", 2);
    send(run.supervisor(), libc::SIGINT);
    run.mark.named("lightsss-replay", 1);
    // The replay waits for its reader, and the run goes on: 15 slots are taken.
    std::thread::sleep(Duration::from_millis(400));
    let slots = run.mark.named("lightsss-slot", 1).len();
    // The two that are kept, the one that replays, one on its way out and one on its way in.
    assert!(slots <= 5, "{slots} slots");
    send(run.supervisor(), libc::SIGTERM);
    let (status, _) = run.end("an interrupt that is shown");
    assert_eq!(status.signal(), Some(libc::SIGTERM));
}
