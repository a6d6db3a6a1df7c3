//! `lightsss show`.

use std::fmt::Write as _;
use std::path::PathBuf;

use lightsss_runtime::durable::{self, Contents, RestoreOptions};
use lightsss_runtime::state::Filter;
use serde_json::{Value, json};

use crate::output::{Failure, Output};
use crate::verify::chain_len;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The snapshot.
    file: PathBuf,
    /// Only these fields and signals, and what is below them; `*` and `?` stand for any characters.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Also variables that Verilator made.
    #[arg(long)]
    helpers: bool,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &RestoreOptions,
    output: &Output,
) -> Result<u8, Failure> {
    let mut snapshot = crate::open(&arguments.file, options)?;
    let filter = Filter::new(arguments.paths.iter().cloned()).helpers(arguments.helpers);
    let bar = output.bar("verifying", chain_len(&snapshot));
    let contents = durable::contents(&mut snapshot, &filter, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    Failure::of_paths(durable::unknown_paths(&[&snapshot], &filter)?)?;
    output.result(&value(&contents), text(&contents));
    Ok(0)
}

fn value(contents: &Contents) -> Value {
    let fields: Vec<Value> = contents
        .fields
        .iter()
        .map(|field| json!({ "path": field.path, "value": field.value, "data": field.json }))
        .collect();
    let models: Vec<Value> = contents
        .models
        .iter()
        .map(|model| {
            let signals = model.signals.as_ref().map(|signals| {
                let signals = signals.iter().map(lightsss_runtime::state::Shown::to_json);
                signals.collect::<Vec<Value>>()
            });
            json!({ "number": model.number, "name": model.name, "signals": signals })
        })
        .collect();
    json!({ "fields": fields, "more_fields": contents.more_fields, "models": models })
}

fn text(contents: &Contents) -> String {
    let mut text = String::new();
    for field in &contents.fields {
        let _ = writeln!(text, "field   {}: {}", field.path, field.value);
    }
    if contents.more_fields {
        let _ = writeln!(text, "field   ... and more");
    }
    for model in &contents.models {
        match &model.signals {
            Some(signals) => {
                for signal in signals {
                    let _ = writeln!(text, "signal  {signal}");
                }
            }
            None => {
                let _ = writeln!(
                    text,
                    "model   {}: its state has no names in this snapshot",
                    model.name
                );
            }
        }
    }
    text
}
