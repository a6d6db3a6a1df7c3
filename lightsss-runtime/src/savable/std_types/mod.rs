//! `Savable` for the types of `std`, by family.

mod cells;
mod maps;
mod numbers;
mod options;
mod owners;
mod ranges;
mod refused;
mod sequences;
mod texts;
mod times;
mod tuples;
