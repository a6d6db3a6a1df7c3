//! Signals by their names.

use std::error::Error;

use lightsss_runtime::model::ContextOptions;

lightsss_runtime::model!(crossing);

fn main() -> Result<(), Box<dyn Error>> {
    let mut dut = crossing::Model::new(&ContextOptions::new())?;
    for half_cycle in 0..20 {
        dut.set_fast_clk(half_cycle % 2);
        dut.eval()?;
    }
    // ANCHOR: names
    // `edges` is no port: it is known by its path in the design.
    let edges: u16 = dut.state()?.get("crossing.edges")?;
    println!("edges: {edges}");
    dut.state()?.poke("crossing.edges", 500_u16)?;
    dut.set_slow_clk(1);
    dut.eval()?;
    println!("seen: {}", dut.seen());
    // A name that is not there is an error that has the nearest ones.
    let error = dut.state()?.get::<u16>("crossing.edge").unwrap_err();
    println!("error: {error}");
    // ANCHOR_END: names
    Ok(())
}
