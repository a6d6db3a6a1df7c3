//! `lightsss show`.

use std::io::{self, Write};
use std::path::PathBuf;

use lightsss_runtime::__private::printable;
use lightsss_runtime::durable::{self, Contents, ModelContents, RestoreOptions, ShownField};
use lightsss_runtime::state::{Filter, Shown};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::json;

use crate::chain;
use crate::output::{Each, Failure, Output};

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
    let mut snapshot = chain::open(&arguments.file, options)?;
    let filter = Filter::new(arguments.paths.iter().cloned()).helpers(arguments.helpers);
    let bar = output.bar("verifying", chain::len(&snapshot));
    let contents = durable::contents(&mut snapshot, &filter, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    Failure::of_paths(durable::unknown_paths(&[&snapshot], &filter)?)?;
    output.result(&Json(&contents), &|out| text(&contents, out))?;
    Ok(0)
}

/// What a snapshot holds, for programs.
struct Json<'c>(&'c Contents);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let contents = self.0;
        let field = |field: &ShownField| json!({ "path": field.path, "value": field.value, "data": field.json });
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("fields", &Each(|| contents.fields.iter().map(field)))?;
        map.serialize_entry("more_fields", &contents.more_fields)?;
        map.serialize_entry("models", &Each(|| contents.models.iter().map(Model)))?;
        map.serialize_entry("more_signals", &contents.more_signals)?;
        map.end()
    }
}

struct Model<'c>(&'c ModelContents);

impl Serialize for Model<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let signals = self.0.signals.as_ref();
        let signals = signals.map(|list| Each(|| list.iter().map(Shown::to_json)));
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("number", &self.0.number)?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("signals", &signals)?;
        map.end()
    }
}

fn text(contents: &Contents, out: &mut dyn Write) -> io::Result<()> {
    for field in &contents.fields {
        let (path, value) = (printable(&field.path), printable(&field.value));
        writeln!(out, "field   {path}: {value}")?;
    }
    if contents.more_fields {
        writeln!(out, "field   ... and more")?;
    }
    for model in &contents.models {
        match &model.signals {
            Some(signals) => {
                for signal in signals {
                    writeln!(out, "signal  {}", printable(&signal.to_string()))?;
                }
            }
            None => writeln!(
                out,
                "model   {}: its state has no names in this snapshot",
                printable(&model.name)
            )?,
        }
    }
    if contents.more_signals {
        writeln!(out, "signal  ... and more")?;
    }
    Ok(())
}
