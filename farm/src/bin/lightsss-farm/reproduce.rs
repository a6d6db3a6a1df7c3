//! `lightsss-farm reproduce`.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::place::{CacheArguments, Chosen};
use crate::say::print;
use lightsss_farm::FileError;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
    /// The task: the first characters of its identity
    task: String,
    /// The folder for its files; without it, one named after the task
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// Bring the files, and those that the task left, and print the command, without running it
    #[arg(long)]
    no_run: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let (store, _, campaign) = arguments.chosen.open()?;
    let found: Vec<_> = campaign
        .tasks
        .iter()
        .filter(|entry| entry.task.id().to_string().starts_with(&arguments.task))
        .collect();
    let [entry] = found[..] else {
        let text = format!(
            "expected one task of `{}` whose identity begins with `{}`, found {}; see `lightsss-farm list`",
            campaign.name,
            arguments.task,
            found.len()
        );
        return Err(Failure::Arguments(text));
    };
    let task = &entry.task;
    let folder = arguments
        .to
        .clone()
        .unwrap_or_else(|| task.id().short().into());
    std::fs::create_dir_all(&folder).map_err(FileError::of("make the folder", &folder))?;
    let folder = std::fs::canonicalize(&folder).map_err(FileError::of("find", &folder))?;
    let cache = arguments.cache.open()?;
    let left = lightsss_farm::campaign::outcome(&store, task.id())?
        .map(|outcome| outcome.outputs)
        .unwrap_or_default();
    let left = left
        .iter()
        .map(|output| (&output.name, output.file))
        .filter(|_| arguments.no_run);
    let inputs = task
        .inputs
        .iter()
        .chain([&task.program])
        .map(|input| (&input.name, input.file));
    for (name, file) in inputs.chain(left) {
        let to = folder.join(name);
        if !to.exists() {
            cache.place(&store, file, &to)?;
        }
    }
    print(format_args!(
        "cd {} && {}\n",
        folder.display(),
        task.command_line()
    ))?;
    if arguments.no_run {
        return Ok(0);
    }
    let status = Command::new(folder.join(&task.program.name))
        .args(&task.arguments)
        .envs(&task.environment)
        .current_dir(&folder)
        .status()
        .map_err(FileError::of("start", folder.join(&task.program.name)))?;
    Ok(u8::from(!status.success()))
}
