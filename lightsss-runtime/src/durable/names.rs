//! The names of a series' files.

use std::path::Path;

/// How the names of snapshot files end.
pub const EXTENSION: &str = "lsss";

/// The name of a file of a series. If a file has it already, the next number is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) series: String,
    pub(super) cycle: u64,
    pub(super) number: u32,
}

impl Numbered {
    pub(super) fn file_name(&self) -> String {
        file_name(&self.series, self.cycle, self.number)
    }
}

fn file_name(series: &str, cycle: u64, number: u32) -> String {
    format!("{series}-{cycle:020}-{number:02}.{EXTENSION}")
}

/// Whether a file has a name that a series of this name gives: another one's may begin with it.
pub(super) fn is_of(path: &Path, series: &str) -> bool {
    let numbers = || {
        let name = path.file_stem()?.to_str()?;
        let (cycle, number) = name
            .strip_prefix(series)?
            .strip_prefix('-')?
            .split_once('-')?;
        Some((cycle.parse().ok()?, number.parse().ok()?))
    };
    numbers().is_some_and(|(cycle, number)| {
        let name = path.file_name().unwrap_or_default();
        name == &*file_name(series, cycle, number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_a_series_gives_are_of_it() {
        for (cycle, number) in [(0, 0), (7, 5), (u64::MAX, 123)] {
            let path = Path::new("folder").join(file_name("run", cycle, number));
            assert!(is_of(&path, "run"));
            for other in ["ru", "run2", "run-", "", "Run"] {
                assert!(!is_of(&path, other), "{other}");
            }
        }
        for name in [
            "run2-00000000000000000007-00.lsss",
            "run-a-00000000000000000007-00.lsss",
            "run-7-00.lsss",
            "run-00000000000000000007-0.lsss",
            "run-00000000000000000007-00.bin",
            "run-00000000000000000007-00",
            "run-00000000000000000007.lsss",
            "run-+0000000000000000007-00.lsss",
            "run-99999999999999999999-00.lsss",
            "run.lsss",
        ] {
            assert!(!is_of(Path::new(name), "run"), "{name}");
        }
    }
}
