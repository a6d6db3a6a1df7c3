//! Answers that were given: the past does not change.

use std::collections::HashMap;

use super::super::protocol::{Hit, Hits, What};

/// Searches whose results are remembered; then all are forgotten.
const MOST: usize = 4096;

/// What is known of a search.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::timeline) enum Remembered {
    /// It has to be made.
    Unknown,
    Nowhere,
    At(Hit),
}

#[derive(Default)]
pub(in crate::timeline) struct Memo {
    /// By what was looked for, and where the search began.
    found: HashMap<(What, u64), Hits>,
}

impl Memo {
    /// The last hit behind `from` and up to `to`, if it is known: `None` within is that there is none.
    pub(in crate::timeline) fn last(&self, what: &What, from: u64, to: u64) -> Remembered {
        let Some(known) = self.found.get(&(what.clone(), from)) else {
            return Remembered::Unknown;
        };
        if known.reached < to {
            return Remembered::Unknown;
        }
        let hit = known.found.iter().rev().find(|hit| hit.cycle <= to);
        match hit {
            Some(hit) => Remembered::At(hit.clone()),
            None if known.complete_after == from => Remembered::Nowhere,
            None => Remembered::Unknown,
        }
    }

    /// The first hit behind `after` and up to `to`, in a search that began at `from`, if it is known.
    pub(in crate::timeline) fn first(
        &self,
        what: &What,
        from: u64,
        after: u64,
        to: u64,
    ) -> Remembered {
        let Some(known) = self.found.get(&(what.clone(), from)) else {
            return Remembered::Unknown;
        };
        if known.complete_after > after.max(from) {
            return Remembered::Unknown;
        }
        let hit = known.found.iter().find(|hit| hit.cycle > after);
        match hit {
            Some(hit) if hit.cycle <= to => Remembered::At(hit.clone()),
            Some(_) => Remembered::Nowhere,
            None if known.reached >= to => Remembered::Nowhere,
            None => Remembered::Unknown,
        }
    }

    /// Remembers what a search gave that began at `from`.
    pub(in crate::timeline) fn keep(&mut self, what: &What, from: u64, hits: Hits) {
        if self.found.len() >= MOST {
            self.found.clear();
        }
        let known = self.found.entry((what.clone(), from)).or_default();
        if hits.reached >= known.reached {
            *known = hits;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(cycles: &[u64], complete_after: u64, reached: u64) -> Hits {
        let hit = |cycle: &u64| Hit {
            cycle: *cycle,
            values: None,
        };
        Hits {
            found: cycles.iter().map(hit).collect(),
            complete_after,
            reached,
        }
    }

    #[test]
    fn what_was_not_searched_is_not_known() {
        let what = What::Change("pc".to_owned());
        let mut memo = Memo::default();
        memo.keep(&what, 100, hits(&[120, 150], 110, 200));
        let at = |cycle| Remembered::At(hits(&[cycle], 0, 0).found.remove(0));
        assert_eq!(memo.last(&what, 100, 200), at(150));
        assert_eq!(memo.last(&what, 100, 149), at(120));
        // Some were dropped, it was not searched, or from elsewhere.
        for (from, to) in [(100, 119), (100, 201), (0, 150)] {
            assert_eq!(memo.last(&what, from, to), Remembered::Unknown);
        }
        assert_eq!(memo.first(&what, 100, 120, 200), at(150));
        assert_eq!(memo.first(&what, 100, 120, 140), Remembered::Nowhere);
        assert_eq!(memo.first(&what, 100, 100, 200), Remembered::Unknown);
        assert_eq!(memo.first(&what, 100, 150, 200), Remembered::Nowhere);
        assert_eq!(memo.first(&what, 100, 150, 300), Remembered::Unknown);
    }

    #[test]
    fn a_stretch_without_hits_is_known_to_have_none() {
        let what = What::Condition("x".to_owned());
        let mut memo = Memo::default();
        memo.keep(&what, 0, hits(&[], 0, 50));
        assert_eq!(memo.last(&what, 0, 50), Remembered::Nowhere);
        memo.keep(&what, 0, hits(&[], 0, 20));
        assert_eq!(
            memo.last(&what, 0, 50),
            Remembered::Nowhere,
            "the longer one stays"
        );
    }
}
