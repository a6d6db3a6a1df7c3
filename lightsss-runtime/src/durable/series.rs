//! A folder of snapshots of one run: names that sort, children of parents, the oldest dropped.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::background::{Background, BackgroundError, BackgroundReport};
use super::chain::Chain;
use super::error::SaveFileError;
use super::format::ParentLink;
use super::names::Numbered;
use super::publish;
use super::reader::{MAX_CHAIN, RestoreOptions, Snapshot};
use super::rotate::{self, Retention};
use super::save::{self, Lineage, SaveOptions, SaveReport};
use super::storage::Storage;
use crate::memory::dirty::{self, Mark, Origin};
use crate::process::causes::with_causes;
use crate::savable::Savable;

/// How a series is kept.
#[derive(Debug, Clone)]
pub struct SeriesOptions {
    /// The first part of the files' names.
    pub name: String,
    /// Which files stay.
    pub retention: Retention,
    /// Parents behind a snapshot, at most; 0 writes every snapshot whole. At most 63.
    pub max_chain: u32,
    /// Saves in the background at a time.
    pub at_most: NonZeroUsize,
}

impl Default for SeriesOptions {
    /// Names that begin with `snapshot`, all files kept, every snapshot whole, one save at a time.
    fn default() -> Self {
        Self {
            name: "snapshot".into(),
            retention: Retention::default(),
            max_chain: 0,
            at_most: NonZeroUsize::MIN,
        }
    }
}

/// A folder of snapshots of one run.
///
/// Files are named after their cycle, so that they sort: `snapshot-00000000000000001000-00.lsss`. The last part
/// counts the saves at the same cycle; no file is ever overwritten.
#[derive(Debug)]
pub struct Series {
    folder: PathBuf,
    options: SeriesOptions,
    last: Option<Last>,
    /// Why there is no last one, if there was one.
    broken: Option<String>,
    background: Background,
    under_way: Vec<UnderWay>,
}

/// A save in the background.
#[derive(Debug)]
struct UnderWay {
    path: PathBuf,
    mark: Mark,
    /// Where it goes, and where old files are removed once it stands.
    storage: Arc<dyn Storage>,
}

/// The last snapshot that is in order.
#[derive(Debug)]
struct Last {
    path: PathBuf,
    total: u64,
    depth: u32,
    mark: Mark,
    origins: Vec<Option<Origin>>,
}

impl Series {
    /// A series in a folder, which is made if it is not there.
    pub fn new(folder: impl Into<PathBuf>, options: SeriesOptions) -> Result<Self, SaveFileError> {
        let folder = folder.into();
        if let Err(source) = fs::create_dir_all(&folder) {
            return Err(SaveFileError::Io {
                action: "make the folder for snapshots",
                path: folder,
                source,
            });
        }
        let background = Background::new(options.at_most);
        Ok(Self {
            folder,
            options,
            last: None,
            broken: None,
            background,
            under_way: Vec::new(),
        })
    }

    /// Saves a harness to the next file, and drops files that need not be kept.
    pub fn save<T: Savable + ?Sized>(
        &mut self,
        value: &T,
        options: &SaveOptions,
    ) -> Result<(PathBuf, SaveReport), SaveFileError> {
        let start = Instant::now();
        let mut name = self.next_name(options.cycle);
        let mark = dirty::mark_all();
        let (last, broken) = (self.last.as_ref(), self.broken.as_deref());
        let mut lineage = lineage(last, broken, self.options.max_chain, mark);
        lineage.numbered = Some(name.clone());
        let chain = lineage.chain.clone();
        let path = self.folder.join(name.file_name());
        let totals = save::write(&path, value, options, lineage)?;
        // Another run may have been faster.
        name.number = totals.number.unwrap_or(name.number);
        let path = self.folder.join(name.file_name());
        let report = SaveReport::new(&totals, start.elapsed(), chain);
        self.became(
            path.clone(),
            &report,
            mark,
            totals.origins,
            &*options.storage,
        );
        Ok((path, report))
    }

    /// Begins to save a harness to the next file, in a forked child. Gives the planned path, and
    /// the pause of this process. If another run saves the same cycle in the same folder meanwhile,
    /// the file gets another number, and the report has its path.
    pub fn save_in_background<T: Savable + ?Sized>(
        &mut self,
        value: &T,
        options: &SaveOptions,
    ) -> Result<(PathBuf, Duration), BackgroundError> {
        let begun = Instant::now();
        let name = self.next_name(options.cycle);
        let path = self.folder.join(name.file_name());
        let mark = dirty::mark_all();
        let (last, broken) = (self.last.as_ref(), self.broken.as_deref());
        let max_chain = self.options.max_chain;
        let numbered = Some(name);
        let pause = self
            .background
            .save_with(begun, &path, numbered, value, options, || {
                lineage(last, broken, max_chain, mark)
            })?;
        self.under_way.push(UnderWay {
            path: path.clone(),
            mark,
            storage: Arc::clone(&options.storage),
        });
        Ok((path, pause))
    }

    /// The saves in the background that have ended since the last call; does not wait. Files that need not be kept
    /// are dropped.
    pub fn finished(&mut self) -> Vec<BackgroundReport> {
        let reports = self.background.finished();
        self.learn(reports)
    }

    /// Waits for the saves in the background.
    pub fn wait(&mut self) -> Vec<BackgroundReport> {
        let reports = self.background.wait();
        self.learn(reports)
    }

    fn learn(&mut self, reports: Vec<BackgroundReport>) -> Vec<BackgroundReport> {
        for report in &reports {
            let Some(at) = self
                .under_way
                .iter()
                .position(|save| save.path == report.planned)
            else {
                continue;
            };
            let UnderWay { mark, storage, .. } = self.under_way.swap_remove(at);
            if let Ok(saved) = &report.result {
                let path = report.path.clone();
                self.became(path, saved, mark, report.origins.clone(), &*storage);
            }
        }
        reports
    }

    /// A snapshot is in order: it can be a parent, and others may go.
    fn became(
        &mut self,
        path: PathBuf,
        report: &SaveReport,
        mark: Mark,
        origins: Vec<Option<Origin>>,
        storage: &dyn Storage,
    ) {
        let newer = self.last.as_ref().is_none_or(|last| last.mark < mark);
        if newer {
            self.broken = None;
            self.last = Some(Last {
                path,
                total: report.total_checksum,
                depth: report.chain.parents(),
                mark,
                origins,
            });
        }
        // What cannot be dropped now is dropped next time. Parents of saves under way must stay.
        if self.options.retention.drops() && self.under_way.is_empty() {
            self.drop_old(storage);
        }
    }

    fn drop_old(&mut self, storage: &dyn Storage) {
        let last = self.last.as_ref().map(|last| last.path.as_path());
        let name = Some(self.options.name.as_str());
        let retention = &self.options.retention;
        let pruned = rotate::prune_beside(storage, &self.folder, name, retention, last, false);
        if let Ok((pruned, _)) = &pruned {
            publish::warn_of(&pruned.not_removed);
        }
        match pruned {
            Ok((_, Some(good))) if last != Some(&good) => {
                let last = last.unwrap_or(&self.folder).display();
                let why = format!("`{last}` or a parent of it is damaged");
                let good = good.display();
                tracing::warn!("{why}, so `{good}` stays; the next snapshot stands alone");
                self.last = None;
                self.broken = Some(why);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old snapshots could not be dropped"),
        }
    }

    /// A name that no file has now.
    fn next_name(&self, cycle: u64) -> Numbered {
        let mut name = Numbered {
            series: self.options.name.clone(),
            cycle,
            number: 0,
        };
        loop {
            let path = self.folder.join(name.file_name());
            let planned = self.under_way.iter().any(|save| save.path == path);
            if !planned && fs::symlink_metadata(&path).is_err() {
                return name;
            }
            name.number += 1;
        }
    }

    /// The newest good snapshot of the series: every checksum of it and of its parents is right.
    #[must_use]
    pub fn newest_good(&self) -> Option<PathBuf> {
        rotate::newest_good(&self.folder, &self.options.name)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// What the next snapshot is written beside. `broken` says why there is no last one, if there was one.
fn lineage(last: Option<&Last>, broken: Option<&str>, max_chain: u32, now: Mark) -> Lineage {
    let chain = match (last, broken) {
        _ if max_chain == 0 => Chain::Alone,
        (Some(last), _) if last.depth < max_chain.min(MAX_CHAIN - 1) => match beside(last, now) {
            Ok(lineage) => return lineage,
            Err(why) => {
                tracing::warn!(
                    why,
                    "the last snapshot can be no parent; the next one stands alone"
                );
                Chain::Broken { why }
            }
        },
        (None, Some(why)) => Chain::Broken { why: why.into() },
        _ => Chain::Begun,
    };
    Lineage {
        chain,
        digests: max_chain > 0,
        ..Lineage::default()
    }
}

/// What a child of the last snapshot is written beside, or what is wrong with that one: nobody could restore a child
/// of it.
fn beside(last: &Last, now: Mark) -> Result<Lineage, String> {
    let refused = |error| with_causes(&error);
    let mut parent = Snapshot::open(&last.path, &RestoreOptions::default()).map_err(refused)?;
    let found = parent.total_checksum();
    if found != last.total {
        return Err(format!(
            "`{}` was replaced: expected total checksum {:016x}, found {found:016x}",
            last.path.display(),
            last.total
        ));
    }
    parent.open_parents().map_err(refused)?;
    let mut pages = parent.parent_pages().map_err(refused)?;
    for (page, origin) in pages.iter_mut().zip(&last.origins) {
        if let Some(page) = page {
            page.origin = *origin;
        }
    }
    let file = last.path.file_name().unwrap_or_default();
    let parents = last.depth + 1;
    Ok(Lineage {
        parent: Some(ParentLink {
            file: file.to_string_lossy().into_owned(),
            total: last.total,
            depth: parents,
        }),
        chain: Chain::Continued { parents },
        pages,
        marks: Some((last.mark, now)),
        digests: true,
        numbered: None,
    })
}
