//! The message of the last error of a thread.

use std::{
    cell::RefCell,
    ffi::{CString, c_char},
};

thread_local! {
    static LAST_ERROR: RefCell<CString> = RefCell::default();
}

/// The message of the last call of this thread that failed. Valid until the next call of this thread that fails.
/// Empty if none has.
#[unsafe(no_mangle)]
pub extern "C" fn lightsss_last_error() -> *const c_char {
    LAST_ERROR.with_borrow(|text| text.as_ptr())
}

pub(crate) fn set_last_error(text: &str) {
    let text = CString::new(text.replace('\0', " ")).unwrap_or_default();
    LAST_ERROR.set(text);
}
