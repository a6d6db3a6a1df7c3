//! The options of the server for viewers.

use clap::Args;

use crate::driver::numbers::count_above_0;

/// The server for viewers: `--serve` and what belongs to it.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeArgs {
    /// Show the run to a viewer that speaks the CXXRTL debug protocol (Surfer: `cxxrtl+tcp://127.0.0.1:PORT`): while it
    /// runs, and after a failure. A port alone is one of this machine; 0 is any that is free
    #[arg(long = "serve", id = "serve", value_name = "ADDRESS")]
    pub address: Option<String>,

    /// Pause at the first cycle, until the viewer has the run go on
    #[arg(long = "serve-paused", requires = "serve")]
    pub paused: bool,

    /// So many of the last cycles are shown to the viewer
    #[arg(long = "serve-cycles", value_name = "CYCLES", value_parser = count_above_0, default_value = "20000", requires = "serve")]
    pub cycles: u64,
}

impl ServeArgs {
    /// What the parser cannot tell.
    pub fn check(&self, takes_slots: bool) -> Result<(), String> {
        if self.address.is_some() && !takes_slots {
            return Err(
                "`--serve` asks slots, and there are none with `--slots 0` and with `--trace-all`; keep one at least"
                    .to_owned(),
            );
        }
        Ok(())
    }
}
