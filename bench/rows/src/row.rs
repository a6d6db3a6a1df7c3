//! A row: samples of ours and of theirs, and what they are to be.

use serde::{Deserialize, Serialize};

/// One comparison. Printed by a program, read by `cargo xtask bench`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The stable name: `part/what/size/variant`, in lower case.
    pub row: String,
    /// What is measured, for the table.
    pub what: String,
    /// Of the samples: `ns`, `us`, `ms`, `s`, `B`, `MiB/s`, `cycles/s`, `1/s`, or empty for a plain number.
    pub unit: String,
    /// Which way is better.
    pub better: Better,
    /// Samples of ours.
    pub ours: Vec<f64>,
    /// Samples of theirs, the n-th taken beside the n-th of ours; empty when there is no peer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub theirs: Vec<f64>,
    /// What theirs is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub theirs_is: String,
    /// What no implementation can pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// What is aimed at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Where the row lies in a plot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plot: Option<Plot>,
    /// A remark for the reader, such as why it loses.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Times, sizes.
    Lower,
    /// Speeds.
    Higher,
}

/// What no implementation can pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// In the row's unit.
    pub value: f64,
    /// Where it comes from, such as `memcpy`.
    pub is: String,
}

/// What is aimed at. For [`Better::Lower`] it is to be at most this, else at least.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Of ours to theirs.
    Ratio(f64),
    /// Of ours, in the row's unit.
    Ours(f64),
}

/// A point of a plot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plot {
    /// The plot: `pause` (x in MiB).
    pub name: String,
    /// The line that ours belongs to; theirs is drawn as `theirs_is`.
    pub series: String,
    /// The place on the horizontal axis.
    pub x: f64,
}

impl Row {
    /// A row without a peer, target or limit.
    #[must_use]
    pub fn new(
        row: impl Into<String>,
        what: impl Into<String>,
        unit: &str,
        ours: Vec<f64>,
    ) -> Self {
        Self {
            row: row.into(),
            what: what.into(),
            unit: unit.to_owned(),
            better: Better::Lower,
            ours,
            theirs: Vec::new(),
            theirs_is: String::new(),
            limit: None,
            target: None,
            plot: None,
            note: String::new(),
        }
    }

    /// More is better.
    #[must_use]
    pub fn higher(mut self) -> Self {
        self.better = Better::Higher;
        self
    }

    /// Adds the peer.
    #[must_use]
    pub fn against(mut self, theirs_is: impl Into<String>, theirs: Vec<f64>) -> Self {
        self.theirs_is = theirs_is.into();
        self.theirs = theirs;
        self
    }

    /// The ratio of ours to theirs is to be at most this (at least, where more is better).
    #[must_use]
    pub fn target_ratio(mut self, ratio: f64) -> Self {
        self.target = Some(Target::Ratio(ratio));
        self
    }

    /// Ours is to be at most this (at least, where more is better).
    #[must_use]
    pub fn target_ours(mut self, value: f64) -> Self {
        self.target = Some(Target::Ours(value));
        self
    }

    /// Says what no implementation can pass, in the row's unit.
    #[must_use]
    pub fn limit(mut self, value: f64, is: impl Into<String>) -> Self {
        self.limit = Some(Limit {
            value,
            is: is.into(),
        });
        self
    }

    /// Makes it a point of a plot.
    #[must_use]
    pub fn plot(mut self, name: &str, series: impl Into<String>, x: f64) -> Self {
        self.plot = Some(Plot {
            name: name.to_owned(),
            series: series.into(),
            x,
        });
        self
    }

    /// Adds a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Prints it as a line of JSON.
    ///
    /// # Panics
    /// If a sample is not a finite number.
    pub fn print(&self) {
        assert!(
            self.ours
                .iter()
                .chain(&self.theirs)
                .all(|sample| sample.is_finite()),
            "row `{}` has a sample that is no number",
            self.row
        );
        println!("{}", serde_json::to_string(self).expect("plain data"));
    }
}
