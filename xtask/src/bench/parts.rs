//! The parts of the table, and which of them a run is asked for.

use lightsss_bench_rows::Options;

/// The parts of the table: what row names start with, and a heading.
pub const PARTS: &[(&str, &str)] = &[
    ("cycle/", "A clock cycle through the bindings"),
    ("codegen/", "Code generation"),
    ("build/", "Builds"),
    ("demo/", "The demo"),
    ("slots/", "Fork slots"),
    ("replay/", "Replays"),
    ("durable/", "Durable snapshots"),
    ("trace/", "Traces of pieces"),
    ("derive/", "The derive macro"),
    ("farm/", "Campaigns"),
];

/// Whether a row whose name starts with one of `parts` may contain what is asked for.
pub fn may_want(options: &Options, parts: &[&str]) -> bool {
    parts.iter().any(|part| {
        let only = options.only.as_str();
        let overlaps = only.starts_with(part) || part.starts_with(only);
        // A text from the middle of a name may be in any.
        overlaps || part.contains(only) || !is_start_of_a_name(only)
    })
}

fn is_start_of_a_name(only: &str) -> bool {
    let mut starts = PARTS.iter().map(|(start, _)| start.trim_end_matches('/'));
    starts.any(|start| only.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(only: &str, part: &str) -> bool {
        let options = Options {
            only: only.to_owned(),
            ..Options::default()
        };
        may_want(&options, &[part])
    }

    #[test]
    fn programs_that_cannot_print_the_row_are_not_run() {
        assert!(wants("", "slots/"));
        assert!(wants("slots/pause", "slots/"));
        assert!(wants("derive", "derive/"));
        assert!(wants("1024mib", "slots/"));
        assert!(!wants("slots/pause", "derive/"));
        assert!(!wants("cycle/counter/marlin", "derive/"));
    }
}
