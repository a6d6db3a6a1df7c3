//! What the harness prints in a replay, kept for the page about the run.
//!
//! The original's output belongs to the user. A replay prints the last stretch of it again.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use super::args::RunArgs;
use crate::process::output_path::{self, with_suffix};
use crate::process::printable::printable;
use crate::slots::ReplayOutput;

/// Bytes and lines of the end of it.
const MOST_BYTES: u64 = 64 << 10;
const MOST_LINES: usize = 200;

/// Where a replay's output goes until it has been read.
pub fn path(args: &RunArgs) -> Option<PathBuf> {
    let page = args.report_html.as_deref()?;
    args.takes_slots().then(|| with_suffix(page, ".output"))
}

/// Where a replay of this run prints to.
pub fn order(args: &RunArgs) -> ReplayOutput {
    path(args).map_or_else(ReplayOutput::default, ReplayOutput::File)
}

/// The last lines that the replay printed, without what would steer a terminal. Removes the file.
pub fn take(args: &RunArgs) -> Option<Vec<String>> {
    let path = path(args)?;
    let read = || {
        let mut file = File::open(&path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(MOST_BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        std::io::Result::Ok((bytes, length > MOST_BYTES))
    };
    let (bytes, cut) = read().ok()?;
    if fs::symlink_metadata(&path).is_ok_and(|found| found.is_file()) {
        let _ = output_path::remove(&path);
    }
    Some(last_lines(&bytes, cut))
}

/// `cut` says that the first line is not whole.
fn last_lines(bytes: &[u8], cut: bool) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().skip(usize::from(cut)).collect();
    let first = lines.len().saturating_sub(MOST_LINES);
    lines[first..].iter().map(|line| plain(line)).collect()
}

/// A line without colours; what else would steer a terminal is an escape.
fn plain(line: &str) -> String {
    let mut rest = line;
    let mut plain = String::new();
    while let Some((before, behind)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let end = behind.find(|letter: char| letter.is_ascii_alphabetic());
        rest = end.map_or("", |end| &behind[end + 1..]);
    }
    plain.push_str(rest);
    printable(&plain.replace('\t', "    ")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_without_colours() {
        let text = "half a line\n\x1b[31mred\x1b[0m\tand \x07\nlast";
        assert_eq!(
            last_lines(text.as_bytes(), true),
            ["red    and \\u{7}", "last"]
        );
        let many: Vec<String> = (0..1000).map(|number: u32| number.to_string()).collect();
        let lines = last_lines(many.join("\n").as_bytes(), false);
        assert_eq!((lines.len(), lines[0].as_str()), (MOST_LINES, "800"));
    }
}
