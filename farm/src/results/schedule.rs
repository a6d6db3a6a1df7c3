//! What more or fewer workers would have given: the tasks' measured times, laid out over workers in their order.

use crate::campaign::Outcome;

/// The tasks' times, and how they were run.
pub(super) struct Schedule {
    /// Wall time of each task in seconds, in the order of their starts.
    seconds: Vec<f64>,
    /// The time in which any task ran, in seconds.
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
        // Between two runs of a campaign nothing runs.
        let (mut wall, mut until) = (0, spans.first()?.0);
        for (started, ended) in &spans {
            wall += ended.saturating_sub((*started).max(until));
            until = until.max(*ended);
        }
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
            wall: wall as f64 / 1000.0,
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

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn more_workers_than_tasks_wait_for_the_longest() {
        let schedule = Schedule {
            seconds: vec![2.0, 2.0, 4.0],
            wall: 4.0,
            at_once: 2,
        };
        assert!((schedule.measured() - 2.0).abs() < 1e-9);
        assert!((schedule.possible(1) - 1.0).abs() < 1e-9);
        // 2 and 4 seconds on one worker, 2 on the other.
        assert!((schedule.possible(2) - 8.0 / 6.0).abs() < 1e-9);
        assert!((schedule.possible(3) - 2.0).abs() < 1e-9);
    }
}
