//! Saving and restoring values: the traits, their reader and writer, and the types of `std`.
//!
//! A snapshot is a *schema description*, a *stream* and *sections*. The stream holds fields one after the
//! other, little endian, without names or lengths of their own; the description says what they are. Bulk
//! state (a model, a memory) stands in sections beside the stream.
//!
//! A restore compares the stored description with the program's own. Where they are equal, fields are
//! read at no further cost; where they differ, the stream is first rewritten in the present layout,
//! field by field, by name. Then the whole stream is verified, and only then the live value changes.

mod adapters;
pub(crate) mod allowed;
mod approved;
pub mod attributes;
mod buffer;
pub(crate) mod describe;
mod error;
mod file_note;
mod files;
mod image;
pub(crate) mod leb128;
pub mod lock;
mod memories;
mod migrate;
mod model_options;
mod of_type;
pub(crate) mod places;
#[doc(hidden)]
pub mod private;
mod ram;
mod reader;
mod run;
mod scalars;
mod schema;
mod section;
#[cfg(feature = "serde")]
mod serde_trace;
mod size;
mod std_types;
mod traits;
pub(crate) mod walk;
mod whole;
mod writer;

pub use allowed::AllowedFiles;
pub use buffer::Buffer;
pub use describe::Description;
pub use error::{RestoreError, RestoreErrorKind, SaveError, SaveErrorKind};
pub use file_note::{FileNote, Files};
pub use files::{Reopen, note_files, reopen_files};
pub use image::Image;
pub use model_options::{ModelOptions, Policy};
pub(crate) use reader::SectionInPlace;
pub use reader::{Reader, Section};
pub use schema::{Convert, Field, Fill, Link, Primitive, Schema, Shape, Upgrade, Variant};
pub use section::{InPlace, NoSections, SectionInfo, SectionKind, Sink, Source};
pub use size::Size;
pub use traits::{Construct, Savable};
pub use whole::{
    restore_from, restore_from_image, restore_from_image_with, save_into_image, save_to,
    save_to_image, save_to_image_through_operators,
};
pub(crate) use whole::{restore_from_with, save_to_with};
pub use writer::{MAX_DEPTH, Writer};

#[cfg(feature = "derive")]
pub use lightsss_derive::Savable;
