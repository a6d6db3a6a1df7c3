//! The process between a worker and a task's program. It ends the program, and all that the program started, at the
//! deadline and when its worker is gone; whatever kills the worker closes the pipe between them.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpid};

use super::ended::Ended;

/// What a program prints, in its folder.
pub(super) const STDOUT: &str = "stdout.txt";
pub(super) const STDERR: &str = "stderr.txt";

/// How long a program that is asked to end has for it, and what a program leaves running has to end by itself.
const GRACE: Duration = Duration::from_secs(2);

/// Runs `command` in the current folder, and prints how it ended. Its standard input is the pipe from the worker.
///
/// # Errors
///
/// Standard output cannot be written, or the system refuses what the guard needs.
pub fn run(command: &[String], deadline: Option<Duration>) -> io::Result<()> {
    // What the program leaves becomes a child of this process.
    prctl::set_child_subreaper(true)?;
    let ended = match start(command) {
        Err(error) => Ended::NotStarted(error.to_string()),
        Ok(child) => hold(child, deadline)?,
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(&ended)?)?;
    out.flush()
}

fn start(command: &[String]) -> io::Result<Child> {
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| io::Error::other("no program is given"))?;
    let mut command = Command::new(Path::new(program));
    command
        .args(arguments)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(File::create(STDOUT)?)
        .stderr(File::create(STDERR)?);
    // SAFETY: the closure runs in the forked child before `exec`, where only async-signal-safe functions may be called.
    // It makes one system call, `prctl`, which allocates nothing, takes no lock and touches no memory of the parent.
    unsafe {
        command.pre_exec(|| prctl::set_pdeathsig(Signal::SIGKILL).map_err(io::Error::from));
    }
    command.spawn()
}

/// What the guard waits for.
enum Event {
    Ended(io::Result<ExitStatus>),
    WorkerGone,
}

fn hold(child: Child, deadline: Option<Duration>) -> io::Result<Ended> {
    let group = Pid::from_raw(child.id() as i32);
    let events = events(child);
    let next = match deadline {
        Some(deadline) => events.recv_timeout(deadline),
        None => events.recv().map_err(RecvTimeoutError::from),
    };
    let ended = match next {
        Ok(Event::Ended(status)) => in_words(status?),
        Ok(Event::WorkerGone) => {
            end_softly(group, &events);
            Ended::Stopped
        }
        Err(_) => {
            end_softly(group, &events);
            Ended::Deadline
        }
    };
    end_the_rest(group, matches!(ended, Ended::Exit(_) | Ended::Signal(_)));
    Ok(ended)
}

fn events(mut child: Child) -> Receiver<Event> {
    let (send, events) = mpsc::channel();
    let to_worker = send.clone();
    thread::spawn(move || {
        // Nobody listens any more once the guard has what it needs.
        let _ = send.send(Event::Ended(child.wait()));
    });
    thread::spawn(move || {
        let mut byte = [0];
        // The worker never writes: this ends when its end of the pipe is closed.
        while matches!(io::stdin().read(&mut byte), Ok(1..)) {}
        let _ = to_worker.send(Event::WorkerGone);
    });
    events
}

fn in_words(status: ExitStatus) -> Ended {
    status.code().map_or_else(
        || Ended::Signal(status.signal().unwrap_or_default()),
        Ended::Exit,
    )
}

/// Asks the program to end, and ends it after a while.
fn end_softly(group: Pid, events: &Receiver<Event>) {
    // It may have ended at this moment.
    let _ = killpg(group, Signal::SIGTERM);
    let until = Instant::now() + GRACE;
    loop {
        match events.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Event::WorkerGone) => {}
            Ok(Event::Ended(_)) => return,
            Err(_) => break,
        }
    }
    let _ = killpg(group, Signal::SIGKILL);
}

/// Ends what the program left: its process group, and every process that has become a child of this one.
fn end_the_rest(group: Pid, may_take_its_time: bool) {
    let until = Instant::now()
        + if may_take_its_time {
            GRACE
        } else {
            Duration::ZERO
        };
    loop {
        reap();
        let left = children();
        if left.is_empty() {
            return;
        }
        if Instant::now() >= until {
            let _ = killpg(group, Signal::SIGKILL);
            for child in left {
                let _ = kill(child, Signal::SIGKILL);
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn reap() {
    while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        if status == WaitStatus::StillAlive {
            break;
        }
    }
}

/// The children of this process, those that it inherited included.
fn children() -> Vec<Pid> {
    let own = getpid();
    let Ok(threads) = fs::read_dir(format!("/proc/{own}/task")) else {
        return Vec::new();
    };
    let lists = threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let text: Vec<String> = lists.collect();
    let numbers = text.iter().flat_map(|list| list.split_whitespace());
    numbers
        .filter_map(|number| number.parse().ok().map(Pid::from_raw))
        .collect()
}
