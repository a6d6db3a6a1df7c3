//! What follows from a row's samples.

use lightsss_bench_rows::{Better, Row, Target};
use serde::{Deserialize, Serialize};

/// An interval wider than this share of its middle tells nothing: the row says so instead.
const WIDEST: f64 = 0.35;

/// Of fewer samples nobody knows where the median lies.
const FEWEST: usize = 3;

/// A row's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Median of ours, in the row's unit.
    pub ours: f64,
    /// Median of theirs.
    pub theirs: Option<f64>,
    /// Ours to theirs.
    pub ratio: Option<Spread>,
    /// Whether the ratio's median (without a peer, that of ours) is known too badly to be quoted.
    pub too_wide: bool,
    /// Whether the target is met.
    pub verdict: Verdict,
}

/// Where samples lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
    /// Where the median lies, with a confidence of 95 % (everywhere, when there are few samples).
    pub low: f64,
    pub high: f64,
}

/// What became of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// There is none.
    None,
    Met,
    Missed,
    /// The interval of the median holds the target.
    Undecided,
}

impl Figure {
    /// The figures of a row.
    pub fn of(row: &Row) -> Self {
        let ours = Spread::of(&row.ours);
        let theirs = (!row.theirs.is_empty()).then(|| Spread::of(&row.theirs));
        let ratio = theirs.map(|theirs| Spread::of(&ratios(row, theirs.median)));
        let quoted = ratio.unwrap_or(ours);
        let verdict = match (row.target, ratio) {
            (None, _) | (Some(Target::Ratio(_)), None) => Verdict::None,
            _ if row.ours.len() < FEWEST => Verdict::Undecided,
            (Some(Target::Ratio(target)), Some(ratio)) => ratio.verdict(row.better, target),
            (Some(Target::Ours(target)), _) => ours.verdict(row.better, target),
        };
        Self {
            ours: ours.median,
            theirs: theirs.map(|theirs| theirs.median),
            ratio,
            too_wide: quoted.high - quoted.low > WIDEST * quoted.median.abs(),
            verdict,
        }
    }

    /// Whether ours is worse than theirs, by more than the spread.
    pub fn loses(&self, better: Better) -> bool {
        self.ratio.is_some_and(|ratio| match better {
            Better::Lower => ratio.low > 1.0,
            Better::Higher => ratio.high < 1.0,
        })
    }
}

/// Of the pairs; where samples are not paired, of ours to the median of theirs.
fn ratios(row: &Row, theirs: f64) -> Vec<f64> {
    if row.ours.len() == row.theirs.len() {
        let pairs = row.ours.iter().zip(&row.theirs);
        pairs.map(|(ours, theirs)| ours / theirs).collect()
    } else {
        row.ours.iter().map(|ours| ours / theirs).collect()
    }
}

impl Spread {
    fn of(samples: &[f64]) -> Self {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let count = sorted.len();
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        let median = f64::midpoint(at(count.saturating_sub(1) / 2), at(count / 2));
        // The ranks between which the median lies: those of a binomial distribution.
        let below = (count as f64 / 2.0 - 0.98 * (count as f64).sqrt()).floor();
        let below = below.max(0.0) as usize;
        let last = count.saturating_sub(1);
        Self {
            median,
            min: at(0),
            max: at(last),
            low: at(below),
            high: at(last - below),
        }
    }

    fn verdict(&self, better: Better, target: f64) -> Verdict {
        let (worst, best) = match better {
            Better::Lower => (self.high, self.low),
            Better::Higher => (-self.low, -self.high),
        };
        let target = if better == Better::Lower {
            target
        } else {
            -target
        };
        if worst <= target {
            Verdict::Met
        } else if best > target {
            Verdict::Missed
        } else {
            Verdict::Undecided
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: &[f64], theirs: &[f64]) -> Row {
        Row::new("a/row", "a row", "ms", ours.to_vec()).against("a peer", theirs.to_vec())
    }

    #[test]
    fn the_ratio_is_the_median_of_the_pairs() {
        // Both slow down together: the ratio does not see it.
        let figure = Figure::of(&row(&[1.0, 10.0, 2.0], &[2.0, 20.0, 4.0]));
        let ratio = figure.ratio.unwrap();
        assert_eq!((ratio.median, ratio.min, ratio.max), (0.5, 0.5, 0.5));
        assert_eq!((figure.ours, figure.theirs), (2.0, Some(4.0)));
        assert!(!figure.too_wide);
    }

    #[test]
    fn one_sample_decides_nothing() {
        let figure = Figure::of(&row(&[0.5], &[1.0]).target_ratio(1.0));
        assert_eq!(figure.verdict, Verdict::Undecided);
        assert_eq!(Figure::of(&row(&[0.5], &[1.0])).verdict, Verdict::None);
    }

    #[test]
    fn a_target_inside_the_spread_is_undecided() {
        let at = |ratio: f64| {
            Figure::of(&row(&[0.9, 1.0, 1.1], &[1.0, 1.0, 1.0]).target_ratio(ratio)).verdict
        };
        assert_eq!(at(1.2), Verdict::Met);
        assert_eq!(at(1.05), Verdict::Undecided);
        assert_eq!(at(0.8), Verdict::Missed);
    }

    #[test]
    fn more_can_be_better() {
        let at = |least: f64| {
            let row = row(&[0.96, 0.965, 0.97], &[0.5, 0.6, 0.6]).higher();
            Figure::of(&row.target_ours(least)).verdict
        };
        assert_eq!(at(0.95), Verdict::Met);
        assert_eq!(at(0.99), Verdict::Missed);
        assert_eq!(at(0.965), Verdict::Undecided);
    }

    #[test]
    fn a_wide_spread_is_reported() {
        let wide = Figure::of(&row(&[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0]));
        assert!(wide.too_wide);
        // Of many samples the median is known better than single ones are.
        let many: Vec<f64> = (0..1000).map(|n| 1.0 + f64::from(n % 10) / 10.0).collect();
        let figure = Figure::of(&row(&many, &vec![1.0; 1000]));
        assert!(!figure.too_wide);
        assert!(figure.ratio.unwrap().max > 1.8);
    }

    #[test]
    fn one_loses_only_beyond_the_spread() {
        assert!(Figure::of(&row(&[1.2, 1.3], &[1.0, 1.0])).loses(Better::Lower));
        assert!(!Figure::of(&row(&[0.9, 1.3], &[1.0, 1.0])).loses(Better::Lower));
        assert!(Figure::of(&row(&[0.8, 0.9], &[1.0, 1.0])).loses(Better::Higher));
    }
}
