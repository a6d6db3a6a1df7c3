//! The plot: pause against memory.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, anyhow};
use lightsss_bench_rows::Row;
use plotters::prelude::*;

use super::figures::Figure;

/// A plot that was drawn.
pub struct Drawn {
    pub title: &'static str,
    /// In the folder.
    pub file: String,
}

/// What a plot shows.
struct Shape {
    /// Of the rows' `plot`.
    name: &'static str,
    title: &'static str,
    x: &'static str,
    y: &'static str,
    /// Whether the vertical axis is logarithmic, and starts at the least value rather than at 0.
    logarithmic: bool,
}

const SHAPES: &[Shape] = &[Shape {
    name: "pause",
    title: "Pause of a checkpoint against memory",
    x: "resident memory (MiB)",
    y: "pause (ms)",
    logarithmic: true,
}];

/// The points of each line.
type Lines = BTreeMap<String, Vec<(f64, f64)>>;

/// Draws every plot that has points.
pub fn draw(rows: &[&Row], folder: &Path) -> Result<Vec<Drawn>> {
    let mut drawn = Vec::new();
    for shape in SHAPES {
        let lines = lines(rows, shape.name);
        if lines.values().all(|points| points.len() < 2) {
            continue;
        }
        let file = format!("{}.svg", shape.name);
        chart(shape, &lines, &folder.join(&file))
            .map_err(|error| anyhow!("could not draw {file}: {error}"))?;
        drawn.push(Drawn {
            title: shape.title,
            file,
        });
    }
    Ok(drawn)
}

fn lines(rows: &[&Row], name: &str) -> Lines {
    let mut lines = Lines::new();
    for row in rows {
        let Some(plot) = row.plot.as_ref().filter(|plot| plot.name == name) else {
            continue;
        };
        let figure = Figure::of(row);
        let mut add = |line: &str, y: f64| {
            let points = lines.entry(line.to_owned()).or_default();
            // Several rows may have the same peer.
            if points.iter().all(|(x, _)| x.total_cmp(&plot.x).is_ne()) {
                points.push((plot.x, y));
            }
        };
        add(&plot.series, figure.ours);
        if let Some(theirs) = figure.theirs {
            add(&row.theirs_is, theirs);
        }
    }
    for points in lines.values_mut() {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    lines
}

/// The range of values, widened to either side by a factor.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(least, most), value| {
        (least.min(value), most.max(value))
    });
    (least / 1.3, most * 1.3)
}

fn chart(shape: &Shape, lines: &Lines, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::new(path, (800, 480)).into_drawing_area();
    area.fill(&WHITE)?;
    let points = || lines.values().flatten();
    let xs = range(points().map(|point| point.0));
    let ys = range(points().map(|point| point.1));
    let mut builder = ChartBuilder::on(&area);
    builder
        .caption(shape.title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(64);
    // The two axes are of different types.
    macro_rules! chart {
        ($ys:expr) => {{
            let mut chart = builder.build_cartesian_2d((xs.0..xs.1).log_scale(), $ys)?;
            chart
                .configure_mesh()
                .x_desc(shape.x)
                .y_desc(shape.y)
                .light_line_style(WHITE)
                .x_label_formatter(&|x| label(*x))
                .y_label_formatter(&|y| label(*y))
                .draw()?;
            for (at, (name, points)) in lines.iter().enumerate() {
                let color = Palette99::pick(at).to_rgba();
                chart
                    .draw_series(LineSeries::new(points.clone(), color.stroke_width(2)))?
                    .label(name)
                    .legend(move |(x, y)| {
                        PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2))
                    });
                let circle = |point: &(f64, f64)| Circle::new(*point, 3, color.filled());
                chart.draw_series(points.iter().map(circle))?;
            }
            chart
                .configure_series_labels()
                .position(SeriesLabelPosition::LowerRight)
                .background_style(WHITE.mix(0.85))
                .border_style(BLACK.mix(0.4))
                .draw()?;
        }};
    }
    if shape.logarithmic {
        chart!((ys.0..ys.1).log_scale());
    } else {
        chart!(0.0..ys.1.clamp(1.0, 1.1));
    }
    area.present()?;
    Ok(())
}

/// A tick's label, without a tail of zeros.
fn label(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_have_a_line_for_ours_and_for_each_peer() {
        let row = |x: f64, series: &str, ours: f64| {
            Row::new(format!("slots/pause/{x}"), "", "ms", vec![ours])
                .against("a bare fork", vec![x / 100.0])
                .plot("pause", series, x)
        };
        let rows = [
            row(16.0, "Ram", 0.1),
            row(1024.0, "Ram", 0.5),
            row(16.0, "small", 0.2),
            row(1024.0, "small", 20.0),
        ];
        let rows: Vec<&Row> = rows.iter().collect();
        let folder = std::env::temp_dir().join(format!("lightsss-plots-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let drawn = draw(&rows, &folder).unwrap();
        let text = std::fs::read_to_string(folder.join("pause.svg")).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(drawn.len(), 1);
        for name in ["Ram", "small", "a bare fork"] {
            assert!(text.contains(name), "{text}");
        }
    }
}
