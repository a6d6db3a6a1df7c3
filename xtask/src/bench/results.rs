//! The rows of a run and what follows from them.

use lightsss_bench_rows::Row;
use serde::{Deserialize, Serialize};

use super::figures::Figure;
use super::machine::Machine;

/// A run of the benchmarks, as `--json` writes it.
#[derive(Serialize, Deserialize)]
pub struct Results {
    pub machine: Machine,
    pub quick: bool,
    /// How long measuring took, without the builds; of one run.
    #[serde(default)]
    pub seconds: Option<f64>,
    pub rows: Vec<Measured>,
}

/// A row and what follows from its samples.
#[derive(Serialize, Deserialize)]
pub struct Measured {
    #[serde(flatten)]
    pub row: Row,
    pub figure: Figure,
}

impl From<Row> for Measured {
    fn from(row: Row) -> Self {
        let figure = Figure::of(&row);
        Self { row, figure }
    }
}
