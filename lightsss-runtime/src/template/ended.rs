//! How a run of a template ended.

use std::time::Duration;

use crate::slots::ProcessEnd;

/// A run that has ended. Nothing that it started is left.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// The number that [`Template::start`](super::Template::start) gave.
    pub run: u64,
    /// How its first process ended: the supervisor, which ends as the simulation did, or the simulation.
    pub end: ProcessEnd,
    /// Who ended it.
    pub by: EndedBy,
    /// From the fork to the end.
    pub duration: Duration,
    /// From the start of the fork to [`Run::begin`](super::Run::begin), if the run called it.
    pub start: Option<Duration>,
    /// What the run gave to [`Run::refuse`](super::Run::refuse), or why its supervisor was not started.
    pub refusal: Option<String>,
}

/// Who ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndedBy {
    /// The run itself, or somebody outside.
    Itself,
    /// The template, at the run's deadline.
    Deadline,
    /// The template, when it was told to: by [`Template::kill`](super::Template::kill), say.
    Template,
}
