//! A template without the run driver: one machine, and a fork of it for each run.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use lightsss_runtime::model::{ContextOptions, Halt};
use lightsss_runtime::slots::SupervisorOptions;
use lightsss_runtime::template::{RunOptions, Template};

lightsss_runtime::model!(counter);

/// The model and its cycle.
struct Machine {
    dut: counter::Model,
    cycle: u64,
}

impl Machine {
    fn run_to(&mut self, cycle: u64) -> Result<(), Box<Halt>> {
        while self.cycle < cycle {
            self.dut.set_reset(u8::from(self.cycle < 2));
            for clk in [0, 1] {
                self.dut.set_clk(clk);
                self.dut.eval()?;
            }
            self.cycle += 1;
        }
        Ok(())
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // ANCHOR: template
    let mut machine = Machine {
        dut: counter::Model::new(&ContextOptions::new())?,
        cycle: 0,
    };
    machine.run_to(1_000)?; // what all runs have in common
    let mut template = Template::new(machine)?;
    for last in [1_500, 2_000, 2_500] {
        let mut options = RunOptions::default();
        options.deadline = Some(Duration::from_mins(1));
        options.supervisor = Some(SupervisorOptions::default());
        template.start(options, |mut machine, run| {
            // This is the run: a process of its own. Its slots come from `run.supervised()`.
            run.begin();
            let good = machine.run_to(last).is_ok();
            println!("counted to {}", machine.dut.count());
            // Any end without this is a crash, and wakes a slot.
            run.supervised().inspect(|run| run.finished());
            u8::from(!good)
        })?;
        // One at a time here; several may be under way.
        let ended = template.wait().ok_or("a run is under way")?;
        println!("run {}: {}", ended.run, ended.end);
    }
    // ANCHOR_END: template
    Ok(ExitCode::SUCCESS)
}
