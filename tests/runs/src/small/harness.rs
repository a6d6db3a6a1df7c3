//! Drives any of the designs, and fails in the end.

use std::path::Path;
use std::sync::OnceLock;

use lightsss_runtime::savable::{
    Reader, RestoreError, Savable, SaveError, Schema, SectionKind, Shape, Size, Writer,
};
use lightsss_runtime::{Failure, Simulation, Step};

use super::{DESIGNS, Small};

/// How long a run takes.
pub const CYCLES: u64 = 130;

/// The design of this process: what is checked without a model must know it.
static DESIGN: OnceLock<usize> = OnceLock::new();

/// The model.
struct Dut(Box<dyn Small>);

impl Savable for Dut {
    const SCHEMA: Schema =
        Schema::new("small", Shape::Section(SectionKind::Model)).fails_late(true);
    const SIZE: Size = Size::fixed(4);
    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        self.0.save(out)
    }
    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.0.restore(input)
    }
    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        (DESIGNS[*DESIGN.get().expect("a design")].check)(input)
    }
}

/// A model with its cycle.
#[derive(Savable)]
pub struct Harness {
    dut: Dut,
    cycle: u64,
}

impl Harness {
    /// Of the design of that number, the only one of the process.
    ///
    /// # Errors
    /// What the model says.
    pub fn new(design: usize) -> Result<Self, Failure> {
        DESIGN.get_or_init(|| design);
        Ok(Self {
            dut: Dut((DESIGNS[design].make)()?),
            cycle: 0,
        })
    }

    /// The outputs.
    #[must_use]
    pub fn outputs(&self) -> String {
        let mut out = String::new();
        self.dut.0.put(&mut out);
        out
    }

    /// Steps up to a cycle.
    ///
    /// # Errors
    /// A halt.
    pub fn run_to(&mut self, cycle: u64) -> Result<(), Failure> {
        while self.cycle < cycle {
            self.clock()?;
        }
        Ok(())
    }

    fn clock(&mut self) -> Result<(), Failure> {
        let model = &mut self.dut.0;
        let mut random = self.cycle.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678;
        random ^= random >> 29;
        random = random.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        random ^= random >> 32;
        // The second clock is half as fast.
        let slow = (self.cycle as u32 & 1) << 1;
        for level in [0, 1] {
            let time = self.cycle * 2 + u64::from(level);
            model.context().set_time(time);
            model.set(random, slow | level);
            model
                .evaluate()
                .map_err(|halt| Failure::new(halt.to_string()))?;
            model.add_to_trace(time);
        }
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
        Ok(self.dut.0.start_trace(wave)?)
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        Ok(self.dut.0.end_trace()?)
    }
}
