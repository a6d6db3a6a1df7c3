//! A simulation without a model, for campaigns: a counter and a memory, driven by lightsss's driver.
//!
//! `+seed=N` goes into every cycle; a seed that is a multiple of 3 fails at cycle 2000, and `+ram=MIB` is the memory.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use lightsss_runtime::ram::Ram;
use lightsss_runtime::{Failure, RunArgs, Savable, Simulation, Step};

#[derive(Savable)]
struct Counter {
    cycle: u64,
    state: u64,
    ram: Ram,
    #[savable(skip)]
    seed: u64,
    #[savable(skip)]
    trace: Option<File>,
}

impl Simulation for Counter {
    fn step(&mut self) -> Result<Step, Failure> {
        if let Some(trace) = &mut self.trace {
            writeln!(trace, "#{}\nb{:b} #", self.cycle, self.state)?;
        }
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1 + self.seed);
        self.ram
            .write_u64(self.state % (self.ram.size() / 64), self.state)?;
        self.cycle += 1;
        if self.cycle == 2000 && self.seed > 0 && self.seed.is_multiple_of(3) {
            return Err(Failure::new(format!(
                "rtl/counter.sv:7: the counter is {:#x}",
                self.state
            )));
        }
        Ok(Step::Continue)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        let mut trace = File::create(wave)?;
        trace.write_all(
            b"$timescale 1ns $end\n$scope module TOP $end\n$var wire 64 # counter [63:0] $end\n$upscope $end\n\
              $enddefinitions $end\n",
        )?;
        self.trace = Some(trace);
        Ok(())
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        self.trace = None;
        Ok(())
    }
}

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), |args| {
        let number = |name: &str| {
            let named = args.args.iter().find_map(|word| word.strip_prefix(name));
            named.map(str::parse).transpose()
        };
        Ok(Counter {
            cycle: 0,
            state: 1,
            ram: Ram::new(0, number("+ram=")?.unwrap_or(1) << 20)?,
            seed: number("+seed=")?.unwrap_or(0),
            trace: None,
        })
    })
}
