//! A storm from outside, by somebody who knows nothing of a run but its command line: started in every
//! way, with every signal that can be caught, at any moment. Afterwards nothing is left, the status is
//! what the signals say, and the report is there where the run lived to write it.
//!
//! `LIGHTSSS_OUTSIDE=10000` sets the number of runs, `LIGHTSSS_OUTSIDE_WAY=Nohup` one way of starting;
//! `LIGHTSSS_STORM_SEED` repeats one storm.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, PipeReader, Write},
    os::{
        fd::OwnedFd,
        unix::process::{CommandExt, ExitStatusExt},
    },
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant, SystemTime},
};

use lightsss_tests_slots::deny::deny;
use lightsss_tests_support::processes::{Mark, assert_all_reaped};
use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
    pty::openpty,
    sys::resource::{Resource, setrlimit},
};

/// Whole numbers below a limit, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// How a run is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Plainly,
    Nohup,
    NewSession,
    /// As the leader of a terminal's session; the terminal may hang up.
    Terminal,
    /// Without standard input, output and error.
    Closed,
    /// Its output goes into pipes that are full, and that nobody reads.
    FullPipes,
    Timeout,
    /// As the first process of a container.
    First,
    Limits,
    WithoutPidfds,
    /// The whole group is stopped for a while.
    Stopped,
}

const WAYS: [Way; 11] = [
    Way::Plainly,
    Way::Nohup,
    Way::NewSession,
    Way::Terminal,
    Way::Closed,
    Way::FullPipes,
    Way::Timeout,
    Way::First,
    Way::Limits,
    Way::WithoutPidfds,
    Way::Stopped,
];

/// How a run would end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Well,
    Failure,
    Crash,
}

/// By which somebody ends a run.
const ENDING: [i32; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// Programs that stay above a run that they start.
const WRAPPERS: [&str; 2] = ["timeout", "unshare"];

/// Every signal that can be caught.
const SIGNALS: [i32; 30] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGIO,
    libc::SIGPWR,
    libc::SIGSTKFLT,
    libc::SIGXCPU,
    libc::SIGXFSZ,
    libc::SIGSYS,
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGABRT,
    libc::SIGTRAP,
    libc::SIGPIPE,
    libc::SIGCHLD,
    libc::SIGWINCH,
    libc::SIGURG,
    libc::SIGCONT,
    libc::SIGTSTP,
    libc::SIGTTIN,
    libc::SIGTTOU,
    40,
];

struct Run {
    way: Way,
    end: End,
    mark: Mark,
    child: Child,
    folder: tempfile::TempDir,
    /// Signals that were sent, and to whom.
    sent: Vec<(i32, String)>,
    terminal: Option<OwnedFd>,
    _unread: Vec<PipeReader>,
    /// Nothing keeps it from writing its report: nobody ended it before it could.
    begun: bool,
}

/// A pipe that holds as much as it can.
fn full_pipe() -> (PipeReader, io::PipeWriter) {
    let (reader, mut writer) = io::pipe().unwrap();
    let flags = OFlag::from_bits_retain(fcntl(&writer, FcntlArg::F_GETFL).unwrap());
    fcntl(&writer, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK)).unwrap();
    for size in [4096, 1] {
        while writer.write(&vec![b'x'; size]).is_ok() {}
    }
    fcntl(&writer, FcntlArg::F_SETFL(flags)).unwrap();
    (reader, writer)
}

/// In the child: signals as a program from a shell has them, and what the way asks for.
fn prepare(way: Way) -> io::Result<()> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    // SAFETY: all of it may be called between a fork and an exec, and no handler is set.
    unsafe {
        for number in SIGNALS {
            libc::signal(number, libc::SIG_DFL);
        }
        if way == Way::Nohup {
            libc::signal(libc::SIGHUP, libc::SIG_IGN);
        }
        if way == Way::Closed {
            (0..3).for_each(|number| {
                libc::close(number);
            });
        }
    }
    if way == Way::Limits {
        setrlimit(Resource::RLIMIT_NOFILE, 80, 80)?;
        setrlimit(Resource::RLIMIT_FSIZE, 1 << 20, 1 << 20)?;
        setrlimit(Resource::RLIMIT_CPU, 20, 25)?;
        setrlimit(Resource::RLIMIT_STACK, 1 << 20, 1 << 20)?;
    }
    if way == Way::WithoutPidfds {
        deny(libc::SYS_pidfd_open, Errno::ENOSYS);
        deny(libc::SYS_pidfd_send_signal, Errno::ENOSYS);
    }
    Ok(())
}

impl Run {
    fn start(way: Way, end: End) -> Self {
        let (mark, folder) = (Mark::new(), tempfile::tempdir().unwrap());
        let program = env!("CARGO_BIN_EXE_driven");
        let wrapped: &[&str] = match way {
            Way::Nohup => &["nohup"],
            Way::NewSession => &["setsid", "--wait"],
            Way::Terminal => &["setsid", "--ctty"],
            Way::Timeout => &["timeout", "--signal=TERM", "0.06"],
            Way::First => &[
                "unshare",
                "--user",
                "--map-root-user",
                "--pid",
                "--fork",
                "--mount-proc",
            ],
            _ => &[],
        };
        let mut command = match wrapped.split_first() {
            Some((first, options)) => {
                let mut command = Command::new(first);
                command.args(options).arg(program);
                command
            }
            None => Command::new(program),
        };
        command
            .current_dir(folder.path())
            .env("RUST_BACKTRACE", "0");
        command.args(["--quiet", "--checkpoint-cycles", "20", "--wave", "wave"]);
        command.args(["--report", "report.json", "--replay-deadline", "20"]);
        if end == End::Well {
            command.args(["--max-cycles", "150"]);
        }
        command.args(["--", "pace=200", "files=."]);
        match end {
            End::Well => {}
            End::Failure => {
                command.arg("fail=150");
            }
            End::Crash => {
                command.arg("die=150");
            }
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let (mut terminal, mut unread) = (None, Vec::new());
        if way == Way::Terminal {
            let pair = openpty(None, None).unwrap();
            command.stdin(pair.slave.try_clone().unwrap());
            command
                .stdout(pair.slave.try_clone().unwrap())
                .stderr(pair.slave);
            terminal = Some(pair.master);
        } else if way != Way::NewSession {
            command.process_group(0);
        }
        if way == Way::FullPipes {
            let pipes = [full_pipe(), full_pipe()];
            let [(first, output), (second, error)] = pipes;
            command.stdout(output).stderr(error);
            unread.extend([first, second]);
        }
        // SAFETY: what it calls may be called between a fork and an exec.
        unsafe { command.pre_exec(move || prepare(way)) };
        mark.put_on(&mut command);
        Self {
            child: command.spawn().unwrap(),
            way,
            end,
            mark,
            folder,
            sent: Vec::new(),
            terminal,
            _unread: unread,
            begun: false,
        }
    }

    fn top(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// One thing that somebody does to the run.
    fn disturb(&mut self, dice: &mut Dice) {
        let mut processes = self.mark.processes();
        // A wrapper that is killed leaves what it wraps, whatever that is.
        processes.retain(|(_, name)| !WRAPPERS.contains(&name.as_str()));
        self.begun |= processes.iter().any(|(_, name)| name == "lightsss-super");
        if self.way == Way::Terminal && dice.below(3) == 0 {
            self.terminal = None;
            self.sent.push((libc::SIGHUP, "the terminal".to_owned()));
            return;
        }
        let number = dice.of(&SIGNALS);
        let number = if self.way == Way::Stopped && dice.below(2) == 0 {
            libc::SIGSTOP
        } else {
            number
        };
        if processes.is_empty() {
            return;
        }
        let wrapped = matches!(self.way, Way::Timeout | Way::First);
        let has_group = !wrapped && !matches!(self.way, Way::NewSession | Way::Terminal);
        let (to, whom) = match dice.below(4) {
            0 if has_group => (-self.top(), "the group".to_owned()),
            0 | 1 if !wrapped => (self.top(), "the top".to_owned()),
            _ => {
                let (pid, name) = &processes[dice.below(processes.len())];
                (pid.as_raw(), name.clone())
            }
        };
        // SAFETY: takes two integers. The top is not reaped before its end is waited for.
        if unsafe { libc::kill(to, number) } == 0 {
            self.sent.push((number, whom));
        }
    }

    /// Waits for its end. What was stopped is continued, and what waits for a reader is ended.
    fn finish(&mut self, what: &str) -> ExitStatus {
        let begun = Instant::now();
        let mut ended = false;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            let waited = begun.elapsed();
            if waited > Duration::from_millis(300) {
                for (pid, _) in self.mark.processes() {
                    // SAFETY: takes two integers.
                    unsafe { libc::kill(pid.as_raw(), libc::SIGCONT) };
                }
            }
            // Nobody reads, or nobody can be told: a program that waits for standard error waits for ever.
            let waits = matches!(self.way, Way::FullPipes | Way::Terminal);
            if waits && waited > Duration::from_millis(250) && !ended {
                ended = true;
                // SAFETY: takes two integers.
                unsafe { libc::kill(self.top(), libc::SIGTERM) };
                self.sent
                    .push((libc::SIGTERM, "the top, at last".to_owned()));
            }
            assert!(
                waited < Duration::from_mins(1),
                "{what}: {:?}\n{}",
                self.sent,
                self.mark.describe()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn was_sent(&self, numbers: &[i32]) -> bool {
        self.sent.iter().any(|(number, _)| numbers.contains(number))
    }

    /// Whether the status is that of its end, or of a signal that was sent.
    fn check_status(&self, status: ExitStatus, what: &str) {
        let natural: &[i32] = match self.end {
            End::Well => &[0],
            // A replay that was killed is not the same failure; one that was disturbed has no waveform.
            End::Failure => &[1, 3, 4],
            End::Crash => &[],
        };
        let crash = self.end == End::Crash;
        let by = status.signal().or(status
            .code()
            .filter(|code| *code > 128)
            .map(|code| code - 128));
        let allowed = if let Some(number) = by {
            self.was_sent(&[number]) || crash && number == libc::SIGSEGV || self.way == Way::Timeout
        } else {
            let code = status.code().unwrap_or_default();
            natural.contains(&code) || self.way == Way::Timeout && code == 124
        };
        assert!(allowed, "{what}: {status}, sent: {:?}", self.sent);
    }

    /// A run that was not ended by somebody, and came to its end, has said so.
    fn check_report(&self, status: ExitStatus, what: &str) {
        let report = fs::read_to_string(self.folder.path().join("report.json"));
        let report = report.map(|text| {
            serde_json::from_str::<serde_json::Value>(&text)
                .unwrap_or_else(|error| panic!("{what}: {error}: {text}"))
        });
        // One who was killed on purpose, and whoever's supervisor met a fault of its own, may be silent.
        let ended = self.was_sent(&ENDING) || self.was_sent(&FAULTS) || self.way == Way::Timeout;
        let disturbed = ended || !self.begun && !self.sent.is_empty();
        if disturbed {
            return;
        }
        let report =
            report.unwrap_or_else(|error| panic!("{what}: {status}: {error}: {:?}", self.sent));
        if self.end == End::Crash {
            assert_eq!(report["crashed"], true, "{what}: {report}");
        }
    }
}

/// What ends a supervisor, too, if it is sent to it.
const FAULTS: [i32; 6] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGABRT,
    libc::SIGTRAP,
];

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

fn has(way: Way) -> bool {
    let probe = match way {
        Way::First => "unshare --user --map-root-user --pid --fork --mount-proc true",
        Way::Nohup => "nohup true",
        Way::NewSession | Way::Terminal => "setsid --wait true",
        Way::Timeout => "timeout 5 true",
        _ => return true,
    };
    let mut command = Command::new("sh");
    command
        .args(["-c", probe])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let works = command.status().is_ok_and(|status| status.success());
    if !works {
        eprintln!("not run: this system does not let us `{probe}`");
    }
    works
}

/// One test, since it takes in every orphan that there is.
#[test]
fn nothing_is_left_whatever_somebody_outside_does() {
    const AT_ONCE: usize = 5;
    nix::sys::prctl::set_child_subreaper(true).unwrap();
    let seed = number("LIGHTSSS_STORM_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        now.unwrap().as_nanos() as u64
    });
    println!("LIGHTSSS_STORM_SEED={seed}");
    let mut dice = Dice(seed);
    let wanted = env::var("LIGHTSSS_OUTSIDE_WAY").ok();
    let is_wanted = |way: &Way| {
        wanted
            .as_ref()
            .is_none_or(|wanted| *wanted == format!("{way:?}"))
    };
    let ways: Vec<Way> = WAYS
        .into_iter()
        .filter(|way| has(*way) && is_wanted(way))
        .collect();
    let runs = number("LIGHTSSS_OUTSIDE").unwrap_or(1000) as usize;
    let mut counts = BTreeMap::<(Way, String), u64>::new();
    for batch in 0..runs.div_ceil(AT_ONCE) {
        let mut storm: Vec<Run> = (0..AT_ONCE)
            .map(|at| {
                let way = ways[(batch * AT_ONCE + at) % ways.len()];
                let end = match dice.below(8) {
                    0 => End::Crash,
                    1..4 => End::Failure,
                    _ => End::Well,
                };
                Run::start(way, end)
            })
            .collect();
        for _ in 0..dice.below(4) * AT_ONCE {
            std::thread::sleep(Duration::from_micros(dice.below(6_000) as u64));
            let at = dice.below(AT_ONCE);
            storm[at].disturb(&mut dice);
        }
        for run in &mut storm {
            let what = format!("seed {seed}, batch {batch}, {:?} {:?}", run.way, run.end);
            let status = run.finish(&what);
            let what = format!("{what}: {status}: {:?}", run.sent);
            run.mark.assert_gone(&what);
            run.check_status(status, &what);
            run.check_report(status, &what);
            let how = status.to_string();
            *counts.entry((run.way, how)).or_default() += 1;
        }
        assert_all_reaped(&format!("seed {seed}, batch {batch}"));
    }
    for ((way, status), count) in counts {
        println!("{way:?}: {count} x {status}");
    }
}
