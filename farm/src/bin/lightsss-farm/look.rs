//! `lightsss-farm inspect`, `verify`, `show` and `diff`: brings snapshots from stores, and calls `lightsss`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use lightsss_farm::FileError;
use lightsss_farm::content::{fetch_named, split_address};
use lightsss_farm::store::Store;

use crate::failure::Failure;
use crate::place::CacheArguments;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    cache: CacheArguments,
    /// Arguments of `lightsss`; those such as `s3://bucket/booted.lsss` are snapshots of stores
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(command: &str, arguments: &Arguments) -> Result<u8, Failure> {
    let words = arguments
        .arguments
        .iter()
        .map(|word| local(word, &arguments.cache));
    let words = words.collect::<Result<Vec<OsString>, Failure>>()?;
    let program = program();
    let status = Command::new(&program)
        .arg(command)
        .args(words)
        .status()
        .map_err(FileError::of("start", &program))?;
    Ok(status.code().map_or(3, |code| code as u8))
}

/// The path of a snapshot of a store; other words stay as they are.
fn local(word: &str, cache: &CacheArguments) -> Result<OsString, Failure> {
    if !word.contains("://") {
        return Ok(word.into());
    }
    let (address, name) = split_address(word)?;
    let store = Store::open(address)?;
    let key = blake3::hash(address.as_bytes()).to_hex();
    let version = store
        .list("snapshots")?
        .into_iter()
        .find(|listed| listed.key.ends_with(&format!("/{name}")));
    let version = blake3::hash(
        version
            .map(|listed| listed.version)
            .unwrap_or_default()
            .as_bytes(),
    )
    .to_hex();
    let folder = cache
        .folder()
        .join("named")
        .join(&key[..16])
        .join(&version[..16]);
    Ok(fetch_named(&store, name, &cache.open()?, &folder)?.into())
}

/// The command `lightsss` beside this one, or on the path.
fn program() -> PathBuf {
    let beside = std::env::current_exe()
        .ok()
        .map(|own| own.with_file_name("lightsss"));
    beside
        .filter(|path| path.is_file())
        .unwrap_or_else(|| "lightsss".into())
}
