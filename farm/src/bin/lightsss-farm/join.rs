//! `lightsss-farm run --detach`, and the job that runs behind its workers.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use lightsss_farm::FileError;
use lightsss_farm::campaign::{self, Watch};
use lightsss_farm::content::Hash;
use lightsss_farm::executor::{self, Ended, Executor as _, Local, RunOptions, Slurm, Workers};
use lightsss_farm::plan::Campaign;
use lightsss_farm::results::Summary;
use lightsss_farm::store::Store;
use lightsss_farm::task::quoted;

use crate::failure::Failure;
use crate::place::{CacheArguments, time};
use crate::results::Files;
use crate::say::print;
use crate::session::{session, stop_on_signals};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The store
    #[arg(long, value_name = "ADDRESS")]
    store: String,
    /// The campaign, by its content
    #[arg(long, value_name = "HASH")]
    plan: Hash,
    /// A worker that does not renew its claims for so long is taken for dead
    #[arg(long, value_parser = time, default_value = "30s")]
    lease: Duration,
    /// Where workers print what goes wrong
    #[arg(long)]
    logs: PathBuf,
    #[command(flatten)]
    cache: CacheArguments,
    #[command(flatten)]
    files: Files,
}

/// Submits workers for what is free, and behind them the job that runs what is left and writes the results.
pub(crate) fn detach(
    mut slurm: Slurm,
    campaign: &Campaign,
    workers: &Workers,
    files: &Files,
) -> Result<(), Failure> {
    let free = Watch::new(campaign, workers.lease)
        .look(&workers.store)?
        .free
        .len() as u32;
    if free > 0 {
        slurm.start(workers, 0..free.min(workers.jobs))?;
    }
    let mut words = vec![workers.program.display().to_string(), "join".to_owned()];
    let mut pair = |name: &str, value: String| words.extend([name.to_owned(), value]);
    pair("--store", workers.store.address().to_owned());
    pair("--plan", workers.plan.to_string());
    pair("--lease", format!("{}ms", workers.lease.as_millis()));
    pair("--logs", workers.logs.display().to_string());
    pair("--cache-size", workers.cache_size.to_string());
    if let Some(cache) = &workers.cache {
        pair("--cache", cache.display().to_string());
    }
    for (name, file) in files.absolute()? {
        pair(name, file.display().to_string());
    }
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let name = format!("join-{}", workers.session);
    let log = workers.logs.join(format!("{}-join.log", workers.session));
    let join = slurm.then(&name, &log.to_string_lossy(), &words.join(" "))?;
    let arrays = slurm.jobs().join(", ");
    print(format_args!(
        "job {join} writes the results behind the workers: {arrays}\n"
    ))
}

/// Runs what the workers left, here, and writes the results.
pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let store = Store::open(&arguments.store)?;
    let campaign = campaign::load(&store, arguments.plan)?;
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_signals(&stop)?;
    let workers = Workers {
        store: store.clone(),
        program: std::env::current_exe().map_err(FileError::of("find", "lightsss-farm"))?,
        plan: arguments.plan,
        session: session(),
        jobs: 1,
        lease: arguments.lease,
        cache: arguments.cache.cache.clone(),
        cache_size: arguments.cache.cache_size,
        logs: arguments.logs.clone(),
    };
    let options = RunOptions {
        every: Duration::from_secs(1),
    };
    let ended = executor::run(
        &campaign,
        &workers,
        &mut Local::new(),
        options,
        &stop,
        &mut |_| {},
    )?;
    let summary = Summary::read(&store, campaign)?;
    arguments.files.write(&summary)?;
    print(format_args!("{summary}"))?;
    Ok(match ended {
        Ended::Stopped => 130,
        Ended::Done => u8::from(!summary.passed()),
    })
}
