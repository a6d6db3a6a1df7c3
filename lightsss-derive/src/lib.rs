//! `#[derive(Savable)]`: save and restore code for simulation harnesses.
