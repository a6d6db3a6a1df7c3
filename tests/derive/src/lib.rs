//! What the tests of the derive share.

pub mod corpus;

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{Image, RestoreError, restore_from_image, save_to_image};

/// Saves a value.
///
/// # Panics
/// If the value is refused.
pub fn saved<T: Savable>(value: &T) -> Image {
    save_to_image(value).unwrap_or_else(|error| panic!("save: {error}"))
}

/// Saves `from` and restores it into `to`.
pub fn transfer<T: Savable>(from: &T, to: &mut T) -> Result<(), RestoreError> {
    restore_from_image(to, &saved(from))
}

/// Restores `old` into `new`, of another type; gives the message of a refusal.
pub fn restore<Old: Savable, New: Savable>(old: &Old, new: &mut New) -> Result<(), String> {
    restore_from_image(new, &saved(old)).map_err(|error| error.to_string())
}
