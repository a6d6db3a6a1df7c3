//! `lightsss verify`.

use std::fmt::Write as _;
use std::path::PathBuf;

use lightsss_runtime::durable::{RestoreOptions, Snapshot};
use serde_json::{Value, json};

use crate::output::{Failure, Output, size};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The snapshots.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, options: &RestoreOptions, output: &Output) -> u8 {
    let mut values = Vec::new();
    let mut text = String::new();
    let mut code = 0;
    for file in &arguments.files {
        let verified = verify(file, options, output);
        let _ = write!(text, "{}: ", file.display());
        match verified {
            Ok((len, parents)) => {
                let _ = writeln!(text, "good, {} in {} files", size(len), parents + 1);
                values
                    .push(json!({ "file": file, "good": true, "bytes": len, "parents": parents }));
            }
            Err(failure) => {
                code = code.max(failure.code());
                let _ = writeln!(text, "{failure}");
                values.push(json!({ "file": file, "good": false, "error": failure.to_string() }));
            }
        }
    }
    output.result(&Value::Array(values), text);
    code
}

fn verify(
    file: &PathBuf,
    options: &RestoreOptions,
    output: &Output,
) -> Result<(u64, u32), Failure> {
    let mut snapshot = crate::open(file, options)?;
    let len = chain_len(&snapshot);
    let bar = output.bar("verifying", len);
    snapshot.verify(&|done| bar.inc(done))?;
    bar.finish_and_clear();
    Ok((len, snapshot.depth()))
}

/// Bytes of a snapshot and its opened parents.
pub(crate) fn chain_len(snapshot: &Snapshot) -> u64 {
    let parents = std::iter::successors(Some(snapshot), |snapshot| snapshot.parent());
    parents.map(Snapshot::file_len).sum()
}
