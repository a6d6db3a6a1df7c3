//! The arguments of one run: those of the command line, and then those of its line.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use super::args::{DEADLINE, OWN, Own};
use super::lines::{Line, LineError};
use crate::driver::args::{OnFailure, RunArgs};

/// What a line asks for.
#[derive(Clone, Debug)]
pub struct Merged {
    /// With those of the command line, which those of the line replace.
    pub args: RunArgs,
    /// The harness's own, of the line alone.
    pub harness: Vec<String>,
    /// How long the run may take.
    pub deadline: Option<Duration>,
}

/// Refuses what makes no sense where there are many runs.
///
/// # Errors
///
/// A prompt or a viewer is asked for, or all runs would write one file.
pub fn check_base(args: &RunArgs) -> Result<(), String> {
    if let Some(option) = asks_a_person(args) {
        return Err(format!(
            "`{option}` is for somebody who looks on, and the runs of `--each` have no terminal; restore the snapshot in a \
             run of its own for that"
        ));
    }
    let outputs = [
        ("--wave", Some(&args.wave)),
        ("--report", args.report.as_ref()),
        ("--report-html", args.report_html.as_ref()),
        ("--save-dir", Some(&args.save_dir)),
        ("--save-on-failure", args.save_on_failure.as_ref()),
    ];
    for (option, path) in outputs {
        let Some(path) = path else { continue };
        let stays_below = path
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !stays_below {
            return Err(format!(
                "`{option} {}` would be written by every run of `--each`; give a path without a folder above it, which \
                 each run has in its own folder",
                path.display()
            ));
        }
    }
    Ok(())
}

fn asks_a_person(args: &RunArgs) -> Option<&'static str> {
    let asked = [
        (args.on_failure == OnFailure::Prompt, "--on-failure prompt"),
        (args.prompt_at.is_some(), "--prompt-at"),
        (args.prompt_on_interrupt, "--prompt-on-interrupt"),
        (args.show_on_interrupt, "--show-on-interrupt"),
        (args.view.is_some(), "--view"),
        (args.serve.address.is_some(), "--serve"),
    ];
    asked
        .iter()
        .find(|(asked, _)| *asked)
        .map(|(_, option)| *option)
}

/// The arguments of a line's run. `base` is the command line with `--each`, and `file` names the lines in mistakes.
///
/// # Errors
///
/// A word is no argument, or the options do not go together.
pub fn merge(base: &RunArgs, file: &str, line: &Line) -> Result<Merged, LineError> {
    let program = base.line.first().cloned().unwrap_or_default();
    let mistake = |message: String| line.mistake(file, message);
    let own = std::iter::once(program.clone()).chain(line.words.iter().map(OsString::from));
    let alone = RunArgs::try_parse_from(own).map_err(|error| mistake(plain(&error)))?;
    if let Some(option) = not_of_a_run(&alone) {
        return Err(mistake(format!(
            "`{option}` is for the whole command; give it there, and not in a line"
        )));
    }
    if let Some(option) = asks_a_person(&alone) {
        let option = option.split(' ').next().unwrap_or_default();
        return Err(mistake(format!(
            "`{option}` is for somebody who looks on, and the runs of `--each` have no terminal"
        )));
    }
    let (front, behind) = halves(base.line.iter().skip(1).cloned().collect());
    let (own_front, own_behind) = halves(line.words.iter().map(OsString::from).collect());
    let mut words = vec![absolute_program(program)];
    words.extend(from_any_folder(without(front, &OWN)));
    words.extend(own_front);
    if !behind.is_empty() || !own_behind.is_empty() {
        words.push("--".into());
    }
    words.extend(behind);
    words.extend(own_behind);
    let mut args = RunArgs::try_parse_last(words).map_err(|error| mistake(plain(&error)))?;
    let deadline = args.each.deadline.take();
    // A process of its own knows no deadline.
    args.line = without(args.line, &DEADLINE);
    args.check().map_err(mistake)?;
    Ok(Merged {
        args,
        harness: alone.args,
        deadline,
    })
}

/// Puts what a run writes into its folder, and gives it a report. Gives the report's path.
pub fn put_into(args: &mut RunArgs, folder: &Path) -> PathBuf {
    args.wave = folder.join(&args.wave);
    args.save_dir = folder.join(&args.save_dir);
    for path in [&mut args.report_html, &mut args.save_on_failure] {
        *path = path.take().map(|path| folder.join(path));
    }
    let report = args.report.take().unwrap_or_else(|| "report.json".into());
    let report = folder.join(report);
    args.report = Some(report.clone());
    report
}

/// What `clap` says, in one line.
fn plain(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let text = lines.collect::<Vec<_>>().join(" ");
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

/// An option that is that of the whole command.
fn not_of_a_run(line: &RunArgs) -> Option<&'static str> {
    let given = [
        (line.each.file.is_some(), "--each"),
        (line.each.jobs.is_some(), "--jobs"),
        (line.each.out.is_some(), "--out"),
        (line.each.resume, "--continue"),
        (line.json, "--json"),
        (line.restore.is_some(), "--restore"),
        (
            !line.restore_files_below.is_empty(),
            "--restore-files-below",
        ),
        (line.restore_by_name.is_some(), "--restore-by-name"),
    ];
    given
        .iter()
        .find(|(given, _)| *given)
        .map(|(_, name)| *name)
}

/// What stands before `--` and what stands behind it.
fn halves(mut words: Vec<OsString>) -> (Vec<OsString>, Vec<OsString>) {
    match words.iter().position(|word| word == "--") {
        None => (words, Vec::new()),
        Some(at) => {
            let behind = words.split_off(at + 1);
            words.truncate(at);
            (words, behind)
        }
    }
}

/// The words of a command line without some options and their values. What stands behind `--` stays.
fn without(words: Vec<OsString>, options: &[Own]) -> Vec<OsString> {
    let mut kept = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word == "--" {
            kept.push(word);
            kept.extend(words);
            break;
        }
        let text = word.to_string_lossy();
        let name = text.split('=').next().unwrap_or_default();
        match options.iter().find(|option| option.name == name) {
            None => kept.push(word),
            Some(option) if option.has_value && name == text => drop(words.next()),
            Some(_) => {}
        }
    }
    kept
}

/// The words with the snapshot's path as it is from any folder.
fn from_any_folder(words: Vec<OsString>) -> Vec<OsString> {
    let mut kept = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (&*text, None),
        };
        if ["--restore", "--restore-files-below"].contains(&name) {
            let value = value.map(OsString::from).or_else(|| words.next());
            kept.push(OsString::from(name));
            kept.extend(value.map(|value| absolute(value.as_ref()).into_os_string()));
        } else {
            kept.push(word);
        }
    }
    kept
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A program that is found by its path is found from any folder.
fn absolute_program(program: OsString) -> OsString {
    let has_folder = Path::new(&program)
        .parent()
        .is_some_and(|folder| folder.as_os_str() != OsStr::new(""));
    if has_folder {
        absolute(Path::new(&program)).into_os_string()
    } else {
        program
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(line: &str) -> RunArgs {
        RunArgs::try_parse_from(line.split(' ')).unwrap()
    }

    fn merged(of: &RunArgs, text: &str) -> Result<Merged, String> {
        let line = Line::parse("runs.txt", 3, text).unwrap().unwrap();
        merge(of, "runs.txt", &line).map_err(|error| error.to_string())
    }

    #[test]
    fn a_line_replaces_and_adds_to_the_command_line() {
        let base =
            base("soc --restore /a.lsss --each=runs.txt --jobs 4 --slots 3 --json +all -- one");
        let of = merged(&base, "--slots 5 --deadline 2s +mine -- two").unwrap();
        assert_eq!(of.args.slots, 5);
        assert_eq!(of.args.args, ["+all", "+mine", "one", "two"]);
        assert_eq!(of.harness, ["+mine", "two"]);
        let words: Vec<_> = of
            .args
            .line
            .iter()
            .map(|word| word.to_str().unwrap())
            .collect();
        assert_eq!(
            words.join(" "),
            "soc --restore /a.lsss --slots 3 +all --slots 5 +mine -- one two"
        );
        assert_eq!(of.deadline, Some(Duration::from_secs(2)));
    }

    #[test]
    fn mistakes_name_their_words() {
        let base = base("soc --restore a.lsss --each runs.txt --checkpoint-cycles 7");
        for (line, expected) in [
            (
                "+x --slotz 3",
                "runs.txt:3:4: unexpected argument '--slotz'",
            ),
            (
                "--slots 3 --max-cycles many",
                "runs.txt:3:24: invalid value 'many'",
            ),
            ("+x stray", "runs.txt:3:4: `stray` is no flag"),
            (
                "+x --restore b.lsss",
                "runs.txt:3:4: `--restore` is for the whole command",
            ),
            (
                "--on-failure prompt",
                "runs.txt:3:1: `--on-failure` is for somebody",
            ),
            ("--checkpoint-seconds 3", "runs.txt:3:1: "),
            ("--slots 0 --wave-from 7", "runs.txt:3:"),
        ] {
            let error = merged(&base, line).unwrap_err();
            assert!(error.starts_with(expected), "{line}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn outputs_of_all_runs_stay_in_their_folders() {
        for (line, refused) in [
            ("soc --each a --report r.json", false),
            ("soc --each a --report out/r.json", false),
            ("soc --each a --report /tmp/r.json", true),
            ("soc --each a --wave ../w.fst", true),
            ("soc --each a --view surfer", true),
        ] {
            assert_eq!(check_base(&base(line)).is_err(), refused, "{line}");
        }
    }
}
