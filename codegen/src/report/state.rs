//! What is known of the state of a savable model.

use serde::Serialize;

use crate::state::{Entry, Kind, Member, State, Table};

/// The state of a savable model, by name.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct StateReport {
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

impl StateReport {
    pub(super) fn of(state: &State) -> Self {
        match &state.table {
            Ok(table) => Self::of_table(table),
            Err(reason) => Self {
                no_table: Some(reason.clone()),
                ..Self::default()
            },
        }
    }

    fn of_table(table: &Table) -> Self {
        let mut report = Self::default();
        for instance in &table.instances {
            report.instances += 1;
            for entry in &table.classes[instance.class].entries {
                if let Entry::Member(member) = entry {
                    report.members += 1;
                    match bytes(member) {
                        Some(bytes) => report.bytes += bytes,
                        None => report.through_operators += 1,
                    }
                }
            }
        }
        report
    }
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
