//! Peek and poke.

use std::fmt;
use std::marker::PhantomData;

use super::convert::FromValue;
use super::layout::{ModelLayout, plain};
use super::model::LiveModel;
use super::names::{Names, UnknownName};
use super::part::Part;
use super::stored::elements_of;
use super::table::{EntryKind, Kind, Signal, Table};
use super::value::{Bits, Value};

/// A signal that could not be read or written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The model has no state table.
    #[error("the model's state has no names: {reason}")]
    NoTable {
        /// Why not.
        reason: String,
    },
    /// No such signal.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    /// The indices do not fit the array.
    #[error(
        "`{name}` has the unpacked dimensions {dimensions:?}, found `{found}`; give one index for each, below its length, \
         and behind them bits of a vector"
    )]
    Index {
        /// The signal.
        name: String,
        /// Its dimensions' lengths.
        dimensions: Vec<u32>,
        /// The path.
        found: String,
    },
    /// The value is of another kind, or does not fit.
    #[error("`{name}` is {found}, expected {expected}")]
    Type {
        /// The signal.
        name: String,
        /// What it is or has.
        found: String,
        /// What was asked for.
        expected: String,
    },
    /// The model halted.
    #[error("{0}")]
    Halted(String),
}

/// The state of a live model, by name.
///
/// Names are hierarchical, as the designer writes them: `soc.cpu.pc`, `soc.ram[5]`. Indices of
/// unpacked arrays count from 0, whatever the source declares; bits are those of the declaration: `soc.bus[7:4]`.
///
/// Only state is there. A wire that Verilator computes on the way has no name. An input of a module that
/// is not inlined may be stale, where Verilator reads the outer signal instead.
///
/// The next evaluation sees a poked value. What depends on it combinationally is computed when its inputs
/// or clocks change.
pub struct State<'m> {
    model: LiveModel,
    layout: &'static ModelLayout,
    names: &'static Names,
    borrow: PhantomData<&'m mut ()>,
}

impl fmt::Debug for State<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("model", &self.model.state.name)
            .finish_non_exhaustive()
    }
}

impl<'m> State<'m> {
    /// The state of a model that the caller borrows for `'m`.
    #[doc(hidden)]
    pub fn new(model: LiveModel) -> Result<State<'m>, StateError> {
        let layout = model.verified().map_err(|reason| StateError::NoTable {
            reason: reason.to_owned(),
        })?;
        let names = model.state.names.get_or_init(Names::default);
        Ok(State {
            model,
            layout,
            names,
            borrow: PhantomData,
        })
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &'static Table {
        self.layout.table
    }

    /// Every signal, in the order of the stream.
    pub fn signals(&self) -> impl Iterator<Item = Signal<'static>> + use<> {
        self.layout.table.signals()
    }

    /// The signal that `path` names.
    pub fn signal(&self, path: &str) -> Result<Signal<'static>, StateError> {
        Ok(self.names.find(self.layout.table, path)?.0)
    }

    /// The value of a signal that is no array, or of an element of one.
    pub fn peek(&self, path: &str) -> Result<Value, StateError> {
        let (signal, part, at) = self.element(path)?;
        if plain(&signal) {
            let bytes = self.element_bytes(&signal, at);
            return Ok(part.value(Value::of_element(&signal, &bytes)));
        }
        let entries = self.model.save_entries().map_err(StateError::Halted)?;
        let bytes = self
            .operator(&signal)
            .and_then(|at| entries.get(at))
            .unwrap_or_default();
        let bytes = elements_of(&signal, bytes)
            .nth(at as usize)
            .unwrap_or_default();
        Ok(Value::of_element(&signal, bytes))
    }

    /// The value as a Rust type: `bool` for single bits, integers for vectors that fit, [`Bits`] for vectors
    /// of any width, `f64`, `String`. For a signed integer the vector's highest bit is its sign.
    ///
    /// ```
    /// use lightsss_runtime::state::{Bits, State, StateError};
    ///
    /// fn look(state: &State<'_>) -> Result<(i32, Bits), StateError> {
    ///     Ok((state.get("soc.alu.difference")?, state.get("soc.cache.line")?))
    /// }
    /// ```
    pub fn get<T: FromValue>(&self, path: &str) -> Result<T, StateError> {
        let value = self.peek(path)?;
        T::from_value(&value).ok_or_else(|| StateError::Type {
            name: path.to_owned(),
            found: describe(&value),
            expected: T::EXPECTED.to_owned(),
        })
    }

    /// The values of all elements, in the order of their indices. A signal that is no array has
    /// one. A path with ranges of indices gives the elements within them.
    pub fn peek_all(&self, path: &str) -> Result<Vec<Value>, StateError> {
        let (signal, part) = self.part(path)?;
        let bytes = if plain(&signal) {
            let (offset, size) = self.layout.place(&signal);
            self.model.read(offset, size as usize)
        } else {
            let entries = self.model.save_entries().map_err(StateError::Halted)?;
            self.operator(&signal)
                .and_then(|at| entries.get(at))
                .unwrap_or_default()
                .to_vec()
        };
        let values = elements_of(&signal, &bytes).zip(0..);
        Ok(values
            .filter(|(_, at)| part.has(&signal, *at))
            .map(|(bytes, _)| part.value(Value::of_element(&signal, bytes)))
            .collect())
    }

    /// Sets a signal that is no array, or an element of one.
    ///
    /// Integers fit where their value does, and negative ones are extended to the vector's width; what only
    /// operators read cannot be set.
    ///
    /// ```
    /// use lightsss_runtime::state::{Bits, State, StateError};
    ///
    /// fn disturb(mut state: State<'_>) -> Result<(), StateError> {
    ///     state.poke("soc.alu.difference", -1)?;
    ///     state.poke("soc.ram[17]", 0xdead_beef_u32)?;
    ///     state.poke("soc.cache.line", Bits::new(512, &[7; 16]))
    /// }
    /// ```
    pub fn poke(&mut self, path: &str, value: impl Into<Value>) -> Result<(), StateError> {
        let value = value.into();
        let (signal, part, at) = self.element(path)?;
        let mut bytes = encode(&signal, part.width(&signal), &value)?;
        if plain(&signal) {
            if part.has_some_bits() {
                let width = signal.width();
                let old = Bits::from_bytes(width, &self.element_bytes(&signal, at));
                let new = Bits::from_bytes(part.width(&signal), &bytes);
                bytes = bytes_of(&signal, &part.replace(&old, &new));
            }
            let (offset, _) = self.layout.place(&signal);
            self.model
                .write(offset + at * u64::from(signal.entry.bytes), &bytes);
            return Ok(());
        }
        // A string: what operators read is read back as a whole, with that one changed.
        let entries = self.model.save_entries().map_err(StateError::Halted)?;
        let Some(index) = self.operator(&signal) else {
            return Ok(());
        };
        let mut all = Vec::with_capacity(entries.bytes.len() + bytes.len());
        for entry in 0..entries.ends.len() {
            let old = entries.get(entry).unwrap_or_default();
            if entry == index {
                for (number, text) in elements_of(&signal, old).enumerate() {
                    all.extend_from_slice(if number as u64 == at { &bytes } else { text });
                }
            } else {
                all.extend_from_slice(old);
            }
        }
        self.model.restore_entries(&all).map_err(StateError::Halted)
    }

    /// The signal that a path names, and the part of it.
    fn part(&self, path: &str) -> Result<(Signal<'static>, Part), StateError> {
        let (signal, part) = self.names.find(self.layout.table, path)?;
        match part {
            Some(part) => Ok((signal, part)),
            None => Err(out_of_bounds(&signal, path)),
        }
    }

    /// The signal that a path names, the part of it, and the one element of that.
    fn element(&self, path: &str) -> Result<(Signal<'static>, Part, u64), StateError> {
        let (signal, part) = self.part(path)?;
        let at = match signal.kind() {
            Kind::Other => Some(0),
            _ => part.element(&signal),
        };
        match at {
            Some(at) => Ok((signal, part, at)),
            None => Err(out_of_bounds(&signal, path)),
        }
    }

    /// The bytes of an element that lies in memory as it is streamed.
    fn element_bytes(&self, signal: &Signal<'_>, at: u64) -> Vec<u8> {
        let (offset, _) = self.layout.place(signal);
        let size = signal.entry.bytes as usize;
        self.model.read(offset + at * size as u64, size)
    }

    /// Which of the operators' entries is the signal's.
    fn operator(&self, wanted: &Signal<'_>) -> Option<usize> {
        // The context comes first.
        let operators = self.layout.table.signals().filter(|signal| !plain(signal));
        let mut numbered = operators.zip(1..);
        let same = |signal: &Signal<'_>| {
            (signal.instance, signal.index) == (wanted.instance, wanted.index)
        };
        numbered.find(|(signal, _)| same(signal)).map(|(_, at)| at)
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Bits(bits) => format!("a vector of {} bits with the value {bits}", bits.width()),
        Value::Signed(value) => format!("the signed integer {value}"),
        Value::Real(_) => "a real number".to_owned(),
        Value::Text(_) => "a string".to_owned(),
        Value::Opaque(_) => "something that only Verilator's operators read".to_owned(),
    }
}

fn out_of_bounds(signal: &Signal<'_>, path: &str) -> StateError {
    StateError::Index {
        name: signal.name(),
        dimensions: signal.dimensions().to_vec(),
        found: path.to_owned(),
    }
}

/// A vector as the bytes of an element of the signal.
fn bytes_of(signal: &Signal<'_>, bits: &Bits) -> Vec<u8> {
    let words = bits.words().iter();
    let mut bytes: Vec<u8> = words.flat_map(|word| word.to_le_bytes()).collect();
    bytes.resize(signal.entry.bytes as usize, 0);
    bytes
}

/// A value as the bytes of an element of the signal, or of `width` bits of it.
fn encode(signal: &Signal<'_>, width: u32, value: &Value) -> Result<Vec<u8>, StateError> {
    let refused = |found: String| StateError::Type {
        name: signal.name(),
        found,
        expected: format!("a value like the given one, {value}"),
    };
    match (signal.kind(), value) {
        (Kind::Bits { .. }, Value::Bits(bits)) => {
            let kept = Bits::new(width, bits.words());
            let lost = bits
                .words()
                .iter()
                .enumerate()
                .any(|(at, word)| *word != kept.words().get(at).copied().unwrap_or_default());
            if lost {
                return Err(refused(format!("a vector of {width} bits")));
            }
            Ok(bytes_of(signal, &kept))
        }
        (Kind::Bits { .. }, Value::Signed(value)) => {
            let Some(bits) = Bits::of_signed(*value, width) else {
                return Err(refused(format!("a vector of {width} bits")));
            };
            encode(signal, width, &Value::Bits(bits))
        }
        (Kind::Real, Value::Real(value)) => Ok(value.to_le_bytes().to_vec()),
        (Kind::Text, Value::Text(text)) => {
            let length = u32::try_from(text.len())
                .map_err(|_| refused("a string below 4 GiB".to_owned()))?;
            Ok([&length.to_le_bytes()[..], text.as_bytes()].concat())
        }
        (Kind::Bits { .. }, _) => Err(refused(format!("a vector of {width} bits"))),
        (Kind::Real, _) => Err(refused("a real number".to_owned())),
        (Kind::Text, _) => Err(refused("a string".to_owned())),
        (Kind::Other, _) => {
            debug_assert!(matches!(signal.entry.kind, EntryKind::Other));
            Err(refused(
                "something that only Verilator's operators read".to_owned(),
            ))
        }
    }
}
