//! Descriptors that are no files, in a replay: a row of `docs/limits.md` each.

use std::{
    cell::RefCell,
    fs,
    fs::File,
    io::{self, Read, Write},
    os::{fd::AsRawFd, unix::net::UnixStream},
    process::{Command, Stdio},
    ptr,
    sync::atomic::{AtomicU32, Ordering::SeqCst},
};

use lightsss_tests_slots::rows::{replayed, row};
use nix::pty::openpty;

#[test]
fn a_pipe_to_another_program_leads_nowhere_in_a_replay() {
    row(|| {
        let mut partner = Command::new("cat");
        partner.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut partner = partner.spawn().unwrap();
        let to = RefCell::new(partner.stdin.take().unwrap());
        let from = RefCell::new(partner.stdout.take().unwrap());
        let say = |what: &[u8]| to.borrow_mut().write_all(what).unwrap();
        let hear = || {
            let mut heard = [0; 4];
            let length = from.borrow_mut().read(&mut heard).unwrap();
            String::from_utf8_lossy(&heard[..length]).into_owned()
        };
        say(b"1st ");
        let found = replayed(
            |_| {
                say(b"no! ");
                format!("{:?}", hear())
            },
            || {
                assert_eq!(hear(), "1st ");
                say(b"2nd ");
            },
        );
        assert_eq!(found, "\"\"", "the end");
        assert_eq!(hear(), "2nd ");
        drop(to);
        let mut rest = String::new();
        from.borrow_mut().read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        partner.wait().unwrap();
    });
}

#[test]
fn a_pipe_to_itself_is_a_pipe_to_itself_in_a_replay() {
    row(|| {
        let (reader, writer) = io::pipe().unwrap();
        let through = |what: &[u8]| {
            (&writer).write_all(what).unwrap();
            let mut back = [0; 1];
            (&reader).read_exact(&mut back).unwrap();
            (back[0] as char).to_string()
        };
        let found = replayed(|_| through(b"r"), || (&writer).write_all(b"o").unwrap());
        assert_eq!(found, "r");
        assert_eq!(
            through(b"p"),
            "o",
            "what the original wrote, and no replay read"
        );
    });
}

#[test]
fn a_socket_is_closed_in_a_replay() {
    row(|| {
        let (near, far) = UnixStream::pair().unwrap();
        let hear = |mut from: &UnixStream| {
            let mut heard = [0; 4];
            let length = from.read(&mut heard).unwrap();
            String::from_utf8_lossy(&heard[..length]).into_owned()
        };
        let found = replayed(
            |_| {
                let said = (&near).write_all(b"no").is_ok();
                format!("{said} {:?}", hear(&near))
            },
            || {
                (&far).write_all(b"far").unwrap();
                (&near).write_all(b"near").unwrap();
            },
        );
        assert_eq!(found, "false \"\"");
        assert_eq!([hear(&near), hear(&far)], ["far", "near"]);
    });
}

#[test]
fn a_terminal_leads_nowhere_in_a_replay() {
    row(|| {
        let pair = openpty(None, None).unwrap();
        let (controlling, terminal) = (File::from(pair.master), File::from(pair.slave));
        let found = replayed(
            |_| {
                let mut typed = [0; 8];
                let wrote = [&terminal, &controlling].map(|mut end| end.write(b"no\n").is_ok());
                let read = [&terminal, &controlling].map(|mut end| end.read(&mut typed).unwrap());
                format!("{wrote:?} {read:?}")
            },
            || (&terminal).write_all(b"yes\n").unwrap(),
        );
        assert_eq!(found, "[true, true] [0, 0]", "lost, and the end");
        (&controlling).write_all(b"typed\n").unwrap();
        let mut shown = [0; 64];
        let length = (&controlling).read(&mut shown).unwrap();
        let shown = String::from_utf8_lossy(&shown[..length]).into_owned();
        assert!(shown.starts_with("yes\r\n"), "{shown:?}");
        let mut line = [0; 64];
        let length = (&terminal).read(&mut line).unwrap();
        assert_eq!(&line[..length], b"typed\n", "nothing that a replay typed");
    });
}

/// An `io_uring` with its rings and entries mapped; `None` where the kernel does not give one.
struct Ring {
    descriptor: i32,
    parameters: [u32; 30],
    rings: *mut u32,
    entries: *mut u32,
}

impl Ring {
    fn new() -> Option<Self> {
        let mut parameters = [0_u32; 30];
        // SAFETY: `struct io_uring_params` is 120 bytes, and zeros ask for nothing in particular.
        let descriptor =
            unsafe { libc::syscall(libc::SYS_io_uring_setup, 4, parameters.as_mut_ptr()) };
        let descriptor = i32::try_from(descriptor).unwrap();
        if descriptor < 0 {
            return None;
        }
        let map = |offset| {
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            // SAFETY: a new mapping overlaps nothing; it is never unmapped.
            let memory = unsafe {
                libc::mmap(
                    ptr::null_mut(),
                    4096,
                    protection,
                    libc::MAP_SHARED,
                    descriptor,
                    offset,
                )
            };
            assert_ne!(memory, libc::MAP_FAILED);
            memory.cast::<u32>()
        };
        Some(Self {
            descriptor,
            parameters,
            rings: map(0),
            entries: map(0x1000_0000),
        })
    }

    /// Puts a write of one byte to a file into the ring, and lets the kernel do it; what the kernel says.
    fn write(&self, file: &File, byte: &'static u8) -> i64 {
        // `struct io_sqring_offsets` begins at byte 40: head, tail, mask, entries, flags, dropped, array.
        let place = |field: usize| self.parameters[10 + field] as usize / size_of::<u32>();
        let address = ptr::from_ref(byte) as u64;
        // SAFETY: the entry and the words of the ring lie in the mappings; no other thread uses them.
        unsafe {
            ptr::write_bytes(self.entries, 0, 16);
            // IORING_OP_WRITE of one byte, at the file's own offset.
            let entry = [
                23,
                file.as_raw_fd() as u32,
                !0,
                !0,
                address as u32,
                (address >> 32) as u32,
                1,
            ];
            ptr::copy_nonoverlapping(entry.as_ptr(), self.entries, entry.len());
            self.rings.add(place(6)).write(0);
            let tail = &*self.rings.add(place(1)).cast::<AtomicU32>();
            let answers = tail.fetch_add(1, SeqCst) + 1;
            // One request; wait until it and those before it are answered (IORING_ENTER_GETEVENTS).
            libc::syscall(
                libc::SYS_io_uring_enter,
                self.descriptor,
                1,
                answers,
                1,
                ptr::null::<u8>(),
                0,
            )
        }
    }
}

#[test]
fn requests_of_a_replay_to_an_io_uring_are_refused() {
    row(|| {
        let Some(ring) = Ring::new() else {
            eprintln!("not run: this kernel gives no io_uring");
            return;
        };
        let file = File::create("log").unwrap();
        let found = replayed(
            |_| ring.write(&file, &b'r').to_string(),
            || assert_eq!(ring.write(&file, &b'o'), 1),
        );
        assert_eq!(found, "-1");
        assert_eq!(
            ring.write(&file, &b'o'),
            1,
            "no request of a replay is in the way"
        );
        assert_eq!(fs::read_to_string("log").unwrap(), "oo");
    });
}

#[test]
fn counters_and_timers_of_the_kernel_are_as_at_the_checkpoint() {
    row(|| {
        // SAFETY: takes integers; the setting is valid.
        let (event, timer, poll) = unsafe {
            let event = libc::eventfd(7, libc::EFD_NONBLOCK);
            let timer = libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_NONBLOCK);
            let mut setting: libc::itimerspec = std::mem::zeroed();
            setting.it_value.tv_sec = 3600;
            libc::timerfd_settime(timer, 0, &raw const setting, ptr::null_mut());
            let poll = libc::epoll_create1(0);
            let mut wanted = libc::epoll_event {
                events: libc::EPOLLIN as u32,
                u64: 42,
            };
            libc::epoll_ctl(poll, libc::EPOLL_CTL_ADD, event, &raw mut wanted);
            (event, timer, poll)
        };
        let found = || {
            // SAFETY: the places are valid.
            unsafe {
                let mut ready: libc::epoll_event = std::mem::zeroed();
                let polled = libc::epoll_wait(poll, &raw mut ready, 1, 0);
                let data = ready.u64;
                let mut count = 0_u64;
                libc::read(event, (&raw mut count).cast(), 8);
                let mut left: libc::itimerspec = std::mem::zeroed();
                libc::timerfd_gettime(timer, &raw mut left);
                let again = libc::epoll_wait(poll, &raw mut ready, 1, 0);
                format!(
                    "{polled} {data} {count} {} {again}",
                    left.it_value.tv_sec > 3500
                )
            }
        };
        assert_eq!(
            replayed(|_| found(), || assert_eq!(found(), "1 42 7 true 0")),
            "1 42 7 true 0"
        );
    });
}
