//! What the harness and its models print over a stretch.

use std::fs::File;
use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
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
    let captured = Captured::begin()?;
    let ran = course.run(to, |_| ControlFlow::Continue(()));
    let printed = captured.since(0);
    captured.end();
    ran?;
    Ok(printed?)
}

/// As [`output`], by the steps: each with the cycle behind it.
pub(super) fn printed<S: Simulation>(
    course: &mut Course<'_, S>,
    to: u64,
) -> Result<Vec<(u64, String)>, Stopped> {
    let captured = Captured::begin()?;
    let first = course.cycle();
    let (mut seen, mut error) = (0, None);
    let mut printed: Vec<(u64, String)> = Vec::new();
    let ran = course.run(to, |simulation| {
        let cycle = simulation.cycle();
        match captured.since(seen) {
            Ok(bytes) if bytes.is_empty() || cycle == first => ControlFlow::Continue(()),
            Ok(bytes) => {
                seen += bytes.len() as u64;
                printed.push((cycle, String::from_utf8_lossy(&bytes).into_owned()));
                ControlFlow::Continue(())
            }
            Err(found) => {
                error = Some(found);
                ControlFlow::Break(())
            }
        }
    });
    captured.end();
    ran?;
    error.map_or(Ok(printed), |error| Err(error.into()))
}

/// A file that stands in for standard output and error.
struct Captured {
    file: File,
    before: Vec<(i32, OwnedFd)>,
}

impl Captured {
    fn begin() -> Result<Self, QueryError> {
        sys::flush_stdio();
        let file = files::memory_file(Path::new("output")).map_err(QueryError::failed)?;
        let target: OwnedFd = file.try_clone().map_err(QueryError::failed)?.into();
        let mut before = Vec::new();
        for number in [libc::STDOUT_FILENO, libc::STDERR_FILENO] {
            let was = descriptors::borrowed(number).try_clone_to_owned();
            before.push((number, was.map_err(QueryError::failed)?));
            descriptors::replace(number, &target);
        }
        Ok(Self { file, before })
    }

    /// What has been printed behind so many bytes.
    fn since(&self, seen: u64) -> Result<Vec<u8>, QueryError> {
        sys::flush_stdio();
        let length = self.file.metadata().map_err(QueryError::failed)?.len();
        let count = length.min(MOST).saturating_sub(seen);
        let mut bytes = vec![0; usize::try_from(count).map_err(QueryError::failed)?];
        self.file
            .read_exact_at(&mut bytes, seen)
            .map_err(QueryError::failed)?;
        Ok(bytes)
    }

    /// Puts back what was there.
    fn end(self) {
        sys::flush_stdio();
        for (number, was) in &self.before {
            descriptors::replace(*number, was);
        }
    }
}
