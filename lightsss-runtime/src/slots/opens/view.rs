//! What a replay sees of files that it names: the rules.
//!
//! | the replay | what has this name | it gets |
//! | --- | --- | --- |
//! | opens it for writing | a file that the original has open for writing, or that was changed since the checkpoint | a copy of its own, which later calls under this name find |
//! | | a file that is older, or that a replay has made | the file |
//! | | nothing | a new file |
//! | removes or renames it, makes a folder | what the original changed or made since the checkpoint | no error, and a copy that is gone or renamed |
//! | opens it for reading | a copy of its own | that |
//! | | anything else | what there is now |

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, Metadata, OpenOptions},
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
    time::SystemTime,
};

use nix::{errno::Errno, fcntl::OFlag, unistd::Pid};

use crate::process::files;
use crate::slots::record::Record;

/// When a checkpoint was, by the clock of files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    seconds: i64,
    nanoseconds: i64,
}

impl Moment {
    pub(crate) fn now() -> Self {
        use nix::time::{ClockId, clock_gettime};
        // The clock that most file systems stamp with, which lags behind the other one.
        let time = clock_gettime(ClockId::CLOCK_REALTIME_COARSE);
        Self {
            seconds: time.map_or(0, |time| time.tv_sec()),
            nanoseconds: time.map_or(0, |time| time.tv_nsec()),
        }
    }

    /// Whether a file was changed since, in its contents or its names.
    fn is_before_change_of(self, found: &Metadata) -> bool {
        let now = (self.seconds, self.nanoseconds);
        (found.mtime(), found.mtime_nsec()) >= now || (found.ctime(), found.ctime_nsec()) >= now
    }

    fn is_before_birth_of(self, found: &Metadata) -> bool {
        let born = found.created().ok();
        let since = born.and_then(|born| born.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.is_some_and(|since| {
            (
                since.as_secs().cast_signed(),
                i64::from(since.subsec_nanos()),
            ) >= (self.seconds, self.nanoseconds)
        })
    }
}

/// A call of a replay, with whole paths.
#[derive(Debug)]
pub(super) enum Request {
    Open { path: PathBuf, flags: OFlag },
    Truncate { path: PathBuf, length: u64 },
    Remove { path: PathBuf, folder: bool },
    Rename { from: PathBuf, to: PathBuf },
    MakeFolder { path: PathBuf },
}

/// What comes of it.
#[derive(Debug)]
pub(super) enum Answer {
    /// The kernel does it.
    Continue,
    /// It is done, or seems so.
    Value(i64),
    Fail(Errno),
    /// It opens this.
    File {
        file: OwnedFd,
        flags: OFlag,
    },
}

#[derive(Debug)]
pub(super) struct View {
    since: Moment,
    /// Device and number of each file that the original has open for writing.
    written: BTreeSet<(u64, u64)>,
    /// By name; what the replay has removed is `None`.
    own: BTreeMap<PathBuf, Option<File>>,
    /// What it has made under a name that nothing had.
    made: BTreeSet<PathBuf>,
}

impl View {
    pub(super) fn new(since: Moment, original: Pid) -> Self {
        Self {
            since,
            written: open_for_writing(original),
            own: BTreeMap::new(),
            made: BTreeSet::new(),
        }
    }

    /// `own` says that the replay means what it writes: its waveform.
    pub(super) fn answer(&mut self, request: Request, own: bool, record: &Record) -> Answer {
        if own {
            return self.note(request);
        }
        let answer = match request {
            Request::Open { path, flags } => self.open(path, flags, record),
            Request::Truncate { path, length } => self.truncate(&path, length, record),
            Request::Remove { path, folder } => Ok(self.remove(path, folder, record)),
            Request::Rename { from, to } => self.rename(from, to, record),
            Request::MakeFolder { path } => Ok(self.make_folder(path)),
        };
        answer.unwrap_or_else(|error| {
            Answer::Fail(error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))
        })
    }

    /// What the replay writes on purpose is none of the original's for what follows.
    fn note(&mut self, request: Request) -> Answer {
        match request {
            Request::Open { path, flags } if is_for_writing(flags) => {
                self.own.remove(&path);
                self.made.insert(path);
            }
            Request::Rename { from, to } => {
                self.made.remove(&from);
                self.made.insert(to);
            }
            Request::Open { .. }
            | Request::Truncate { .. }
            | Request::Remove { .. }
            | Request::MakeFolder { .. } => {}
        }
        Answer::Continue
    }

    fn open(&mut self, path: PathBuf, flags: OFlag, record: &Record) -> io::Result<Answer> {
        if flags.intersects(OFlag::O_PATH | OFlag::O_DIRECTORY) {
            return Ok(Answer::Continue);
        }
        match self.own.get(&path) {
            Some(Some(_)) if flags.contains(OFlag::O_CREAT | OFlag::O_EXCL) => {
                return Ok(Answer::Fail(Errno::EEXIST));
            }
            Some(Some(copy)) => return again(copy, flags),
            Some(None) if !flags.contains(OFlag::O_CREAT) => {
                return Ok(Answer::Fail(Errno::ENOENT));
            }
            Some(None) => {
                let empty = files::memory_file(&path)?;
                return self.keep(path, empty, flags);
            }
            None if !is_for_writing(flags) => return Ok(Answer::Continue),
            None => {}
        }
        let Ok(found) = fs::metadata(&path) else {
            if flags.contains(OFlag::O_CREAT) {
                self.made.insert(path);
            }
            return Ok(Answer::Continue);
        };
        if found.file_type().is_fifo() {
            // Who reads it is the original's partner.
            let nowhere = OpenOptions::new()
                .read(true)
                .write(true)
                .open("/dev/null")?;
            return again(&nowhere, flags - OFlag::O_TRUNC);
        }
        if !found.is_file() || !self.is_of_original(&path, &found, record) {
            return Ok(Answer::Continue);
        }
        let is_new = self.since.is_before_birth_of(&found);
        if flags.contains(OFlag::O_CREAT | OFlag::O_EXCL) && !is_new {
            return Ok(Answer::Continue);
        }
        // A file of after the checkpoint is not there yet for the replay: who opens it makes it.
        let empty = flags.contains(OFlag::O_TRUNC) || is_new && flags.contains(OFlag::O_CREAT);
        let copy = if empty {
            files::memory_file(&path)?
        } else {
            files::copy_of(&path)?
        };
        self.keep(path, copy, flags)
    }

    fn keep(&mut self, path: PathBuf, copy: File, flags: OFlag) -> io::Result<Answer> {
        let answer = again(&copy, flags);
        self.own.insert(path, Some(copy));
        answer
    }

    fn truncate(&mut self, path: &Path, length: u64, record: &Record) -> io::Result<Answer> {
        if !self.own.contains_key(path) {
            match fs::metadata(path) {
                Ok(found) if found.is_file() && self.is_of_original(path, &found, record) => {
                    let copy = files::copy_of(path)?;
                    self.own.insert(path.to_owned(), Some(copy));
                }
                _ => return Ok(Answer::Continue),
            }
        }
        match self.own.get(path) {
            Some(Some(copy)) => copy.set_len(length).map(|()| Answer::Value(0)),
            _ => Ok(Answer::Fail(Errno::ENOENT)),
        }
    }

    fn remove(&mut self, path: PathBuf, folder: bool, record: &Record) -> Answer {
        match self.own.get(&path) {
            Some(None) => return Answer::Fail(Errno::ENOENT),
            Some(Some(_)) => {
                self.own.insert(path, None);
                return Answer::Value(0);
            }
            None => {}
        }
        let Ok(found) = fs::symlink_metadata(&path) else {
            return Answer::Continue;
        };
        let of_original = if folder {
            found.is_dir() && self.since.is_before_birth_of(&found) && !self.made.contains(&path)
        } else {
            !found.is_dir() && self.is_of_original(&path, &found, record)
        };
        if !of_original {
            self.made.remove(&path);
            return Answer::Continue;
        }
        self.own.insert(path, None);
        Answer::Value(0)
    }

    fn rename(&mut self, from: PathBuf, to: PathBuf, record: &Record) -> io::Result<Answer> {
        let of_original = |view: &Self, path: &Path| {
            fs::symlink_metadata(path)
                .is_ok_and(|found| found.is_file() && view.is_of_original(path, &found, record))
        };
        if let Some(copy) = self.own.get_mut(&from) {
            let Some(copy) = copy.take() else {
                return Ok(Answer::Fail(Errno::ENOENT));
            };
            self.own.insert(to, Some(copy));
            return Ok(Answer::Value(0));
        }
        let takes_place = self.own.contains_key(&to) || of_original(self, &to);
        if of_original(self, &from) {
            let copy = files::copy_of(&from)?;
            self.own.insert(from, None);
            self.own.insert(to, Some(copy));
            return Ok(Answer::Value(0));
        }
        if takes_place {
            let copy = files::copy_of(&from)?;
            if self.made.remove(&from) {
                fs::remove_file(&from)?;
            } else {
                self.own.insert(from, None);
            }
            self.own.insert(to, Some(copy));
            return Ok(Answer::Value(0));
        }
        if self.made.remove(&from) {
            self.made.insert(to);
        }
        Ok(Answer::Continue)
    }

    fn make_folder(&mut self, path: PathBuf) -> Answer {
        match fs::symlink_metadata(&path) {
            Ok(found)
                if found.is_dir()
                    && self.since.is_before_birth_of(&found)
                    && !self.made.contains(&path) =>
            {
                Answer::Value(0)
            }
            Ok(_) => Answer::Continue,
            Err(_) => {
                self.made.insert(path);
                Answer::Continue
            }
        }
    }

    fn is_of_original(&self, path: &Path, found: &Metadata, record: &Record) -> bool {
        let identity = (found.dev(), found.ino());
        if self.made.contains(path) || record.replay_files.has(identity) {
            return false;
        }
        self.written.contains(&identity) || self.since.is_before_change_of(found)
    }

    /// Tells later replays what this one has made.
    pub(super) fn register(&self, record: &Record) {
        for path in &self.made {
            if let Ok(found) = fs::symlink_metadata(path) {
                record.replay_files.add((found.dev(), found.ino()));
            }
        }
    }
}

fn is_for_writing(flags: OFlag) -> bool {
    flags & OFlag::O_ACCMODE != OFlag::O_RDONLY || flags.intersects(OFlag::O_CREAT | OFlag::O_TRUNC)
}

/// Opens a copy once more, with an offset of its own.
fn again(copy: &File, flags: OFlag) -> io::Result<Answer> {
    let mode = flags & OFlag::O_ACCMODE;
    let file = OpenOptions::new()
        .read(mode != OFlag::O_WRONLY)
        .write(mode != OFlag::O_RDONLY)
        .truncate(mode != OFlag::O_RDONLY && flags.contains(OFlag::O_TRUNC))
        .custom_flags((flags & (OFlag::O_APPEND | OFlag::O_NONBLOCK)).bits())
        .open(format!("/proc/self/fd/{}", copy.as_raw_fd()))?;
    let file = file.into();
    Ok(Answer::File { file, flags })
}

/// The files that a process has open for writing. None where it has ended, or may not be looked at.
fn open_for_writing(pid: Pid) -> BTreeSet<(u64, u64)> {
    let folder = fs::read_dir(format!("/proc/{pid}/fdinfo"));
    let entries = folder.into_iter().flatten().flatten();
    let identity = |entry: fs::DirEntry| {
        let info = fs::read_to_string(entry.path()).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        let flags = i32::from_str_radix(flags.trim(), 8).ok()?;
        let number = entry.file_name();
        let file = fs::metadata(format!("/proc/{pid}/fd/{}", number.to_str()?)).ok()?;
        let writes = flags & libc::O_ACCMODE != libc::O_RDONLY;
        (writes && file.is_file()).then(|| (file.dev(), file.ino()))
    };
    entries.filter_map(identity).collect()
}
