//! What generated bindings share: contexts, halts, wide values.
