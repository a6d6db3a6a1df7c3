//! Texts that cross between C and Rust.

use std::ffi::{CStr, c_char};

use crate::{abi::LIGHTSSS_TEXT, error::Fault};

/// A C string; `None` for null.
///
/// # Safety
///
/// The pointer is null, or that of a C string that lives during the call.
pub(crate) unsafe fn optional<'a>(
    text: *const c_char,
    name: &str,
) -> Result<Option<&'a str>, Fault> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: as this function's caller says.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str()
        .map(Some)
        .map_err(|error| Fault::argument(format!("`{name}` is not UTF-8: {error}")))
}

/// A C string that must be there.
///
/// # Safety
///
/// As for [`optional`].
pub(crate) unsafe fn required<'a>(text: *const c_char, name: &str) -> Result<&'a str, Fault> {
    // SAFETY: as this function's caller says.
    unsafe { optional(text, name)? }.ok_or_else(|| Fault::null(name))
}

/// A text as an array of C; what is too long is cut between characters.
pub(crate) fn array(text: &str) -> [c_char; LIGHTSSS_TEXT] {
    let mut array = [0; LIGHTSSS_TEXT];
    let end = text.floor_char_boundary(LIGHTSSS_TEXT - 1);
    for (to, from) in array.iter_mut().zip(text[..end].bytes()) {
        *to = from as c_char;
    }
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_ends_with_a_zero() {
        let array = array(&"é".repeat(LIGHTSSS_TEXT));
        assert_eq!(array[LIGHTSSS_TEXT - 1], 0);
        // SAFETY: the last byte of the array is zero.
        let text = unsafe { CStr::from_ptr(array.as_ptr()) };
        assert_eq!(text.to_str().unwrap(), "é".repeat((LIGHTSSS_TEXT - 1) / 2));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused_by_name() {
        // SAFETY: a C string that lives for ever.
        let found = unsafe { required(c"\xff".as_ptr(), "label") };
        assert!(
            found
                .unwrap_err()
                .message
                .starts_with("`label` is not UTF-8")
        );
    }
}
