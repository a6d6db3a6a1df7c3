//! Values with more bits than they may have.

use super::lines::in_format;
use crate::describe::storage_bits;

/// What the documentation says of a setter that refuses values.
pub const TOO_WIDE: &str =
    "\n\nA value too wide is refused by a panic in debug builds and cut in release builds.";

/// What an assertion says of a value with more bits than it may have, as a format.
pub fn too_wide(width: u32, what: &str) -> String {
    format!(
        "{{value:#x}} does not fit into the {width} bits of {}",
        in_format(what)
    )
}

/// The bits that an integer of a width may have, where its type has more.
pub fn mask(width: u32) -> Option<String> {
    (width < storage_bits(width)).then(|| format!("{:#x}", u64::MAX >> (64 - width)))
}
