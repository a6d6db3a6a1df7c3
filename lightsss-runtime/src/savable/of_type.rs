//! Schemas and descriptions of a type: beside their own files, which know no types.

use super::describe::Present;
use super::schema::Hash;
use super::{Description, Link, Savable};

impl Link {
    /// To the schema of `T`.
    #[must_use]
    pub const fn to<T: Savable + ?Sized>() -> Link {
        Link {
            schema: T::schema,
            type_name: std::any::type_name::<T>,
            padded: T::SIZE.min() == 0,
            fingerprint: T::SCHEMA.fingerprint,
        }
    }

    /// To the schema of a `T` that contains the referring type: its fingerprint is taken from `text`,
    /// since computing it would never end.
    #[must_use]
    pub const fn back_to<T: Savable + ?Sized>(text: &str) -> Link {
        Link {
            schema: T::schema,
            type_name: std::any::type_name::<T>,
            padded: T::SIZE.min() == 0,
            fingerprint: Hash::new().text(text).done(),
        }
    }
}

impl Description {
    /// Describes `T`.
    #[must_use]
    pub fn of<T: Savable + ?Sized>() -> Description {
        Present::of(T::schema(), std::any::type_name::<T>())
            .description
            .clone()
    }
}
