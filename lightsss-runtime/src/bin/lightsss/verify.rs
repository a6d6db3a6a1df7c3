//! `lightsss verify`.

use std::path::{Path, PathBuf};

use lightsss_runtime::__private::{PathText, printable};
use lightsss_runtime::durable::{self, RestoreOptions};
use serde_json::json;

use crate::chain;
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

fn verify(file: &Path, options: &RestoreOptions, output: &Output) -> Result<(u64, u32), Failure> {
    let mut snapshot = chain::open(file, options)?;
    let len = chain::len(&snapshot);
    let bar = output.bar("verifying", len);
    durable::verify(&mut snapshot, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    Ok((len, snapshot.depth()))
}
