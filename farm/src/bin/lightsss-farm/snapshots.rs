//! `lightsss-farm put`, `fetch` and `snapshots`.

use std::path::PathBuf;

use lightsss_farm::content::{fetch_named, list_named, put_named, split_address};
use lightsss_farm::store::Store;

use crate::failure::Failure;
use crate::place::CacheArguments;
use crate::say::print;

#[derive(Debug, clap::Args)]
pub(crate) struct Put {
    /// The snapshot
    file: PathBuf,
    /// Where it goes: STORE/NAME, such as `s3://bucket/booted.lsss`
    address: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Fetch {
    /// The snapshot: STORE/NAME
    address: String,
    /// The folder for it and its parents
    #[arg(default_value = ".")]
    to: PathBuf,
    #[command(flatten)]
    cache: CacheArguments,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The store
    store: String,
}

pub(crate) fn put(arguments: &Put) -> Result<u8, Failure> {
    let (store, name) = split_address(&arguments.address)?;
    let put = put_named(&Store::open(store)?, name, &arguments.file)?;
    print(format_args!(
        "{}: {} bytes, {} of them sent\n",
        arguments.address, put.length, put.sent
    ))?;
    Ok(0)
}

pub(crate) fn fetch(arguments: &Fetch) -> Result<u8, Failure> {
    let (store, name) = split_address(&arguments.address)?;
    let path = fetch_named(
        &Store::open(store)?,
        name,
        &arguments.cache.open()?,
        &arguments.to,
    )?;
    print(format_args!("{}\n", path.display()))?;
    Ok(0)
}

pub(crate) fn show(arguments: &Show) -> Result<u8, Failure> {
    for (name, named) in list_named(&Store::open(&arguments.store)?)? {
        print(format_args!(
            "{name}  {} bytes, {} parents\n",
            named.length,
            named.parents.len()
        ))?;
    }
    Ok(0)
}
