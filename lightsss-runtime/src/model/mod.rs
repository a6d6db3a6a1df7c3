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
#[cfg(feature = "driver")]
pub(crate) use fork::model_changes;
pub use halt::{Halt, HaltKind};
pub use wide::{ParseWideError, Wide, WideOverflow};

/// A path as C++ takes it.
#[doc(hidden)]
pub fn trace_path(path: &std::path::Path) -> Result<std::ffi::CString, std::ffi::NulError> {
    std::ffi::CString::new(path.as_os_str().as_encoded_bytes())
}

/// A text that C++ gives, or nothing where it is null.
///
/// # Safety
/// It is null or ends in a zero byte, and lives for the call.
#[doc(hidden)]
#[must_use]
pub unsafe fn text_of(text: *const std::ffi::c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: by this function's contract.
    let text = unsafe { std::ffi::CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
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
