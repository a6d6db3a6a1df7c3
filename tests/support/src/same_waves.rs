//! Whether two waveforms, which `wellen` reads, show the same.

use std::path::Path;

use wellen::{Hierarchy, SignalRef, simple};

/// What both must have alike.
#[derive(Debug)]
pub struct Wave {
    waves: simple::Waveform,
}

/// The changes of a signal: times and values.
type Changes = Vec<(u64, String)>;

impl Wave {
    /// Reads a waveform.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let mut waves = simple::read(path).expect("a waveform");
        let signals: Vec<SignalRef> = waves
            .hierarchy()
            .all_vars()
            .map(|var| waves.hierarchy()[var].signal_ref())
            .collect();
        waves.load_signals(&signals);
        Self { waves }
    }

    fn hierarchy(&self) -> &Hierarchy {
        self.waves.hierarchy()
    }

    /// Names, kinds, widths, ranges, directions and aliases of all variables, in their order, and the unit of time.
    fn described(&self) -> Vec<String> {
        let hierarchy = self.hierarchy();
        let scopes = hierarchy.all_scopes().map(|scope| {
            let scope = &hierarchy[scope];
            format!("{} {:?}", scope.full_name(hierarchy), scope.scope_type())
        });
        let variables = hierarchy.all_vars().map(|var| {
            let var = &hierarchy[var];
            format!(
                "{} {:?} {:?} {:?} {:?} {:?} {:?}",
                var.full_name(hierarchy),
                var.var_type(),
                var.length(hierarchy),
                var.index(),
                var.direction(),
                var.enum_type(hierarchy),
                var.signal_ref()
            )
        });
        let unit = format!("{:?}", hierarchy.timescale());
        std::iter::once(unit)
            .chain(scopes)
            .chain(variables)
            .collect()
    }

    fn changes(&self, signal: SignalRef) -> Changes {
        let times = self.waves.time_table();
        let signal = self.waves.get_signal(signal).expect("a loaded signal");
        let changes = signal.iter_changes();
        changes
            .map(|(at, value)| (times[at as usize], value.to_string()))
            .collect()
    }

    /// All its times.
    #[must_use]
    pub fn times(&self) -> &[u64] {
        self.waves.time_table()
    }
}

/// Asserts that `part` shows what `whole` shows, from the first time of `part` to its last one. Gives the number of
/// changes that were compared.
///
/// # Panics
/// If it does not.
#[must_use]
pub fn assert_same(whole: &Wave, part: &Wave) -> usize {
    assert_eq!(part.described(), whole.described());
    let (first, last) = match part.times() {
        [first, .., last] => (*first, *last),
        times => panic!("{} times", times.len()),
    };
    let within: Vec<u64> = whole
        .times()
        .iter()
        .copied()
        .filter(|time| (first..=last).contains(time))
        .collect();
    assert_eq!(part.times(), within);
    let mut compared = 0;
    for var in whole.hierarchy().all_vars() {
        let var = &whole.hierarchy()[var];
        let name = var.full_name(whole.hierarchy());
        let (whole, part) = (
            whole.changes(var.signal_ref()),
            part.changes(var.signal_ref()),
        );
        let opening = whole.partition_point(|(time, _)| *time <= first);
        let mut expected: Changes = whole[opening..]
            .iter()
            .filter(|(time, _)| *time <= last)
            .cloned()
            .collect();
        // The window opens with the value that holds there.
        if let Some((_, value)) = opening.checked_sub(1).map(|at| &whole[at]) {
            expected.insert(0, (first, value.clone()));
        }
        let differs = expected.iter().zip(&part).find(|(a, b)| a != b);
        assert!(
            differs.is_none() && expected.len() == part.len(),
            "{name}: {differs:?}, {} changes of {}",
            part.len(),
            expected.len()
        );
        compared += part.len();
    }
    compared
}
