//! The whole state, for an asker that compares it by name.

use super::super::error::QueryError;
use super::super::protocol::StateParts;
use crate::savable::{Source as _, save_to_image};
use crate::simulation::Simulation;

/// The parts of the state, and their bytes.
pub(super) fn of<S: Simulation>(simulation: &S) -> Result<(StateParts, Vec<u8>), QueryError> {
    let image = save_to_image(simulation).map_err(QueryError::failed)?;
    let mut bytes = Vec::with_capacity(image.size());
    bytes.extend_from_slice(image.schema());
    bytes.extend_from_slice(image.stream());
    let mut sections = Vec::new();
    for number in 0..image.section_count() {
        let Some(info) = image.section(number) else {
            continue;
        };
        let section = image.section_slice(number);
        bytes.extend_from_slice(section);
        sections.push((info.kind.code(), info.name, section.len()));
    }
    let parts = StateParts {
        cycle: simulation.cycle(),
        schema: image.schema().len(),
        stream: image.stream().len(),
        sections,
    };
    Ok((parts, bytes))
}
