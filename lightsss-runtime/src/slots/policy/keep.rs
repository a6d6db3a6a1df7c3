//! Which slots to keep.

use super::SlotInfo;

/// Which slots to keep when a new one has been taken. Pinned slots stay whatever it says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keep {
    /// The newest so many. Two by default, as in `LightSSS`.
    Newest(usize),
    /// So many, ever further apart the older they are, back to the first that was taken. The distance
    /// from a cycle to the nearest slot before it stays in a bounded ratio to the cycle's distance from
    /// now.
    Spaced(usize),
}

impl Default for Keep {
    fn default() -> Self {
        Self::Newest(2)
    }
}

impl Keep {
    /// How many slots it keeps at most.
    #[must_use]
    pub fn limit(&self) -> usize {
        match self {
            Self::Newest(count) | Self::Spaced(count) => (*count).max(1),
        }
    }

    /// Index of the slot to drop next, of `slots` in the order of their age, oldest first; `None`
    /// when all may stay. Pinned slots neither count nor go.
    #[must_use]
    pub fn drop_next(&self, slots: &[SlotInfo]) -> Option<usize> {
        let free: Vec<(usize, u64)> = slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.name.is_none())
            .map(|(at, slot)| (at, slot.cycle))
            .collect();
        if free.len() <= self.limit() {
            return None;
        }
        match self {
            Self::Newest(_) => free.first().map(|(at, _)| *at),
            Self::Spaced(_) => Some(least_missed(&free)),
        }
    }

    /// Index of the slot to drop when memory is short. The youngest stays, since the next failure
    /// needs it.
    #[must_use]
    pub fn spare(&self, slots: &[SlotInfo]) -> Option<usize> {
        let free: Vec<(usize, u64)> = slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.name.is_none())
            .map(|(at, slot)| (at, slot.cycle))
            .collect();
        match (self, free.len()) {
            (_, 0 | 1) => None,
            (Self::Spaced(_), 3..) => Some(least_missed(&free)),
            _ => free.first().map(|(at, _)| *at),
        }
    }
}

/// The slot whose loss leaves the smallest gap in relation to how far back that gap is. The oldest
/// and the youngest stay.
fn least_missed(free: &[(usize, u64)]) -> usize {
    let Some(&(_, now)) = free.last() else {
        return 0;
    };
    let inner = free.windows(3).map(|three| {
        let [(_, before), (at, _), (_, after)] = three else {
            unreachable!("windows of three")
        };
        let gap = (after - before) as f64;
        // Distance from now to the far end of the gap, at least the gap itself.
        (*at, gap / (now - before).max(1) as f64)
    });
    inner
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(free[0].0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(keep: &Keep, checkpoints: u64) -> Vec<u64> {
        let mut slots: Vec<SlotInfo> = Vec::new();
        for cycle in 0..checkpoints {
            slots.push(SlotInfo {
                cycle,
                name: None,
                pid: 1,
                unshared: None,
            });
            while let Some(at) = keep.drop_next(&slots) {
                slots.remove(at);
            }
        }
        slots.iter().map(|slot| slot.cycle).collect()
    }

    #[test]
    fn the_newest_two() {
        assert_eq!(run(&Keep::default(), 10), [8, 9]);
    }

    #[test]
    fn a_pinned_slot_stays_and_does_not_count() {
        let pinned = |cycle, name: Option<&str>| SlotInfo {
            cycle,
            name: name.map(str::to_owned),
            pid: 1,
            unshared: None,
        };
        let slots = [pinned(0, Some("boot")), pinned(1, None), pinned(2, None)];
        assert_eq!(Keep::Newest(2).drop_next(&slots), None);
        assert_eq!(Keep::Newest(1).drop_next(&slots), Some(1));
    }

    /// From any cycle in the past, the nearest slot before it is at most `RATIO` times as far from
    /// now as that cycle is.
    #[test]
    fn spaced_slots_reach_back_over_the_whole_run_with_a_bounded_ratio() {
        const RATIO: f64 = 4.0;
        let lengths: &[u64] = if cfg!(miri) {
            &[10, 100]
        } else {
            &[10, 100, 1000, 10_000]
        };
        for &checkpoints in lengths {
            let kept = run(&Keep::Spaced(16), checkpoints);
            assert!(kept.len() <= 16);
            assert_eq!(kept[0], 0, "the first slot stays");
            assert_eq!(
                kept.last(),
                Some(&(checkpoints - 1)),
                "and so does the last"
            );
            for pair in kept.windows(2) {
                let far = (checkpoints - pair[0]) as f64;
                let near = (checkpoints - (pair[1] - 1)) as f64;
                assert!(far / near <= RATIO, "{checkpoints}: {pair:?} in {kept:?}");
            }
        }
    }
}
