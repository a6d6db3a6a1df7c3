//! What the harness and its models print over a stretch.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::ops::ControlFlow;
use std::path::Path;

use super::super::error::QueryError;
use super::course::{Course, Stopped};
use crate::process::{descriptors, files, sys};
use crate::simulation::Simulation;

/// The most that is given.
const MOST: u64 = 64 << 20;

/// Runs up to a cycle, and gives what goes to standard output and error meanwhile.
pub(super) fn output<S: Simulation>(
    course: &mut Course<'_, S>,
    to: u64,
) -> Result<Vec<u8>, Stopped> {
    let file = files::memory_file(Path::new("output")).map_err(QueryError::failed)?;
    let before = stand_in(&file)?;
    let ran = course.run(to, |_| ControlFlow::Continue(()));
    sys::flush_stdio();
    for (number, was) in [libc::STDOUT_FILENO, libc::STDERR_FILENO]
        .into_iter()
        .zip(&before)
    {
        descriptors::replace(number, was);
    }
    ran?;
    let mut printed = Vec::new();
    let mut file = &file;
    file.rewind().map_err(QueryError::failed)?;
    let read = file.take(MOST).read_to_end(&mut printed);
    read.map_err(QueryError::failed)?;
    Ok(printed)
}

/// Puts a file in the place of standard output and error; gives what was there.
fn stand_in(file: &File) -> Result<Vec<std::os::fd::OwnedFd>, QueryError> {
    sys::flush_stdio();
    let target = file.try_clone().map_err(QueryError::failed)?.into();
    let mut before = Vec::new();
    for number in [libc::STDOUT_FILENO, libc::STDERR_FILENO] {
        let was = descriptors::borrowed(number).try_clone_to_owned();
        before.push(was.map_err(QueryError::failed)?);
        descriptors::replace(number, &target);
    }
    Ok(before)
}
