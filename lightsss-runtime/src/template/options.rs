//! How a run of a template is started.

use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::{AccessFlags, eaccess};

use super::error::StartError;
use crate::process::output_path;
use crate::slots::SupervisorOptions;

/// Where what a run prints goes: its standard output and its standard error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunOutput {
    /// Where the template's goes.
    #[default]
    Inherit,
    /// To this file, which is replaced.
    File(PathBuf),
    /// Nowhere.
    Discard,
}

impl RunOutput {
    pub(super) fn open(&self) -> Result<Option<OwnedFd>, StartError> {
        let (path, opened) = match self {
            Self::Inherit => return Ok(None),
            Self::Discard => {
                let null = Path::new("/dev/null");
                (null.to_owned(), OpenOptions::new().write(true).open(null))
            }
            Self::File(path) => {
                let path = output_path::check(path)?;
                let created = File::create(&path);
                (path, created)
            }
        };
        match opened {
            Ok(file) => Ok(Some(file.into())),
            Err(source) => Err(StartError::Output { path, source }),
        }
    }
}

/// How a run is started. The default is a run without a supervisor, in the template's folder, with the template's
/// output, and without a deadline.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct RunOptions {
    /// The working folder of the run, which is there already. Files that the template has open for writing are copied
    /// to it.
    pub folder: Option<PathBuf>,
    /// Where standard output and error go. Standard input is empty in each run.
    pub output: RunOutput,
    /// After this time the run is killed, with everything that it started.
    pub deadline: Option<Duration>,
    /// The supervisor of the run, if it is to have one. [`Run::supervised`](super::Run::supervised) gives the
    /// simulation's half.
    pub supervisor: Option<SupervisorOptions>,
}

impl RunOptions {
    pub(super) fn check(&self) -> Result<(), StartError> {
        let Some(path) = &self.folder else {
            return Ok(());
        };
        let unusable = |source| StartError::Folder {
            path: path.clone(),
            source,
        };
        if !std::fs::metadata(path).map_err(unusable)?.is_dir() {
            return Err(unusable(std::io::ErrorKind::NotADirectory.into()));
        }
        eaccess(path, AccessFlags::X_OK).map_err(|errno| unusable(errno.into()))
    }
}
