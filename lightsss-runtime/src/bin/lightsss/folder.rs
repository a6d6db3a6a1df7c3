//! `lightsss list` and `lightsss prune`.

use std::io::{self, Write};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use lightsss_runtime::__private::{PathText, printable, with_causes};
use lightsss_runtime::durable::{self, Listed, Retention};
use serde_json::{Value, json};

use crate::inspect;
use crate::output::{Each, Failure, Output, path_text, size};

#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    /// The folder.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PruneArguments {
    /// The folder.
    folder: PathBuf,
    /// Only files of the series of this name: NAME-CYCLE-NUMBER.lsss.
    #[arg(long)]
    name: Option<String>,
    /// Keep the newest so many.
    #[arg(long, value_name = "COUNT", required_unless_present = "keep_every")]
    keep_last: Option<NonZeroUsize>,
    /// Keep the first of each stretch of so many cycles.
    #[arg(long, value_name = "CYCLES")]
    keep_every: Option<NonZeroU64>,
    /// Only say what would be dropped.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn list(arguments: &ListArguments, output: &Output) -> Result<u8, Failure> {
    let listed = durable::list(&arguments.folder).map_err(Failure::folder(&arguments.folder))?;
    let damaged = listed.iter().any(|snapshot| snapshot.header.is_err());
    let value = Each(|| listed.iter().map(listed_value));
    output.result(&value, &|out| {
        listed
            .iter()
            .try_for_each(|snapshot| listed_text(snapshot, out))
    })?;
    Ok(if damaged { 3 } else { 0 })
}

fn listed_value(listed: &Listed) -> Value {
    match &listed.header {
        Ok(header) => {
            let mut value = inspect::header_value(header);
            value["file"] = json!(PathText(&listed.path));
            value["file_len"] = json!(listed.file_len);
            value
        }
        Err(error) => json!({ "file": PathText(&listed.path), "error": error.to_string() }),
    }
}

fn listed_text(listed: &Listed, out: &mut dyn Write) -> io::Result<()> {
    let name = Path::new(listed.path.file_name().unwrap_or_default());
    match &listed.header {
        Ok(header) => {
            let parents = header.parent.as_ref().map_or(0, |parent| parent.depth);
            writeln!(
                out,
                "{:>20} {:>11} {:>3} parents  {}  {}",
                header.cycle,
                size(listed.file_len),
                parents,
                inspect::date(header),
                path_text(name)
            )
        }
        Err(error) => writeln!(out, "{:>20} {}", "-", printable(&error.to_string())),
    }
}

pub(crate) fn prune(arguments: &PruneArguments, output: &Output) -> Result<u8, Failure> {
    let retention = Retention {
        last: arguments.keep_last,
        every: arguments.keep_every,
    };
    let pruned = durable::prune(
        &arguments.folder,
        arguments.name.as_deref(),
        &retention,
        arguments.dry_run,
    )
    .map_err(Failure::folder(&arguments.folder))?;
    let verb = if arguments.dry_run {
        "would drop"
    } else {
        "dropped"
    };
    let not_removed: Vec<Value> = pruned
        .not_removed
        .iter()
        .map(|error| json!({ "file": PathText(&error.path), "error": with_causes(error) }))
        .collect();
    let files = |files: &[PathBuf]| -> Vec<Value> {
        let files = files.iter().map(|file| json!(PathText(file)));
        files.collect()
    };
    let value = json!({
        "dry_run": arguments.dry_run,
        "dropped": files(&pruned.dropped),
        "kept": files(&pruned.kept),
        "damaged": files(&pruned.damaged),
        "leftovers": files(&pruned.leftovers),
        "not_removed": not_removed,
    });
    output.result(&value, &|out| {
        for (what, paths) in [
            (verb, &pruned.dropped),
            ("kept", &pruned.kept),
            ("damaged, left alone:", &pruned.damaged),
            ("leftover removed:", &pruned.leftovers),
        ] {
            for path in paths {
                writeln!(out, "{what} {}", path_text(path))?;
            }
        }
        for error in &pruned.not_removed {
            writeln!(out, "{}", printable(&with_causes(error)))?;
        }
        Ok(())
    })?;
    Ok(match &pruned {
        pruned if !pruned.not_removed.is_empty() => 4,
        pruned if !pruned.damaged.is_empty() => 3,
        _ => 0,
    })
}
