//! What generated bindings share: contexts, halts, wide values, DPI values.
//!
//! A model's bindings are written by `lightsss-codegen` from a build script and included with
//! [`model!`](crate::model!).

mod context;
mod dpi;
mod error;
pub mod ffi;
mod fork;
mod halt;
mod output;
#[doc(hidden)]
pub mod outside;
mod wide;

pub use context::{Context, ContextOptions, Initial};
pub use dpi::{Chandle, OpenArray};
#[doc(hidden)]
pub use dpi::{DpiEnv, Vector, load_vectors, store_vectors};
pub use error::ModelError;
#[doc(hidden)]
pub use fork::ModelForks;
pub use halt::{Halt, HaltKind};
pub use wide::{ParseWideError, Wide, WideOverflow};

/// A path as C++ takes it.
#[doc(hidden)]
pub fn trace_path(path: &std::path::Path) -> Result<std::ffi::CString, std::ffi::NulError> {
    std::ffi::CString::new(path.as_os_str().as_encoded_bytes())
}

/// Includes the bindings that the build script wrote, as a module of the model's name.
///
/// `lightsss_runtime::model!(soc);` gives `pub mod soc`, `model!(pub(crate) soc)` a narrower one.
#[macro_export]
macro_rules! model {
    ($name:ident) => {
        $crate::model!(pub $name);
    };
    ($vis:vis $name:ident) => {
        #[doc = concat!("Bindings of the model `", stringify!($name), "`.")]
        // Harnesses use a part of the names, which are those of the design.
        #[allow(dead_code, non_snake_case, clippy::all, clippy::pedantic)]
        $vis mod $name {
            #[doc(hidden)]
            use $crate as __lightsss;
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
        }
    };
}
