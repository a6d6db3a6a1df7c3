//! Descriptors that are no files of a disk: pipes, sockets, terminals, events.
//!
//! What comes out of a pipe or a socket comes once, and what goes in reaches somebody: so a replay gets
//! ends that lead nowhere. Counters and timers of the kernel it gets anew, as they were at the checkpoint.

use std::{
    fs,
    os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd},
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
    sys::stat::{SFlag, fstat},
};

use super::descriptors::{borrowed, take_place};

/// Such a descriptor, as it is at a checkpoint.
#[derive(Debug)]
pub(crate) struct Special {
    pub(crate) number: RawFd,
    /// Identifies the object behind a descriptor, where such objects have numbers of their own.
    inode: u64,
    pub(crate) kind: SpecialKind,
    /// What the system says of it: counts, times.
    info: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum SpecialKind {
    Pipe,
    Socket,
    Terminal,
    Event,
    Timer,
    Poll,
    Watch,
    /// An `io_uring`: through it the kernel acts for the process that made it.
    Ring,
    /// Each process reads its own signals.
    Signals,
    /// It says which process it means, and nothing else.
    Process,
    Unknown,
}

impl SpecialKind {
    /// What a replay has of it that is not as in the original, in words; `None` where all is right.
    pub(crate) fn wrong(self) -> Option<&'static str> {
        match self {
            Self::Pipe => Some("a pipe: a replay reads its end, and what it writes is lost"),
            Self::Socket => Some("a socket: a replay finds it closed"),
            Self::Terminal => {
                Some("a terminal: a replay reads its end, and what it writes is lost")
            }
            Self::Watch => Some("a watch of files (inotify): a replay is told of nothing"),
            Self::Ring => Some("an io_uring: every request of a replay is refused"),
            Self::Unknown => {
                Some("of a kind that is not known: a replay shares it with the original")
            }
            Self::Event | Self::Timer | Self::Poll | Self::Signals | Self::Process => None,
        }
    }
}

/// Describes a descriptor that is no file of a disk; `None` for devices without a state.
pub(crate) fn describe(number: RawFd, mode: SFlag, device: u64, inode: u64) -> Option<Special> {
    let kind = match mode & SFlag::S_IFMT {
        SFlag::S_IFIFO => SpecialKind::Pipe,
        SFlag::S_IFSOCK => SpecialKind::Socket,
        SFlag::S_IFCHR => match nix::sys::stat::major(device) {
            // Memory: null, zero, random and so on.
            1 => return None,
            // Terminals, and the controlling side of pseudo-terminals (5:2).
            4 | 5 | 136..=143 => SpecialKind::Terminal,
            _ => SpecialKind::Unknown,
        },
        SFlag::S_IFBLK => SpecialKind::Unknown,
        _ => {
            let target = fs::read_link(format!("/proc/self/fd/{number}")).ok()?;
            match target.to_str()?.strip_prefix("anon_inode:")? {
                "[eventfd]" => SpecialKind::Event,
                "[timerfd]" => SpecialKind::Timer,
                "[eventpoll]" => SpecialKind::Poll,
                "inotify" | "[inotify]" => SpecialKind::Watch,
                "[signalfd]" => SpecialKind::Signals,
                "[pidfd]" => SpecialKind::Process,
                "[io_uring]" => SpecialKind::Ring,
                _ => SpecialKind::Unknown,
            }
        }
    };
    let info = match kind {
        SpecialKind::Event | SpecialKind::Timer | SpecialKind::Poll => {
            fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default()
        }
        _ => String::new(),
    };
    Some(Special {
        number,
        inode,
        kind,
        info,
    })
}

/// In a replay: puts each descriptor right.
pub(crate) fn put_right(all: &[Special]) {
    let standard = [libc::STDOUT_FILENO, libc::STDERR_FILENO];
    let outputs = standard.map(|number| fstat(borrowed(number)).map(|stat| stat.st_ino).ok());
    let stays = |special: &&Special| {
        // Another name of standard output goes where that goes.
        let now = fstat(borrowed(special.number)).map(|stat| stat.st_ino).ok();
        !standard.contains(&special.number)
            && now == Some(special.inode)
            && (special.kind > SpecialKind::Terminal || !outputs.contains(&now))
    };
    let all: Vec<&Special> = all.iter().filter(stays).collect();
    let mut pairs: Vec<(u64, OwnedFd, OwnedFd)> = Vec::new();
    // Those that are watched come before who watches them.
    let (pollers, others): (Vec<&Special>, Vec<&Special>) = all
        .iter()
        .partition(|special| special.kind == SpecialKind::Poll);
    for special in &others {
        if let Some(anew) = renewed(special, &others, &mut pairs) {
            put(special, anew);
        }
    }
    for special in pollers {
        if let Some(anew) = polled_again(&special.info) {
            put(special, anew);
        }
    }
}

fn put(special: &Special, anew: OwnedFd) {
    let flags = fcntl(borrowed(special.number), FcntlArg::F_GETFL);
    let waits = OFlag::O_NONBLOCK;
    let kept = OFlag::from_bits_retain(flags.unwrap_or_default()) & waits;
    let now = fcntl(&anew, FcntlArg::F_GETFL).unwrap_or_default();
    let _ = fcntl(
        &anew,
        FcntlArg::F_SETFL(OFlag::from_bits_retain(now) | kept),
    );
    let _ = take_place(special.number, anew);
}

/// What a replay gets in the place of a descriptor; `None` if that stays.
fn renewed(
    special: &Special,
    all: &[&Special],
    pairs: &mut Vec<(u64, OwnedFd, OwnedFd)>,
) -> Option<OwnedFd> {
    match special.kind {
        SpecialKind::Pipe => own_pipe(special, all, pairs).or_else(nowhere),
        SpecialKind::Terminal | SpecialKind::Ring => nowhere(),
        // The other end is dropped.
        SpecialKind::Socket => std::os::unix::net::UnixStream::pair()
            .ok()
            .map(|(end, _)| end.into()),
        SpecialKind::Event => event(&special.info),
        SpecialKind::Timer => timer(&special.info),
        // SAFETY: takes an integer.
        SpecialKind::Watch => owned(unsafe { libc::inotify_init1(libc::IN_CLOEXEC) }),
        SpecialKind::Poll | SpecialKind::Signals | SpecialKind::Process | SpecialKind::Unknown => {
            None
        }
    }
}

/// A pipe whose two ends this process has is a new one in the replay.
fn own_pipe(
    special: &Special,
    all: &[&Special],
    pairs: &mut Vec<(u64, OwnedFd, OwnedFd)>,
) -> Option<OwnedFd> {
    let mode = |number| {
        let flags = fcntl(borrowed(number), FcntlArg::F_GETFL).unwrap_or_default();
        OFlag::from_bits_retain(flags) & OFlag::O_ACCMODE
    };
    if !pairs.iter().any(|(inode, ..)| *inode == special.inode) {
        let ends = all.iter().filter(|one| one.inode == special.inode);
        let modes: Vec<OFlag> = ends.map(|one| mode(one.number)).collect();
        if !(modes.contains(&OFlag::O_RDONLY) && modes.contains(&OFlag::O_WRONLY)) {
            return None;
        }
        let (read, write) = nix::unistd::pipe2(OFlag::O_CLOEXEC).ok()?;
        pairs.push((special.inode, read, write));
    }
    let (_, read, write) = pairs.iter().find(|(inode, ..)| *inode == special.inode)?;
    let end = if mode(special.number) == OFlag::O_RDONLY {
        read
    } else {
        write
    };
    end.try_clone().ok()
}

fn nowhere() -> Option<OwnedFd> {
    let null = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null");
    null.ok().map(OwnedFd::from)
}

fn owned(number: RawFd) -> Option<OwnedFd> {
    let number = Errno::result(number).ok()?;
    // SAFETY: a system call has just returned it, so that nothing else owns it.
    Some(unsafe { OwnedFd::from_raw_fd(number) })
}

/// The value behind a name in what the system says of a descriptor.
fn value<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let line = info.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches(':').trim())
}

fn event(info: &str) -> Option<OwnedFd> {
    let count = u64::from_str_radix(value(info, "eventfd-count")?, 16).ok()?;
    let semaphore = value(info, "eventfd-semaphore").is_some_and(|set| set != "0");
    let kind = if semaphore { libc::EFD_SEMAPHORE } else { 0 };
    // SAFETY: takes integers.
    let event = owned(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | kind) })?;
    nix::unistd::write(&event, &count.to_ne_bytes()).ok()?;
    Some(event)
}

fn timer(info: &str) -> Option<OwnedFd> {
    let clock = value(info, "clockid")?.parse().ok()?;
    let time = |name| {
        let (seconds, rest) = value(info, name)?
            .trim_matches(['(', ')'])
            .split_once(',')?;
        Some(libc::timespec {
            tv_sec: seconds.trim().parse().ok()?,
            tv_nsec: rest.trim().parse().ok()?,
        })
    };
    let setting = libc::itimerspec {
        it_value: time("it_value")?,
        it_interval: time("it_interval")?,
    };
    // SAFETY: takes integers.
    let timer = owned(unsafe { libc::timerfd_create(clock, libc::TFD_CLOEXEC) })?;
    // SAFETY: the setting is valid, and the old one is not asked for.
    unsafe {
        libc::timerfd_settime(
            timer.as_raw_fd(),
            0,
            &raw const setting,
            std::ptr::null_mut(),
        )
    };
    Some(timer)
}

/// A set of descriptors that are waited for, with those of the replay.
fn polled_again(info: &str) -> Option<OwnedFd> {
    // SAFETY: takes an integer.
    let poll = owned(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
    for line in info.lines().filter(|line| line.starts_with("tfd:")) {
        let mut words = line.split_whitespace().skip(1);
        let (Some(number), Some(_), Some(events), Some(_), Some(data)) = (
            words.next(),
            words.next(),
            words.next(),
            words.next(),
            words.next(),
        ) else {
            continue;
        };
        let hexadecimal = |text| u64::from_str_radix(text, 16).ok();
        let (Ok(number), Some(events), Some(data)) = (
            number.parse::<RawFd>(),
            hexadecimal(events),
            hexadecimal(data),
        ) else {
            continue;
        };
        let mut event = libc::epoll_event {
            events: events as u32,
            u64: data,
        };
        // SAFETY: the event is valid; the descriptors are numbers.
        unsafe {
            libc::epoll_ctl(
                poll.as_raw_fd(),
                libc::EPOLL_CTL_ADD,
                number,
                &raw mut event,
            )
        };
    }
    Some(poll)
}
