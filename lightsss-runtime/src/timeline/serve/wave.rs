//! A waveform of a stretch.

use std::ops::ControlFlow;
use std::path::Path;

use super::super::error::QueryError;
use super::super::sample::Ended;
use super::course::{Course, Stopped};
use crate::process::output_path;
use crate::simulation::Simulation;

/// Runs up to a cycle with a waveform open.
pub(super) fn trace<S: Simulation>(
    course: &mut Course<'_, S>,
    to: u64,
    path: &Path,
) -> Result<Ended, Stopped> {
    open(course, path)?;
    let ran = course.run(to, |_| ControlFlow::Continue(()));
    let closed = close(course);
    let ended = ran?;
    closed?;
    Ok(ended)
}

/// Opens a waveform here.
pub(super) fn open<S: Simulation>(course: &mut Course<'_, S>, path: &Path) -> Result<(), Stopped> {
    let opened = course.own_files(|simulation| {
        output_path::remove(path).map_err(QueryError::failed)?;
        simulation.open_trace(path).map_err(QueryError::failed)
    });
    Ok(opened?)
}

/// Closes it.
pub(super) fn close<S: Simulation>(course: &mut Course<'_, S>) -> Result<(), Stopped> {
    let closed = course.own_files(Simulation::close_trace);
    Ok(closed.map_err(QueryError::failed)?)
}
