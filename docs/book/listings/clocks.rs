//! Two models in one context, and two clocks.

use std::error::Error;

use lightsss_runtime::model::{Context, ContextOptions};

lightsss_runtime::model!(counter);
lightsss_runtime::model!(crossing);

/// Half the periods of the clocks, in units of the time precision.
const FAST: u64 = 3;
const SLOW: u64 = 50;

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: clocks
    // Both models see one time, one set of plusargs and one random state.
    let context = Context::new(&ContextOptions::new())?;
    let mut crossing = crossing::Model::in_context(&context)?;
    let mut counter = counter::Model::in_context(&context)?;
    for time in (0..1_000).filter(|time| time % FAST == 0 || time % SLOW == 0) {
        context.set_time(time);
        crossing.set_fast_clk((time / FAST % 2) as u8);
        crossing.set_slow_clk((time / SLOW % 2) as u8);
        crossing.eval()?;
        // The counter runs from the slow clock.
        counter.set_clk((time / SLOW % 2) as u8);
        counter.eval()?;
    }
    println!(
        "edges seen: {}, slow edges: {}",
        crossing.seen(),
        counter.count()
    );
    // ANCHOR_END: clocks
    Ok(())
}
