//! What came of a campaign: for people, for programs, for CI, for a browser.

mod alike;
mod html;
mod json;
mod junit;
mod schedule;
mod summary;
mod write;

pub use alike::{Alike, group};
pub use html::page;
pub use json::json;
pub use junit::junit;
pub use summary::Summary;
pub use write::{WriteError, write};
