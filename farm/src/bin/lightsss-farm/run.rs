//! `lightsss-farm run`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::ValueEnum;
use lightsss_farm::FileError;
use lightsss_farm::campaign;
use lightsss_farm::content::{Hash, inputs_of, upload_inputs};
use lightsss_farm::executor::{
    self, CommandExecutor, Ended, Executor, Local, RunOptions, Slurm, Workers,
};
use lightsss_farm::plan::{Campaign, Plan, expand};
use lightsss_farm::results::Summary;
use lightsss_farm::store::Store;

use crate::failure::Failure;
use crate::join;
use crate::place::{CacheArguments, address, store, time};
use crate::progress::Shown;
use crate::results::Files;
use crate::say::print;
use crate::session::{session, stop_on_signals};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The plan
    plan: PathBuf,
    /// The store: a folder, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`; without it the plan's, or the
    /// folder `farm-store`
    #[arg(long, value_name = "ADDRESS", env = "LIGHTSSS_FARM_STORE")]
    store: Option<String>,
    /// Workers at once; without it the plan's, or one for each core
    #[arg(long, value_name = "N")]
    jobs: Option<u32>,
    /// What starts the workers
    #[arg(long, value_enum, default_value_t = Kind::Local)]
    executor: Kind,
    /// With `--executor command`: how a worker is started, `{command}` being its command: `bsub -n 1 {command}`
    #[arg(long, value_name = "COMMAND", required_if_eq("executor", "command"))]
    template: Option<String>,
    /// With `--executor slurm`: an option for `sbatch`, such as `--partition=long`. Repeatable
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    sbatch: Vec<String>,
    /// With `--executor slurm`: do not wait; a job behind the workers runs what they left, and writes the results
    #[arg(long)]
    detach: bool,
    /// Only show the tasks that would run
    #[arg(long)]
    dry_run: bool,
    /// A worker that does not renew its claims for so long is taken for dead
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "30s")]
    lease: Duration,
    /// How often the store is looked at; without it 100ms for a folder and local workers, else 2s
    #[arg(long, value_name = "TIME", value_parser = time)]
    every: Option<Duration>,
    /// Where workers print what goes wrong; on a cluster a folder that all nodes have
    #[arg(long, value_name = "FOLDER", default_value = "farm-logs")]
    logs: PathBuf,
    /// Show no progress
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    cache: CacheArguments,
    #[command(flatten)]
    files: Files,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Processes of this machine
    Local,
    /// Job arrays of Slurm
    Slurm,
    /// What a command starts
    Command,
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    if arguments.detach && arguments.executor != Kind::Slurm {
        let text = "`--detach` leaves the rest to Slurm; give `--executor slurm`, too";
        return Err(Failure::Arguments(text.to_owned()));
    }
    let (plan, text) = Plan::read(&arguments.plan)?;
    if arguments.dry_run {
        return dry_run(arguments, &plan, &text);
    }
    let store = store(arguments.store.as_deref(), Some(&plan))?;
    let campaign = expand(&arguments.plan, &plan, &text, &mut |path| {
        upload_inputs(&store, path)
    })?;
    let content = campaign::save(&store, &campaign)?;
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_signals(&stop)?;
    let workers = workers(arguments, &plan, &store, content)?;
    if arguments.detach {
        let slurm = Slurm::new(arguments.sbatch.clone());
        return join::detach(slurm, &campaign, &workers, &arguments.files).map(|()| 0);
    }
    let ended = run_all(arguments, &workers, &campaign, &stop)?;
    let summary = Summary::read(&store, campaign)?;
    arguments.files.write(&summary)?;
    if !arguments.quiet {
        print(format_args!("{summary}"))?;
    }
    Ok(match (ended, summary.passed()) {
        (Ended::Stopped, _) => 130,
        (Ended::Done, true) => 0,
        (Ended::Done, false) => 1,
    })
}

fn workers(
    arguments: &Arguments,
    plan: &Plan,
    store: &Store,
    content: Hash,
) -> Result<Workers, Failure> {
    let of_plan = plan.limits.jobs.as_ref().map(|jobs| *jobs.get_ref() as u32);
    let cores = || std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
    std::fs::create_dir_all(&arguments.logs)
        .map_err(FileError::of("make the folder", &arguments.logs))?;
    Ok(Workers {
        store: store.clone(),
        program: std::env::current_exe().map_err(FileError::of("find", "lightsss-farm"))?,
        plan: content,
        session: session(),
        jobs: arguments.jobs.or(of_plan).unwrap_or_else(cores).max(1),
        lease: arguments.lease,
        cache: absolute(arguments)?,
        cache_size: arguments.cache.cache_size,
        logs: std::fs::canonicalize(&arguments.logs)
            .map_err(FileError::of("find", &arguments.logs))?,
    })
}

fn run_all(
    arguments: &Arguments,
    workers: &Workers,
    campaign: &Campaign,
    stop: &AtomicBool,
) -> Result<Ended, Failure> {
    let mut executor: Box<dyn Executor> = match arguments.executor {
        Kind::Local => Box::new(Local::new()),
        Kind::Slurm => Box::new(Slurm::new(arguments.sbatch.clone())),
        Kind::Command => Box::new(CommandExecutor::new(
            arguments.template.as_deref().unwrap_or_default(),
        )?),
    };
    let is_near = workers.store.is_folder() && arguments.executor == Kind::Local;
    let every = arguments
        .every
        .unwrap_or(Duration::from_millis(if is_near { 100 } else { 2000 }));
    let mut shown = Shown::new(arguments.quiet, campaign.tasks.len());
    let ended = executor::run(
        campaign,
        workers,
        executor.as_mut(),
        RunOptions { every },
        stop,
        &mut |progress| {
            shown.show(progress);
        },
    );
    shown.end();
    Ok(ended?)
}

/// Workers run in other folders.
fn absolute(arguments: &Arguments) -> Result<Option<PathBuf>, Failure> {
    let make = |path: &PathBuf| std::path::absolute(path).map_err(FileError::of("find", path));
    Ok(arguments.cache.cache.as_ref().map(make).transpose()?)
}

fn dry_run(arguments: &Arguments, plan: &Plan, text: &str) -> Result<u8, Failure> {
    let campaign = expand(&arguments.plan, plan, text, &mut |path: &Path| {
        inputs_of(path)
    })?;
    let address = address(arguments.store.as_deref(), Some(plan));
    // A folder that is not there would be made.
    let is_there = address.contains("://") || Path::new(address).is_dir();
    let store = is_there.then(|| store(Some(address), None)).transpose()?;
    let mut waiting = 0;
    for entry in &campaign.tasks {
        let id = entry.task.id();
        let outcome = store
            .as_ref()
            .map(|store| campaign::outcome(store, id))
            .transpose()?
            .flatten();
        waiting += usize::from(outcome.is_none());
        let word = outcome.map_or("would run", |outcome| outcome.status.word());
        print(format_args!("{} {word:>9}  {}\n", id.short(), entry.name))?;
    }
    print(format_args!(
        "{waiting} of {} tasks would run\n",
        campaign.tasks.len()
    ))?;
    Ok(0)
}
