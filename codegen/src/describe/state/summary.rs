//! The state of a savable model in figures.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Entry, Kind, Member, State, Table};

/// The state of a savable model in figures.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Objects that hold variables.
    pub instances: usize,
    /// Their variables, helpers of Verilator's included.
    pub members: usize,
    /// Bytes of those variables that are copied as they lie.
    pub bytes: u64,
    /// Variables that go through Verilator's operators.
    pub through_operators: usize,
    /// Why there is no table, so that all goes through Verilator's operators and nothing has a name.
    pub no_table: Option<String>,
}

impl State {
    /// Its figures.
    #[must_use]
    pub fn summary(&self) -> Summary {
        match &self.table {
            Ok(table) => of_table(table),
            Err(reason) => Summary {
                no_table: Some(reason.clone()),
                ..Summary::default()
            },
        }
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.summary().serialize(serializer)
    }
}

fn of_table(table: &Table) -> Summary {
    let mut summary = Summary::default();
    for instance in &table.instances {
        summary.instances += 1;
        for entry in &table.classes[instance.class].entries {
            if let Entry::Member(member) = entry {
                summary.members += 1;
                match bytes(member) {
                    Some(bytes) => summary.bytes += bytes,
                    None => summary.through_operators += 1,
                }
            }
        }
    }
    summary
}

/// Bytes of a member in memory, if those are what is streamed.
fn bytes(member: &Member) -> Option<u64> {
    let element = match member.kind {
        Kind::Bits { bytes, .. } => u64::from(bytes),
        Kind::Bool => 1,
        Kind::Real => 8,
        Kind::Text | Kind::Other(_) => return None,
    };
    let elements = member.dimensions.iter().map(|length| u64::from(*length));
    Some(elements.product::<u64>() * element)
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.no_table {
            return write!(f, "through Verilator's operators alone: {reason}");
        }
        write!(
            f,
            "{} variables in {} instances, {} bytes of them copied",
            self.members, self.instances, self.bytes
        )?;
        match self.through_operators {
            0 => Ok(()),
            some => write!(f, "; {some} through Verilator's operators"),
        }
    }
}
