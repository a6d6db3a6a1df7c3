//! Files that a fork shares.
//!
//! Parent and child share open file descriptions. When the original reads on, the slot's offset moves
//! with it, and a replay would write into the original's log. So the offsets are noted before the fork,
//! and a replay gets each regular file anew under the same descriptor. This puts `FILE *` and
//! `std::ifstream` of a C++ model right, too.
//!
//! | opened for | in a replay |
//! | --- | --- |
//! | reading | opened again, at the offset of the checkpoint |
//! | writing or appending | a file in memory without contents: the original has written it already |
//! | both | a private copy of what it holds now, at the offset of the checkpoint |
//!
//! A slot that is woken to be saved gets the latter two back for the save ([`give_back`]): the snapshot
//! names each file with its mode and the offset of the checkpoint.
//!
//! Standard output and error follow [`ReplayOutput`](crate::slots::ReplayOutput). What the original
//! changed in place since the checkpoint cannot be undone, nor what it read from a pipe or a
//! terminal.

use std::{
    ffi::{CStr, CString},
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom},
    os::{
        fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd},
        unix::{ffi::OsStrExt, fs::OpenOptionsExt},
    },
    path::Path,
};

use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    sys::{
        memfd::{MFdFlags, memfd_create},
        stat::{SFlag, fstat},
    },
    unistd::{Whence, lseek},
};

use super::descriptors::{borrowed, same_open_file, take_place};
use super::special::{self, Special};
use super::stderr::say;

/// Name of files in memory (`memfd_create`) that are no files of the user's: slots and replays keep
/// them as they are.
pub(crate) const OWN_NAME: &CStr = c"lightsss-own";

/// Descriptors beyond this number are not looked for.
const LAST: RawFd = 1 << 16;
/// How many numbers are looked at with one call.
const BATCH: usize = 64;
/// A larger file that is open for reading and writing is copied to disk and not to memory.
const LARGEST_IN_MEMORY: u64 = 64 << 20;

/// What this process has open at a checkpoint.
#[derive(Debug, Default)]
pub(crate) struct Descriptors {
    pub(crate) files: Vec<OpenFile>,
    pub(crate) special: Vec<Special>,
}

/// A regular file or a folder, as it is at a checkpoint.
#[derive(Debug)]
pub(crate) struct OpenFile {
    number: RawFd,
    offset: u64,
    identity: (u64, u64),
}

impl OpenFile {
    pub(crate) fn number(&self) -> RawFd {
        self.number
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    fn fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the descriptor was open at the checkpoint, and nothing ran since in this process
        // that could have closed it.
        unsafe { BorrowedFd::borrow_raw(self.number) }
    }
}

/// What this process has open, but for descriptors that `own` says are the runtime's.
pub(crate) fn open(own: impl Fn(RawFd) -> bool) -> Descriptors {
    // Since Linux 6.2 the size of this folder is the number of its entries: much cheaper than
    // reading it.
    let count = std::fs::metadata("/proc/self/fd").map_or(0, |folder| folder.len());
    let mut found = Descriptors::default();
    if count > 0 {
        open_numbers(count as usize).for_each(|number| found.add(number, &own));
        return found;
    }
    let folder = std::fs::read_dir("/proc/self/fd").into_iter();
    let entries = folder.flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .for_each(|number| found.add(number, &own));
    found
}

impl Descriptors {
    fn add(&mut self, number: RawFd, own: impl Fn(RawFd) -> bool) {
        // The number may be that of no open descriptor, for which all calls fail with `EBADF`.
        let Ok(stat) = fstat(borrowed(number)) else {
            return;
        };
        let mode = SFlag::from_bits_truncate(stat.st_mode);
        if matches!(mode & SFlag::S_IFMT, SFlag::S_IFREG | SFlag::S_IFDIR) {
            let is_own = stat.st_nlink == 0 && is_own(number);
            let offset = lseek(borrowed(number), 0, Whence::SeekCur);
            if let (Ok(offset), false) = (offset, is_own) {
                self.files.push(OpenFile {
                    number,
                    offset: offset as u64,
                    identity: (stat.st_dev, stat.st_ino),
                });
            }
        } else if !own(number) {
            self.special
                .extend(special::describe(number, mode, stat.st_rdev, stat.st_ino));
        }
    }
}

/// The numbers of the `count` descriptors that this process has open, lowest first.
fn open_numbers(count: usize) -> impl Iterator<Item = RawFd> {
    // Looked at in batches: most numbers below the highest may be those of no descriptor.
    (0..LAST).step_by(BATCH).flat_map(open_in_batch).take(count)
}

/// Which of [`BATCH`] numbers from `first` on are those of open descriptors.
fn open_in_batch(first: RawFd) -> impl Iterator<Item = RawFd> {
    let mut polled: [libc::pollfd; BATCH] = std::array::from_fn(|at| libc::pollfd {
        fd: first + at as RawFd,
        events: 0,
        revents: 0,
    });
    // SAFETY: the array is valid for as many entries as it is said to have.
    let polled_all = unsafe { libc::poll(polled.as_mut_ptr(), BATCH as libc::nfds_t, 0) } >= 0;
    let is_open = move |entry: &libc::pollfd| {
        if polled_all {
            entry.revents & libc::POLLNVAL == 0
        } else {
            // A limit of descriptors below the batch.
            // SAFETY: takes two integers here.
            unsafe { libc::fcntl(entry.fd, libc::F_GETFD) >= 0 }
        }
    };
    polled.into_iter().filter(is_open).map(|entry| entry.fd)
}

fn is_own(number: RawFd) -> bool {
    let target = std::fs::read_link(format!("/proc/self/fd/{number}"));
    target.is_ok_and(|target| {
        let name = target.as_os_str().as_bytes().strip_prefix(b"/memfd:");
        name.and_then(|name| name.strip_suffix(b" (deleted)")) == Some(OWN_NAME.to_bytes())
    })
}

/// What stood behind a number before [`put_right`], for a process that may ask for it back.
#[derive(Debug)]
pub(crate) struct Kept {
    number: RawFd,
    offset: u64,
    was: OwnedFd,
}

/// Notes the files that a replay is not to write to, before [`put_right`].
pub(crate) fn keep(files: &[OpenFile]) -> Vec<Kept> {
    let keep = |file: &OpenFile| {
        let flags = OFlag::from_bits_retain(fcntl(file.fd(), FcntlArg::F_GETFL).ok()?);
        if flags & OFlag::O_ACCMODE == OFlag::O_RDONLY {
            return None;
        }
        Some(Kept {
            number: file.number,
            offset: file.offset,
            was: file.fd().try_clone_to_owned().ok()?,
        })
    };
    files.iter().filter_map(keep).collect()
}

/// Opens what was kept as it was opened first, at the offset of the checkpoint and as a descriptor of
/// this process alone. One that cannot be opened stays as it is, and can then not be saved.
pub(crate) fn give_back(kept: &[Kept]) {
    for file in kept {
        if let Err(error) = reopen(file) {
            complain(file.number, "to be saved", &error);
        }
    }
}

fn reopen(kept: &Kept) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(&kept.was, FcntlArg::F_GETFL)?);
    let mut anew = OpenOptions::new()
        .read(flags & OFlag::O_ACCMODE == OFlag::O_RDWR)
        .write(true)
        .append(flags.contains(OFlag::O_APPEND))
        .open(format!("/proc/self/fd/{}", kept.was.as_raw_fd()))?;
    anew.seek(SeekFrom::Start(kept.offset))?;
    take_place(kept.number, anew)
}

fn complain(number: RawFd, what_for: &str, error: &io::Error) {
    say(&format!(
        "lightsss: file descriptor {number} cannot be opened again {what_for}, and shares its offset \
         with the original: {error}\n"
    ));
}

/// In a replay: gives it each file anew, at its offset. Descriptors of one file that shared their offset
/// (`dup`) share the new one.
pub(crate) fn put_right(files: &[OpenFile]) {
    replace(files, "for the replay", renew);
}

/// In a slot, before it looks at its state: gives it each file at the offset of the checkpoint. The original has gone on
/// with what they shared, and must not find an offset moved by a slot that flushes a `FILE *`.
pub(crate) fn separate(files: &[OpenFile]) {
    replace(files, "for the slot", |file| {
        let flags = OFlag::from_bits_retain(fcntl(file.fd(), FcntlArg::F_GETFL)?);
        let access = flags & OFlag::O_ACCMODE;
        let mut anew = OpenOptions::new()
            .read(access != OFlag::O_WRONLY)
            .write(access != OFlag::O_RDONLY)
            .append(flags.contains(OFlag::O_APPEND))
            .custom_flags((flags & (OFlag::O_NONBLOCK | OFlag::O_DIRECT)).bits())
            .open(format!("/proc/self/fd/{}", file.number))?;
        anew.seek(SeekFrom::Start(file.offset))?;
        take_place(file.number, anew)
    });
}

/// Puts what `renew` opens in the place of each file.
pub(super) fn replace(
    files: &[OpenFile],
    what_for: &str,
    renew: impl Fn(&OpenFile) -> io::Result<()>,
) {
    let twins: Vec<Option<RawFd>> = (0..files.len()).map(|at| twin(files, at)).collect();
    for (file, twin) in files.iter().zip(twins) {
        let is_standard = matches!(file.number, libc::STDOUT_FILENO | libc::STDERR_FILENO);
        if is_standard || !file.is_still_there() {
            continue;
        }
        let renewed = match twin {
            Some(twin) => borrowed(twin)
                .try_clone_to_owned()
                .and_then(|again| take_place(file.number, again)),
            None => renew(file),
        };
        if let Err(error) = renewed {
            complain(file.number, what_for, &error);
        }
    }
}

impl OpenFile {
    /// Whether the number is still that of this file: another name of standard output has followed that.
    fn is_still_there(&self) -> bool {
        fstat(self.fd()).is_ok_and(|stat| (stat.st_dev, stat.st_ino) == self.identity)
    }
}

/// An earlier descriptor of the same open file.
fn twin(files: &[OpenFile], at: usize) -> Option<RawFd> {
    let file = &files[at];
    let candidates = files[..at].iter().filter(|other| {
        other.identity == file.identity
            && other.offset == file.offset
            && other.number > libc::STDERR_FILENO
    });
    candidates
        .map(|other| other.number)
        .find(|other| same_open_file(*other, file.number))
}

fn renew(file: &OpenFile) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(file.fd(), FcntlArg::F_GETFL)?);
    let itself = format!("/proc/self/fd/{}", file.number);
    let mut anew = match flags & OFlag::O_ACCMODE {
        OFlag::O_RDONLY => open_to_read(&itself, flags)?,
        OFlag::O_WRONLY => unread(&itself, flags, file.offset)?,
        _ => {
            let path = std::fs::read_link(&itself)?;
            copy(&open_to_read(&itself, OFlag::empty())?, &path)?
        }
    };
    anew.seek(SeekFrom::Start(file.offset))?;
    take_place(file.number, anew)
}

/// Stands for a file that is only written: the original has written it already. Who asks for its position or its
/// length is told what the original was told, so it is a file too, in memory, without the contents.
fn unread(itself: &str, flags: OFlag, offset: u64) -> io::Result<File> {
    let appends = flags.contains(OFlag::O_APPEND);
    let length = std::fs::metadata(itself)?.len();
    let nothing = memory_file(&std::fs::read_link(itself)?)?;
    // What the original has appended since is not there yet.
    nothing.set_len(if appends { offset } else { length })?;
    OpenOptions::new()
        .write(true)
        .append(appends)
        .open(format!("/proc/self/fd/{}", nothing.as_raw_fd()))
}

/// Opens what `/proc/self/fd/N` refers to, deleted or not, with an offset of its own.
pub(super) fn open_to_read(itself: &str, flags: OFlag) -> io::Result<File> {
    let kept = flags & (OFlag::O_NONBLOCK | OFlag::O_DIRECT);
    OpenOptions::new()
        .read(true)
        .custom_flags(kept.bits())
        .open(itself)
}

/// A private copy of the file of this name.
pub(crate) fn copy_of(path: &Path) -> io::Result<File> {
    copy(&File::open(path)?, path)
}

/// A private copy of a file; `path` is its name, if it has one.
pub(super) fn copy(from: &File, path: &Path) -> io::Result<File> {
    let mut to = if from.metadata()?.len() <= LARGEST_IN_MEMORY {
        memory_file(path)?
    } else {
        // Beside the file itself, where its file system may share the blocks; without a name, so
        // that nothing can stay behind.
        let folder = path.parent().unwrap_or(Path::new("/"));
        let unnamed = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_TMPFILE)
            .open(folder);
        unnamed.or_else(|_| memory_file(path))?
    };
    io::copy(&mut &*from, &mut to)?;
    Ok(to)
}

/// What the names of files in memory begin with; the path of the file that they stand for follows.
const COPY_NAME: &str = "lightsss-copy:";

/// The kernel takes no longer names.
const LONGEST_NAME: usize = 249;

/// An empty file in memory that stands for the file of this name.
pub(crate) fn memory_file(path: &Path) -> io::Result<File> {
    let mut name = COPY_NAME.as_bytes().to_vec();
    let path = path_of_original(path.as_os_str().as_bytes());
    // Without it, the model's state has another path than the original's.
    if name.len() + path.len() <= LONGEST_NAME {
        name.extend_from_slice(path);
    }
    let name = CString::new(name)?;
    Ok(memfd_create(name.as_c_str(), MFdFlags::MFD_CLOEXEC)?.into())
}

/// The path of an open file as `/proc/self/fd` gives it, or of the file that it stands for in a replay.
pub(crate) fn path_of_original(link: &[u8]) -> &[u8] {
    let copy = link
        .strip_prefix(b"/memfd:")
        .and_then(|name| name.strip_prefix(COPY_NAME.as_bytes()));
    let path = copy.and_then(|name| name.strip_suffix(b" (deleted)"));
    path.filter(|path| !path.is_empty()).unwrap_or(link)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_file_far_above_the_others_is_found() {
        let file = tempfile::tempfile().unwrap();
        let high = fcntl(&file, FcntlArg::F_DUPFD_CLOEXEC(700)).unwrap();
        assert!(open(|_| false).files.iter().any(|open| open.number == high));
        // SAFETY: the descriptor was made above and nothing else owns it.
        drop(unsafe { <OwnedFd as std::os::fd::FromRawFd>::from_raw_fd(high) });
        assert!(open(|_| false).files.iter().all(|open| open.number != high));
    }

    #[test]
    fn a_written_file_keeps_its_position_and_its_name_and_gets_nothing() {
        for appends in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("log");
            let mut options = OpenOptions::new();
            options.create(true).write(true).append(appends);
            let mut log = options.open(&path).unwrap();
            io::Write::write_all(&mut log, b"ten bytes.").unwrap();
            let number = log.as_raw_fd();
            let files = open(|other| other != number).files;
            let file: Vec<_> = files
                .into_iter()
                .filter(|file| file.number == number)
                .collect();
            put_right(&file);
            io::Write::write_all(&mut log, b"more").unwrap();
            assert_eq!(log.stream_position().unwrap(), 14);
            assert_eq!(log.metadata().unwrap().len(), 14);
            assert_eq!(std::fs::read(&path).unwrap(), b"ten bytes.");
            let link = std::fs::read_link(format!("/proc/self/fd/{number}")).unwrap();
            assert_eq!(
                path_of_original(link.as_os_str().as_bytes()),
                path.as_os_str().as_bytes()
            );
        }
    }

    #[test]
    fn a_slot_moves_no_offset_of_its_original() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("input");
        std::fs::write(&path, b"0123456789").unwrap();
        let mut input = File::open(&path).unwrap();
        input.seek(SeekFrom::Start(3)).unwrap();
        let number = input.as_raw_fd();
        let files = open(|other| other != number).files;
        let file: Vec<_> = files
            .into_iter()
            .filter(|file| file.number == number)
            .collect();
        // Stands for the original, which shares the offset and goes on.
        let mut original = input.try_clone().unwrap();
        original.seek(SeekFrom::Start(7)).unwrap();
        separate(&file);
        assert_eq!(input.stream_position().unwrap(), 3);
        input.seek(SeekFrom::Start(0)).unwrap();
        assert_eq!(original.stream_position().unwrap(), 7);
    }

    #[test]
    fn files_of_ours_are_left_alone() {
        let own = memfd_create(OWN_NAME, MFdFlags::MFD_CLOEXEC).unwrap();
        let other = memory_file(Path::new("other")).unwrap();
        let again = File::open(format!("/proc/self/fd/{}", own.as_raw_fd())).unwrap();
        let found = open(|_| false).files;
        let is_found = |number| found.iter().any(|open| open.number == number);
        assert!(!is_found(own.as_raw_fd()) && !is_found(again.as_raw_fd()));
        assert!(is_found(other.as_raw_fd()), "a user's");
    }

    #[test]
    fn a_regular_file_is_found_with_its_offset() {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"0123456789").unwrap();
        file.seek(SeekFrom::Start(4)).unwrap();
        let found = open(|_| false)
            .files
            .into_iter()
            .find(|open| open.number == file.as_raw_fd());
        assert_eq!(found.expect("the file is listed").offset, 4);

        let other = OpenFile {
            number: file.as_raw_fd(),
            offset: 7,
            identity: (0, 0),
        };
        renew(&other).unwrap();
        let mut rest = String::new();
        file.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "789", "a private copy, at the offset that was noted");
    }
}
