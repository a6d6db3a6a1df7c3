//! A view for GTKWave: what `gtkwave FILE` opens, with the waveform that it names.

use std::fmt::Write as _;

use super::choice::Why;
use super::view::{MARK, View, fits};

/// Pixels of a window in which the stretch is to be seen, and those that the zoom counts in.
const WIDTH: f64 = 900.0;
const FRAME: f64 = 200.0;

/// How a trace is drawn: hexadecimal and to the right, bits, a heading.
const HEXADECIMAL: &str = "@22";
const BINARY: &str = "@28";
const HEADING: &str = "@200";

/// A view, line by line.
pub fn text(view: &View<'_>) -> String {
    let mut text = format!("[*] {MARK}\n");
    // Names of files stand between quotes, and have no escapes.
    let _ = writeln!(text, "[dumpfile] \"{}\"", view.wave.display());
    let _ = writeln!(text, "[timestart] {}", view.from);
    let _ = writeln!(text, "[size] 1400 800\n[pos] -1 -1");
    // The zoom, where a frame is as long as two to the power of its opposite; the marker; 26 markers with letters.
    let span = view.to.saturating_sub(view.from).max(1) as f64;
    let zoom = -(span * FRAME / WIDTH).log2();
    let time = |time: Option<u64>| time.map_or_else(|| "-1".to_owned(), |time| time.to_string());
    let _ = write!(text, "*{zoom:.6} {}", time(view.failure));
    for letter in 0..26 {
        let marked = view.failure.filter(|_| letter == 0);
        let _ = write!(text, " {}", time(marked));
    }
    if view.failure.is_some() {
        text.push_str("\n[markername] Afailure");
    }
    text.push_str("\n[sst_expanded] 1\n");
    let mut heading: Option<Why> = None;
    for (signal, why) in &view.signals {
        let name = signal.gtkwave_name();
        if !fits(&name, &[]) {
            continue;
        }
        if heading != Some(*why) {
            heading = Some(*why);
            let _ = writeln!(text, "{HEADING}\n-{}", why.word());
        }
        let format = if signal.width == 1 {
            BINARY
        } else {
            HEXADECIMAL
        };
        let _ = writeln!(text, "{format}\n{name}");
    }
    text
}
