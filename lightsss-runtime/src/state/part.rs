//! Parts of signals: the ranges that may stand behind a name in a path.

use super::table::{Kind, Signal};
use super::value::{Bits, Value};

/// What stands between two brackets: `[5]`, `[4..=8]`, `[4..8]`, `[7:4]`, in decimal or hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Group {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Group {
    /// Reads what stands between the brackets.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (first, last) = if let Some((first, last)) = text.split_once("..=") {
            (number(first)?, number(last)?)
        } else if let Some((first, end)) = text.split_once("..") {
            (number(first)?, number(end)?.checked_sub(1)?)
        } else if let Some((left, right)) = text.split_once(':') {
            let (left, right) = (number(left)?, number(right)?);
            (left.min(right), left.max(right))
        } else {
            let at = number(text)?;
            (at, at)
        };
        (first <= last).then_some(Self { first, last })
    }

    /// Whether an index is within it.
    pub(super) fn has(self, at: i64) -> bool {
        (self.first..=self.last).contains(&at)
    }

    fn is_one(self) -> bool {
        self.first == self.last
    }
}

fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// `a.b[3][7:4]` as `a.b[3]` and the last group; with `..=` between them also two groups: `m[0][6]..=[1][2]`.
pub(super) fn split_group(path: &str) -> Option<(&str, Group)> {
    let (before, text) = path.strip_suffix(']')?.rsplit_once('[')?;
    Some((before, Group::parse(text)?))
}

/// A part of a signal: some of its elements, some of their bits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// For each dimension.
    elements: Vec<Group>,
    /// Every element.
    all: bool,
    /// From an element up to another one, in the order of their indices, instead.
    through: Option<(u64, u64)>,
    /// The lowest bit and the number of bits.
    bits: Option<(u32, u32)>,
    /// The bits, as `[7:4]`; empty where there are none.
    pub(super) range: String,
}

impl Part {
    /// All of it.
    pub(super) fn whole(signal: &Signal<'_>) -> Self {
        let all = |length: &u32| Group {
            first: 0,
            last: i64::from(*length) - 1,
        };
        Self {
            elements: signal.dimensions().iter().map(all).collect(),
            all: true,
            through: None,
            bits: None,
            range: range_text(signal),
        }
    }

    /// The part that groups behind the name choose; nothing where they do not fit.
    pub(super) fn of(signal: &Signal<'_>, groups: &[Group]) -> Option<Self> {
        let mut part = Self::whole(signal);
        let dimensions = part.elements.len();
        part.all = dimensions == 0 || groups.is_empty();
        for (all, chosen) in part.elements.iter_mut().zip(groups) {
            if !all.has(chosen.first) || !all.has(chosen.last) {
                return None;
            }
            *all = *chosen;
        }
        match groups.get(dimensions..).unwrap_or_default() {
            [] => Some(part),
            [bits] => part.with_bits(signal, *bits),
            _ => None,
        }
    }

    /// The part from one element to another: `[0][6]..=[1][2]`.
    fn through(signal: &Signal<'_>, first: &[Group], last: &[Group]) -> Option<Self> {
        let mut part = Self::whole(signal);
        let dimensions = part.elements.len();
        let (ends, bits) = (last.get(..dimensions)?, last.get(dimensions..)?);
        if first.len() != dimensions || !first.iter().chain(ends).all(|one| one.is_one()) {
            return None;
        }
        let inside = |groups: &[Group]| {
            let mut pairs = part.elements.iter().zip(groups);
            pairs.all(|(all, one)| all.has(one.first))
        };
        if !inside(first) || !inside(ends) {
            return None;
        }
        part.all = false;
        part.through = Some((place(signal, first), place(signal, ends)));
        match bits {
            [] => Some(part),
            [bits] => part.with_bits(signal, *bits),
            _ => None,
        }
    }

    fn with_bits(mut self, signal: &Signal<'_>, bits: Group) -> Option<Self> {
        let Kind::Bits { msb, lsb } = signal.kind() else {
            return None;
        };
        let (msb, lsb) = (i64::from(msb), i64::from(lsb));
        let all = Group {
            first: msb.min(lsb),
            last: msb.max(lsb),
        };
        if !all.has(bits.first) || !all.has(bits.last) {
            return None;
        }
        let (high, low) = if msb >= lsb {
            (bits.last, bits.first)
        } else {
            (bits.first, bits.last)
        };
        let width = high.abs_diff(low) as u32 + 1;
        if width < signal.width() {
            self.bits = Some((low.abs_diff(lsb) as u32, width));
            self.range = if width == 1 {
                format!("[{high}]")
            } else {
                format!("[{high}:{low}]")
            };
        }
        Some(self)
    }

    /// Whether an element is in it.
    pub(super) fn has(&self, signal: &Signal<'_>, at: u64) -> bool {
        if self.all {
            return true;
        }
        if let Some((first, last)) = self.through {
            return (first..=last).contains(&at);
        }
        let indices = split(at, signal.dimensions());
        let mut pairs = self.elements.iter().zip(indices);
        pairs.all(|(group, index)| group.has(i64::from(index)))
    }

    /// The one element that it has; nothing where it has several.
    pub(super) fn element(&self, signal: &Signal<'_>) -> Option<u64> {
        if let Some((first, last)) = self.through {
            return (first == last).then_some(first);
        }
        let one = self.elements.iter().all(|group| group.is_one());
        one.then(|| place(signal, &self.elements))
    }

    /// The lowest bit that it has of each element, counted from an element's first, and the number of bits.
    #[cfg(feature = "driver")]
    pub(super) fn bits_of(&self, signal: &Signal<'_>) -> (u32, u32) {
        self.bits.unwrap_or((0, signal.width()))
    }

    /// Whether it has every element.
    #[cfg(feature = "driver")]
    pub(super) fn is_all(&self) -> bool {
        self.all
    }

    /// Whether it has some bits of each element, not all.
    pub(super) fn has_some_bits(&self) -> bool {
        self.bits.is_some()
    }

    /// What it has of an element's value.
    pub(super) fn value(&self, value: Value) -> Value {
        match (self.bits, value) {
            (Some((low, width)), Value::Bits(bits)) => Value::Bits(bits.slice(low, width)),
            (_, value) => value,
        }
    }

    /// The bits of a value of it.
    pub(super) fn width(&self, signal: &Signal<'_>) -> u32 {
        self.bits.map_or(signal.width(), |(_, width)| width)
    }

    /// An element with these bits in the place of what it has of it.
    pub(super) fn replace(&self, element: &Bits, bits: &Bits) -> Bits {
        match self.bits {
            Some((low, _)) => element.replace(low, bits),
            None => bits.clone(),
        }
    }
}

/// The number of an element.
fn place(signal: &Signal<'_>, indices: &[Group]) -> u64 {
    let pairs = indices.iter().zip(signal.dimensions());
    pairs.fold(0, |at, (index, length)| {
        at * u64::from(*length) + index.first as u64
    })
}

/// The part of a signal that a path chooses whose name part `is_named` accepts; nothing where none does.
pub(super) fn part_of(
    signal: &Signal<'_>,
    path: &str,
    is_named: impl Fn(&str) -> bool,
) -> Option<Part> {
    let mut last: Option<Vec<Group>> = None;
    let mut groups = Vec::new();
    let mut rest = path;
    loop {
        if rest.len() < path.len() && is_named(rest) {
            let mut groups: Vec<Group> = groups.clone();
            groups.reverse();
            return match &last {
                Some(last) => Part::through(signal, &groups, last),
                None => Part::of(signal, &groups),
            };
        }
        if let (Some(before), None) = (rest.strip_suffix("..="), &last) {
            groups.reverse();
            last = Some(std::mem::take(&mut groups));
            rest = before;
            continue;
        }
        let (before, group) = split_group(rest)?;
        groups.push(group);
        rest = before;
    }
}

/// The indices of the element `at`, the slowest first.
pub(super) fn split(mut at: u64, dimensions: &[u32]) -> Vec<u32> {
    let mut indices: Vec<u32> = dimensions
        .iter()
        .rev()
        .map(|length| {
            let index = at % u64::from(*length);
            at /= u64::from(*length);
            index as u32
        })
        .collect();
    indices.reverse();
    indices
}

/// `[3][7]`.
pub(super) fn index_text(indices: &[u32]) -> String {
    let indices: Vec<String> = indices.iter().map(|index| format!("[{index}]")).collect();
    indices.concat()
}

/// `[31:0]` for vectors of several bits.
pub(super) fn range_text(signal: &Signal<'_>) -> String {
    match signal.kind() {
        Kind::Bits { msb, lsb } if msb != lsb => format!("[{msb}:{lsb}]"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_stands_in_brackets() {
        let group = |first, last| Some(Group { first, last });
        assert_eq!(Group::parse("5"), group(5, 5));
        assert_eq!(Group::parse("0x10..=0x1f"), group(16, 31));
        assert_eq!(Group::parse("4..8"), group(4, 7));
        assert_eq!(Group::parse("7:4"), group(4, 7));
        assert_eq!(Group::parse("-4:3"), group(-4, 3));
        assert_eq!(Group::parse("8..4"), None);
        assert_eq!(Group::parse("x"), None);
    }
}
