//! Signals by name, with suggestions for names that are not there.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::part::{Part, part_of, split_group};
use super::table::{Signal, Table};

/// How many names are suggested.
const SUGGESTIONS: usize = 3;

/// Below this likeness a name is not worth suggesting.
const LIKENESS: f64 = 0.7;

/// A name that the table does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no signal is called `{name}`{}", suggestion(near))]
pub struct UnknownName {
    /// The name.
    pub name: String,
    /// Names like it, the closest first.
    pub near: Vec<String>,
}

fn suggestion(near: &[String]) -> String {
    match near {
        [] => {
            "; it may have been optimised away: mark it public, or trace it to keep it".to_owned()
        }
        names => format!("; did you mean `{}`?", names.join("`, `")),
    }
}

/// The name index of a kind of model.
pub(super) type NamesCell = OnceLock<Names>;

/// An index of a table's signals.
#[derive(Debug, Default)]
pub(super) struct Names(OnceLock<HashMap<String, (u32, u32)>>);

impl Names {
    fn index(&self, table: &Table) -> &HashMap<String, (u32, u32)> {
        self.0.get_or_init(|| {
            let mut index = HashMap::new();
            for signal in table.signals() {
                index
                    .entry(signal.name())
                    .or_insert((signal.instance, signal.index));
            }
            index
        })
    }

    /// The signal of exactly that name.
    pub(super) fn exact<'t>(&self, table: &'t Table, name: &str) -> Option<Signal<'t>> {
        self.index(table)
            .get(name)
            .map(|(instance, index)| table.signal(*instance, *index))
    }

    /// The signal that a designer means by `path`, and the part of it; no part where it does not have what stands
    /// behind its name.
    ///
    /// A port of the top module has its name only; `soc.clk` and `TOP.clk` find it too.
    pub(super) fn find<'t>(
        &self,
        table: &'t Table,
        path: &str,
    ) -> Result<(Signal<'t>, Option<Part>), UnknownName> {
        let path = path.trim();
        if let Some(signal) = self.one(table, path) {
            return Ok((signal, Some(Part::whole(&signal))));
        }
        let mut name = path;
        while let Some((before, _)) = split_group(name.strip_suffix("..=").unwrap_or(name)) {
            name = before;
            if let Some(signal) = self.one(table, name) {
                let part = part_of(&signal, path, |before| before == name);
                return Ok((signal, part));
            }
        }
        Err(UnknownName {
            name: path.to_owned(),
            near: near(
                path,
                table
                    .signals()
                    .filter(|signal| !signal.is_helper())
                    .map(|signal| signal.name()),
            ),
        })
    }

    fn one<'t>(&self, table: &'t Table, name: &str) -> Option<Signal<'t>> {
        self.exact(table, name).or_else(|| {
            let (top, port) = name.split_once('.')?;
            let signal = self.exact(table, port)?;
            let is_top = top == "TOP" || signal.is_port() && signal.scope().is_empty();
            is_top.then_some(signal)
        })
    }
}

/// The names that are most like `wanted`, the closest first.
pub(crate) fn near(wanted: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    let local = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let last_wanted = local(wanted);
    let mut found: Vec<(f64, String)> = names
        .into_iter()
        .map(|name| {
            // A right name in a wrong scope is as near as a wrong name in the right one.
            let whole = strsim::jaro_winkler(wanted, &name);
            let last = strsim::jaro_winkler(&last_wanted, &local(&name)) * 0.95;
            (whole.max(last), name)
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.dedup_by(|a, b| a.1 == b.1);
    found
        .into_iter()
        .take(SUGGESTIONS)
        .map(|(_, name)| name)
        .collect()
}
