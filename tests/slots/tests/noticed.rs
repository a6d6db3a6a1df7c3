//! What of a run cannot be run again is said, once and by name.

use std::{
    env, fs,
    fs::File,
    io,
    os::{
        fd::AsRawFd,
        unix::{net::UnixStream, process::CommandExt},
    },
    process::{Command, Stdio},
    ptr,
};

use lightsss_runtime::slots::{Checkpoint, isolated};
use lightsss_tests_slots::rows::slots;
use nix::{
    fcntl::{FcntlArg, FdFlag, fcntl},
    pty::openpty,
};

/// `UFFD_USER_MODE_ONLY`: everybody may ask for it.
const USER_MODE_ONLY: i32 = 1;

/// What the program says on standard error at its first two checkpoints.
fn noticed(row: &str) -> String {
    let mut program = Command::new(env::current_exe().unwrap());
    program.args([
        "what_is_said",
        "--exact",
        "--nocapture",
        "--ignored",
        "--test-threads=1",
    ]);
    program.env("LIGHTSSS_ROW", row);
    // Nothing that this program has open, and no group of its own.
    program.process_group(0);
    let output = program.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{row}: {text}");
    text
}

#[test]
#[ignore = "a part of the tests that start it"]
fn what_is_said() {
    let Ok(row) = env::var("LIGHTSSS_ROW") else {
        return;
    };
    isolated(|| {
        let mut held: Vec<Box<dyn std::any::Any>> = Vec::new();
        match row.as_str() {
            "nothing" => {}
            "pipe" => held.push(Box::new(io::pipe().unwrap().0)),
            "socket" => held.push(Box::new(UnixStream::pair().unwrap())),
            // SAFETY: takes an integer.
            "inotify" => assert!(unsafe { libc::inotify_init1(libc::IN_CLOEXEC) } >= 0),
            "terminal" => {
                let pair = openpty(None, None).unwrap();
                for end in [&pair.master, &pair.slave] {
                    fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).unwrap();
                }
                held.push(Box::new(pair));
            }
            "io_uring" => {
                let mut parameters = [0_u8; 120];
                // SAFETY: the parameters are as long as the kernel's structure, and zeros are valid.
                let ring =
                    unsafe { libc::syscall(libc::SYS_io_uring_setup, 4, parameters.as_mut_ptr()) };
                if ring < 0 {
                    eprintln!("lightsss: no io_uring here; not all of this run can be run again");
                }
            }
            // A kind that has no row of its own.
            "other" => {
                let flags = libc::O_CLOEXEC | USER_MODE_ONLY;
                // SAFETY: takes an integer.
                let made = unsafe { libc::syscall(libc::SYS_userfaultfd, flags) };
                assert!(made >= 0, "{}", io::Error::last_os_error());
            }
            "child" => {
                let mut child = Command::new("cat");
                child.stdin(Stdio::piped());
                let child = child.spawn().unwrap();
                // The name changes a moment after the parent goes on.
                let name = format!("/proc/{}/comm", child.id());
                while fs::read_to_string(&name).unwrap() != "cat\n" {
                    std::thread::yield_now();
                }
                held.push(Box::new(child));
            }
            "large mapping" => {
                let folder = tempfile::tempdir().unwrap();
                env::set_current_dir(folder.path()).unwrap();
                let file = File::options()
                    .read(true)
                    .write(true)
                    .create_new(true)
                    .open("image")
                    .unwrap();
                file.set_len(64 << 20).unwrap();
                // SAFETY: a new mapping overlaps nothing.
                let memory = unsafe {
                    libc::mmap(
                        ptr::null_mut(),
                        64 << 20,
                        libc::PROT_WRITE,
                        libc::MAP_SHARED,
                        file.as_raw_fd(),
                        0,
                    )
                };
                assert_ne!(memory, libc::MAP_FAILED);
                fs::remove_file("image").unwrap();
            }
            "timer" => {
                // SAFETY: the place is valid; a null event is a signal.
                let made = unsafe {
                    let mut timer = std::mem::zeroed();
                    libc::timer_create(libc::CLOCK_MONOTONIC, ptr::null_mut(), &raw mut timer)
                };
                assert_eq!(made, 0);
            }
            other => panic!("no row {other}"),
        }
        let mut slots = slots();
        for cycle in 0..2 {
            assert!(matches!(
                slots.checkpoint(cycle).unwrap(),
                Checkpoint::Original
            ));
        }
        drop(held);
    });
}

#[test]
fn what_cannot_be_right_is_said_once_and_by_name() {
    assert_eq!(noticed("nothing").matches("lightsss:").count(), 0);
    for (row, name) in [
        ("pipe", "a pipe"),
        ("socket", "a socket"),
        ("inotify", "inotify"),
        ("terminal", "a terminal"),
        ("io_uring", "io_uring"),
        ("other", "of a kind that is not known"),
        ("child", "`cat`"),
        ("large mapping", "/image"),
        ("timer", "timer_create"),
    ] {
        let said = noticed(row);
        assert!(said.contains(name), "{row}: {said}");
        let times = said.matches("not all of this run can be run again").count();
        assert_eq!(times, 1, "{row}: {said}");
    }
}
