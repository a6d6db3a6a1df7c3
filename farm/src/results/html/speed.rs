//! How many times faster than one worker the run was, and others would be.

use maud::{Markup, html};

use crate::results::schedule::Schedule;
use crate::results::summary::Summary;

/// Pixels: of the plot, and of its margins.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const MARGIN: f64 = 40.0;

pub(super) fn section(summary: &Summary) -> Markup {
    let Some(schedule) = Schedule::of(summary.outcomes.iter().flatten()) else {
        return html! {};
    };
    let most = (schedule.at_once * 2).max(4);
    let points: Vec<(usize, f64)> = (1..=most)
        .map(|workers| (workers, schedule.possible(workers)))
        .collect();
    let x = |workers: f64| MARGIN + (workers - 1.0) / (most as f64 - 1.0) * (WIDTH - 2.0 * MARGIN);
    let y = |speed: f64| HEIGHT - MARGIN - speed / most as f64 * (HEIGHT - 2.0 * MARGIN);
    let path: Vec<String> = points
        .iter()
        .map(|(workers, speed)| format!("{:.1},{:.1}", x(*workers as f64), y(*speed)))
        .collect();
    let measured = schedule.measured();
    html! {
        section {
            h2 { "Speed-up" }
            p {
                (format!("{:.1} s of work in {:.1} s, at most {} tasks at once: {measured:.2} times as fast as one worker.",
                    schedule.work(), schedule.wall, schedule.at_once))
            }
            svg width=(WIDTH) height=(HEIGHT) viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img"
                aria-label="Speed-up over the number of workers" {
                line.axis x1=(MARGIN) y1=(HEIGHT - MARGIN) x2=(WIDTH - MARGIN) y2=(HEIGHT - MARGIN) {}
                line.axis x1=(MARGIN) y1=(MARGIN) x2=(MARGIN) y2=(HEIGHT - MARGIN) {}
                line.ideal x1=(x(1.0)) y1=(y(1.0)) x2=(x(most as f64)) y2=(y(most as f64)) {}
                polyline.possible points=(path.join(" ")) {}
                circle.measured cx=(x(schedule.at_once as f64)) cy=(y(measured)) r="5" {
                    title { (format!("measured: {measured:.2}")) }
                }
                @for workers in [1, most / 2, most] {
                    text x=(x(workers as f64)) y=(HEIGHT - MARGIN + 16.0) text-anchor="middle" { (workers) }
                    text x=(MARGIN - 8.0) y=(y(workers as f64) + 4.0) text-anchor="end" { (workers) }
                }
                text x=(WIDTH / 2.0) y=(HEIGHT - 6.0) text-anchor="middle" { "workers" }
            }
            p.note {
                "The dot is this run. The line is what so many workers would give with the measured times, if nothing \
                 else took any; dashes show a worker's worth for each worker."
            }
        }
    }
}
