//! What is said of a failure before its replay. The replay may take minutes, and the run may be killed
//! meanwhile.

use super::args::RunArgs;
use super::documents;
use super::report::Report;
use crate::process::stderr::say;

/// Writes a preliminary report, and prints the failure. What keeps the report from being written is printed
/// with it.
pub fn announce(args: &RunArgs, report: &mut Report) {
    report.preliminary = true;
    // First: standard error may be a pipe that nobody reads.
    let written = documents::write_preliminary(args, report);
    report.preliminary = false;
    let mut text = report.headline() + "\n";
    if let Err(error) = written {
        text = format!("{text}warning: before the replay: {error}\n");
    }
    if args.takes_slots() {
        let wave = args.wave.display();
        text = format!("{text}a slot wakes and replays the failure into {wave}\n");
    }
    say(&text);
}
