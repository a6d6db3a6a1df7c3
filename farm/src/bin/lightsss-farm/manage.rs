//! `lightsss-farm list`, `retry` and `clean`.

use std::collections::BTreeSet;
use std::time::Duration;

use lightsss_farm::campaign::{forget, sweep};
use lightsss_farm::results::{Summary, json};

use crate::failure::Failure;
use crate::place::{Chosen, time};
use crate::say::print;

#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    chosen: Chosen,
    /// Print JSON for programs
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Retry {
    #[command(flatten)]
    chosen: Chosen,
    /// Only tasks whose identity begins so, or whose name contains this
    #[arg(long, value_name = "TEXT")]
    task: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Clean {
    #[command(flatten)]
    chosen: Chosen,
    /// Also remove the files that no campaign, result or snapshot of the store needs; let nothing run meanwhile
    #[arg(long)]
    files: bool,
    /// With `--files`: leave those that were written in the last time of this length
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "1d")]
    age: Duration,
}

pub(crate) fn list(arguments: &List) -> Result<u8, Failure> {
    let (store, _, campaign) = arguments.chosen.open()?;
    let summary = Summary::read(&store, campaign)?;
    if arguments.json {
        print(format_args!(
            "{}\n",
            serde_json::to_string_pretty(&json(&summary)["tasks"])?
        ))?;
        return Ok(0);
    }
    for (entry, outcome) in summary.rows() {
        let word = outcome.map_or("waiting", |outcome| outcome.status.word());
        print(format_args!(
            "{} {word:>9}  {}\n",
            entry.task.id().short(),
            entry.name
        ))?;
    }
    Ok(0)
}

pub(crate) fn retry(arguments: &Retry) -> Result<u8, Failure> {
    let (store, _, campaign) = arguments.chosen.open()?;
    let summary = Summary::read(&store, campaign)?;
    let mut again = BTreeSet::new();
    for (entry, outcome) in summary.rows() {
        let id = entry.task.id();
        let chosen = arguments
            .task
            .as_ref()
            .is_none_or(|text| id.to_string().starts_with(text) || entry.name.contains(text));
        if chosen && outcome.is_some_and(|outcome| !outcome.passed()) {
            again.insert(id);
        }
    }
    forget(&store, &again)?;
    let count = again.len();
    print(format_args!(
        "{count} tasks run again with the next `lightsss-farm run`\n"
    ))?;
    Ok(0)
}

pub(crate) fn clean(arguments: &Clean) -> Result<u8, Failure> {
    let (store, _, campaign) = arguments.chosen.open()?;
    forget(
        &store,
        &campaign.tasks.iter().map(|entry| entry.task.id()).collect(),
    )?;
    lightsss_farm::campaign::remove(&store, &campaign.name)?;
    print(format_args!(
        "removed the campaign `{}` and {} results\n",
        campaign.name,
        campaign.tasks.len()
    ))?;
    if arguments.files {
        let swept = sweep(&store, arguments.age)?;
        print(format_args!(
            "removed {} files and pieces, {} bytes\n",
            swept.objects, swept.bytes
        ))?;
    }
    Ok(0)
}
