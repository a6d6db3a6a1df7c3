//! What to do about an error of the system, as a part of its message.

use std::fmt;
use std::io;

use nix::errno::Errno;

/// What the system refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Save,
    Restore,
    Remove,
    Fork,
}

/// Writes ` (what to do)`, or nothing where the error does not tell.
pub(super) struct Advice<'e> {
    task: Task,
    error: &'e io::Error,
}

/// For files that are to be written.
pub(super) fn saving(error: &io::Error) -> Advice<'_> {
    let task = Task::Save;
    Advice { task, error }
}

/// For files that are to be read.
pub(super) fn restoring(error: &io::Error) -> Advice<'_> {
    let task = Task::Restore;
    Advice { task, error }
}

/// For files that are to be removed.
pub(super) fn removing(error: &io::Error) -> Advice<'_> {
    let task = Task::Remove;
    Advice { task, error }
}

/// For processes that are to be forked.
pub(super) fn forking(error: &io::Error) -> Advice<'_> {
    let task = Task::Fork;
    Advice { task, error }
}

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => write!(f, " ({text})"),
            None => Ok(()),
        }
    }
}

impl Advice<'_> {
    fn text(&self) -> Option<&'static str> {
        let Some(errno) = self.error.raw_os_error() else {
            return self.without_number();
        };
        let text = match (Errno::from_raw(errno), self.task) {
            (Errno::ENOSPC, Task::Save) => {
                "the disk is full: free space there, or save to another disk"
            }
            (Errno::EDQUOT, Task::Save) => {
                "the quota is used up: free space there, or save to another disk"
            }
            (Errno::EFBIG, Task::Save) => {
                "files may not become that large there: raise the limit (`ulimit -f`), or save to another disk"
            }
            (Errno::EACCES | Errno::EPERM, Task::Save) => {
                "save to a folder that can be written to, or change the permissions of this one"
            }
            (Errno::EACCES | Errno::EPERM, Task::Restore) => {
                "change the permissions of the file and of the folders it is in, or ask its owner for a copy"
            }
            (Errno::EACCES | Errno::EPERM, Task::Remove) => {
                "change the permissions of its folder, or remove it as its owner"
            }
            (Errno::EROFS, Task::Save) => {
                "the file system is read-only: save to a folder that can be written to"
            }
            (Errno::EROFS, Task::Remove) => {
                "the file system is read-only: mount it so that it can be written to"
            }
            (Errno::ENOENT, Task::Save) => {
                "the folder must exist: make it first, or correct the path"
            }
            (Errno::ENOENT, Task::Restore) => "there is nothing of that name: correct the path",
            (Errno::EEXIST, Task::Save) => "a file has that name: choose another one",
            (Errno::EISDIR, Task::Save) => "a folder has that name: choose another one",
            (Errno::EISDIR, Task::Remove) => "it is a folder: remove it by hand",
            (Errno::EBUSY, Task::Remove) => "something is mounted there: unmount it",
            (Errno::ENOTDIR, Task::Save | Task::Restore) => {
                "a part of the path is a file and no folder: correct the path"
            }
            (Errno::ENAMETOOLONG, Task::Save | Task::Restore) => "choose a shorter name",
            (Errno::ELOOP, Task::Save | Task::Restore) => {
                "symbolic links lead in a circle: correct them, or the path"
            }
            (Errno::EIO, Task::Save) => {
                "the disk, or the way to it, fails: look into the kernel's log, and save to another disk"
            }
            (Errno::EIO, Task::Restore) => {
                "the disk, or the way to it, fails: look into the kernel's log, and use a copy of the file, or another snapshot"
            }
            (Errno::EIO, Task::Remove) => {
                "the disk, or the way to it, fails: look into the kernel's log"
            }
            (Errno::ESTALE, Task::Save | Task::Restore | Task::Remove) => {
                "the server of that folder does not know it any more: mount it anew"
            }
            (Errno::EMFILE, Task::Save | Task::Restore | Task::Fork) => {
                "this process has too many files open: close some, or raise the limit (`ulimit -n`)"
            }
            (Errno::ENFILE, Task::Save | Task::Restore | Task::Fork) => {
                "the system has too many files open: end programs that hold many"
            }
            (Errno::EAGAIN, Task::Fork) => {
                "there are too many processes: end some, raise the limit (`ulimit -u`), or save in the foreground"
            }
            (Errno::ENOMEM, Task::Fork) => "memory is short: free some, or save in the foreground",
            _ => return None,
        };
        Some(text)
    }

    /// For errors that are not the system's own, but the standard library's or ours.
    fn without_number(&self) -> Option<&'static str> {
        match (self.error.kind(), self.task) {
            (io::ErrorKind::UnexpectedEof, Task::Restore) => Some(
                "it ends before it should, so something cut it off: use a copy of the file, or another snapshot",
            ),
            (io::ErrorKind::InvalidInput, Task::Restore) => {
                Some("give the path of a snapshot file")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::BackgroundError;
    use super::super::error::{NotRemoved, RestoreFileError, SaveFileError};
    use super::*;
    use crate::process::causes::with_causes;

    fn text(error: &dyn std::error::Error) -> String {
        with_causes(error)
    }

    #[test]
    fn errors_of_the_system_say_what_to_do() {
        let saving = |errno: Errno| {
            text(&SaveFileError::Io {
                action: "write",
                path: "a.lsss".into(),
                source: errno.into(),
            })
        };
        let restoring = |source: io::Error| {
            let path = PathBuf::from("a.lsss");
            let action = "read";
            text(&RestoreFileError::Io {
                action,
                path,
                source,
            })
        };
        let removing = |errno: Errno| {
            let path = PathBuf::from("a.lsss");
            let source = errno.into();
            text(&NotRemoved { path, source })
        };
        let forking = |errno: Errno| text(&BackgroundError::Fork(errno.into()));
        for (found, expected) in [
            (
                saving(Errno::ENOSPC),
                "could not write `a.lsss` (the disk is full: free space there, or save to another disk): No space left \
                 on device (os error 28)",
            ),
            (
                saving(Errno::EROFS),
                "could not write `a.lsss` (the file system is read-only: save to a folder that can be written to): \
                 Read-only file system (os error 30)",
            ),
            (
                saving(Errno::ENOENT),
                "could not write `a.lsss` (the folder must exist: make it first, or correct the path): No such file or \
                 directory (os error 2)",
            ),
            (
                restoring(Errno::ENOENT.into()),
                "could not read `a.lsss` (there is nothing of that name: correct the path): No such file or directory (os \
                 error 2)",
            ),
            (
                restoring(io::ErrorKind::UnexpectedEof.into()),
                "could not read `a.lsss` (it ends before it should, so something cut it off: use a copy of the file, \
                 or another snapshot): unexpected end of file",
            ),
            (
                removing(Errno::EROFS),
                "could not remove `a.lsss` (the file system is read-only: mount it so that it can be written to): \
                 Read-only file system (os error 30)",
            ),
            (
                forking(Errno::EAGAIN),
                "could not start the child that saves (there are too many processes: end some, raise the limit \
                 (`ulimit -u`), or save in the foreground): Resource temporarily unavailable (os error 11)",
            ),
            // What nobody can advise on is shown as it is.
            (
                saving(Errno::EXDEV),
                "could not write `a.lsss`: Invalid cross-device link (os error 18)",
            ),
        ] {
            assert_eq!(found, expected);
        }
    }

    /// What can be expected of a disk, a network folder, limits and permissions has advice for who meets it.
    #[test]
    fn no_usual_error_is_without_advice() {
        use Errno::{
            EACCES, EAGAIN, EDQUOT, EEXIST, EFBIG, EIO, EISDIR, ELOOP, EMFILE, ENAMETOOLONG,
            ENFILE, ENOENT, ENOMEM, ENOSPC, ENOTDIR, EPERM, EROFS, ESTALE,
        };
        let both = [
            EACCES,
            EPERM,
            ENOENT,
            ENOTDIR,
            ENAMETOOLONG,
            ELOOP,
            EIO,
            ESTALE,
            EMFILE,
            ENFILE,
        ];
        let save = [ENOSPC, EDQUOT, EFBIG, EROFS, EEXIST, EISDIR];
        let remove = [EACCES, EPERM, EROFS, EISDIR, EIO, ESTALE, Errno::EBUSY];
        let fork = [EAGAIN, ENOMEM, EMFILE, ENFILE];
        for (task, errors) in [
            (Task::Save, &[&both[..], &save[..]].concat()),
            (Task::Restore, &both.to_vec()),
            (Task::Remove, &remove.to_vec()),
            (Task::Fork, &fork.to_vec()),
        ] {
            for errno in errors {
                let error = io::Error::from(*errno);
                let error = &error;
                let text = Advice { task, error }.text();
                let text = text.unwrap_or_else(|| panic!("{task:?}: {errno}"));
                let first = text.chars().next().unwrap();
                assert!(first.is_lowercase() && !text.ends_with('.'), "{text}");
            }
        }
    }
}
