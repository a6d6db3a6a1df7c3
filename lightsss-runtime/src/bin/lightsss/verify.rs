//! `lightsss verify`.

use std::path::PathBuf;

use lightsss_runtime::__private::{PathText, printable};
use lightsss_runtime::durable::{self, RestoreOptions, Snapshot};
use serde_json::json;

use crate::output::{Failure, Output, path_text, size};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The snapshots.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &RestoreOptions,
    output: &Output,
) -> Result<u8, Failure> {
    let mut values = Vec::new();
    let mut lines = Vec::new();
    let mut code = 0;
    for file in &arguments.files {
        let name = path_text(file);
        match verify(file, options, output) {
            Ok((len, parents)) => {
                lines.push(format!(
                    "{name}: good, {} in {} files",
                    size(len),
                    parents + 1
                ));
                values.push(json!({
                    "file": PathText(file), "good": true, "bytes": len, "parents": parents,
                }));
            }
            Err(failure) => {
                code = code.max(failure.code());
                let failure = failure.to_string();
                lines.push(format!("{name}: {}", printable(&failure)));
                values.push(json!({ "file": PathText(file), "good": false, "error": failure }));
            }
        }
    }
    output.result(&values, &|out| {
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))
    })?;
    Ok(code)
}

fn verify(
    file: &PathBuf,
    options: &RestoreOptions,
    output: &Output,
) -> Result<(u64, u32), Failure> {
    let mut snapshot = crate::open(file, options)?;
    let len = chain_len(&snapshot);
    let bar = output.bar("verifying", len);
    durable::verify(&mut snapshot, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    Ok((len, snapshot.depth()))
}

/// Bytes of a snapshot and its opened parents.
pub(crate) fn chain_len(snapshot: &Snapshot) -> u64 {
    let parents = std::iter::successors(Some(snapshot), |snapshot| snapshot.parent());
    parents.map(Snapshot::file_len).sum()
}
