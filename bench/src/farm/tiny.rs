//! Tasks that do nothing, through each executor: tasks a second.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use lightsss_bench_rows::{Better, Options, Row};
use lightsss_farm::campaign;
use lightsss_farm::content::upload_inputs;
use lightsss_farm::executor::{self, CommandExecutor, Executor, Local, RunOptions, Slurm, Workers};
use lightsss_farm::plan::{Campaign, Entry, Limits};
use lightsss_farm::store::Store;
use lightsss_farm::task::Task;

const JOBS: u32 = 2;
const PROGRAM: &str = "#!/bin/sh\nexit 0\n";

pub fn rows(options: &Options) -> Result<(), Box<dyn Error>> {
    let tasks = options.samples(1000, 50);
    let samples = options.samples(3, 1);
    // A cluster of the machine, if there is one.
    let has_slurm = Command::new("sinfo")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    for name in ["local", "command", "slurm"] {
        let row = format!("farm/tiny/{name}");
        if !options.wants(&row) || name == "slurm" && !has_slurm {
            continue;
        }
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        for _ in 0..samples {
            let folder = tempfile::tempdir()?;
            theirs.push(tasks as f64 / bare(folder.path(), tasks)?.as_secs_f64());
            ours.push(tasks as f64 / campaign_of(folder.path(), tasks, name)?.as_secs_f64());
        }
        let mut row = Row::new(
            row,
            format!("{tasks} tasks that do nothing, {JOBS} workers, executor {name}"),
            "1/s",
            ours,
        );
        row.better = Better::Higher;
        row.theirs = theirs;
        row.theirs_is = format!("xargs -P {JOBS}");
        row.print();
    }
    Ok(())
}

/// Starting the program, and nothing else.
fn bare(folder: &Path, tasks: usize) -> Result<Duration, Box<dyn Error>> {
    let program = program(folder)?;
    let list: String = (0..tasks).map(|number| format!("{number}\n")).collect();
    fs::write(folder.join("list"), list)?;
    let begun = Instant::now();
    let mut command = Command::new("xargs");
    command
        .args(["-P", &JOBS.to_string(), "-n", "1"])
        .arg(program)
        .stdin(fs::File::open(folder.join("list"))?);
    if !command.status()?.success() {
        return Err("xargs failed".into());
    }
    Ok(begun.elapsed())
}

fn campaign_of(folder: &Path, tasks: usize, name: &str) -> Result<Duration, Box<dyn Error>> {
    let store = Store::open(&folder.join("store").display().to_string())?;
    let program = upload_inputs(&store, &program(folder)?)?.swap_remove(0);
    let task = |number: usize| Entry {
        name: number.to_string(),
        task: Task {
            program: program.clone(),
            arguments: vec![number.to_string()],
            environment: BTreeMap::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            report: None,
        },
    };
    let campaign = Campaign {
        name: "tiny".to_owned(),
        tasks: (0..tasks).map(task).collect(),
        limits: Limits::default(),
    };
    let mut executor: Box<dyn Executor> = match name {
        "local" => Box::new(Local::new()),
        "command" => Box::new(CommandExecutor::new("{command}")?),
        _ => Box::new(Slurm::new(Vec::new())),
    };
    let begun = Instant::now();
    let workers = Workers {
        plan: campaign::save(&store, &campaign)?,
        store: store.clone(),
        program: std::env::current_exe()?,
        session: "bench".to_owned(),
        jobs: JOBS,
        lease: Duration::from_secs(30),
        cache: Some(folder.join("cache")),
        cache_size: 1 << 30,
        logs: folder.to_owned(),
    };
    let options = RunOptions {
        every: Duration::from_millis(100),
    };
    executor::run(
        &campaign,
        &workers,
        executor.as_mut(),
        options,
        &AtomicBool::new(false),
        &mut |_| {},
    )?;
    let took = begun.elapsed();
    let outcomes = campaign::outcomes(&store, &campaign)?;
    if !outcomes
        .iter()
        .all(|outcome| outcome.as_ref().is_some_and(campaign::Outcome::passed))
    {
        return Err("a task did not pass".into());
    }
    Ok(took)
}

fn program(folder: &Path) -> Result<std::path::PathBuf, Box<dyn Error>> {
    let path = folder.join("program");
    fs::write(&path, PROGRAM)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}
