//! Saving and restoring values: the trait, its reader and writer, and the types of `std`.
