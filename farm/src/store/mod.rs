//! Where a campaign's files, claims and outcomes lie: a folder, or a bucket of an object store.
//!
//! The interface is a blocking one; the asynchronous runtime of the crate `object_store` stays in here.

mod address;
mod error;
mod objects;
pub mod secrets;

pub use error::StoreError;
pub use objects::{Created, Listed, Store};
