//! `lightsss-farm worker`.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use lightsss_farm::FileError;
use lightsss_farm::content::Hash;
use lightsss_farm::store::Store;
use lightsss_farm::worker::{WorkerOptions, work};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

use crate::failure::Failure;
use crate::place::{CacheArguments, time};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The store
    #[arg(long, value_name = "ADDRESS")]
    store: String,
    /// The campaign, by its content
    #[arg(long, value_name = "HASH")]
    plan: Hash,
    /// The run that the worker belongs to
    #[arg(long)]
    session: String,
    /// The worker's number in it
    #[arg(long)]
    number: u32,
    /// How many workers there are at once
    #[arg(long, default_value_t = 1)]
    of: u32,
    /// A worker that does not renew its claims for so long is taken for dead
    #[arg(long, value_parser = time, default_value = "30s")]
    lease: Duration,
    /// End when this process has ended
    #[arg(long, value_name = "PID")]
    parent: Option<i32>,
    #[command(flatten)]
    cache: CacheArguments,
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    if let Some(parent) = arguments.parent {
        let set = prctl::set_pdeathsig(Signal::SIGKILL);
        set.map_err(|error| Failure::Arguments(format!("the parent cannot be watched: {error}")))?;
        // It may have ended before.
        if getppid().as_raw() != parent {
            return Ok(0);
        }
    }
    let stop = Arc::new(AtomicBool::new(false));
    crate::session::stop_on_signals(&stop)?;
    let program = std::env::current_exe().map_err(FileError::of("find", "lightsss-farm"))?;
    let options = WorkerOptions {
        session: arguments.session.clone(),
        number: arguments.number,
        of: arguments.of,
        cache: arguments.cache.folder(),
        cache_size: arguments.cache.cache_size,
        lease: arguments.lease,
        guard: vec![program.into(), "guard".into()],
    };
    let store = Store::open(&arguments.store)?;
    work(&store, arguments.plan, &options, &stop)?;
    Ok(0)
}
