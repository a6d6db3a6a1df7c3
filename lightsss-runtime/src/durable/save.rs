//! Saves a harness to a file.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::Compression;
use super::chain::Chain;
use super::error::SaveFileError;
use super::format::{ParentLink, SnapshotHeader};
use super::names::Numbered;
use super::pages::ParentPages;
use super::publish::{self, Unpublished};
use super::sink::FileSink;
use super::storage::{Disk, Storage};
use super::workers::Threads;
use super::writer::{FileTotals, FileWriter, WriterOptions};
use crate::memory::dirty::Mark;
use crate::process::serialize::seconds;
use crate::savable::{Description, Savable, SaveError, Sink, save_to_with};
#[cfg(feature = "driver")]
use crate::savable::{Image, Source as _};

/// How a snapshot is saved, and its header.
#[derive(Debug, Clone)]
pub struct SaveOptions {
    /// How frames are compressed; zstd at level 1 by default.
    pub compression: Compression,
    /// Threads that compress; all end before the save returns. `None`, the default: as many as there are processors when
    /// the file is written, at most 16.
    pub threads: Option<NonZeroUsize>,
    /// The harness's cycle.
    pub cycle: u64,
    /// The simulation time, in units of the model's precision.
    pub time: u64,
    /// The user's own words, by name.
    pub labels: BTreeMap<String, String>,
    /// Writes models through Verilator's operators, the reference against which the faster way is
    /// tested and measured.
    pub through_operators: bool,
    /// Where files go; a [`Series`](super::Series) removes old ones and leftovers there, too.
    pub storage: Arc<dyn Storage>,
}

impl Default for SaveOptions {
    fn default() -> Self {
        Self {
            compression: Compression::default(),
            threads: None,
            cycle: 0,
            time: 0,
            labels: BTreeMap::new(),
            through_operators: false,
            storage: Arc::new(Disk),
        }
    }
}

impl SaveOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this compression.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// With this cycle in the header.
    #[must_use]
    pub fn cycle(mut self, cycle: u64) -> Self {
        self.cycle = cycle;
        self
    }

    /// With this simulation time in the header.
    #[must_use]
    pub fn time(mut self, time: u64) -> Self {
        self.time = time;
        self
    }

    /// With a label.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// With at most so many threads.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }
}

/// What a save cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveReport {
    /// The file's length, in bytes.
    pub file_len: u64,
    /// Bytes of state in it, decompressed.
    pub contents_len: u64,
    /// The total checksum.
    pub total_checksum: u64,
    /// How long it took, until the file was durable; seconds, when serialized.
    #[serde(with = "seconds")]
    pub took: Duration,
    /// How the snapshot relates to earlier ones: in a series with parents, whether it begins a
    /// chain, and why.
    pub chain: Chain,
}

/// Saves a harness to a file, which appears whole or not at all.
///
/// Leftovers of writers that died in the same folder are cleaned on the way.
pub fn save<T: Savable + ?Sized>(
    path: impl AsRef<Path>,
    value: &T,
    options: &SaveOptions,
) -> Result<SaveReport, SaveFileError> {
    let start = Instant::now();
    let totals = write(path.as_ref(), value, options, Lineage::default())?;
    Ok(SaveReport::new(&totals, start.elapsed(), Chain::Alone))
}

impl SaveReport {
    pub(super) fn new(totals: &FileTotals, took: Duration, chain: Chain) -> Self {
        Self {
            file_len: totals.file_len,
            contents_len: totals.contents_len,
            total_checksum: totals.total,
            took,
            chain,
        }
    }
}

/// What a file is written beside: the parent, and how changes are told.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    pub(super) parent: Option<ParentLink>,
    pub(super) chain: Chain,
    /// By the numbers of the file's sections.
    pub(super) pages: Vec<Option<ParentPages>>,
    pub(super) marks: Option<(Mark, Mark)>,
    /// Whether the file is to be a parent itself.
    pub(super) digests: bool,
    /// The name of a file that is to replace none.
    pub(super) numbered: Option<Numbered>,
}

/// Saves what a harness's image holds, as [`save`] would have when it was taken.
#[cfg(feature = "driver")]
pub(crate) fn save_image<T: Savable + ?Sized>(
    path: &Path,
    image: &Image,
    options: &SaveOptions,
) -> Result<(), SaveFileError> {
    write_with::<T>(path, options, Lineage::default(), |sink| {
        sink.write(image.stream())?;
        for index in 0..image.section_count() {
            if let Some(info) = image.section(index) {
                sink.begin_section(info.kind, &info.name)?;
                sink.write(image.section_slice(index))?;
                sink.end_section()?;
            }
        }
        Ok(())
    })
    .map(|_| ())
}

/// Writes and publishes a file.
pub(super) fn write<T: Savable + ?Sized>(
    path: &Path,
    value: &T,
    options: &SaveOptions,
    lineage: Lineage,
) -> Result<FileTotals, SaveFileError> {
    write_with::<T>(path, options, lineage, |sink| {
        save_to_with(value, sink, options.through_operators)
    })
}

/// Writes and publishes a file of a `T`; `contents` writes its stream and sections.
fn write_with<T: Savable + ?Sized>(
    path: &Path,
    options: &SaveOptions,
    lineage: Lineage,
    contents: impl FnOnce(&mut dyn Sink) -> Result<(), SaveError>,
) -> Result<FileTotals, SaveFileError> {
    publish::clean_before_save(&*options.storage, path);
    let file = Unpublished::create(&*options.storage, path)?.numbered(lineage.numbered);
    let writer_options = WriterOptions {
        compression: options.compression,
        threads: Threads::new(options.threads),
        digests: lineage.digests,
        marks: lineage.marks,
    };
    let mut writer = FileWriter::new(file, writer_options, lineage.pages);
    let description = Description::of::<T>();
    let mut sink = FileSink::new(&mut writer, &description.to_bytes())?;
    match contents(&mut sink) {
        Ok(()) => sink.finish()?,
        Err(error) => return Err(sink.into_failure().unwrap_or(SaveFileError::Harness(error))),
    }
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let models = writer.models();
    writer.finish(SnapshotHeader {
        harness: description.name().to_owned(),
        schema: T::SCHEMA.fingerprint(),
        models,
        cycle: options.cycle,
        time: options.time,
        taken_ns: since_1970.map_or(0, |since| since.as_nanos() as u64),
        tool: concat!("lightsss ", env!("CARGO_PKG_VERSION")).to_owned(),
        parent: lineage.parent,
        labels: options.labels.clone(),
    })
}
