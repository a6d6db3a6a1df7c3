//! Durable snapshots: a file that holds a harness, published whole or not at all, restored whole or not at all.
//!
//! [`save`] and [`restore`] are the simplest use. [`Background`] saves in a forked child; [`Series`] keeps a folder of
//! snapshots, each holding only what changed since the one before, and drops the oldest. [`Snapshot`] reads a file
//! without knowing the types in it.
//!
//! The file format is specified in `docs/format.md`.

mod advice;
mod background;
mod chain;
mod check;
mod codec;
mod diff;
mod digests;
mod error;
mod flatten;
mod format;
mod names;
mod pages;
mod publish;
mod reader;
mod report;
mod restore;
mod rotate;
mod save;
mod sections;
mod series;
mod sink;
mod source;
pub mod storage;
mod workers;
mod writer;

pub use crate::memory::dirty;
pub use crate::process::output_path::{OutputPathError, check as check_output};
pub use background::{Background, BackgroundError, BackgroundReport};
pub use chain::Chain;
pub use check::verify;
pub use codec::Compression;
pub use diff::{
    Contents, Difference, ModelContents, ModelDifference, RangeDifference, SectionDifference,
    ShownField, SnapshotDiff, UnknownPath, contents, diff, unknown_paths,
};
#[cfg(feature = "driver")]
pub(crate) use diff::{FieldValue, diff_images, field_values};
pub use error::{NotRemoved, RestoreFileError, SaveFileError};
pub use flatten::{FlattenError, flatten};
pub use format::{FORMAT_VERSION, MAGIC, Malformed, ModelIdentity, ParentLink, SnapshotHeader};
pub use names::EXTENSION;
pub use publish::clean_leftovers;
pub use reader::{MAX_CHAIN, RestoreOptions, SectionSummary, Snapshot};
pub use restore::{restore, restore_with};
pub use rotate::{Listed, Pruned, Retention, list, list_series, prune};
#[cfg(feature = "driver")]
pub(crate) use save::save_image;
pub use save::{SaveOptions, SaveReport, save};
pub use series::{Series, SeriesOptions};

#[cfg(test)]
mod tests;
