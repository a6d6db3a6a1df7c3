//! The commands that bring a run back: to copy.

use std::env;
use std::ffi::OsString;
use std::path::Path;

use maud::{Markup, html};

use crate::driver::args::RunArgs;
use crate::driver::report::Report;
use crate::driver::shell;

/// The name of the program.
pub fn program(args: &RunArgs) -> String {
    let path = args.line.first().map(Path::new);
    let name = path.and_then(Path::file_name);
    name.map_or_else(
        || "run".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

pub fn section(args: &RunArgs, report: &Report) -> Markup {
    let folder = env::current_dir().ok();
    let mut commands = vec![("Run it again".to_owned(), shell::line(&args.line))];
    for command in &report.open_with {
        commands.push(("Open the waveform".to_owned(), command.clone()));
    }
    if let Some(saved) = &report.saved_slot {
        let restore = with_options(args, &["--restore".into(), saved.path.clone().into()]);
        let name = format!("Start from cycle {}, before the failure", saved.cycle);
        commands.push((name, restore));
    } else if report.failure.is_some() && args.takes_slots() {
        let options = ["--save-on-failure".into(), "failing.lsss".into()];
        let mut line = args.line.clone();
        let behind = line.len().min(1);
        line.splice(behind..behind, options);
        let name = "Run it again, and keep a state from before the failure in a file".to_owned();
        commands.push((name, shell::line(line)));
    }
    if let [original, replay] = &report.states[..] {
        let words = [
            "lightsss".as_ref(),
            "diff".as_ref(),
            original.as_os_str(),
            replay.as_os_str(),
        ];
        commands.push(("Compare the states".to_owned(), shell::line(words)));
    }
    for path in &report.saved {
        let restore = with_options(args, &["--restore".into(), path.clone().into()]);
        commands.push(("Start from a snapshot".to_owned(), restore));
    }
    html! {
        section {
            h2 { "Commands" }
            @if let Some(folder) = folder {
                p.note { "In the folder " code { (folder.display()) } "." }
            }
            dl.commands {
                @for (name, command) in commands {
                    dt { (name) }
                    dd { pre { (command) } }
                }
            }
        }
    }
}

/// The program with these options, and what the run's harness got.
fn with_options(args: &RunArgs, options: &[OsString]) -> String {
    let mut line: Vec<OsString> = args.line.first().cloned().into_iter().collect();
    line.extend(options.iter().cloned());
    if args.args.iter().any(|word| !word.starts_with('+')) {
        line.push("--".into());
    }
    line.extend(args.args.iter().map(OsString::from));
    shell::line(line)
}
