//! What more or fewer workers would have given: the tasks' measured times, laid out over workers in their order.

use crate::campaign::Outcome;

/// The tasks' times, and how they were run.
pub(super) struct Schedule {
    /// Wall time of each task in seconds, in the order of their starts.
    seconds: Vec<f64>,
    /// From the first start to the last end, in seconds.
    pub(super) wall: f64,
    /// The most tasks that ran at once.
    pub(super) at_once: usize,
}

impl Schedule {
    /// `None` if there is nothing to lay out.
    pub(super) fn of<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> Option<Self> {
        let mut spans: Vec<(u64, u64)> = outcomes
            .filter(|outcome| outcome.ended > outcome.started)
            .map(|outcome| (outcome.started, outcome.ended))
            .collect();
        spans.sort_unstable();
        let first = spans.first()?.0;
        let last = spans.iter().map(|(_, ended)| *ended).max()?;
        let mut edges: Vec<(u64, i64)> = spans
            .iter()
            .flat_map(|(started, ended)| [(*started, 1), (*ended, -1)])
            .collect();
        // An end before a start at the same time.
        edges.sort_unstable();
        let mut now = 0;
        let at_once = edges
            .iter()
            .map(|(_, step)| {
                now += step;
                now
            })
            .max()
            .unwrap_or(1);
        Some(Self {
            seconds: spans
                .iter()
                .map(|(started, ended)| (ended - started) as f64 / 1000.0)
                .collect(),
            wall: (last - first) as f64 / 1000.0,
            at_once: usize::try_from(at_once).unwrap_or(1).max(1),
        })
    }

    /// The sum of the tasks' times.
    pub(super) fn work(&self) -> f64 {
        self.seconds.iter().sum()
    }

    /// How many times faster than one worker the run was.
    pub(super) fn measured(&self) -> f64 {
        self.work() / self.wall.max(f64::MIN_POSITIVE)
    }

    /// How many times faster than one worker so many would be, without any loss.
    pub(super) fn possible(&self, workers: usize) -> f64 {
        let mut busy = vec![0.0_f64; workers.max(1)];
        for seconds in &self.seconds {
            let next = busy.iter_mut().min_by(|a, b| a.total_cmp(b));
            if let Some(next) = next {
                *next += seconds;
            }
        }
        self.work() / busy.iter().copied().fold(f64::MIN_POSITIVE, f64::max)
    }
}
