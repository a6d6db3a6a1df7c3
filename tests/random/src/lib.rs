//! Many small designs, most of them random, and a harness that drives any of them.

#![allow(missing_docs, reason = "the models' names say nothing")]
#![allow(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    dead_code,
    unused_imports,
    unused_mut,
    unused_variables,
    clippy::pedantic,
    clippy::all,
    reason = "the build script writes most of it"
)]

mod harness;
pub mod mixer;

pub use harness::{CYCLES, Harness};

use std::ffi::{CStr, CString};
use std::path::Path;

use lightsss_runtime::model::{
    Context, ContextOptions, Halt, Initial, ModelError, OpenArray, Wide,
};
use lightsss_runtime::savable::{Reader, RestoreError, Savable, SaveError, Writer};
use lightsss_tests_support::drive::{Fill, Inputs, Put};
use mixer::{Mix, Mixer, Take};

/// What the harness does with a model.
pub trait Dut {
    /// Sets the clocks, and while `level` is low all other inputs.
    fn set(&mut self, inputs: &mut Inputs, level: u8, slow: u8);
    /// Writes the ports down.
    fn put(&self, out: &mut Vec<u8>);
    /// Calls the exports, and writes down what they give.
    ///
    /// # Errors
    /// A halt.
    fn call(&mut self, inputs: &mut Inputs, out: &mut Vec<u8>) -> Result<(), Box<Halt>>;
    /// Evaluates.
    ///
    /// # Errors
    /// A halt.
    fn evaluate(&mut self) -> Result<(), Box<Halt>>;
    /// Runs the final blocks.
    ///
    /// # Errors
    /// A halt.
    fn end(&mut self) -> Result<(), Box<Halt>>;
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
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its source.
    pub source: &'static str,
    /// The extension of its waveforms.
    pub traced: Option<&'static str>,
    /// Its ports, and the bytes of each in a record.
    pub ports: &'static [(&'static str, u32)],
    /// How many functions it exports.
    pub exports: usize,
    make: fn() -> Result<Box<dyn Dut>, ModelError>,
    /// Nothing where it cannot be saved.
    pub check: Option<fn(&mut Reader<'_>) -> Result<(), RestoreError>>,
}

/// As the C++ drivers have them.
fn options() -> ContextOptions {
    ContextOptions::new().seed(11).initial(Initial::Random)
}

/// Implements the functions that designs call.
struct Imports;

include!(concat!(env!("OUT_DIR"), "/designs.rs"));
