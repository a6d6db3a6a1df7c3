//! Where a model's state lies in memory, and in which steps its stream is copied.

use super::table::{EntryKind, Signal, Table};

/// Where a member lies in its class, as the C++ compiler says.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Bytes from the start of the object.
    pub offset: u64,
    /// `sizeof`.
    pub size: u64,
}

/// A part of the stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StreamStep {
    /// Bytes as they lie in memory: members side by side are one step.
    Copy { offset: u64, size: u64 },
    /// A constant.
    Check(u64),
    /// The context, as operators write it.
    Context,
    /// A member, as operators write it.
    Operator,
}

/// A model's table together with its members' places.
#[derive(Debug)]
pub(super) struct ModelLayout {
    pub(super) table: &'static Table,
    places: Vec<Place>,
    instances: Vec<u64>,
    pub(super) steps: Vec<StreamStep>,
}

impl ModelLayout {
    /// Joins what codegen and the C++ compiler say; the two must agree.
    pub(super) fn new(
        table: &'static Table,
        places: Vec<Place>,
        instances: Vec<u64>,
    ) -> Result<ModelLayout, String> {
        for instance in 0..table.instance_count() {
            let class = table.class_name(instance);
            for index in table.instance_entries(instance) {
                let signal = table.signal(instance, index);
                let size = places[index as usize].size;
                if plain(&signal) && signal.entry.size() != Some(size) {
                    return Err(format!(
                        "`{class}` holds `{}` in {size} bytes, by its header's text it takes {}",
                        signal.local_name(),
                        signal.entry.size().unwrap_or_default()
                    ));
                }
            }
        }
        let mut layout = ModelLayout {
            table,
            places,
            instances,
            steps: Vec::new(),
        };
        layout.steps = layout.make_steps();
        Ok(layout)
    }

    fn make_steps(&self) -> Vec<StreamStep> {
        let mut steps: Vec<StreamStep> = Vec::new();
        for instance in 0..self.table.instance_count() {
            for index in self.table.instance_entries(instance) {
                let signal = self.table.signal(instance, index);
                let step = match signal.entry.kind {
                    EntryKind::Check => StreamStep::Check(signal.entry.check),
                    EntryKind::Context => StreamStep::Context,
                    EntryKind::Text | EntryKind::Other => StreamStep::Operator,
                    EntryKind::Bits | EntryKind::Bool | EntryKind::Real => {
                        let (offset, size) = self.place(&signal);
                        if let Some(StreamStep::Copy {
                            offset: before,
                            size: length,
                        }) = steps.last_mut()
                            && *before + *length == offset
                        {
                            *length += size;
                            continue;
                        }
                        StreamStep::Copy { offset, size }
                    }
                };
                steps.push(step);
            }
        }
        steps
    }

    /// Offset from the symbol table, and size, of a signal of this layout's table.
    pub(super) fn place(&self, signal: &Signal<'_>) -> (u64, u64) {
        let place = self.places[signal.index as usize];
        (
            self.instances[signal.instance as usize].wrapping_add(place.offset),
            place.size,
        )
    }
}

/// Whether a signal's bytes in memory are its bytes in the stream.
pub(super) fn plain(signal: &Signal<'_>) -> bool {
    matches!(
        signal.entry.kind,
        EntryKind::Bits | EntryKind::Bool | EntryKind::Real
    )
}
