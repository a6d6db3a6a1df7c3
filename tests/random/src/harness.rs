//! Drives any of the designs, and fails in the end.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::OnceLock;

use lightsss_runtime::savable::{
    Reader, RestoreError, Savable, SaveError, Schema, SectionKind, Shape, Size, Writer,
};
use lightsss_runtime::{Failure, Simulation, Step};
use lightsss_tests_support::drive::Inputs;

use crate::{DESIGNS, Dut};

/// How long a run takes.
pub const CYCLES: u64 = 130;

/// The design of this process: what is checked without a model must know it.
static DESIGN: OnceLock<usize> = OnceLock::new();

/// The model.
struct Model(Box<dyn Dut>);

impl Savable for Model {
    const SCHEMA: Schema =
        Schema::new("design", Shape::Section(SectionKind::Model)).fails_late(true);
    const SIZE: Size = Size::fixed(4);
    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        self.0.save(out)
    }
    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.0.restore(input)
    }
    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let design = DESIGN.get().expect("a design");
        DESIGNS[*design].check.map_or(Ok(()), |check| check(input))
    }
}

/// A model with its cycle.
#[derive(Savable)]
pub struct Harness {
    model: Model,
    inputs: Inputs,
    cycle: u64,
    #[savable(skip)]
    records: Vec<u8>,
    #[savable(skip)]
    lines: Rc<RefCell<Vec<String>>>,
}

impl Harness {
    /// Of the design of that number, the only one of the process.
    ///
    /// # Errors
    /// What the model says.
    pub fn new(design: usize) -> Result<Self, Failure> {
        DESIGN.get_or_init(|| design);
        let model = Model((DESIGNS[design].make)()?);
        let lines = Rc::new(RefCell::new(Vec::new()));
        let printed = Rc::clone(&lines);
        let output = model.0.context();
        output.set_output(move |line| printed.borrow_mut().push(line.to_owned()));
        Ok(Self {
            model,
            inputs: Inputs::default(),
            cycle: 0,
            records: Vec::new(),
            lines,
        })
    }

    /// What the ports held since the last call, and the lines that were printed.
    pub fn take_records(&mut self) -> (Vec<u8>, Vec<String>) {
        (std::mem::take(&mut self.records), self.lines.take())
    }

    /// Steps up to a cycle.
    ///
    /// # Errors
    /// A halt of Verilator's runtime.
    pub fn run_to(&mut self, cycle: u64) -> Result<(), Failure> {
        while self.cycle < cycle {
            self.clock()?;
        }
        Ok(())
    }

    /// Runs the final blocks.
    ///
    /// # Errors
    /// A halt.
    pub fn end(&mut self) -> Result<(), Failure> {
        Ok(self.model.0.end()?)
    }

    fn clock(&mut self) -> Result<(), Failure> {
        let model = &mut self.model.0;
        for level in [0, 1] {
            // The second clock is half as fast.
            model.set(&mut self.inputs, level, (self.cycle & 1) as u8);
            model.evaluate()?;
            model.put(&mut self.records);
            self.records.push(0);
            let time = model.context().time();
            model.add_to_trace(time);
            model.context().set_time(time + 1);
        }
        model.call(&mut self.inputs, &mut self.records)?;
        self.cycle += 1;
        Ok(())
    }
}

impl Simulation for Harness {
    fn step(&mut self) -> Result<Step, Failure> {
        self.clock()?;
        if self.cycle == CYCLES {
            return Err(Failure::new("enough"));
        }
        Ok(Step::Continue)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        Ok(self.model.0.start_trace(wave)?)
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        Ok(self.model.0.end_trace()?)
    }
}
