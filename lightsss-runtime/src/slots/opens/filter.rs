//! The replay's side: which calls the kernel asks the slot about.

use std::{
    io::{IoSlice, IoSliceMut},
    os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd},
};

use nix::{
    cmsg_space,
    errno::Errno,
    sys::socket::{
        AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg,
        sendmsg, socketpair,
    },
};

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: Option<u32> = Some(0xc000_003e);
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: Option<u32> = Some(0xc000_00b7);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const ARCHITECTURE: Option<u32> = None;

/// Numbers from here on are those of another set of calls (x32).
const OTHER_SET: u32 = 0x4000_0000;

/// Where the parts of `seccomp_data` lie.
const NUMBER: u32 = 0;
const ARCHITECTURE_AT: u32 = 4;
const SECOND_ARGUMENT: u32 = 16 + 8;

/// Calls that the slot answers.
const ASKED: &[libc::c_long] = &[
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_truncate,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_mkdirat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_creat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rmdir,
];

/// Commands of `fcntl` that lock a file.
const LOCKS: [libc::c_int; 4] = [
    libc::F_SETLK,
    libc::F_SETLKW,
    libc::F_OFD_SETLK,
    libc::F_OFD_SETLKW,
];

/// The way by which the slot gets the descriptor at which it is asked.
#[derive(Debug)]
pub(crate) struct Mail {
    slot: OwnedFd,
    replay: Option<OwnedFd>,
}

impl Mail {
    pub(crate) fn new() -> Result<Self, Errno> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let (slot, replay) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
        Ok(Self {
            slot,
            replay: Some(replay),
        })
    }

    /// In the slot, once the replay has been forked.
    pub(crate) fn close_writer(&mut self) {
        self.replay = None;
    }

    /// Readable once the descriptor is there, or will never be.
    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.slot.as_fd()
    }

    /// In the slot: the descriptor. `Ok(None)` while it has not come.
    pub(crate) fn receive(&self) -> Result<Option<OwnedFd>, Errno> {
        let mut byte = [0];
        let mut parts = [IoSliceMut::new(&mut byte)];
        let mut space = cmsg_space!([RawFd; 1]);
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        let received =
            match recvmsg::<()>(self.slot.as_raw_fd(), &mut parts, Some(&mut space), flags) {
                Err(Errno::EAGAIN | Errno::EINTR) => return Ok(None),
                other => other?,
            };
        for message in received.cmsgs()? {
            if let ControlMessageOwned::ScmRights(numbers) = message
                && let Some(number) = numbers.first()
            {
                // SAFETY: the kernel has just made this descriptor for this process; nothing else owns it.
                return Ok(Some(unsafe { OwnedFd::from_raw_fd(*number) }));
            }
        }
        Err(Errno::ENODATA)
    }
}

/// In the replay: from here on the slot is asked, and locks of files, which the original may hold, are
/// granted at once.
pub(crate) fn ask_the_slot(mail: &Mail) -> Result<(), Errno> {
    let architecture = ARCHITECTURE.ok_or(Errno::ENOSYS)?;
    let mut filter = program(architecture);
    let program = libc::sock_fprog {
        len: filter.len() as u16,
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: the program and its filter live until both calls have returned.
    let listener = unsafe {
        Errno::result(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
        let listener = Errno::result(libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            &raw const program,
        ))?;
        OwnedFd::from_raw_fd(listener as RawFd)
    };
    let to = mail.replay.as_ref().ok_or(Errno::EBADF)?;
    let number = [listener.as_raw_fd()];
    let rights = [ControlMessage::ScmRights(&number)];
    let byte = [IoSlice::new(&[0])];
    sendmsg::<()>(to.as_raw_fd(), &byte, &rights, MsgFlags::empty(), None)?;
    Ok(())
}

fn program(architecture: u32) -> Vec<libc::sock_filter> {
    let statement = |code: u32, k: u32| libc::sock_filter {
        code: code as u16,
        jt: 0,
        jf: 0,
        k,
    };
    let load = |at| statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, at);
    let answer = |with| statement(libc::BPF_RET | libc::BPF_K, with);
    // Goes on behind the next `skip` statements unless it holds.
    let unless = |test, k, skip| libc::sock_filter {
        jf: skip,
        ..statement(libc::BPF_JMP | test | libc::BPF_K, k)
    };
    let allow = answer(libc::SECCOMP_RET_ALLOW);
    let grant = answer(libc::SECCOMP_RET_ERRNO);
    let mut filter = vec![
        load(ARCHITECTURE_AT),
        libc::sock_filter {
            jt: 1,
            ..unless(libc::BPF_JEQ, architecture, 0)
        },
        allow,
        load(NUMBER),
        unless(libc::BPF_JGE, OTHER_SET, 1),
        allow,
    ];
    for call in ASKED {
        filter.push(unless(libc::BPF_JEQ, *call as u32, 1));
        filter.push(answer(libc::SECCOMP_RET_USER_NOTIF));
    }
    filter.push(unless(libc::BPF_JEQ, libc::SYS_flock as u32, 1));
    filter.push(grant);
    filter.push(unless(
        libc::BPF_JEQ,
        libc::SYS_fcntl as u32,
        1 + 2 * LOCKS.len() as u8,
    ));
    filter.push(load(SECOND_ARGUMENT));
    for command in LOCKS {
        filter.push(unless(libc::BPF_JEQ, command.cast_unsigned(), 1));
        filter.push(grant);
    }
    filter.push(allow);
    filter
}
