//! Many small designs, and a harness that drives any of them.

#![allow(missing_docs, reason = "the models' names say nothing")]
#![allow(
    clippy::identity_op,
    clippy::unreadable_literal,
    reason = "the build script writes shifts by and masks of any width"
)]

mod harness;

pub use harness::{CYCLES, Harness};

use std::fmt::Write as _;
use std::path::Path;

use lightsss_runtime::model::{Context, ContextOptions, Halt, ModelError};
use lightsss_runtime::savable::{Reader, RestoreError, Savable, SaveError, Writer};

/// What the harness does with a model.
pub trait Small {
    /// Sets the inputs to random values, and each clock to its bit of `levels`.
    fn set(&mut self, random: u64, levels: u32);
    /// Writes the outputs down.
    fn put(&self, out: &mut String);
    /// Evaluates.
    ///
    /// # Errors
    /// A halt.
    fn evaluate(&mut self) -> Result<(), Box<Halt>>;
    /// The context.
    fn context(&self) -> &Context;
    /// Opens a waveform, where it can.
    ///
    /// # Errors
    /// What the model says.
    fn start_trace(&mut self, path: &Path) -> Result<(), ModelError>;
    /// Adds to it.
    fn add_to_trace(&mut self, time: u64);
    /// Closes it.
    ///
    /// # Errors
    /// What the model says.
    fn end_trace(&mut self) -> Result<(), ModelError>;
    /// As [`Savable::save`].
    ///
    /// # Errors
    /// As there.
    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError>;
    /// As [`Savable::restore`].
    ///
    /// # Errors
    /// As there.
    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError>;
}

/// A design.
pub struct Entry {
    /// What it is.
    pub about: &'static str,
    /// Its source.
    pub source: &'static str,
    /// The extension of its waveforms.
    pub traced: Option<&'static str>,
    make: fn() -> Result<Box<dyn Small>, ModelError>,
    check: fn(&mut Reader<'_>) -> Result<(), RestoreError>,
}

static OPTIONS: ContextOptions = ContextOptions::new();

include!(concat!(env!("OUT_DIR"), "/small.rs"));
