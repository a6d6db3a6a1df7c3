//! Arguments that commands share: the store, the campaign, the cache.

use std::path::{Path, PathBuf};

use clap::Args;
use lightsss_farm::campaign;
use lightsss_farm::content::{Cache, Hash};
use lightsss_farm::plan::{Campaign, Plan};
use lightsss_farm::store::Store;

use crate::failure::Failure;

/// The store's folder, where nobody names another one.
const STORE: &str = "farm-store";

/// A campaign in a store.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// The campaign's name, or its plan
    campaign: String,
    /// The store: a folder, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`; without it the plan's, or the
    /// folder `farm-store`
    #[arg(long, value_name = "ADDRESS", env = "LIGHTSSS_FARM_STORE")]
    store: Option<String>,
}

impl Chosen {
    /// The store and the campaign, as it was run last.
    pub(crate) fn open(&self) -> Result<(Store, Hash, Campaign), Failure> {
        let path = Path::new(&self.campaign);
        let is_plan = path
            .extension()
            .is_some_and(|extension| extension == "toml");
        let plan = is_plan
            .then(|| Plan::read(path))
            .transpose()?
            .map(|(plan, _)| plan);
        let store = store(self.store.as_deref(), plan.as_ref())?;
        let name = plan
            .as_ref()
            .map_or(self.campaign.as_str(), |plan| plan.name.get_ref());
        let (content, campaign) = campaign::latest(&store, name)?;
        Ok((store, content, campaign))
    }
}

/// The store that the command line names, or else the plan, or else a folder here.
pub(crate) fn address<'a>(named: Option<&'a str>, plan: Option<&'a Plan>) -> &'a str {
    let of_plan = plan.and_then(|plan| plan.store.as_deref());
    named.or(of_plan).unwrap_or(STORE)
}

/// Opens it.
pub(crate) fn store(named: Option<&str>, plan: Option<&Plan>) -> Result<Store, Failure> {
    Ok(Store::open(address(named, plan))?)
}

/// The cache of files of stores.
#[derive(Debug, Args)]
pub(crate) struct CacheArguments {
    /// The folder for files of the store and of running tasks
    #[arg(long, value_name = "FOLDER", env = "LIGHTSSS_FARM_CACHE")]
    pub(crate) cache: Option<PathBuf>,
    /// The most that is kept there of files of the store: bytes, or as 500M, 20G
    #[arg(long, value_name = "SIZE", default_value = "20G", value_parser = size)]
    pub(crate) cache_size: u64,
}

impl CacheArguments {
    pub(crate) fn folder(&self) -> PathBuf {
        self.cache.clone().unwrap_or_else(|| {
            let home = std::env::var_os("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
            home.unwrap_or_else(std::env::temp_dir)
                .join("lightsss-farm")
        })
    }

    pub(crate) fn open(&self) -> Result<Cache, Failure> {
        Ok(Cache::open(&self.folder(), self.cache_size)?)
    }
}

/// Bytes, also with `k`, `M`, `G` or `T` behind the number.
fn size(text: &str) -> Result<u64, String> {
    let refused = || format!("expected a size such as 500M or 20G, found `{text}`");
    let units = [("k", 10), ("K", 10), ("M", 20), ("G", 30), ("T", 40)];
    let found = units
        .iter()
        .find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift)));
    let (number, shift) = found.unwrap_or((text, 0));
    let number: u64 = number.parse().map_err(|_| refused())?;
    number.checked_mul(1 << shift).ok_or_else(refused)
}

/// A time such as `30s`.
pub(crate) fn time(text: &str) -> Result<std::time::Duration, String> {
    humantime::parse_duration(text)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| format!("expected a time above 0 such as 500ms, 30s or 2h, found `{text}`"))
}
