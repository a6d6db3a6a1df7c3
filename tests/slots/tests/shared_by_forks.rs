//! What a process shares with its forks, beside files that are opened by name: a row of `docs/limits.md`
//! each.

use std::{
    cell::RefCell,
    collections::hash_map::RandomState,
    env, fs,
    fs::{File, OpenOptions},
    hash::BuildHasher,
    io::{BufReader, Read, Seek, Write},
    os::{fd::AsRawFd, unix::fs::FileExt},
    ptr,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use lightsss_tests_slots::rows::{replayed, row};

/// A word in a mapping that is shared: of this file, or of none.
fn shared_word(file: Option<&File>) -> &'static AtomicU32 {
    let (flags, fd) = match file {
        Some(file) => (libc::MAP_SHARED, file.as_raw_fd()),
        None => (libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1),
    };
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping overlaps nothing, is never unmapped, and an atomic may lie in it.
    unsafe {
        let memory = libc::mmap(ptr::null_mut(), 4096, protection, flags, fd, 0);
        assert_ne!(memory, libc::MAP_FAILED);
        &*memory.cast::<AtomicU32>()
    }
}

fn image() -> File {
    let mut options = OpenOptions::new();
    let file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open("image")
        .unwrap();
    file.set_len(4096).unwrap();
    file
}

/// A replay finds the word as it was, and changes nothing that anybody else sees.
fn word_is_right(word: &AtomicU32) {
    word.store(1, Relaxed);
    let found = replayed(
        |_| word.fetch_add(10, Relaxed).to_string(),
        || word.store(2, Relaxed),
    );
    assert_eq!(found, "1", "as at the checkpoint");
    assert_eq!(word.load(Relaxed), 2, "as the original left it");
}

#[test]
fn a_shared_mapping_of_a_file() {
    row(|| {
        let file = image();
        word_is_right(shared_word(Some(&file)));
        let mut first = [0; 4];
        file.read_exact_at(&mut first, 0).unwrap();
        assert_eq!(u32::from_ne_bytes(first), 2);
    });
}

#[test]
fn an_anonymous_shared_mapping() {
    row(|| word_is_right(shared_word(None)));
}

#[test]
fn shared_memory_of_system_v() {
    row(|| {
        // SAFETY: a new segment is attached where nothing is, removed once it is not attached any more.
        let word = unsafe {
            let segment = libc::shmget(libc::IPC_PRIVATE, 4096, 0o600);
            let memory = libc::shmat(segment, ptr::null(), 0);
            libc::shmctl(segment, libc::IPC_RMID, ptr::null_mut());
            &*memory.cast::<AtomicU32>()
        };
        word_is_right(word);
    });
}

#[test]
fn a_file_in_memory() {
    row(|| {
        // SAFETY: the name ends with a zero byte; nothing else owns the descriptor.
        let file: File = unsafe {
            use std::os::fd::FromRawFd;
            File::from_raw_fd(libc::memfd_create(c"mine".as_ptr(), 0))
        };
        word_is_right({
            file.set_len(4096).unwrap();
            shared_word(Some(&file))
        });
    });
}

#[test]
fn descriptors_that_share_an_offset_share_it_in_a_replay() {
    row(|| {
        fs::write("digits", "0123456789").unwrap();
        let first = File::open("digits").unwrap();
        let (second, other) = (first.try_clone().unwrap(), File::open("digits").unwrap());
        let three = |mut file: &File| {
            let mut bytes = [0; 3];
            file.read_exact(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let all = || [&first, &second, &other].map(three).join(" ");
        let found = replayed(|_| all(), || assert_eq!(all(), "012 345 012"));
        assert_eq!(found, "012 345 012");
    });
}

#[test]
fn a_reader_with_a_buffer_goes_on_where_it_was() {
    row(|| {
        fs::write("digits", "0123456789").unwrap();
        let mut reader = BufReader::with_capacity(4, File::open("digits").unwrap());
        reader.read_exact(&mut [0; 2]).unwrap();
        let reader = RefCell::new(reader);
        let rest = || {
            let mut rest = String::new();
            reader.borrow_mut().read_to_string(&mut rest).unwrap();
            rest
        };
        assert_eq!(
            replayed(|_| rest(), || assert_eq!(rest(), "23456789")),
            "23456789"
        );
    });
}

#[test]
fn a_folder_that_is_being_read_goes_on_where_it_was() {
    row(|| {
        for number in 0..5 {
            fs::write(format!("file {number}"), "").unwrap();
        }
        let mut entries = fs::read_dir(".").unwrap();
        entries.next();
        let entries = RefCell::new(entries);
        let rest = || entries.borrow_mut().by_ref().count().to_string();
        assert_eq!(replayed(|_| rest(), || assert_eq!(rest(), "4")), "4");
    });
}

#[test]
fn locks_of_files_are_granted_in_a_replay() {
    row(|| {
        let file = File::create("lock").unwrap();
        let lock = || {
            let again = OpenOptions::new().write(true).open("lock").unwrap();
            // SAFETY: all zeros is a request, for the whole file; the descriptor is open.
            unsafe {
                let mut whole: libc::flock = std::mem::zeroed();
                whole.l_type = libc::F_WRLCK as i16;
                let posix = libc::fcntl(again.as_raw_fd(), libc::F_SETLKW, &raw const whole);
                posix == 0 && libc::flock(again.as_raw_fd(), libc::LOCK_EX) == 0
            }
        };
        let found = replayed(|_| lock().to_string(), || file.lock().unwrap());
        assert_eq!(found, "true");
    });
}

#[test]
fn interval_timers_are_as_at_the_checkpoint() {
    row(|| {
        let left = || {
            // SAFETY: all zeros is a value of it, and the place is valid.
            unsafe {
                let mut timer: libc::itimerval = std::mem::zeroed();
                libc::getitimer(libc::ITIMER_REAL, &raw mut timer);
                timer.it_value.tv_sec
            }
        };
        // SAFETY: takes an integer.
        let alarm = |seconds| unsafe { libc::alarm(seconds) };
        alarm(3600);
        let found = replayed(
            |_| (left() > 3500).to_string(),
            || {
                alarm(0);
            },
        );
        assert_eq!(found, "true");
        assert_eq!(left(), 0);
    });
}

#[test]
fn what_a_process_has_for_itself_is_as_at_the_checkpoint() {
    row(|| {
        let folder = env::current_dir().unwrap();
        // SAFETY: no other thread lives in the process of this test; the sets and limits are valid.
        unsafe {
            let umask = || {
                let mask = libc::umask(0);
                libc::umask(mask);
                mask
            };
            let blocked = || {
                let mut set: libc::sigset_t = std::mem::zeroed();
                libc::sigprocmask(libc::SIG_BLOCK, ptr::null(), &raw mut set);
                [libc::SIGUSR1, libc::SIGUSR2]
                    .map(|signal| libc::sigismember(&raw const set, signal))
            };
            let block = |signal, how| {
                let mut set: libc::sigset_t = std::mem::zeroed();
                libc::sigaddset(&raw mut set, signal);
                libc::sigprocmask(how, &raw const set, ptr::null_mut());
            };
            let files = |limit: Option<u64>| {
                let mut now: libc::rlimit = std::mem::zeroed();
                libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut now);
                if let Some(limit) = limit {
                    now.rlim_cur = limit;
                    libc::setrlimit(libc::RLIMIT_NOFILE, &raw const now);
                }
                now.rlim_cur
            };
            let processors = || {
                let mut set: libc::cpu_set_t = std::mem::zeroed();
                libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut set);
                libc::CPU_COUNT(&set)
            };
            let nice = || libc::getpriority(libc::PRIO_PROCESS, 0);
            libc::umask(0o077);
            env::set_var("ROW", "before");
            block(libc::SIGUSR1, libc::SIG_BLOCK);
            files(Some(200));
            libc::srand(5);
            // The keys of hash maps are drawn once.
            let hash = || RandomState::new().hash_one(1);
            hash();
            let state = || {
                format!(
                    "{:?} {:o} {} {:?} {} {} {} {}",
                    env::current_dir().unwrap(),
                    umask(),
                    env::var("ROW").unwrap(),
                    blocked(),
                    files(None),
                    processors(),
                    nice(),
                    libc::rand(),
                )
            };
            // Drawing moves the generator on, so that it is done on both sides once.
            let expected = RefCell::new(String::new());
            let found = replayed(
                |_| format!("{} {}", state(), hash()),
                || {
                    *expected.borrow_mut() = format!("{} {}", state(), hash());
                    env::set_current_dir("/").unwrap();
                    libc::umask(0o022);
                    env::set_var("ROW", "after");
                    block(libc::SIGUSR1, libc::SIG_UNBLOCK);
                    files(Some(100));
                    libc::setpriority(libc::PRIO_PROCESS, 0, 5);
                },
            );
            assert_eq!(found, *expected.borrow());
            assert_eq!(env::current_dir().unwrap().as_os_str(), "/");
            assert!(found.contains(folder.to_str().unwrap()));
        }
    });
}

#[test]
fn a_file_that_is_written_in_place_is_a_copy_as_it_is_when_the_replay_begins() {
    row(|| {
        let mut file = image();
        file.write_all(b"aaaa").unwrap();
        let file = RefCell::new(file);
        let first = |file: &mut File| {
            let mut bytes = [0; 4];
            file.rewind().unwrap();
            file.read_exact(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let found = replayed(
            |_| {
                let mut file = file.borrow_mut();
                let before = first(&mut file);
                file.rewind().unwrap();
                file.write_all(b"rrrr").unwrap();
                format!("{before} {}", first(&mut file))
            },
            || file.borrow_mut().write_all(b"more").unwrap(),
        );
        assert_eq!(found, "aaaa rrrr");
        assert_eq!(first(&mut file.borrow_mut()), "aaaa");
    });
}
