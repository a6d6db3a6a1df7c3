//! Drives a model with random inputs and records its ports, as `build/drive.h` does in C++.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use lightsss_runtime::Savable;
use lightsss_runtime::model::{Context, ContextOptions, Halt, HaltKind, Initial, ModelError, Wide};

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

/// Random inputs.
#[derive(Debug, PartialEq, Eq, Savable)]
pub struct Inputs {
    state: u64,
    resets: u32,
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            state: 0x5eed,
            resets: 0,
        }
    }
}

impl Inputs {
    /// 64 random bits, by splitmix64.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `width` random bits, 64 at most.
    pub fn bits(&mut self, width: u32) -> u64 {
        self.next() & (u64::MAX >> (64 - width))
    }

    /// Whether `rst` is set: at first, and now and then.
    pub fn resets(&mut self) -> bool {
        if self.resets < 2 {
            self.resets += 1;
            return true;
        }
        self.next().is_multiple_of(64)
    }

    /// Whether an event fires.
    pub fn fires(&mut self) -> bool {
        self.next().is_multiple_of(4)
    }
}

/// A value that a port can be set to.
pub trait Fill {
    /// A random one of `width` bits.
    fn fill(inputs: &mut Inputs, width: u32) -> Self;
}

/// A value that a port can have.
pub trait Put {
    /// Adds it to a record.
    fn put(&self, record: &mut Vec<u8>);
}

macro_rules! integers {
    ($($ty:ty)*) => { $(
        impl Fill for $ty {
            fn fill(inputs: &mut Inputs, width: u32) -> Self {
                inputs.bits(width) as Self
            }
        }
        impl Put for $ty {
            fn put(&self, record: &mut Vec<u8>) {
                record.extend(self.to_le_bytes());
            }
        }
    )* };
}
integers!(u8 u16 u32 u64);

impl Fill for f64 {
    fn fill(inputs: &mut Inputs, _: u32) -> Self {
        inputs.bits(20) as Self / 16.0 - 32768.0
    }
}

impl Put for f64 {
    fn put(&self, record: &mut Vec<u8>) {
        record.extend(self.to_le_bytes());
    }
}

impl Fill for String {
    fn fill(inputs: &mut Inputs, _: u32) -> Self {
        let length = inputs.bits(5);
        (0..length)
            .map(|_| char::from(b'!' + (inputs.next() % 90) as u8))
            .collect()
    }
}

impl Put for String {
    fn put(&self, record: &mut Vec<u8>) {
        let hash = self.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        record.extend(hash.to_le_bytes());
    }
}

impl<const BITS: usize, const WORDS: usize> Fill for Wide<BITS, WORDS> {
    fn fill(inputs: &mut Inputs, width: u32) -> Self {
        Self::from_words(std::array::from_fn(|at| {
            inputs.bits((width - 32 * at as u32).min(32)) as u32
        }))
    }
}

impl<const BITS: usize, const WORDS: usize> Put for Wide<BITS, WORDS> {
    fn put(&self, record: &mut Vec<u8>) {
        for word in self.words() {
            word.put(record);
        }
    }
}

impl<T: Fill, const N: usize> Fill for [T; N] {
    fn fill(inputs: &mut Inputs, width: u32) -> Self {
        std::array::from_fn(|_| T::fill(inputs, width))
    }
}

impl<T: Put, const N: usize> Put for [T; N] {
    fn put(&self, record: &mut Vec<u8>) {
        for value in self {
            value.put(record);
        }
    }
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
