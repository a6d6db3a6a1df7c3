//! Every open and every read of a restore fails, one after the other, as on a disk that breaks or a file that is cut
//! off: the error names the file and says what to do, and the harness is as it was.
//!
//! The system calls of a restoring process are answered by this one, through ptrace.
#![cfg(target_arch = "x86_64")]

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lightsss_runtime::durable::{Compression, SaveOptions, Series, SeriesOptions};
use lightsss_tests_durable::harness::Harness;
use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Stat,
    Read,
}

/// A system call that concerns a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    kind: Kind,
    file: PathBuf,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The system refuses it.
    Error(Errno),
    /// It reads nothing, as at the end of the file.
    End,
    /// It reads half of what it was to.
    Half,
}

/// What came of a restore.
struct Attempt {
    calls: Vec<Call>,
    /// What the process said: `restored`, or whether the harness is as it was.
    outcome: String,
    errors: String,
}

/// A process that restores, stopped at each of its system calls.
struct Traced {
    process: Pid,
    folder: PathBuf,
    files: BTreeMap<u64, PathBuf>,
}

impl Traced {
    /// The call that the process is about to make, if it concerns a snapshot.
    fn call(&self, registers: &libc::user_regs_struct) -> Option<Call> {
        let of = |kind| {
            let file = self.files.get(&registers.rdi)?.clone();
            Some(Call { kind, file })
        };
        match registers.orig_rax as i64 {
            libc::SYS_openat => {
                let file = self.path_at(registers.rsi);
                let kind = Kind::Open;
                (file.parent() == Some(&self.folder)).then_some(Call { kind, file })
            }
            libc::SYS_fstat | libc::SYS_newfstatat | libc::SYS_statx => of(Kind::Stat),
            libc::SYS_read | libc::SYS_pread64 | libc::SYS_readv | libc::SYS_preadv => {
                of(Kind::Read)
            }
            _ => None,
        }
    }

    fn path_at(&self, address: u64) -> PathBuf {
        let memory = std::fs::File::open(format!("/proc/{}/mem", self.process)).unwrap();
        let mut path = Vec::new();
        let mut byte = [0];
        loop {
            memory
                .read_exact_at(&mut byte, address + path.len() as u64)
                .unwrap();
            if byte[0] == 0 {
                return String::from_utf8(path).unwrap().into();
            }
            path.push(byte[0]);
        }
    }

    /// Lets the process go on to the start or the end of a system call; its status, once it has ended.
    fn go_on(&self) -> Option<i32> {
        let mut signal = None;
        loop {
            ptrace::syscall(self.process, signal).unwrap();
            match waitpid(self.process, None).unwrap() {
                WaitStatus::PtraceSyscall(_) => return None,
                WaitStatus::Stopped(_, other) => signal = Some(other),
                WaitStatus::Exited(_, status) => return Some(status),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Restores a file in a process of its own, whose call number `nth` meets a fault.
fn attempt(file: &Path, ram: usize, nth: usize, fault: Option<Fault>) -> Attempt {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saver"));
    command.arg("attempt").arg(file).arg(ram.to_string());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    // SAFETY: `PTRACE_TRACEME` is one system call, which is all that may be done between fork and exec.
    unsafe { command.pre_exec(|| ptrace::traceme().map_err(Into::into)) };
    #[allow(clippy::zombie_processes)] // waited for below, by its number
    let mut child = command.spawn().unwrap();
    let process = Pid::from_raw(child.id() as i32);
    let stopped = waitpid(process, None).unwrap();
    assert_eq!(stopped, WaitStatus::Stopped(process, Signal::SIGTRAP));
    ptrace::setoptions(process, ptrace::Options::PTRACE_O_TRACESYSGOOD).unwrap();
    let mut traced = Traced {
        process,
        folder: file.parent().unwrap().to_owned(),
        files: BTreeMap::new(),
    };
    let mut calls: Vec<Call> = Vec::new();
    while traced.go_on().is_none() {
        let mut registers = ptrace::getregs(process).unwrap();
        let call = traced.call(&registers);
        let closed = (registers.orig_rax as i64 == libc::SYS_close).then_some(registers.rdi);
        let fault = fault.filter(|_| call.is_some() && calls.len() == nth);
        match fault {
            // No call has this number, so that none is made.
            Some(Fault::Error(_)) => registers.orig_rax = u64::MAX,
            Some(Fault::End) => registers.rdx = 0,
            Some(Fault::Half) => registers.rdx = registers.rdx.div_ceil(2),
            None => {}
        }
        if fault.is_some() {
            ptrace::setregs(process, registers).unwrap();
        }
        if traced.go_on().is_some() {
            break;
        }
        let mut registers = ptrace::getregs(process).unwrap();
        if let Some(Fault::Error(errno)) = fault {
            registers.rax = -i64::from(errno as i32) as u64;
            ptrace::setregs(process, registers).unwrap();
        }
        if let Some(closed) = closed {
            traced.files.remove(&closed);
        }
        if let Some(call) = call {
            if call.kind == Kind::Open && registers.rax as i64 >= 0 {
                traced.files.insert(registers.rax, call.file.clone());
            }
            calls.push(call);
        }
    }
    let (mut outcome, mut errors) = (String::new(), String::new());
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut outcome)
        .unwrap();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    let outcome = outcome.trim().to_owned();
    Attempt {
        calls,
        outcome,
        errors,
    }
}

/// A chain of snapshots, the last one first.
fn chain(folder: &Path, ram: usize, len: u64) -> Vec<PathBuf> {
    let options = SeriesOptions {
        max_chain: 8,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder, options).unwrap();
    let mut harness = Harness::new(1, ram);
    // A page of zeros would not be in the file.
    for page in harness.ram.0.chunks_mut(4096) {
        page[0] |= 1;
    }
    let saved = (0..len).map(|cycle| {
        harness.ram.0[5000 * cycle as usize] ^= 1;
        let options = SaveOptions::new()
            .cycle(cycle)
            .compression(Compression::None);
        series.save(&harness, &options).unwrap().0
    });
    let mut paths: Vec<PathBuf> = saved.collect();
    paths.reverse();
    paths
}

fn refused(attempt: &Attempt, call: &Call, parts: &[&str]) {
    let text = &attempt.errors;
    assert_eq!(attempt.outcome, "unchanged", "{call:?}: {text}");
    assert!(
        text.contains(call.file.to_str().unwrap()),
        "{call:?}: {text}"
    );
    for part in parts {
        assert!(text.contains(part), "{call:?}: {text}");
    }
}

#[test]
fn every_call_of_a_restore_may_fail() {
    const RAM: usize = 40_000;
    let folder = tempfile::tempdir().unwrap();
    let files = chain(folder.path(), RAM, 3);
    let good = attempt(&files[0], RAM, 0, None);
    assert_eq!(good.outcome, "restored", "{}", good.errors);
    // Prologue and directory of each file, then each file whole.
    let reads = good.calls.iter().filter(|call| call.kind == Kind::Read);
    let reads: Vec<&PathBuf> = reads.map(|call| &call.file).collect();
    let [child, parent, first] = [&files[0], &files[1], &files[2]];
    let expected = [
        child, child, parent, parent, first, first, child, parent, first,
    ];
    assert_eq!(reads, expected);
    let opens = good.calls.iter().filter(|call| call.kind == Kind::Open);
    assert_eq!(opens.count(), 3);
    for (nth, call) in good.calls.iter().enumerate() {
        let with = |fault| attempt(&files[0], RAM, nth, Some(fault));
        let disk = [
            "could not",
            "fails: look into the kernel's log",
            "Input/output error",
        ];
        refused(&with(Fault::Error(Errno::EIO)), call, &disk);
        match call.kind {
            Kind::Open => {
                for (errno, advice) in [
                    (Errno::EACCES, "change the permissions of the file"),
                    (
                        Errno::ENOENT,
                        "there is nothing of that name: correct the path",
                    ),
                    (Errno::EMFILE, "`ulimit -n`"),
                ] {
                    refused(
                        &with(Fault::Error(errno)),
                        call,
                        &["could not open", advice],
                    );
                }
                assert_eq!(with(Fault::Error(Errno::EINTR)).outcome, "restored");
            }
            Kind::Stat => {}
            Kind::Read => {
                refused(
                    &with(Fault::End),
                    call,
                    &["could not read", "something cut it off"],
                );
                // The rest is asked for.
                for fault in [Fault::Half, Fault::Error(Errno::EINTR)] {
                    let attempt = with(fault);
                    assert_eq!(attempt.outcome, "restored", "{fault:?}: {}", attempt.errors);
                    assert!(attempt.calls.len() > good.calls.len());
                }
            }
        }
    }
}

/// What is not held in memory is read frame by frame, once to verify it and once to restore. In the first pass nothing
/// has changed yet; in the second, the harness may be half restored, which the error says.
#[test]
fn every_pass_over_a_large_file_may_fail() {
    // More than is held in memory.
    const RAM: usize = 66 << 20;
    let folder = tempfile::tempdir().unwrap();
    let files = chain(folder.path(), RAM, 1);
    let good = attempt(&files[0], RAM, 0, None);
    assert_eq!(good.outcome, "restored", "{}", good.errors);
    let reads: Vec<usize> = (0..good.calls.len())
        .filter(|nth| good.calls[*nth].kind == Kind::Read)
        .collect();
    // Each of the two passes takes a chunk of 1 MiB at a time, at the most.
    assert!(reads.len() > 2 * (RAM >> 20), "{} reads", reads.len());
    let middle = reads.len() / 2;
    for number in [2, 3, middle - 20] {
        let (nth, call) = (reads[number], &good.calls[reads[number]]);
        for (fault, part) in [
            (Fault::Error(Errno::EIO), "Input/output error"),
            (Fault::End, "something cut it off"),
        ] {
            refused(
                &attempt(&files[0], RAM, nth, Some(fault)),
                call,
                &["could not read", part],
            );
        }
        assert_eq!(
            attempt(&files[0], RAM, nth, Some(Fault::Half)).outcome,
            "restored"
        );
    }
    for number in [middle + 20, reads.len() - 1] {
        for (fault, cause) in [
            (Fault::Error(Errno::EIO), "Input/output error"),
            (Fault::End, "failed to fill whole buffer"),
        ] {
            let attempt = attempt(&files[0], RAM, reads[number], Some(fault));
            let text = &attempt.errors;
            assert_ne!(attempt.outcome, "restored", "{text}");
            for part in [
                files[0].to_str().unwrap(),
                "not usable any more: make a new one",
                cause,
            ] {
                assert!(text.contains(part), "{text}");
            }
        }
    }
}
