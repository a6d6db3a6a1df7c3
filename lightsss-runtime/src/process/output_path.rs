//! Paths that a run may write to: regular files only, in folders that exist.
//!
//! A device, FIFO, socket or folder is refused. A symbolic link is followed to its end, and the
//! file there is the one that is written; the link stays.

use std::ffi::OsString;
use std::fs::{self, File, FileType};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, eaccess};

/// Links that are followed one after the other, as in the kernel.
const MOST_LINKS: usize = 40;

/// A path that no output can have.
#[derive(Debug, thiserror::Error)]
pub enum OutputPathError {
    /// Something else than a regular file has this name.
    #[error(
        "`{}` is {found}, and an output replaces regular files only; choose another path",
        path.display()
    )]
    NotRegular {
        /// The path, links followed.
        path: PathBuf,
        /// What has this name.
        found: &'static str,
    },
    /// The folder is not there, or is no folder.
    #[error(
        "`{}` cannot be written: its folder `{}` cannot be used: {error}; make the folder first, or choose another path",
        path.display(), folder.display()
    )]
    Folder {
        /// The path, links followed.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The system does not let this process look at it, or write it.
    #[error("`{}` cannot be written: {error}; choose another path", path.display())]
    System {
        /// The path, links followed.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// The file that an output with this name is written to: the path itself, or the end of the links
/// that it names. The file need not be there; its folder must.
///
/// # Errors
///
/// Something else than a regular file has this name, or the system refuses to have it written.
pub fn check(path: &Path) -> Result<PathBuf, OutputPathError> {
    let path = target(path)?;
    let folder = folder_of(&path);
    let unusable = |error| OutputPathError::Folder {
        path: path.clone(),
        folder: folder.to_owned(),
        error,
    };
    if !fs::metadata(folder).map_err(unusable)?.is_dir() {
        return Err(unusable(io::ErrorKind::NotADirectory.into()));
    }
    // An output is replaced as a whole, so that the folder is written even where the file is there.
    eaccess(folder, AccessFlags::W_OK | AccessFlags::X_OK)
        .map_err(|errno| unusable(errno.into()))?;
    if regular(&path)? {
        eaccess(&path, AccessFlags::W_OK).map_err(|errno| OutputPathError::System {
            path: path.clone(),
            error: errno.into(),
        })?;
    }
    Ok(path)
}

/// As [`check`], for a caller that reports itself what is wrong with the folder.
///
/// # Errors
///
/// Something else than a regular file has this name.
pub fn target(path: &Path) -> Result<PathBuf, OutputPathError> {
    let path = follow(path)?;
    regular(&path)?;
    Ok(path)
}

/// Removes an earlier output, so that it is not taken for a new one. Does nothing where there is none;
/// what is no regular file is refused and stays. A link stays; the file at its end goes.
///
/// # Errors
///
/// As [`check`], and where the system refuses to remove it.
pub fn remove(path: &Path) -> Result<(), OutputPathError> {
    let path = follow(path)?;
    if !regular(&path)? {
        return Ok(());
    }
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(OutputPathError::System { path, error })
        }
        _ => Ok(()),
    }
}

/// Writes a whole file in the place of what [`check`] has found: first under another name in its folder.
///
/// # Errors
///
/// What the system says. What had the name before is still there then.
pub fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.lightsss-tmp", std::process::id()));
    let unfinished = folder_of(path).join(name);
    // Of a process that had the same number, as the first one of a container always has.
    if fs::symlink_metadata(&unfinished).is_ok_and(|found| found.is_file()) {
        fs::remove_file(&unfinished)?;
    }
    let written = write_whole(&unfinished, contents).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// The folder in which a path lies; never empty.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    }
}

/// Follows symbolic links by name, also where nothing is at their end.
fn follow(path: &Path) -> Result<PathBuf, OutputPathError> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let names_a_file =
            path.file_name().is_some() && !path.as_os_str().as_bytes().ends_with(b"/");
        if !names_a_file {
            return Err(OutputPathError::NotRegular {
                path,
                found: "the name of a folder",
            });
        }
        let Ok(target) = fs::read_link(&path) else {
            return Ok(path);
        };
        path = folder_of(&path).join(target);
    }
    Err(OutputPathError::System {
        path,
        error: nix::errno::Errno::ELOOP.into(),
    })
}

/// Whether a regular file has this name; false where nothing has.
fn regular(path: &Path) -> Result<bool, OutputPathError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => {
            let path = path.to_owned();
            return Err(OutputPathError::System { path, error });
        }
    };
    if found.is_file() {
        return Ok(true);
    }
    Err(OutputPathError::NotRegular {
        path: path.to_owned(),
        found: kind(found),
    })
}

fn kind(found: FileType) -> &'static str {
    if found.is_dir() {
        "a folder"
    } else if found.is_fifo() {
        "a FIFO"
    } else if found.is_socket() {
        "a socket"
    } else if found.is_char_device() || found.is_block_device() {
        "a device"
    } else {
        "no regular file"
    }
}

/// A path with something behind its name, its extension included: `wave.fst.hier`.
#[must_use]
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};
    use std::os::unix::net::UnixListener;

    use nix::sys::stat::{Mode, SFlag, makedev, mknod};
    use nix::unistd::mkfifo;

    use super::*;

    /// What there is of each kind that is refused, each with a name of its own.
    fn others(folder: &Path) -> Vec<PathBuf> {
        let at = |name: &str| folder.join(name);
        mkfifo(&at("fifo"), Mode::S_IRWXU).unwrap();
        let _bound = UnixListener::bind(at("socket")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        symlink("fifo", at("link to a fifo")).unwrap();
        symlink("folder", at("link to a folder")).unwrap();
        symlink("loop", at("loop")).unwrap();
        symlink("/nowhere/at/all", at("link into nowhere")).unwrap();
        let mut all: Vec<PathBuf> = [
            "fifo",
            "socket",
            "folder",
            "link to a fifo",
            "link to a folder",
            "loop",
            "link into nowhere",
            "no folder/file",
            "fifo/file",
            "new/",
            ".",
            "..",
            "",
        ]
        .map(at)
        .into();
        // The number of `/dev/null`, in a folder of ours. Only root may make one.
        let device = at("device");
        if mknod(&device, SFlag::S_IFCHR, Mode::S_IRWXU, makedev(1, 3)).is_ok() {
            symlink("device", at("link to a device")).unwrap();
            all.extend([device, at("link to a device")]);
        }
        all.push(PathBuf::new());
        all
    }

    #[test]
    fn what_is_no_regular_file_is_refused_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        for path in others(folder.path()) {
            let identity = |path: &Path| fs::symlink_metadata(path).map(|found| found.ino()).ok();
            let before = identity(&path);
            check(&path).expect_err(&path.display().to_string());
            let _ = remove(&path);
            assert_eq!(identity(&path), before, "{}", path.display());
        }
    }

    #[test]
    fn a_link_is_followed_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("far")).unwrap();
        symlink("far/file", at("second")).unwrap();
        symlink("second", at("first")).unwrap();
        assert_eq!(
            check(&at("first")).unwrap(),
            at("far/file"),
            "not there yet"
        );
        fs::write(at("far/file"), "earlier").unwrap();
        assert_eq!(check(&at("first")).unwrap(), at("far/file"));
        remove(&at("first")).unwrap();
        assert!(!at("far/file").exists());
        assert!(fs::symlink_metadata(at("first")).unwrap().is_symlink());
        remove(&at("first")).unwrap();
    }

    #[test]
    fn a_plain_path_stays_as_it_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.fst");
        assert_eq!(check(&path).unwrap(), path);
        fs::write(&path, "earlier").unwrap();
        assert_eq!(check(&path).unwrap(), path);
        assert_eq!(
            check(Path::new("Cargo.toml")).unwrap(),
            Path::new("Cargo.toml")
        );
        assert_eq!(
            with_suffix(Path::new("a.fst"), ".hier"),
            Path::new("a.fst.hier")
        );
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert!(replace(&folder.path().join("none").join("report.json"), b"three").is_err());
        // A file that an earlier process has left is in nobody's way, a folder is not ours.
        let own = format!(".report.json.{}.lightsss-tmp", std::process::id());
        let own = folder.path().join(own);
        fs::write(&own, "half").unwrap();
        replace(&path, b"two").unwrap();
        assert!(!own.exists());
        fs::create_dir(&own).unwrap();
        assert!(replace(&path, b"three").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }
}
