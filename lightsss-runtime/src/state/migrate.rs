//! A snapshot of one build of a model, loaded into another: variable by variable, by name.
//!
//! Three things make this unsound, and cannot be seen from here:
//!
//! - A variable has kept its name and changed its meaning.
//! - Two builds keep the same state in different variables.
//! - One version has helpers of the scheduler that another has not.
//!
//! So the caller asks for it ([`Policy::ByName`](crate::savable::Policy::ByName)), and the result says what was
//! done. Then the model is settled: everything combinational is computed anew from what was loaded. A model
//! that halts meanwhile is put back as it was. Its output, and the effects of foreign code that it called, stay.

use std::collections::HashMap;
use std::fmt;

use super::diff::shape_text;
use super::layout::plain;
use super::model::{LiveModel, ModelState};
use super::names::Names;
use super::operator_entries::OperatorEntries;
use super::stored::StoredState;
use super::stream::{Stream, read, stored_in};
use super::table::{EntryKind, Signal};
use super::widths::{does_not_fit, fits};

use crate::savable::{RestoreError, Section};

/// What a restore by name did.
#[derive(Clone, PartialEq, Debug)]
pub struct Migration {
    /// Verilator's version that wrote the snapshot, and that of the model.
    pub versions: (String, String),
    /// How many of the designer's signals were found by name.
    pub matched: usize,
    /// Signals that the snapshot does not hold, and how they were set.
    pub new: Vec<(String, Initial)>,
    /// Signals that the model does not have.
    pub gone: Vec<String>,
    /// Signals of another shape: name, shape in the snapshot, shape in the model. They are left as
    /// they are.
    pub reshaped: Vec<(String, String, String)>,
    /// State outside of the model's variables (the random generator's, open files) that could not be
    /// restored, and why.
    pub lost: Vec<String>,
    /// The time that was restored.
    pub time: Option<u64>,
    /// Whether the model could be settled. Otherwise combinational values are computed as their
    /// inputs change.
    pub settled: bool,
}

/// The value of a signal that the snapshot does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Initial {
    /// It was left as it was in the live model.
    Kept,
    /// A helper that remembers a signal for finding its edges: the signal's restored value.
    Of(String),
}

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = &self.versions;
        writeln!(
            f,
            "loaded by name: {} signals, Verilator {from} -> {to}",
            self.matched
        )?;
        for (name, initial) in &self.new {
            match initial {
                Initial::Kept => writeln!(f, "  new: {name}, left as it was")?,
                Initial::Of(signal) => writeln!(f, "  new: {name}, set to the value of {signal}")?,
            }
        }
        for name in &self.gone {
            writeln!(f, "  gone: {name}")?;
        }
        for (name, from, to) in &self.reshaped {
            writeln!(f, "  reshaped: {name}, {from} -> {to}, left as it was")?;
        }
        for reason in &self.lost {
            writeln!(f, "  lost: {reason}")?;
        }
        Ok(())
    }
}

/// What is to be done.
pub(super) struct Plan<'a> {
    stored: StoredState<'a>,
    others: Vec<(u8, &'a [u8])>,
    time: Option<u64>,
    same_version: bool,
    /// For each signal of the model, the one in the snapshot.
    from: HashMap<(u32, u32), (u32, u32)>,
    report: Migration,
}

/// Finds counterparts by name; refuses where too few are found.
pub(super) fn plan<'a>(
    state: &'static ModelState,
    section: &Section<'_>,
    bytes: &'a [u8],
    most_unmatched: f64,
) -> Result<Plan<'a>, RestoreError> {
    let parts = read(section, bytes)?;
    let Some(stored) = stored_in(section, StoredState::read(bytes))? else {
        return Err(section.refused(
            "it holds no state table, so it cannot be loaded by name; restore it with the build that \
             saved it",
        ));
    };
    let table = state.table().map_err(|reason| {
        section.refused(format!(
            "the model has no state table ({reason}), so it cannot be loaded by name"
        ))
    })?;
    let mut report = Migration {
        versions: (parts.version.to_owned(), state.version.to_owned()),
        matched: 0,
        new: Vec::new(),
        gone: Vec::new(),
        reshaped: Vec::new(),
        lost: Vec::new(),
        time: parts.time,
        settled: false,
    };
    let (theirs, ours) = (Names::default(), Names::default());
    let mut from = HashMap::new();
    let mut wanted = 0_usize;
    for signal in table.signals() {
        wanted += usize::from(!signal.is_helper());
        let name = signal.name();
        match theirs.exact(stored.table(), &name) {
            Some(other) if other.same_shape(&signal) && is_place(signal.cpp_type()) => {
                report.lost.push(format!(
                    "`{name}` leads to a place in the model that was saved, and stays as it is"
                ));
            }
            Some(other) if other.same_shape(&signal) => {
                let bytes = stored.entry_bytes(other.instance, other.index);
                if plain(&signal) && !fits(signal.entry, bytes) {
                    return Err(section.refused(does_not_fit(&signal)));
                }
                report.matched += usize::from(!signal.is_helper());
                from.insert(
                    (signal.instance, signal.index),
                    (other.instance, other.index),
                );
            }
            Some(other) => report
                .reshaped
                .push((name, shape_text(&other), shape_text(&signal))),
            None => {
                let initial = remembered(&name)
                    .filter(|about| {
                        let about = ours.exact(table, about);
                        about.is_some_and(|about| holds(&signal, &about))
                    })
                    .map_or(Initial::Kept, Initial::Of);
                report.new.push((name, initial));
            }
        }
    }
    let mut gone = 0_usize;
    for signal in stored.table().signals() {
        let name = signal.name();
        if ours.exact(table, &name).is_none() {
            gone += usize::from(!signal.is_helper());
            report.gone.push(name);
        }
    }
    let all = wanted + gone;
    let unmatched = (all - report.matched) as f64 / (all.max(1)) as f64;
    if unmatched > most_unmatched {
        return Err(section.refused(format!(
            "{} of the model's {wanted} signals have no counterpart of the same name and shape in it, and \
             the model lacks {gone} of its own, which together is a share of {unmatched:.2} of {all}; the \
             policy allows {most_unmatched:.2}",
            wanted - report.matched
        )));
    }
    let same_version = parts.version == state.version;
    Ok(Plan {
        stored,
        others: parts.others,
        time: parts.time,
        same_version,
        from,
        report,
    })
}

/// Whether values of a C++ type name places in the model, which another build has elsewhere: virtual interfaces and
/// forced bits.
fn is_place(cpp_type: &str) -> bool {
    let without_comments = cpp_type.replace("/*", "").replace("*/", "");
    without_comments.contains('*') || without_comments.contains("VlForceVec")
}

/// Whether a variable can hold whatever another one can.
fn holds(signal: &Signal<'_>, other: &Signal<'_>) -> bool {
    let size = |signal: &Signal<'_>| (signal.width(), signal.entry.bytes, signal.count());
    plain(signal) && plain(other) && size(signal) == size(other)
}

/// The signal whose last value a helper remembers: `__Vtrigprevexpr___TOP__soc__DOT__clk__0` is about
/// `soc.clk`.
fn remembered(helper: &str) -> Option<String> {
    let rest = [
        "__Vtrigprevexpr___TOP__",
        "__Vtrigprev__TOP__",
        "__Vtrigrprev__TOP__",
    ]
    .into_iter()
    .find_map(|prefix| helper.strip_prefix(prefix))?;
    let numbered = rest
        .rsplit_once("__")
        .filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    Some(numbered.map_or(rest, |(name, _)| name).replace("__", "."))
}

impl Plan<'_> {
    /// Loads what was found into the model.
    pub(super) fn carry_out(
        mut self,
        model: LiveModel,
        section: &Section<'_>,
    ) -> Result<Migration, RestoreError> {
        let refused = |reason: &str| section.refused(reason);
        let layout = model.verified().map_err(refused)?;
        let live = model.save_entries().map_err(|reason| refused(&reason))?;
        let names = Names::default();
        let mut stream = Vec::new();
        let mut entries = OperatorEntries::default();
        let stored_context = self.stored_context().filter(|_| self.same_version);
        push(
            &mut entries,
            stored_context.or(live.get(0)).unwrap_or_default(),
        );
        let mut operators = 0;
        for instance in 0..layout.table.instance_count() {
            for index in layout.table.instance_entries(instance) {
                let signal = layout.table.signal(instance, index);
                let stored = self.source(&signal).map(<[u8]>::to_vec);
                match signal.entry.kind {
                    EntryKind::Check => stream.extend_from_slice(&signal.entry.check.to_le_bytes()),
                    EntryKind::Context => {
                        stream.extend_from_slice(entries.get(0).unwrap_or_default());
                    }
                    EntryKind::Text | EntryKind::Other => {
                        operators += 1;
                        let bytes = stored
                            .or_else(|| live.get(operators).map(<[u8]>::to_vec))
                            .unwrap_or_default();
                        push(&mut entries, &bytes);
                        stream.extend_from_slice(&bytes);
                    }
                    EntryKind::Bits | EntryKind::Bool | EntryKind::Real => {
                        debug_assert!(plain(&signal));
                        let (offset, size) = layout.place(&signal);
                        let stored = stored.or_else(|| {
                            let about = names.exact(layout.table, &remembered(&signal.name())?)?;
                            // Its own values were held against its width.
                            let bytes = self.source(&about).filter(|_| holds(&signal, &about))?;
                            Some(bytes.to_vec())
                        });
                        let bytes = stored.unwrap_or_else(|| model.read(offset, size as usize));
                        stream.extend_from_slice(&bytes);
                    }
                }
            }
        }
        // Verified: what is not the model's own was held against the model's kinds and widths by `plan`.
        model.put(layout, &Stream::Whole(&stream), &entries, section)?;
        self.report.settled = model.settle().map_err(|reason| refused(&reason))?;
        self.report.time = self.time;
        let context = model.context();
        if let Some(time) = self.time {
            context.set_time(time);
        }
        for (tag, block) in &self.others {
            if let Err(reason) = context.restore(*tag, block, section.allowed_files()) {
                self.report.lost.push(reason);
            }
        }
        Ok(self.report)
    }

    /// The bytes that the snapshot holds for a signal of the model.
    fn source(&self, signal: &Signal<'_>) -> Option<&[u8]> {
        let (instance, index) = self.from.get(&(signal.instance, signal.index))?;
        Some(self.stored.entry_bytes(*instance, *index))
    }

    fn stored_context(&self) -> Option<&[u8]> {
        let table = self.stored.table();
        (0..table.instance_count()).find_map(|instance| {
            let mut entries = table.instance_entries(instance);
            let index = entries
                .find(|index| table.entries()[*index as usize].kind == EntryKind::Context)?;
            Some(self.stored.entry_bytes(instance, index))
        })
    }
}

fn push(entries: &mut OperatorEntries, bytes: &[u8]) {
    entries.bytes.extend_from_slice(bytes);
    entries.ends.push(entries.bytes.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_helper_remembers() {
        assert_eq!(
            remembered("__Vtrigprevexpr___TOP__clk__0").as_deref(),
            Some("clk")
        );
        assert_eq!(
            remembered("__Vtrigprevexpr___TOP__soc.clk__0").as_deref(),
            Some("soc.clk")
        );
        assert_eq!(remembered("__Vtrigrprev__TOP__clk").as_deref(), Some("clk"));
        assert_eq!(remembered("soc.clk"), None);
    }

    #[test]
    fn a_virtual_interface_and_forced_bits_are_places() {
        for ty in ["Vtop_Lane*", "VlUnpacked<Vtop_Lane*, 2>", "VlForceVec"] {
            assert!(is_place(ty), "{ty}");
        }
        for ty in ["IData/*31:0*/", "VlQueue<CData/*7:0*/>", "std::string"] {
            assert!(!is_place(ty), "{ty}");
        }
    }
}
