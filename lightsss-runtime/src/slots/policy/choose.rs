//! Which slot to wake.

use super::SlotInfo;

/// Which slot to wake. All but [`Choice::Named`] look at pinned slots only when no other fits: a
/// slot pinned at the start would make every replay start there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Choice {
    /// The oldest, as in `LightSSS`: a younger one may hold the error already.
    #[default]
    Oldest,
    /// The youngest that is at least this many cycles before the end cycle of the order.
    YoungestBeforeEnd(u64),
    /// The nearest that was taken before this cycle.
    NearestBefore(u64),
    /// The one pinned under this name.
    Named(String),
}

impl Choice {
    /// Index of the chosen slot in `slots`, which are in the order of their age, oldest first.
    #[must_use]
    pub fn choose(&self, slots: &[SlotInfo], end_cycle: u64) -> Option<usize> {
        let pick = |pinned: bool| {
            let mut candidates = slots
                .iter()
                .enumerate()
                .filter(|(_, slot)| pinned || slot.name.is_none())
                .map(|(at, slot)| (at, slot.cycle));
            let nearest = |limit: u64, candidates: &mut dyn Iterator<Item = (usize, u64)>| {
                candidates
                    .filter(|(_, cycle)| *cycle < limit)
                    .max_by_key(|(at, cycle)| (*cycle, *at))
            };
            let chosen = match self {
                Self::Oldest => candidates.min_by_key(|(at, cycle)| (*cycle, *at)),
                Self::YoungestBeforeEnd(distance) => end_cycle
                    .checked_sub(*distance)
                    .and_then(|limit| nearest(limit.saturating_add(1), &mut candidates)),
                Self::NearestBefore(cycle) => nearest(*cycle, &mut candidates),
                Self::Named(_) => None,
            };
            chosen.map(|(at, _)| at)
        };
        match self {
            Self::Named(name) => slots
                .iter()
                .position(|slot| slot.name.as_ref() == Some(name)),
            _ => pick(false).or_else(|| pick(true)),
        }
    }
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Oldest => f.write_str("the oldest"),
            Self::YoungestBeforeEnd(distance) => {
                write!(f, "the youngest at least {distance} cycles before the end")
            }
            Self::NearestBefore(cycle) => write!(f, "the nearest before cycle {cycle}"),
            Self::Named(name) => write!(f, "the one named {name:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(cycle: u64, name: Option<&str>) -> SlotInfo {
        SlotInfo {
            cycle,
            name: name.map(str::to_owned),
            pid: 1,
            unshared: None,
        }
    }

    #[test]
    fn choices() {
        let slots = [
            slot(0, Some("boot")),
            slot(100, None),
            slot(200, None),
            slot(300, None),
        ];
        let choose = |choice: Choice| choice.choose(&slots, 320);
        assert_eq!(choose(Choice::Oldest), Some(1));
        assert_eq!(choose(Choice::YoungestBeforeEnd(20)), Some(3));
        assert_eq!(choose(Choice::YoungestBeforeEnd(21)), Some(2));
        assert_eq!(choose(Choice::NearestBefore(300)), Some(2));
        assert_eq!(
            choose(Choice::NearestBefore(100)),
            Some(0),
            "a pinned one when no other fits"
        );
        assert_eq!(choose(Choice::Named("boot".into())), Some(0));
        assert_eq!(choose(Choice::Named("other".into())), None);
        assert_eq!(choose(Choice::YoungestBeforeEnd(321)), None);
    }
}
