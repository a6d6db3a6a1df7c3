//! Functions that the design calls, and one that it offers.

use std::error::Error;
use std::ffi::CStr;

use lightsss_runtime::Savable;
use lightsss_runtime::model::ContextOptions;

lightsss_runtime::model!(sensor);

// ANCHOR: imports
/// What stands behind the design's imports. It is a part of the harness, and is saved with it.
#[derive(Savable)]
struct Board {
    temperature: i32,
    alarms: u32,
}

impl sensor::Dpi for Board {
    fn read_sensor(&mut self, channel: i32) -> i32 {
        self.temperature += 1;
        self.temperature + channel
    }

    fn alarm(&mut self, text: &CStr, value: i32) {
        self.alarms += 1;
        println!(
            "alarm {}: {} at {value}",
            self.alarms,
            text.to_string_lossy()
        );
    }
}
// ANCHOR_END: imports

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: eval
    let mut dut = sensor::Model::new(&ContextOptions::new())?;
    let mut board = Board {
        temperature: 80,
        alarms: 0,
    };
    for half_cycle in 0..24 {
        dut.set_clk(half_cycle % 2);
        dut.eval(&mut board)?; // borrows the imports while it runs
    }
    println!("average {}, {} alarms", dut.average_signed(), board.alarms);
    // ANCHOR_END: eval
    Ok(())
}
