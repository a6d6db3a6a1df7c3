//! The table, for a terminal and for the document.

use std::fmt::Write as _;

use lightsss_bench_rows::{Better, Limit, Target};

use super::figures::Verdict;
use super::results::{Measured, Results};

/// The columns: what each is called and what it says of a row.
type Cell = fn(&Measured) -> String;
const COLUMNS: &[(&str, Cell)] = &[
    ("row", |m| m.row.row.clone()),
    ("what", |m| m.row.what.clone()),
    ("ours", |m| quantity(m.figure.ours, &m.row.unit)),
    ("theirs", theirs),
    ("ratio (min to max)", ratio),
    ("limit", |m| limit(m.row.limit.as_ref(), &m.row.unit)),
    ("target", target),
];

/// For a terminal.
pub fn text(results: &Results) -> String {
    let mut text = format!("\n{}\n", results.machine);
    for measured in &results.rows {
        let cells = COLUMNS.iter().map(|(_, cell)| cell(measured));
        let cells: Vec<String> = cells.collect();
        let [name, what, ours, theirs, ratio, limit, target] = cells.as_slice() else {
            continue;
        };
        let _ = writeln!(text, "\n{name}\n  {what}");
        let _ = write!(text, "  ours {ours}");
        for (label, cell) in [
            ("theirs ", theirs),
            ("ratio ", ratio),
            ("limit ", limit),
            ("target ", target),
        ] {
            if !cell.is_empty() {
                let _ = write!(text, "; {label}{cell}");
            }
        }
        text.push('\n');
        if !measured.row.note.is_empty() {
            let _ = writeln!(text, "  {}", measured.row.note);
        }
    }
    let count = |verdict| {
        let rows = results.rows.iter();
        rows.filter(|m| m.figure.verdict == verdict).count()
    };
    let _ = writeln!(
        text,
        "\n{} rows; targets: {} met, {} missed, {} undecided",
        results.rows.len(),
        count(Verdict::Met),
        count(Verdict::Missed),
        count(Verdict::Undecided)
    );
    if let Some(seconds) = results.seconds {
        let (minutes, seconds) = (seconds as u64 / 60, seconds as u64 % 60);
        let _ = writeln!(
            text,
            "measured in {minutes} min {seconds} s, builds not counted"
        );
    }
    text
}

/// For the document.
pub fn markdown(rows: &[&Measured]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect());
    text += &line(vec!["---".to_owned(); COLUMNS.len()]);
    for measured in rows {
        let mut cells: Vec<String> = COLUMNS
            .iter()
            .map(|(_, cell)| cell(measured).replace('|', "\\|"))
            .collect();
        cells[0] = format!("`{}`", cells[0]);
        text += &line(cells);
    }
    text
}

fn theirs(measured: &Measured) -> String {
    measured.figure.theirs.map_or_else(String::new, |theirs| {
        let value = quantity(theirs, &measured.row.unit);
        format!("{value} ({})", measured.row.theirs_is)
    })
}

/// Ours to theirs, or a word of why it is not known.
pub fn ratio(measured: &Measured) -> String {
    let figure = &measured.figure;
    let wide = |text: String| format!("spread too wide: {text}");
    match figure.ratio {
        None if figure.too_wide => "spread too wide".to_owned(),
        None => String::new(),
        Some(ratio) if measured.row.ours.len() == 1 => {
            format!("{} (one sample)", number(ratio.median))
        }
        Some(ratio) if ratio.min >= ratio.max => number(ratio.median),
        Some(ratio) => {
            let range = format!("{} to {}", number(ratio.min), number(ratio.max));
            if figure.too_wide {
                wide(range)
            } else {
                format!("{} ({range})", number(ratio.median))
            }
        }
    }
}

fn limit(limit: Option<&Limit>, unit: &str) -> String {
    limit.map_or_else(String::new, |limit| {
        format!("{} ({})", quantity(limit.value, unit), limit.is)
    })
}

fn target(measured: &Measured) -> String {
    let bound = match measured.row.better {
        Better::Lower => "at most",
        Better::Higher => "at least",
    };
    let text = match measured.row.target {
        None => return String::new(),
        Some(Target::Ratio(ratio)) => format!("ratio {bound} {}", number(ratio)),
        Some(Target::Ours(value)) => format!("{bound} {}", quantity(value, &measured.row.unit)),
    };
    let verdict = match measured.figure.verdict {
        Verdict::None => return text,
        Verdict::Met => "met",
        Verdict::Missed => "**missed**",
        Verdict::Undecided => "undecided",
    };
    format!("{text}: {verdict}")
}

/// A value with its unit; bytes and nanoseconds in units that can be read.
fn quantity(value: f64, unit: &str) -> String {
    let scaled = |steps: &[(&'static str, f64)]| {
        let (mut value, mut unit) = (value, steps[0].0);
        for (next, factor) in &steps[1..] {
            if value.abs() < *factor {
                break;
            }
            (value, unit) = (value / factor, next);
        }
        format!("{} {unit}", number(value))
    };
    match unit {
        "" => number(value),
        "B" => scaled(&[
            ("B", 1.0),
            ("KiB", 1024.0),
            ("MiB", 1024.0),
            ("GiB", 1024.0),
        ]),
        "ns" => scaled(&[("ns", 1.0), ("us", 1e3), ("ms", 1e3), ("s", 1e3)]),
        "cycles/s" => scaled(&[("cycles/s", 1.0), ("k cycles/s", 1e3), ("M cycles/s", 1e3)]),
        unit => format!("{} {unit}", number(value)),
    }
}

/// Three significant digits, four near 1, where a hundredth matters.
fn number(value: f64) -> String {
    let size = value.abs();
    let digits = if size == 0.0 || size >= 1000.0 {
        0
    } else if (0.9..1.1).contains(&size) {
        3
    } else {
        (2 - size.log10().floor() as i32).clamp(0, 9)
    };
    format!("{value:.*}", digits as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightsss_bench_rows::Row;

    #[test]
    fn numbers_are_short() {
        let read: Vec<String> = [0.0, 0.012_345, 1.0123, 1.5, 12.34, 123.4, 12345.6]
            .into_iter()
            .map(number)
            .collect();
        assert_eq!(
            read,
            ["0", "0.0123", "1.012", "1.50", "12.3", "123", "12346"]
        );
    }

    #[test]
    fn units_fit_the_value() {
        assert_eq!(quantity(1536.0, "B"), "1.50 KiB");
        assert_eq!(quantity(2.5e9, "ns"), "2.50 s");
        assert_eq!(quantity(3.0, "ms"), "3.00 ms");
    }

    #[test]
    fn a_wide_row_says_so_instead_of_a_ratio() {
        let row = Row::new("a/row", "a row", "ms", vec![1.0, 2.0, 3.0]);
        let measured = Measured::from(row.against("a peer", vec![1.0; 3]).target_ratio(0.5));
        let text = markdown(&[&measured]);
        assert!(text.contains("spread too wide: 1.000 to 3.00 |"), "{text}");
        assert!(text.contains("ratio at most 0.500: **missed**"), "{text}");
    }
}
