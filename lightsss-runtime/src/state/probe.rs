//! Signals of a live model, compiled to addresses: read after every cycle at the model's own speed.

use super::State;
use super::layout::plain;
use super::live::StateError;
use super::model::LiveModel;
use super::names::Names;
use super::part::Part;
use super::stored::elements_of;
use super::table::{Kind, Signal};
use super::value::Value;

/// A signal of a live model, or a part of one.
#[derive(Debug)]
pub(crate) struct Probe {
    model: LiveModel,
    signal: Signal<'static>,
    part: Part,
    /// A signal that is no array, or one element of one.
    single: bool,
    place: ProbePlace,
}

#[derive(Debug)]
enum ProbePlace {
    /// A vector of at most 64 bits.
    Word {
        from: *const u8,
        bytes: u8,
        low: u32,
        mask: u64,
    },
    /// Plain data.
    Bytes { from: *const u8, size: usize },
    /// What only operators read.
    Operators { path: String },
}

impl Probe {
    /// Compiles the signal that `path` names. It is of this model object, and not of the next one that lies there.
    pub(crate) fn compile(model: LiveModel, path: &str) -> Result<Self, StateError> {
        let layout = model.verified().map_err(|reason| StateError::NoTable {
            reason: reason.to_owned(),
        })?;
        let names = model.state.names.get_or_init(Names::default);
        let (signal, part) = names.find(layout.table, path)?;
        let Some(part) = part else {
            return Err(StateError::Index {
                name: signal.name(),
                dimensions: signal.dimensions().to_vec(),
                found: path.to_owned(),
            });
        };
        let element = part.element(&signal);
        let single = element.is_some() || signal.kind() == Kind::Other;
        let place = if plain(&signal) {
            let (offset, size) = layout.place(&signal);
            let stride = signal.entry.bytes as usize;
            let first = element.map_or(0, |at| at as usize * stride);
            let from = model.address(offset).wrapping_add(first);
            match (element, signal.kind()) {
                (Some(_), Kind::Bits { .. }) if stride <= 8 => {
                    let (low, width) = part.bits_of(&signal);
                    ProbePlace::Word {
                        from,
                        bytes: stride as u8,
                        low,
                        mask: u64::MAX >> (64 - width.clamp(1, 64)),
                    }
                }
                _ => ProbePlace::Bytes {
                    from,
                    size: if element.is_some() {
                        stride
                    } else {
                        size as usize
                    },
                },
            }
        } else {
            ProbePlace::Operators {
                path: path.to_owned(),
            }
        };
        Ok(Self {
            model,
            signal,
            part,
            single,
            place,
        })
    }

    /// The bits of a value.
    pub(crate) fn width(&self) -> u32 {
        self.part.width(&self.signal)
    }

    /// Whether it has one value: it is no array, or an element of one.
    pub(crate) fn is_single(&self) -> bool {
        self.single
    }

    /// The value of a vector of at most 64 bits; nothing for others.
    ///
    /// # Safety
    ///
    /// The model for which it was compiled is live, and nobody evaluates or changes it meanwhile; the calling thread is
    /// the one that evaluates it.
    pub(crate) unsafe fn word(&self) -> Option<u64> {
        let ProbePlace::Word {
            from,
            bytes,
            low,
            mask,
        } = self.place
        else {
            return None;
        };
        // SAFETY: a member of the live model, of this many bytes (`ModelLayout`); nobody writes it (the caller).
        let word = unsafe {
            match bytes {
                1 => u64::from(from.read()),
                2 => u64::from(from.cast::<u16>().read_unaligned()),
                4 => u64::from(from.cast::<u32>().read_unaligned()),
                _ => from.cast::<u64>().read_unaligned(),
            }
        };
        Some(word >> low & mask)
    }

    /// Bytes that are others whenever the value is another.
    ///
    /// # Safety
    ///
    /// As for [`Probe::word`].
    pub(crate) unsafe fn bytes_into(&self, into: &mut Vec<u8>) -> Result<(), StateError> {
        into.clear();
        match &self.place {
            ProbePlace::Word { .. } => {
                // SAFETY: the caller's.
                let word = unsafe { self.word() }.unwrap_or_default();
                into.extend_from_slice(&word.to_le_bytes());
            }
            ProbePlace::Bytes { from, size } if !self.is_part() => {
                // SAFETY: as in `word`; members are arrays of integers, without padding.
                into.extend_from_slice(unsafe { std::slice::from_raw_parts(*from, *size) });
            }
            ProbePlace::Bytes { .. } | ProbePlace::Operators { .. } => {
                // SAFETY: the caller's.
                for value in unsafe { self.values() }? {
                    value.put_bytes(into);
                }
            }
        }
        Ok(())
    }

    /// The values of its elements, in the order of their indices.
    ///
    /// # Safety
    ///
    /// As for [`Probe::word`].
    pub(crate) unsafe fn values(&self) -> Result<Vec<Value>, StateError> {
        match &self.place {
            ProbePlace::Word { .. } => {
                // SAFETY: the caller's.
                let word = unsafe { self.word() }.unwrap_or_default();
                let (_, width) = self.part.bits_of(&self.signal);
                Ok(vec![Value::Bits(super::Bits::new(
                    width,
                    &[word as u32, (word >> 32) as u32],
                ))])
            }
            ProbePlace::Bytes { from, size } => {
                // SAFETY: as in `bytes_into`.
                let bytes = unsafe { std::slice::from_raw_parts(*from, *size) };
                let elements = elements_of(&self.signal, bytes).zip(0..);
                Ok(elements
                    .filter(|(_, at)| self.single || self.part.has(&self.signal, *at))
                    .map(|(bytes, _)| self.part.value(Value::of_element(&self.signal, bytes)))
                    .collect())
            }
            ProbePlace::Operators { path } => State::new(self.model)?.peek_all(path),
        }
    }

    fn is_part(&self) -> bool {
        self.part.has_some_bits() || !self.single && !self.part.is_all()
    }
}
