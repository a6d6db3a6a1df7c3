//! What differs, in a few lines for people.

use super::SnapshotDiff;

impl SnapshotDiff {
    /// The fields, signals and memories that differ, a line each, with the first snapshot's value in front: `most` in
    /// all, and then how many more there are. The header is left out.
    #[must_use]
    pub fn lines(&self, most: usize) -> Vec<String> {
        let absent = || "(absent)".to_owned();
        let fields = self.fields.iter().map(|field| {
            let a = field.a.clone().unwrap_or_else(absent);
            let b = field.b.clone().unwrap_or_else(absent);
            format!("{}: {a} -> {b}", field.path)
        });
        let signals = self
            .models
            .iter()
            .flat_map(|model| model.signals.iter().map(ToString::to_string));
        let mut memories = Vec::new();
        for section in &self.sections {
            let mut models = self.models.iter();
            if models.any(|model| model.number == section.number) {
                continue;
            }
            if section.ranges.is_empty() {
                memories.push(format!(
                    "{}: {} bytes differ",
                    section.label(),
                    section.bytes
                ));
            }
            let ranges = section.ranges.iter();
            memories.extend(ranges.map(|range| range.text(section.label())));
        }
        cut(
            most,
            [
                ("fields", fields.collect()),
                ("signals", signals.collect()),
                ("ranges of memories", memories),
            ],
        )
    }
}

/// Cuts lists to `most` lines together, and says how many more there are of each. None hides another: each
/// has a share, and what one does not need the next ones get.
fn cut(most: usize, lists: [(&str, Vec<String>); 3]) -> Vec<String> {
    let mut left = most;
    let mut shares = [0; 3];
    while left > 0 {
        let mut open: Vec<usize> = (0..3)
            .filter(|at| shares[*at] < lists[*at].1.len())
            .collect();
        if open.is_empty() {
            break;
        }
        open.truncate(left);
        left -= open.len();
        for at in open {
            shares[at] += 1;
        }
    }
    let mut lines = Vec::new();
    for ((what, list), share) in lists.into_iter().zip(shares) {
        let more = list.len() - share;
        lines.extend(list.into_iter().take(share));
        if more > 0 {
            lines.push(format!("... and {more} more {what}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::cut;

    const MOST: usize = 20;

    fn lists(fields: usize, signals: usize, memories: usize) -> Vec<String> {
        let list = |name: &str, count: usize| (0..count).map(|at| format!("{name}{at}")).collect();
        cut(
            MOST,
            [
                ("fields", list("f", fields)),
                ("signals", list("s", signals)),
                ("ranges of memories", list("m", memories)),
            ],
        )
    }

    #[test]
    fn many_fields_do_not_hide_signals_and_memories() {
        let lines = lists(30, 25, 2);
        let starting = |letter: char| lines.iter().filter(|line| line.starts_with(letter)).count();
        assert_eq!([starting('f'), starting('s'), starting('m')], [9, 9, 2]);
        assert_eq!(lines[9], "... and 21 more fields");
        assert_eq!(lines[10], "s0");
        assert_eq!(lines[19], "... and 16 more signals");
        assert_eq!(lines.len(), MOST + 2);
    }

    #[test]
    fn what_one_list_leaves_the_others_get() {
        assert_eq!(lists(0, 40, 0).len(), MOST + 1);
        assert_eq!(lists(MOST, 0, 0).last().unwrap(), "f19");
        assert_eq!(lists(18, 1, 1).len(), MOST);
        assert_eq!(lists(18, 1, 2).last().unwrap(), "m1");
        assert!(lists(0, 0, 0).is_empty());
    }
}
