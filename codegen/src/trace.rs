//! The formats of waveforms.

use std::fmt;

use serde::{Serialize, Serializer};

/// A format of waveforms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Trace {
    /// Value change dump.
    Vcd,
    /// Fast signal trace.
    Fst,
    /// Switching activity.
    Saif,
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vcd => "VCD",
            Self::Fst => "FST",
            Self::Saif => "SAIF",
        })
    }
}

impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
