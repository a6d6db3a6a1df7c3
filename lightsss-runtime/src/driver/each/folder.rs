//! The folder of many runs: one command at a time, results that are there as soon as a run has ended.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use super::lines::RESULTS;
use super::result::RunResult;

/// Why a folder cannot take the results of many runs.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("the folder `{}` cannot be used for the results of many runs: {source}; choose another with `--out`", path.display())]
    Unusable { path: PathBuf, source: io::Error },
    #[error("`{}` is no folder; choose another one for the results of many runs with `--out`", path.display())]
    NoFolder { path: PathBuf },
    #[error("another command writes to `{}` now; wait for it, or choose another folder with `--out`", path.display())]
    Taken { path: PathBuf },
    #[error(
        "`{}` is not empty; go on with what is there with `--continue`, choose another folder with `--out`, or remove it",
        path.display()
    )]
    NotEmpty { path: PathBuf },
    #[error("`{}` holds no `{RESULTS}`, and so nothing to go on with; leave `--continue` out, or choose the right folder with `--out`", path.display())]
    NothingToContinue { path: PathBuf },
}

/// The folder of many runs, held by this process.
pub struct Folder {
    path: PathBuf,
    _held: Flock<File>,
}

impl Folder {
    /// Makes the folder, or takes one that is there: an empty one, or with `resume` one of an earlier command.
    ///
    /// # Errors
    ///
    /// It cannot be written, another command has it, or there is something else in it.
    pub fn open(path: &Path, resume: bool) -> Result<Self, FolderError> {
        let unusable = |source| FolderError::Unusable {
            path: path.to_owned(),
            source,
        };
        if fs::metadata(path).is_ok_and(|found| !found.is_dir()) {
            return Err(FolderError::NoFolder {
                path: path.to_owned(),
            });
        }
        fs::create_dir_all(path).map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        let held = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_DIRECTORY)
            .open(&path)
            .map_err(unusable)?;
        let held = match Flock::lock(held, FlockArg::LockExclusiveNonblock) {
            Ok(held) => held,
            Err((_, Errno::EWOULDBLOCK)) => return Err(FolderError::Taken { path }),
            Err((_, errno)) => return Err(unusable(errno.into())),
        };
        let is_empty = fs::read_dir(&path).map_err(unusable)?.next().is_none();
        let has_results = path.join(RESULTS).is_file();
        match (resume, is_empty, has_results) {
            (false, false, _) => return Err(FolderError::NotEmpty { path }),
            (true, _, false) => return Err(FolderError::NothingToContinue { path }),
            _ => {}
        }
        let folder = Self { path, _held: held };
        // It shows that the folder is one of many runs, also before the first result.
        folder.append(b"").map_err(unusable)?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The results of earlier commands, the last one of each run. A line that is not whole is none: a command was
    /// killed while it wrote it.
    pub fn earlier(&self) -> Vec<RunResult> {
        let text = fs::read(self.path.join(RESULTS)).unwrap_or_default();
        let lines = text.split(|byte| *byte == b'\n');
        let mut results: Vec<RunResult> = Vec::new();
        for result in lines.filter_map(|line| serde_json::from_slice::<RunResult>(line).ok()) {
            results.retain(|earlier| earlier.name != result.name);
            results.push(result);
        }
        results
    }

    /// Adds a result.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn add(&self, result: &RunResult) -> io::Result<()> {
        let mut line = serde_json::to_vec(result)?;
        line.push(b'\n');
        self.append(&line)
    }

    /// The file is not kept open, so that no run has it.
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let path = self.path.join(RESULTS);
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(bytes)
    }
}

/// Makes a run's folder, in the place of one that an earlier command has left.
///
/// # Errors
///
/// What the system says.
pub fn make(run: &Path) -> io::Result<()> {
    match fs::create_dir(run) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_dir_all(run)?;
            fs::create_dir(run)
        }
        made => made,
    }
}

/// The folder of results, if the user names none: after the file of lines.
pub fn default(lines: &Path) -> PathBuf {
    let name = lines.file_stem().filter(|_| lines != Path::new("-"));
    let Some(name) = name else {
        return PathBuf::from("runs");
    };
    let folder = PathBuf::from(name);
    if lines.extension().is_some() && !folder.exists() || folder.is_dir() {
        return folder;
    }
    let mut name = name.to_owned();
    name.push(".out");
    name.into()
}
