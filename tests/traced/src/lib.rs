//! The programs of these tests are in `src/bin`.
