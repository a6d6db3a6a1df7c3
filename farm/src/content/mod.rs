//! Files in a store: content-addressed pieces, and a manifest that is published last.
//!
//! A snapshot is cut where its frames lie, so that two snapshots of a series share the frames in which nothing changed,
//! wherever these lie in the two files. Any other file is cut where its content says so.

mod cache;
mod error;
mod hash;
mod input;
mod manifest;
mod named;
mod pieces;
mod upload;

pub use cache::Cache;
pub use error::ContentError;
pub use hash::Hash;
pub use input::Input;
pub use manifest::{Manifest, Piece};
pub use named::{
    Named, fetch_named, inputs_of, list_named, put_named, split_address, upload_inputs,
};
pub use upload::{Upload, upload};
