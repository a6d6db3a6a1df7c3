//! `lightsss flatten`.

use std::path::PathBuf;

use lightsss_runtime::__private::PathText;
use lightsss_runtime::durable::{self, Compression, RestoreOptions, SaveOptions};
use serde_json::json;

use crate::chain;
use crate::output::{Failure, Output, path_text, size};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The snapshot.
    file: PathBuf,
    /// The file to write; the snapshot itself by default, unless others are children of it.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// How to compress.
    #[arg(long, value_enum, default_value_t = Codec::Zstd)]
    codec: Codec,
    /// The level of zstd, from -7 (fastest) to 22 (smallest).
    #[arg(long, default_value_t = 3, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-7..=22))]
    level: i32,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Codec {
    Zstd,
    Lz4,
    None,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &RestoreOptions,
    output: &Output,
) -> Result<u8, Failure> {
    let mut snapshot = chain::open(&arguments.file, options)?;
    let before = chain::len(&snapshot);
    let to = arguments.output.as_ref().unwrap_or(&arguments.file);
    let compression = match arguments.codec {
        Codec::Zstd => Compression::Zstd(arguments.level),
        Codec::Lz4 => Compression::Lz4,
        Codec::None => Compression::None,
    };
    let save = SaveOptions::new().compression(compression);
    let bar = output.bar("flattening", before);
    let report = durable::flatten(&mut snapshot, to, &save, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    let parents = snapshot.depth();
    let value = json!({
        "file": PathText(to),
        "parents": parents,
        "bytes_before": before,
        "bytes": report.file_len,
        "total_checksum": format!("{:016x}", report.total_checksum),
    });
    let (now, files) = (size(report.file_len), parents + 1);
    output.result(&value, &|out| {
        let (to, before) = (path_text(to), size(before));
        writeln!(out, "{to}: {now} from {before} in {files} files")
    })?;
    Ok(0)
}
