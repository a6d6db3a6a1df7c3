//! A harness with a hidden nondeterminism: in one cycle it looks at the number of its process, which
//! is another one in a replay.

use std::path::Path;
use std::process::ExitCode;

use lightsss_runtime::{Failure, RunArgs, Savable, Simulation, Step};
use lightsss_tests_state::{Soc, soc};

/// Where the number gets in.
const HIDDEN: u64 = 333;
/// Where the run fails.
const FAILS: u64 = 500;

#[derive(Savable)]
struct Harness {
    dut: soc::Model,
    cycle: u64,
    jitter: u32,
}

impl Simulation for Harness {
    fn step(&mut self) -> Result<Step, Failure> {
        if self.cycle == HIDDEN {
            self.jitter = std::process::id();
            let mut state = self.dut.state()?;
            state.poke("soc.ram[17]", self.jitter)?;
        }
        self.cycle += 1;
        self.dut.set_x(self.cycle as u32);
        for clock in [0, 1] {
            self.dut
                .context()
                .set_time(self.cycle * 2 + u64::from(clock));
            self.dut.set_clk(clock);
            if let Err(halt) = self.dut.eval() {
                return Err(Failure::new(halt.to_string()));
            }
        }
        self.dut.dump_trace(self.cycle);
        if self.cycle == FAILS {
            return Err(Failure::new("enough"));
        }
        Ok(Step::Continue)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        self.dut.open_trace(wave, 99)?;
        Ok(())
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        self.dut.close_trace()?;
        Ok(())
    }
}

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), |_| {
        Ok(Harness {
            dut: Soc::new().dut,
            cycle: 0,
            jitter: 0,
        })
    })
}
