//! Files that a template has open, in a run that was forked from it.
//!
//! | opened for | in a run |
//! | --- | --- |
//! | reading | opened again, at the offset of the fork |
//! | writing, appending or both | a copy in the run's folder under the same name, at the offset of the fork |
//! | the same, without a name or a folder | a copy in memory |
//!
//! Standard output and error follow the run's options.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom},
    os::{
        fd::AsRawFd,
        unix::fs::{MetadataExt, OpenOptionsExt},
    },
    path::Path,
};

use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::descriptors::{borrowed, take_place};
use super::files::{self, OpenFile};

/// As many files of one name are told from each other by numbers.
const MOST_NAMESAKES: usize = 1000;

/// In a run: gives it each file as its own, so that neither the template nor another run is written to.
pub(crate) fn make_own(open: &[OpenFile], folder: Option<&Path>) {
    files::replace(open, "for the run", |file| own(file, folder));
}

fn own(file: &OpenFile, folder: Option<&Path>) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(borrowed(file.number()), FcntlArg::F_GETFL)?);
    let itself = format!("/proc/self/fd/{}", file.number());
    let access = flags & OFlag::O_ACCMODE;
    let mut anew = if access == OFlag::O_RDONLY {
        files::open_to_read(&itself, flags)?
    } else {
        let copy = copy(&itself, folder)?;
        OpenOptions::new()
            .read(access == OFlag::O_RDWR)
            .write(true)
            .append(flags.contains(OFlag::O_APPEND))
            .custom_flags((flags & (OFlag::O_NONBLOCK | OFlag::O_DIRECT)).bits())
            .open(format!("/proc/self/fd/{}", copy.as_raw_fd()))?
    };
    anew.seek(SeekFrom::Start(file.offset()))?;
    take_place(file.number(), anew)
}

/// A copy of the file that `itself` leads to: in the folder, if the file has a name.
fn copy(itself: &str, folder: Option<&Path>) -> io::Result<File> {
    let mut from = files::open_to_read(itself, OFlag::empty())?;
    let path = std::fs::read_link(itself)?;
    let has_name = from.metadata()?.nlink() > 0;
    match (folder.filter(|_| has_name), path.file_name()) {
        (Some(folder), Some(name)) => {
            let mut to = create(folder, Path::new(name))?;
            io::copy(&mut from, &mut to)?;
            Ok(to)
        }
        _ => files::copy(&from, &path),
    }
}

/// A new file of this name, or of one with a number behind it.
fn create(folder: &Path, name: &Path) -> io::Result<File> {
    let mut path = folder.join(name);
    for number in 2..MOST_NAMESAKES {
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let mut numbered = name.as_os_str().to_owned();
                numbered.push(format!(".{number}"));
                path = folder.join(numbered);
            }
            created => return created,
        }
    }
    File::create_new(&path)
}
