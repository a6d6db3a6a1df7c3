//! Drives a model with random inputs and records its ports, as the C++ programs do.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use lightsss_runtime::model::{Context, ContextOptions, Halt, HaltKind, Initial, ModelError};
pub use lightsss_tests_support::drive::{Fill, Inputs, Put};

use crate::table::DESIGNS;

/// A model that can be driven. The build script implements it for each from its description.
pub trait Driven: Sized {
    /// The model's name.
    const NAME: &'static str;
    /// Whether it has an input `clk`.
    const HAS_CLOCK: bool;
    /// Whether it writes waveforms.
    const TRACED: bool;
    /// The ports, and the bytes that each takes in a record.
    const PORTS: &'static [(&'static str, usize)];
    /// Makes it.
    fn make(options: &ContextOptions) -> Result<Self, ModelError>;
    /// Its context.
    fn context(&self) -> &Context;
    /// Sets all inputs but `clk`.
    fn set_inputs(&mut self, inputs: &mut Inputs);
    /// Sets `clk`.
    fn set_clock(&mut self, level: bool);
    /// Evaluates it.
    fn evaluate(&mut self) -> Result<(), Box<Halt>>;
    /// Adds all ports to a record.
    fn record(&self, record: &mut Vec<u8>);
    /// Opens a waveform.
    fn start_trace(&mut self, path: &Path);
    /// Adds to it.
    fn add_to_trace(&mut self, time: u64);
    /// Runs the `final` blocks.
    fn end(&mut self) -> Result<(), Box<Halt>>;
}

/// What a run left behind.
#[derive(Debug)]
pub struct Run {
    /// Each evaluation's ports, and a byte that tells of halts.
    pub records: Vec<u8>,
    /// The lines that the design printed.
    pub lines: Vec<String>,
    /// The waveform's file.
    pub trace: PathBuf,
}

/// Drives the model through its bindings.
///
/// # Panics
/// If the model cannot be made, or does what no golden design does.
#[must_use]
pub fn through_bindings<M: Driven>(cycles: u64, trace: &Path) -> Run {
    let (mut model, lines) = make::<M>(11);
    if M::TRACED {
        model.start_trace(trace);
    }
    let mut records = Vec::new();
    let mut inputs = Inputs::default();
    for _ in 0..cycles {
        cycle(&mut model, &mut inputs, &mut records);
    }
    model.end().expect("the final blocks run");
    drop(model);
    Run {
        records,
        lines: lines.take(),
        trace: trace.to_owned(),
    }
}

/// The lines that a design prints.
pub type Lines = Rc<RefCell<Vec<String>>>;

/// Makes a model, and gives what it will print.
///
/// # Panics
/// If it cannot be made.
#[must_use]
pub fn make<M: Driven>(seed: i32) -> (M, Lines) {
    let options = ContextOptions::new()
        .args(plusargs(M::NAME).iter().copied())
        .seed(seed)
        .initial(Initial::Random);
    let model = M::make(&options).expect("the model can be made");
    let lines = Lines::default();
    let printed = Rc::clone(&lines);
    model
        .context()
        .set_output(move |line| printed.borrow_mut().push(line.to_owned()));
    (model, lines)
}

/// One clock cycle, or one evaluation of a model without a clock.
///
/// # Panics
/// If Verilator's runtime gives up, which no golden design brings about.
pub fn cycle<M: Driven>(model: &mut M, inputs: &mut Inputs, records: &mut Vec<u8>) {
    let levels: &[bool] = if M::HAS_CLOCK {
        &[false, true]
    } else {
        &[false]
    };
    for level in levels {
        model.set_clock(*level);
        if !level {
            model.set_inputs(inputs);
        }
        let status = status(model.evaluate());
        model.record(records);
        records.push(status);
        let time = model.context().time();
        model.add_to_trace(time);
        model.context().set_time(time + 1);
    }
}

/// As the C++ programs have it: 0, 1 after `$finish`, 2 after `$stop`, `$error` or `$fatal`.
fn status(evaluated: Result<(), Box<Halt>>) -> u8 {
    match evaluated {
        Ok(()) => 0,
        Err(halt) => match halt.kind {
            HaltKind::Finish => 1,
            HaltKind::Stop | HaltKind::Error | HaltKind::Fatal => 2,
            HaltKind::Runtime => panic!("Verilator's runtime gave up: {halt}"),
        },
    }
}

/// Runs the C++ program of the model.
///
/// # Panics
/// If the program fails.
#[must_use]
pub fn through_cpp(name: &str, cycles: u64, folder: &Path) -> Run {
    let records = folder.join("cpp.records");
    let trace = folder.join("cpp.trace");
    let output = Command::new(Path::new(env!("OUT_DIR")).join(format!("{name}_main")))
        .arg(cycles.to_string())
        .arg(&records)
        .arg(&trace)
        .args(plusargs(name))
        .output()
        .expect("the C++ program starts");
    assert!(
        output.status.success(),
        "the C++ program of `{name}` ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Run {
        records: std::fs::read(&records).expect("the C++ program writes its records"),
        lines: String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect(),
        trace,
    }
}

fn plusargs(name: &str) -> &'static [&'static str] {
    DESIGNS
        .iter()
        .find(|design| design.name == name)
        .map_or(&[], |design| design.plusargs)
}

/// Fails with the first difference between both runs: the evaluation and the port.
///
/// # Panics
/// If they differ.
pub fn compare<M: Driven>(bindings: &Run, cpp: &Run) {
    let length: usize = M::PORTS.iter().map(|(_, bytes)| bytes).sum::<usize>() + 1;
    let evaluations = if M::HAS_CLOCK { 2 } else { 1 };
    let pairs = bindings
        .records
        .chunks(length)
        .zip(cpp.records.chunks(length));
    for (at, (ours, theirs)) in pairs.enumerate() {
        if ours == theirs {
            continue;
        }
        let mut from = 0;
        for (port, bytes) in M::PORTS.iter().chain([&("(halt)", 1)]) {
            let place = from..from + bytes;
            from += bytes;
            assert_eq!(
                ours.get(place.clone()),
                theirs.get(place),
                "`{}` differs from C++ first in cycle {} (evaluation {at}), at port `{port}` \
                 (bindings left, C++ right)",
                M::NAME,
                at / evaluations,
            );
        }
    }
    assert_eq!(
        bindings.records.len(),
        cpp.records.len(),
        "`{}` ran longer on one side",
        M::NAME
    );
    for (at, (ours, theirs)) in bindings.lines.iter().zip(&cpp.lines).enumerate() {
        assert_eq!(ours, theirs, "`{}` printed another line {at}", M::NAME);
    }
    assert_eq!(bindings.lines.len(), cpp.lines.len(), "lines printed");
}
