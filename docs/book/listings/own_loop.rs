//! Slots without the run driver: a loop of one's own.

use std::error::Error;
use std::process::ExitCode;

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::slots::{
    Checkpoint, Choice, ReplayOrder, ReplayOutcome, SlotOptions, SupervisorOptions, supervise,
};

lightsss_runtime::model!(counter);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // ANCHOR: loop
    // First of all: from here on this is the simulation, and its parent watches it.
    let supervised = supervise(SupervisorOptions::default())?;
    let mut slots = supervised.slots(SlotOptions::default());
    let mut dut = counter::Model::new(&ContextOptions::new())?;
    let folder = tempfile::tempdir()?;
    let wave = folder.path().join("failure.fst");
    let mut replay = None;
    let mut failure = None;
    for cycle in 0..1_000_000_u64 {
        // In a slot that wakes, `offer` returns a second time, with the reason.
        if let Checkpoint::Replay(woken) = slots.offer(cycle) {
            woken.own_files(|| dut.open_trace(&wave, 0))?;
            replay = Some(woken);
        }
        dut.set_reset(u8::from(cycle < 2));
        for clk in [0, 1] {
            dut.set_clk(clk);
            dut.eval()?;
            dut.dump_trace(2 * cycle + u64::from(clk));
        }
        if dut.count() == 700_000 {
            failure = Some(cycle);
        }
        let ends = failure.is_some();
        if let Some(replay) = replay.take_if(|replay| ends || cycle == replay.last_cycle()) {
            dut.close_trace()?;
            let same = failure == Some(replay.end_cycle);
            replay.finish(&if same {
                ReplayOutcome::SameFailure
            } else {
                ReplayOutcome::NoFailure
            });
        }
        if ends {
            break;
        }
    }
    if let Some(cycle) = failure {
        println!("failed at cycle {cycle}");
        let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(cycle))?;
        println!("the replay: {}", report.outcome);
        println!("a waveform: {}", wave.is_file());
    }
    // Any end without this is a crash, and wakes a slot.
    supervised.finished();
    // ANCHOR_END: loop
    Ok(ExitCode::SUCCESS)
}
