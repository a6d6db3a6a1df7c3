//! `lightsss list` and `lightsss prune`.

use std::fmt::Write as _;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use lightsss_runtime::__private::with_causes;
use lightsss_runtime::durable::{self, Retention};
use serde_json::{Value, json};

use crate::inspect;
use crate::output::{Failure, Output, size};

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
    let mut values = Vec::new();
    let mut text = String::new();
    let mut code = 0;
    for snapshot in listed {
        let name = snapshot
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        match &snapshot.header {
            Ok(header) => {
                let mut value = inspect::header_value(header);
                value["file"] = json!(snapshot.path);
                value["file_len"] = json!(snapshot.file_len);
                values.push(value);
                let parents = header.parent.as_ref().map_or(0, |parent| parent.depth);
                let _ = writeln!(
                    text,
                    "{:>20} {:>11} {:>3} parents  {}  {name}",
                    header.cycle,
                    size(snapshot.file_len),
                    parents,
                    inspect::date(header)
                );
            }
            Err(error) => {
                code = 3;
                values.push(json!({ "file": snapshot.path, "error": error.to_string() }));
                let _ = writeln!(text, "{:>20} {error}", "-");
            }
        }
    }
    output.result(&Value::Array(values), text);
    Ok(code)
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
    let mut text = String::new();
    let verb = if arguments.dry_run {
        "would drop"
    } else {
        "dropped"
    };
    for (what, paths) in [
        (verb, &pruned.dropped),
        ("kept", &pruned.kept),
        ("damaged, left alone:", &pruned.damaged),
        ("leftover removed:", &pruned.leftovers),
    ] {
        for path in paths {
            let _ = writeln!(text, "{what} {}", path.display());
        }
    }
    let mut not_removed = Vec::new();
    for error in &pruned.not_removed {
        let why = with_causes(error);
        let _ = writeln!(text, "{why}");
        not_removed.push(json!({ "file": error.path, "error": why }));
    }
    let value = json!({
        "dry_run": arguments.dry_run,
        "dropped": pruned.dropped,
        "kept": pruned.kept,
        "damaged": pruned.damaged,
        "leftovers": pruned.leftovers,
        "not_removed": not_removed,
    });
    output.result(&value, text);
    Ok(match &pruned {
        pruned if !pruned.not_removed.is_empty() => 4,
        pruned if !pruned.damaged.is_empty() => 3,
        _ => 0,
    })
}
