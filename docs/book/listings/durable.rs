//! Saves a harness to a file, and goes on from there.

use std::error::Error;

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{self, SaveOptions};
use lightsss_runtime::model::ContextOptions;

lightsss_runtime::model!(counter);

#[derive(Savable)]
struct Harness {
    dut: counter::Model,
    cycle: u64,
}

impl Harness {
    fn new() -> Result<Self, Box<dyn Error>> {
        let dut = counter::Model::new(&ContextOptions::new())?;
        Ok(Self { dut, cycle: 0 })
    }

    fn run_to(&mut self, last: u64) -> Result<(), Box<dyn Error>> {
        while self.cycle < last {
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

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    // ANCHOR: save
    let path = folder.path().join("booted.lsss");
    let mut harness = Harness::new()?;
    harness.run_to(1_000)?;
    durable::save(&path, &harness, &SaveOptions::new().cycle(harness.cycle))?;

    // In another run, perhaps on another machine: a new harness takes what the file holds.
    let mut other = Harness::new()?;
    durable::restore(&path, &mut other)?;
    other.run_to(1_500)?;
    // ANCHOR_END: save
    harness.run_to(1_500)?;
    println!("went on from cycle 1000 to {}", other.cycle);
    println!(
        "the counts: {} and {}",
        harness.dut.count(),
        other.dut.count()
    );
    Ok(())
}
