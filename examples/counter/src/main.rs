//! Runs the counter, and checks that it counts.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::{Failure, RunArgs, Savable, Simulation, Step};

lightsss_runtime::model!(counter); // the bindings that build.rs generated

/// The model, and what the harness knows beside it. A snapshot holds every field.
#[derive(Savable)]
struct Harness {
    dut: counter::Model,
    expected: u32,
    cycle: u64,
}

impl Harness {
    fn new(args: &RunArgs) -> Result<Self, Box<dyn Error>> {
        let options = ContextOptions::new().args(args.args.clone()); // for $test$plusargs
        Ok(Self {
            dut: counter::Model::new(&options)?,
            expected: 0,
            cycle: 0,
        })
    }

    /// Sets the clock, evaluates, and adds the signals to the waveform if one is open.
    fn half_cycle(&mut self, clk: u8) -> Result<(), Failure> {
        let time = 2 * self.cycle + u64::from(clk);
        self.dut.context().set_time(time);
        self.dut.set_clk(clk);
        self.dut.eval()?;
        self.dut.dump_trace(time);
        Ok(())
    }
}

impl Simulation for Harness {
    /// One clock cycle, and what is checked after it.
    fn step(&mut self) -> Result<Step, Failure> {
        let reset = self.cycle < 2;
        self.dut.set_reset(u8::from(reset));
        self.half_cycle(0)?;
        self.half_cycle(1)?;
        self.cycle += 1;
        self.expected = if reset { 0 } else { self.expected + 1 };
        let (expected, found) = (self.expected, self.dut.count());
        if found != expected {
            return Err(Failure::new(format!(
                "count: expected {expected}, found {found}"
            )));
        }
        let done = self.cycle == 3_000_000;
        Ok(if done { Step::Done } else { Step::Continue })
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        Ok(self.dut.open_trace(wave, 0)?)
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        self.dut.close_trace()?;
        Ok(())
    }
}

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), Harness::new)
}
