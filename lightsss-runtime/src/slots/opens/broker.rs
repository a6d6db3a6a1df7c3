//! The slot's side: takes the kernel's questions, and answers them as the replay's view says.

use std::{
    ffi::OsString,
    fs,
    os::{
        fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStringExt,
    },
    path::{Path, PathBuf},
};

use nix::{
    errno::Errno,
    fcntl::OFlag,
    poll::{PollFd, PollFlags, poll},
    sys::uio::{RemoteIoVec, process_vm_readv},
    unistd::Pid,
};

use super::{
    filter::Mail,
    view::{Answer, Moment, Request, View},
};
use crate::process::stderr::say;
use crate::slots::record::{Record, ReplayEntry};

/// Longest path that the kernel takes, with its zero byte.
const LONGEST_PATH: usize = libc::PATH_MAX as usize;

/// Answers a replay's questions.
#[derive(Debug)]
pub(crate) struct Broker {
    mail: Mail,
    listener: Option<OwnedFd>,
    /// No descriptor will come, or the replay has ended.
    ended: bool,
    view: View,
}

impl Broker {
    pub(crate) fn new(mut mail: Mail, moment: Moment, original: Pid) -> Self {
        mail.close_writer();
        Self {
            mail,
            listener: None,
            ended: false,
            view: View::new(moment, original),
        }
    }

    /// Readable when there is something to do.
    pub(crate) fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        let fd = self
            .listener
            .as_ref()
            .map_or(self.mail.as_fd(), AsFd::as_fd);
        (!self.ended).then_some(fd)
    }

    /// Takes what there is, one question at most, without waiting.
    pub(crate) fn serve(&mut self, entry: &ReplayEntry, record: &Record) {
        if self.ended {
            return;
        }
        let Some(listener) = &self.listener else {
            match self.mail.receive() {
                Ok(listener) => self.listener = listener,
                Err(_) => self.ended = true,
            }
            return;
        };
        match what_happened(listener) {
            Some(happened) if happened.contains(PollFlags::POLLIN) => {}
            Some(happened) => {
                self.ended = !happened.is_empty();
                return;
            }
            None => return,
        }
        // SAFETY: all zeros is a value of it, and what the kernel wants.
        let mut question: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        // SAFETY: the place is valid for writing.
        let asked = unsafe {
            libc::ioctl(
                listener.as_raw_fd(),
                libc::SECCOMP_IOCTL_NOTIF_RECV,
                &raw mut question,
            )
        };
        if asked != 0 {
            // Interrupted meanwhile, or the end of the replay.
            self.ended = !matches!(Errno::last(), Errno::EINTR | Errno::ENOENT);
            return;
        }
        let request = Caller(&question).request();
        let answer = request.map_or(Answer::Continue, |request| {
            self.view.answer(request, entry.writes_its_own(), record)
        });
        reply(listener, question.id, answer);
    }

    /// After the replay's end: what it has made, no later replay takes for the original's.
    pub(crate) fn finish(&self, record: &Record) {
        self.view.register(record);
    }
}

fn what_happened(listener: &OwnedFd) -> Option<PollFlags> {
    let mut polled = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
    poll(&mut polled, 0_u8).ok()?;
    polled[0].revents()
}

fn reply(listener: &OwnedFd, id: u64, answer: Answer) {
    let mut response = libc::seccomp_notif_resp {
        id,
        val: 0,
        error: 0,
        flags: 0,
    };
    match answer {
        Answer::Continue => response.flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32,
        Answer::Value(value) => response.val = value,
        Answer::Fail(errno) => response.error = -(errno as i32),
        Answer::File { file, flags } => {
            let given = libc::seccomp_notif_addfd {
                id,
                flags: 0,
                srcfd: file.as_raw_fd().cast_unsigned(),
                newfd: 0,
                newfd_flags: (flags & OFlag::O_CLOEXEC).bits().cast_unsigned(),
            };
            // SAFETY: the place is valid, and the descriptor is open.
            let number = unsafe {
                libc::ioctl(
                    listener.as_raw_fd(),
                    libc::SECCOMP_IOCTL_NOTIF_ADDFD,
                    &raw const given,
                )
            };
            match Errno::result(number) {
                Ok(number) => response.val = number.into(),
                Err(errno) => response.error = -(errno as i32),
            }
        }
    }
    // SAFETY: the place is valid. An error means that the caller is gone, or was interrupted and asks again.
    unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_SEND,
            &raw mut response,
        );
    }
}

/// Who asks: its arguments are numbers and addresses of its own.
struct Caller<'a>(&'a libc::seccomp_notif);

impl Caller<'_> {
    /// What is asked; `None` for what is not to be answered here.
    fn request(&self) -> Option<Request> {
        let flags = |at: usize| OFlag::from_bits_retain(self.0.data.args[at] as i32);
        let here = libc::AT_FDCWD;
        Some(match libc::c_long::from(self.0.data.nr) {
            libc::SYS_openat => self.open(self.number(0), 1, flags(2))?,
            libc::SYS_openat2 => {
                // The first word of its options.
                let word = self.bytes(self.0.data.args[2], 8)?;
                let bits = u64::from_ne_bytes(word.try_into().ok()?);
                self.open(self.number(0), 1, OFlag::from_bits_retain(bits as i32))?
            }
            libc::SYS_truncate => Request::Truncate {
                path: self.path(here, 0, true)?,
                length: self.0.data.args[1],
            },
            libc::SYS_unlinkat => Request::Remove {
                path: self.path(self.number(0), 1, false)?,
                folder: self.number(2) & libc::AT_REMOVEDIR != 0,
            },
            libc::SYS_renameat | libc::SYS_renameat2 => Request::Rename {
                from: self.path(self.number(0), 1, false)?,
                to: self.path(self.number(2), 3, false)?,
            },
            libc::SYS_mkdirat => Request::MakeFolder {
                path: self.path(self.number(0), 1, false)?,
            },
            #[cfg(target_arch = "x86_64")]
            libc::SYS_open => self.open(here, 0, flags(1))?,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_creat => {
                let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC;
                self.open(here, 0, flags)?
            }
            #[cfg(target_arch = "x86_64")]
            call @ (libc::SYS_unlink | libc::SYS_rmdir) => Request::Remove {
                path: self.path(here, 0, false)?,
                folder: call == libc::SYS_rmdir,
            },
            #[cfg(target_arch = "x86_64")]
            libc::SYS_rename => Request::Rename {
                from: self.path(here, 0, false)?,
                to: self.path(here, 1, false)?,
            },
            #[cfg(target_arch = "x86_64")]
            libc::SYS_mkdir => Request::MakeFolder {
                path: self.path(here, 0, false)?,
            },
            _ => return None,
        })
    }

    fn open(&self, folder: i32, at: usize, flags: OFlag) -> Option<Request> {
        let follow = !flags.contains(OFlag::O_NOFOLLOW);
        let path = self.path(folder, at, follow)?;
        Some(Request::Open { path, flags })
    }

    fn number(&self, at: usize) -> i32 {
        self.0.data.args[at] as i32
    }

    /// The path that an argument names, absolute and without links but in its last part, which is
    /// followed if `follow` says so. `None` for what is no file of a disk.
    fn path(&self, folder: i32, at: usize, follow: bool) -> Option<PathBuf> {
        let text = self.text(self.0.data.args[at])?;
        let pid = self.0.pid;
        let base = match folder {
            libc::AT_FDCWD => format!("/proc/{pid}/cwd"),
            number => format!("/proc/{pid}/fd/{number}"),
        };
        let path = if Path::new(&text).is_absolute() {
            PathBuf::from(&text)
        } else {
            fs::read_link(base).ok()?.join(&text)
        };
        let is_under = |folder: &str| path.starts_with(folder);
        if text.is_empty()
            || is_under("/proc")
            || is_under("/sys")
            || (is_under("/dev") && !is_under("/dev/shm"))
        {
            return None;
        }
        if follow && let Ok(path) = path.canonicalize() {
            return Some(path);
        }
        let name = path.file_name()?;
        Some(path.parent()?.canonicalize().ok()?.join(name))
    }

    /// The text at an address of the caller, up to its zero byte.
    fn text(&self, address: u64) -> Option<OsString> {
        let mut text = Vec::new();
        while text.len() < LONGEST_PATH {
            // Up to the end of a page: what is behind may not be there.
            let from = address + text.len() as u64;
            let left = 4096 - from as usize % 4096;
            let piece = self.bytes(from, left.min(LONGEST_PATH - text.len()))?;
            if let Some(end) = piece.iter().position(|byte| *byte == 0) {
                text.extend_from_slice(&piece[..end]);
                return Some(OsString::from_vec(text));
            }
            text.extend_from_slice(&piece);
        }
        None
    }

    fn bytes(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        let remote = [RemoteIoVec {
            base: address as usize,
            len: length,
        }];
        let pid = Pid::from_raw(self.0.pid.cast_signed());
        let read = process_vm_readv(pid, &mut [std::io::IoSliceMut::new(&mut bytes)], &remote);
        (read == Ok(length)).then_some(bytes)
    }
}

/// In the replay: what it is to know where the kernel cannot ask.
pub(crate) fn complain(errno: Errno) {
    say(&format!(
        "lightsss: files that this replay opens cannot be told from the original's ({errno}): it may write \
         over what the original has written since the checkpoint\n"
    ));
}
