//! Commands for Surfer: what `surfer WAVEFORM -c FILE` runs once the waveform is there.

use std::fmt::Write as _;

use super::choice::Why;
use super::view::{MARK, View, fits};

/// Zooming in doubles the scale; beyond this there is less than a unit of time on the screen.
const MOST_ZOOMS: u32 = 60;

/// Commands, one a line.
pub fn text(view: &View<'_>) -> String {
    let mut text = format!("# {MARK}\n");
    let mut heading: Option<Why> = None;
    for (signal, why) in &view.signals {
        // A hash begins a comment, a semicolon the next command.
        if !fits(&signal.path, &['#', ';']) {
            continue;
        }
        if heading != Some(*why) {
            heading = Some(*why);
            let _ = writeln!(text, "divider_add {}", why.word());
        }
        let _ = writeln!(text, "variable_add {}", signal.path);
    }
    // There is no command for a stretch of time: the whole file, from 0 on, is halved until it is as short.
    text.push_str("zoom_fit\n");
    let span = view.to.saturating_sub(view.from).max(1);
    let zooms = (view.last.max(1) / span).checked_ilog2().unwrap_or(0);
    for _ in 0..zooms.min(MOST_ZOOMS) {
        text.push_str("zoom_in\n");
    }
    match view.failure {
        Some(failure) => {
            let _ = writeln!(text, "cursor_set {failure}");
            let _ = writeln!(text, "marker_set failure {failure}\ngoto_cursor");
        }
        None => {
            let _ = writeln!(text, "cursor_set {}\ngoto_cursor", view.to);
        }
    }
    text
}
